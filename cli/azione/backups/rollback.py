"""Back to what was live before the last restore: it is still there, so this takes seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from azione.backups import exchange, journal, smoke
from azione.backups.installation import describe, list_erasures, migrate
from azione.backups.journal import UNDONE, Journal, Kind
from azione.backups.layout import read_shelf
from azione.backups.refusals import in_words
from azione.backups.restore import UNREAD, Outcome, carry_erasures, finish, lists_since, put_live, undone_on_failure
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
    # The private key, should newer backups be needed and be encrypted.
    identity: str = ""


def prepare(site: Site, identity: str, steps: Steps) -> Way:
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
    return Way(last, bool(known - applied), identity)


def carry_out(site: Site, way: Way, steps: Steps) -> Outcome:
    """What was live until now is kept. Raises Failure; then all is as it was."""
    outcome = Outcome()
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
                _bring_up_to_date(site, way, begun, steps, outcome)
                put_live(site, begun, steps)
            smoke.check_through_front(site)
        steps.begin("tidy")
        outcome.kept = begun.aside if begun.has_live else ""
        finish(site, begun, outcome)
    return outcome


def _bring_up_to_date(site: Site, way: Way, begun: Journal, steps: Steps, outcome: Outcome) -> None:
    steps.begin("remember")
    lists = _lists_of_erasures(site, way, outcome)
    if way.pending:
        steps.begin("migrate")
        migrate(site.manage(begun.incoming))
    outcome.erased_again = carry_erasures(site, lists, begun.incoming)


def _lists_of_erasures(site: Site, way: Way, outcome: Outcome) -> bytes:
    """Who was erased since the restore: what is live knows them all, and newer backups of it some."""
    try:
        return list_erasures(site.manage())
    except Failure:
        # What was restored may be the very thing that is broken.
        outcome.remarks.append(UNREAD.format(source="the restored database"))
        return lists_since(way.restored.began, read_shelf(site.backups).backups, way.identity, outcome)
