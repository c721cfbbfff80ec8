"""Back to what was live before the last restore: it is still there, so this takes seconds."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from azione.backups import exchange, journal, smoke
from azione.backups.installation import describe, list_erasures, migrate
from azione.backups.journal import UNDONE, Journal, Kind
from azione.backups.refusals import in_words
from azione.backups.restore import carry_erasures, put_live, undone_on_failure
from azione.backups.steps import Steps
from azione.failures import Failure
from azione.stack import Site

STEPS = ("look", "maintenance", "remember", "migrate", "exchange", "smoke", "tidy")
# describe_installation wants one; nothing is compared with what it says of the key.
_NO_SALT = "00" * 16


@dataclass(frozen=True)
class Way:
    """The way back: what was restored, and what comes in its place."""

    restored: Journal
    pending: bool


def prepare(site: Site, steps: Steps) -> Way:
    """Changes nothing. Raises Failure where there is nothing to go back to, or it no longer fits."""
    steps.begin("look")
    try:
        last = journal.read_journal(site.backups, journal.LAST)
    except (ValueError, OSError):
        last = None
    with in_words():
        if last is None or not last.has_live or last.aside not in site.postgres.databases():
            raise Failure("nothing_to_roll_back")
        applied = set(site.postgres.migrations(last.aside))
        known = describe(site, _NO_SALT).known
    if unknown := sorted(applied - known):
        raise Failure("backup_incompatible", f"What was live before is of a newer AzioneLab ({unknown[0]}).")
    return Way(last, bool(known - applied))


def carry_out(site: Site, way: Way, steps: Steps) -> str:
    """The database in which what was live until now is kept. Raises Failure; then all is as it was."""
    media = exchange.media_of(site)
    restored = way.restored
    with in_words():
        begun = Journal(
            kind=Kind.ROLLBACK,
            backup=restored.backup,
            live=restored.live,
            incoming=restored.aside,
            aside=f"{restored.live}{UNDONE}{exchange.new_stamp(site)}",
            media_from=media.generation(),
            media_to=restored.media_from,
            has_live=restored.live in site.postgres.databases(),
            begun_at=datetime.now().astimezone().isoformat(timespec="seconds"),
        )
        begun.write(site.backups)
        with undone_on_failure(site, begun):
            steps.begin("maintenance")
            with site.maintenance():
                _bring_up_to_date(site, begun, steps, pending=way.pending)
                put_live(site, begun, steps)
            smoke.check_through_front(site)
        steps.begin("tidy")
        exchange.finish(site, begun)
    return begun.aside if begun.has_live else ""


def _bring_up_to_date(site: Site, begun: Journal, steps: Steps, *, pending: bool) -> None:
    steps.begin("remember")
    lists = b""
    # What was restored may be the very thing that is broken.
    with suppress(Failure):
        lists = list_erasures(site.manage())
    if pending:
        steps.begin("migrate")
        migrate(site.manage(begun.incoming))
    carry_erasures(site, lists, begun.incoming)
