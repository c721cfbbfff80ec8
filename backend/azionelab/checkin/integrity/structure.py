"""The database's own promises: constraints, indexes, triggers and numbers, as the migrations made them."""

from collections.abc import Callable, Iterator

from django.apps import apps
from django.db import connection

from azionelab.checkin.integrity.rule import Rule

NOT_VALIDATED = """
SELECT format('Constraint %s of %s was never checked against its rows.', conname, conrelid::regclass)
  FROM pg_constraint
 WHERE NOT convalidated AND connamespace = current_schema()::regnamespace ORDER BY conname
"""

INVALID_INDEXES = """
SELECT format('Index %s of %s is not usable.', i.indexrelid::regclass, i.indrelid::regclass)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
 WHERE NOT (i.indisvalid AND i.indisready AND i.indislive) AND c.relnamespace = current_schema()::regnamespace
 ORDER BY c.relname
"""

# Switched off for a large load and never on again, they guard nothing: neither foreign keys nor the door's record.
DISABLED_TRIGGERS = """
SELECT format('Trigger %s of %s is switched off.', t.tgname, t.tgrelid::regclass)
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
 WHERE t.tgenabled NOT IN ('O', 'A') AND c.relnamespace = current_schema()::regnamespace
 ORDER BY t.tgrelid::regclass::text, t.tgname
"""

_FOREIGN_KEYS = """
SELECT conrelid::regclass::text, quote_ident(child.attname), confrelid::regclass::text, quote_ident(parent.attname)
  FROM pg_constraint
  JOIN pg_attribute child ON child.attrelid = conrelid AND child.attnum = conkey[1]
  JOIN pg_attribute parent ON parent.attrelid = confrelid AND parent.attnum = confkey[1]
 WHERE contype = 'f' AND cardinality(conkey) = 1 AND connamespace = current_schema()::regnamespace
 ORDER BY conrelid::regclass::text, conname
"""

_SEQUENCES = """
SELECT d.refobjid::regclass::text, quote_ident(a.attname), d.objid::regclass::text
  FROM pg_depend d
  JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
  JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
 WHERE d.deptype IN ('a', 'i') AND d.classid = 'pg_class'::regclass
   AND s.relnamespace = current_schema()::regnamespace
 ORDER BY 1
"""

NOTHING = "SELECT '' WHERE false"


def rules() -> Iterator[Rule]:
    """Two of them depend on which tables there are. Two statements."""
    yield Rule("constraints_not_validated", NOT_VALIDATED)
    yield Rule("invalid_indexes", INVALID_INDEXES)
    yield Rule("disabled_triggers", DISABLED_TRIGGERS)
    yield Rule("missing", _missing())
    yield Rule("orphans", _for_each(_FOREIGN_KEYS, _orphans))
    yield Rule("numbers_used", _for_each(_SEQUENCES, _numbers_used))


def _missing() -> str:
    """Constraints and indexes that the models name, and the trigger that keeps the door's record as it is."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("azionelab.")]
    names = sorted({one.name for model in ours for one in (*model._meta.constraints, *model._meta.indexes)})
    wanted = ", ".join(f"('{name}')" for name in [*names, "scans_are_append_only"])
    return f"""
    SELECT format('%s is missing from the database.', wanted.name) FROM (VALUES {wanted}) AS wanted (name)
     WHERE NOT EXISTS (SELECT FROM pg_constraint
                        WHERE conname = wanted.name AND connamespace = current_schema()::regnamespace)
       AND NOT EXISTS (SELECT FROM pg_class
                        WHERE relname = wanted.name AND relnamespace = current_schema()::regnamespace)
       AND NOT EXISTS (SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
                        WHERE t.tgname = wanted.name AND c.relnamespace = current_schema()::regnamespace)
     ORDER BY wanted.name
    """  # noqa: S608 (names of this program's own models)


def _for_each(catalogue: str, question: Callable[..., str]) -> str:
    with connection.cursor() as cursor:
        cursor.execute(catalogue)
        return " UNION ALL ".join(f"({question(*row)})" for row in cursor.fetchall()) or NOTHING


def _orphans(child: str, column: str, parent: str, key: str) -> str:
    """PostgreSQL sees to that, unless it was told not to: while data were loaded, say."""
    return f"""
    SELECT format('%s rows of {child} name a row of {parent} ({column}) that is not there.', count(*))
      FROM {child} child
     WHERE {column} IS NOT NULL AND NOT EXISTS (SELECT FROM {parent} parent WHERE parent.{key} = child.{column})
    HAVING count(*) > 0
    """  # noqa: S608 (names that PostgreSQL quoted)


def _numbers_used(table: str, column: str, sequence: str) -> str:
    """The next row would get the number of one that is there."""
    return f"""
    SELECT format('The next number of {table} is %s, and %s is used.', next.value, used.value)
      FROM (SELECT last_value + is_called::int AS value FROM {sequence}) next,
           (SELECT max({column}) AS value FROM {table}) used
     WHERE used.value >= next.value
    """  # noqa: S608 (names that PostgreSQL quoted)
