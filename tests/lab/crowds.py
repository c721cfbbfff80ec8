"""Many reservations at once, and what a database holds in numbers."""

import json
from typing import Any

from lab.stacks import Lab

# By the rules of the box office, in one process of the backend; guests on the phone have no address.
_RESERVE = """
import sys, uuid
import django
django.setup()
from azionelab.core.errors import DomainError
from azionelab.programme.models import Performance
from azionelab.reservations import box_office
from azionelab.reservations.guests import GuestDetails
wanted, made = int(sys.argv[1]), 0
for performance in Performance.objects.order_by("starts_at"):
    # Some seats stay free, for those who come over the web.
    for _ in range(performance.capacity - 10):
        if made == wanted:
            break
        guest = GuestDetails(name=f"Ospite {made}", email="", phone="+39333123456", notes="", language="it")
        try:
            box_office.reserve(performance_id=performance.pk, guest=guest, seats=1, idempotency_key=uuid.uuid4())
        except DomainError:
            break
        made += 1
print(made)
"""


def reserve_many(lab: Lab, number: int) -> None:
    """So many confirmed reservations more, wherever there are seats."""
    said = lab.compose("exec", "-T", "backend", "python", "-c", _RESERVE, str(number))
    assert said.splitlines()[-1] == str(number), said


def count_rows(lab: Lab, *, database: str = "azionelab") -> dict[str, int]:
    """Table to rows, asked of the tables themselves."""
    tables = lab.psql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", database=database).split()
    queries = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM \"{table}\"" for table in tables)
    pairs = (line.split("|") for line in lab.psql(queries, database=database).splitlines())
    return {f"public.{table}": int(rows) for table, rows in pairs}


def back_up(lab: Lab, *arguments: str) -> str:
    """The name of a new backup."""
    return str(summary_of(lab, "create", *arguments)["name"])


def summary_of(lab: Lab, *arguments: str) -> dict[str, Any]:
    """The last line of `azione backup …`, which has to end well."""
    done = lab.azione("backup", *arguments, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


def manifest_of(lab: Lab, name: str) -> dict[str, Any]:
    return dict(json.loads((lab.backups / name / "manifest.json").read_text()))
