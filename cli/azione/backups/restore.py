"""A backup back into the live site: beside the live data first, and in its place only once everything about it is well.

Whatever fails before the exchange leaves the live data alone; whatever fails after it is exchanged back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from azione.backups import exchange, preflight, scratch, smoke
from azione.backups.contents import open_file
from azione.backups.create import STEPS as CREATE_STEPS
from azione.backups.create import Order, create
from azione.backups.installation import list_erasures, remember_erasures, sweep
from azione.backups.journal import BEFORE, Journal, Kind
from azione.backups.layout import Backup, read_shelf
from azione.backups.manifest import ERASURES, MEDIA, SAFETY
from azione.backups.refusals import in_words, why
from azione.backups.scratch import RESTORING, Source
from azione.backups.steps import Steps
from azione.backups.verify import verify
from azione.failures import Failure
from azione.processes import ProgramFailed
from azione.stack import Site

# Of a list that holds anybody.
_RECORD = b'"record"'
BEFORE_STEPS = ("check", "look")
STEPS = ("maintenance", *scratch.STEPS, "remember", "unpack", "exchange", "smoke", "tidy")


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What whoever restores takes upon themselves."""

    accept_other_key: bool = False
    accept_wrongs: bool = False
    without_safety: bool = False
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """A backup that can be restored here, and what it would replace."""

    source: Source
    situation: preflight.Situation
    # Folders that may hold newer lists of who was erased.
    shelves: tuple[Path, ...]


@dataclass
class Outcome:
    """`remarks` are what somebody should know, though all went well."""

    kept: str = ""
    safety: str = ""
    erased_again: int = 0
    remarks: list[str] = field(default_factory=list)


def prepare(site: Site, source: Source, wishes: Wishes, steps: Steps) -> Plan:
    """Changes nothing. Raises Failure unless the backup is whole and fits."""
    verify(source.backup, steps)
    steps.begin("look")
    with in_words():
        source.check_identity()
    situation = preflight.look(site, source.backup)
    preflight.check_fits(source.backup, situation, accept_other_key=wishes.accept_other_key)
    has_safety = situation.rows is not None and not wishes.without_safety
    preflight.check_room(source.backup, situation, with_safety=has_safety)
    return Plan(source, situation, (source.backup.folder.parent, site.backups))


def carry_out(site: Site, plan: Plan, wishes: Wishes, steps: Steps) -> Outcome:
    """Raises Failure; then the live data is as it was."""
    outcome = Outcome()
    with in_words():
        begun = _begin(site, plan)
        with undone_on_failure(site, begun):
            steps.begin("maintenance")
            with site.maintenance():
                _make_safety(site, plan, wishes, steps, outcome)
                _prepare_data(site, plan, begun, wishes, steps, outcome)
                put_live(site, begun, steps)
            smoke.check_through_front(site)
        steps.begin("tidy")
        outcome.kept = begun.aside if begun.has_live else ""
        if finish(site, begun, outcome):
            _drop_older(site, begun, outcome)
    return outcome


def finish(site: Site, begun: Journal, outcome: Outcome) -> bool:
    """Whether it could be written down. What was exchanged is live and works all the same."""
    try:
        exchange.finish(site, begun)
    except OSError as error:
        outcome.remarks.append(f"That it is done could not be written down ({why(error)}); the next azione does it.")
        return False
    return True


def _drop_older(site: Site, begun: Journal, outcome: Outcome) -> None:
    """What earlier restores replaced."""
    try:
        older = [name for name in exchange.kept_databases(site.postgres, [BEFORE]) if name != begun.aside]
        exchange.drop_kept(site, older)
    except (Failure, ProgramFailed, OSError) as error:
        outcome.remarks.append(
            f"What earlier restores replaced is still there ({why(error)}): azione backup prune removes it in time."
        )


def put_live(site: Site, begun: Journal, steps: Steps) -> None:
    """The exchange, and back before anybody is let in where the site does not work on it. Raises as its caller does."""
    with undone_on_failure(site, begun):
        steps.begin("exchange")
        exchange.exchange(site, begun)
        steps.begin("smoke")
        smoke.check_inside(site)


def _begin(site: Site, plan: Plan) -> Journal:
    """Written down, but nothing made yet."""
    postgres, stamp = site.postgres, exchange.new_stamp(site)
    begun = Journal(
        kind=Kind.RESTORE,
        backup=plan.source.backup.name,
        live=postgres.database,
        incoming=f"{postgres.database}{RESTORING}{stamp}",
        aside=f"{postgres.database}{BEFORE}{stamp}",
        media_from=exchange.media_of(site).generation(),
        media_to=f"restored-{stamp}",
        has_live=postgres.database in postgres.databases(),
        begun_at=datetime.now().astimezone().isoformat(timespec="seconds"),
    )
    begun.write(site.backups)
    return begun


@contextmanager
def undone_on_failure(site: Site, begun: Journal) -> Iterator[None]:
    """Whatever ends the block: an exchange that did not work is taken back, and what was made for it is removed.

    Raises Failure with `rolled_back` where the new data was live for a moment.
    """
    try:
        yield
    except BaseException as error:
        if _take_back(site, begun) and isinstance(error, Failure | ProgramFailed | OSError):
            raise Failure("rolled_back", error.detail if isinstance(error, Failure) else f"{error}") from None
        raise


def _take_back(site: Site, begun: Journal) -> bool:
    """Whether there was anything to exchange back. Raises Failure where it is not known how it stands now."""
    try:
        if not exchange.is_exchanged(site, begun):
            with exchange.uninterrupted():
                exchange.clear(site, begun)
            return False
        if not begun.has_live:
            # There is nothing to go back to: what was restored is better than nothing.
            exchange.finish(site, begun)
            return False
        with ExitStack() as stack:
            # Nobody gets in meanwhile; where nginx does not answer, nobody does anyway.
            with suppress(Failure):
                stack.enter_context(site.maintenance())
            exchange.undo(site, begun)
    except (ProgramFailed, Failure, OSError) as failed:
        raise Failure("stack_failed", f"It was broken off, and not tidied up: {why(failed)}. {_AGAIN}") from None
    return True


_AGAIN = "Once the stack runs again, azione backup restore --rollback brings it to its end."


def _make_safety(site: Site, plan: Plan, wishes: Wishes, steps: Steps, outcome: Outcome) -> None:
    """A backup of what is about to be replaced."""
    if plan.situation.rows is None:
        outcome.remarks.append("The live database could not be read, so there is no safety backup of it.")
        return
    if wishes.without_safety:
        return
    note = f"before restoring {plan.source.backup.name}"
    order = Order(directory=site.backups, recipients=wishes.recipients, note=note, kind=SAFETY)
    outcome.safety = create(site, order, Steps(CREATE_STEPS, steps.tell, part="safety")).name


def _prepare_data(site: Site, plan: Plan, begun: Journal, wishes: Wishes, steps: Steps, outcome: Outcome) -> None:
    """The incoming database and the incoming pictures, which nobody sees yet."""
    source = plan.source
    known = plan.situation.installation.known
    wrongs = scratch.fill(site, source, begun.incoming, known, steps, accept_wrongs=wishes.accept_wrongs)
    if wrongs:
        outcome.remarks.append(f"What was restored breaks rules of the house: {scratch.in_short(wrongs)}")
    steps.begin("remember")
    lists = _lists_of_erasures(site, plan, outcome)
    outcome.erased_again = carry_erasures(site, lists, begun.incoming)
    manifest = source.backup.manifest
    name = manifest.file_named(MEDIA)
    moved = steps.begin("unpack", total=manifest.files[name].content_size)
    media = exchange.media_of(site)
    with open_file(source.backup.folder / name, manifest.files[name], source.identity) as archive:
        media.unpack(archive, begun.media_to, moved=moved)
    extent = media.measure(begun.media_to)
    if (extent.files, extent.size) != (manifest.media_files, manifest.media_bytes):
        raise Failure("backup_damaged", f"{name}: {extent.files} files came out, not {manifest.media_files}.")


def carry_erasures(site: Site, lists: bytes, database: str) -> int:
    """Erases in it whoever asked for it since; how many of them it had not heard of."""
    if _RECORD not in lists:
        return 0
    news = remember_erasures(site.manage(database), lists)
    if news:
        sweep(site.manage(database))
    return news


def _lists_of_erasures(site: Site, plan: Plan, outcome: Outcome) -> bytes:
    """Who was erased since the backup: as the live database knows, and as newer backups wrote down."""
    source = plan.source
    live = list_erasures(site.manage()) if plan.situation.rows is not None else b""
    shelved = [one for directory in plan.shelves for one in read_shelf(directory).backups]
    others = [one for one in shelved if one.name != source.backup.name]
    return live + lists_since(source.backup.manifest.made_at, others, source.identity, outcome)


def lists_since(moment: datetime, backups: Sequence[Backup], identity: str, outcome: Outcome) -> bytes:
    """As those of the backups wrote it down that were made since then."""
    lists = []
    newer = {(one.manifest.made_at, one.name): one for one in backups if one.manifest.made_at >= moment}
    for one in newer.values():
        try:
            lists.append(_read_list(one, identity))
        except (Failure, ProgramFailed, OSError):
            outcome.remarks.append(UNREAD.format(source=one.name))
    return b"".join(lists)


UNREAD = "Who was erased since, as {source} has it, could not be read: see whom you promised it since."


def _read_list(backup: Backup, identity: str) -> bytes:
    manifest = backup.manifest
    name = manifest.file_named(ERASURES)
    with open_file(backup.folder / name, manifest.files[name], identity) as file:
        return b"".join(iter(lambda: file.read(1 << 16), b""))
