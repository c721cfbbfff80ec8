"""The exchange of the live data: two renames in one transaction, then the pictures' link. It takes less than a second.

It runs in a shell of its own that goes on when azione is killed, so nobody stays without a database; it holds azione's
lock until it ends, so no other one takes it for dead. What a power cut leaves is ended by the next azione (`settle`).
"""

from __future__ import annotations

import shlex
import signal
import subprocess
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from azione.backups import journal as journals
from azione.backups.durable import held_locks
from azione.backups.journal import BEFORE, UNDONE, Journal, Kind, Phase
from azione.backups.media import UNFINISHED, Media
from azione.backups.scratch import DRILLING, RESTORING
from azione.failures import Failure
from azione.postgres import MAINTENANCE_DATABASE, PostgreSQL, identifier, literal, psql_words
from azione.processes import ProgramFailed, environment
from azione.stack import Site

# Until a session that was told to end has ended.
TERMINATE_MS = 10_000
_EXCHANGED = "exchanged"
_STAMP = "%Y%m%dt%H%M%Sz"
# The database of an upgrade whose migration failed (infra/stack/database.py), which nothing goes back to.
HALF_DONE = "_half_done_"
# What was live once. `_before_upgrade_` is not: it is the way back of an upgrade that is under way, which drops it.
_KEPT = (BEFORE, UNDONE, HALF_DONE)
_SHELL = """
said=$(printf '%s' "$1" | {psql})
case $said in
*{exchanged}) exec {turn} ;;
*) exit 1 ;;
esac
"""


def new_stamp(site: Site) -> str:
    """Part of the names of databases and of pictures: the moment, or the first after it that nothing there is called.

    It has only letters that need no quotes. Raises ProgramFailed.
    """
    there = [*site.postgres.databases(), *media_of(site).generations()]
    now = datetime.now(UTC)
    stamps = (f"{now + timedelta(seconds=later):{_STAMP}}" for later in count())
    return next(stamp for stamp in stamps if not any(name.endswith(stamp) for name in there))


def media_of(site: Site) -> Media:
    return Media(site.backend, site.media)


def is_exchanged(site: Site, journal: Journal) -> bool:
    """As the databases themselves tell."""
    there = site.postgres.databases()
    if journal.has_live:
        return journal.aside in there and journal.live in there
    return journal.live in there and journal.incoming not in there


def exchange(site: Site, journal: Journal) -> None:
    """Raises Failure where it could not be done whole, or ProgramFailed; `is_exchanged` tells how far it came."""
    journal.exchanging().write(site.backups)
    script = _SHELL.format(
        psql=shlex.join(site.postgres.place.command(*psql_words(MAINTENANCE_DATABASE))),
        exchanged=_EXCHANGED,
        turn=shlex.join(media_of(site).turn_command(journal.media_to)),
    )
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(  # noqa: S603 (a script of this module)
            ["/bin/sh", "-c", script, "sh", _renames(journal)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment(),
            cwd=Path("/"),
            start_new_session=True,
            pass_fds=held_locks(),
        )
        _wait(process)
        if process.returncode != 0:
            log.seek(0)
            said = " / ".join(log.read().decode(errors="replace").splitlines()[-3:])
            raise ProgramFailed("psql", process.returncode, said or "the databases could not be renamed")


def _wait(process: subprocess.Popen[bytes]) -> None:
    """To its end, whatever is pressed or sent meanwhile; that counts afterwards."""
    interrupted: BaseException | None = None
    while True:
        try:
            process.wait()
            break
        except BaseException as error:  # noqa: BLE001 (it is raised below)
            interrupted = error
    if interrupted is not None:
        raise interrupted


def _renames(journal: Journal) -> str:
    """Nobody gets in meanwhile, and everybody afterwards, whatever became of the renames between."""
    live, incoming, aside = map(identifier, (journal.live, journal.incoming, journal.aside))
    names = [incoming, *([live] if journal.has_live else [])]
    listed = ", ".join(map(literal, (journal.live, journal.incoming, journal.aside)))
    return _RENAMES.format(
        closed="".join(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false;\n" for name in names),
        wait_ms=TERMINATE_MS,
        listed=listed,
        put_aside=f"ALTER DATABASE {live} RENAME TO {aside};" if journal.has_live else "",
        put_live=f"ALTER DATABASE {incoming} RENAME TO {live};",
        open_again=_OPEN_AGAIN.format(where=f"datname IN ({listed})"),
        exchanged=literal(_EXCHANGED),
        is_live=f"datname = {literal(journal.live)}",
        still_comes=f"datname = {literal(journal.incoming)}",
    )


_OPEN_AGAIN = """
SELECT format('ALTER DATABASE %I WITH ALLOW_CONNECTIONS true', datname)
  FROM pg_database WHERE NOT datallowconn AND NOT datistemplate AND {where} \\gexec
"""
_RENAMES = """
{closed}
SELECT pg_terminate_backend(pid, {wait_ms}) FROM pg_stat_activity WHERE datname IN ({listed});
BEGIN;
{put_aside}
{put_live}
COMMIT;
{open_again}
SELECT {exchanged} FROM pg_database
 WHERE {is_live} AND NOT EXISTS (SELECT FROM pg_database WHERE {still_comes});
"""


@contextmanager
def uninterrupted() -> Iterator[None]:
    """For the few seconds in which stopping would be worse than going on."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, signal.SIG_IGN) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def undo(site: Site, journal: Journal) -> None:
    """Back to what was live before an exchange. Raises Failure or ProgramFailed where even that cannot be done."""
    with uninterrupted():
        exchange(site, journal.undone())
        if journal.kind is Kind.RESTORE:
            media_of(site).remove([journal.media_to])
        journals.forget(site.backups)


# What others left ---------------------------------------------------------------------------------------------------


def settle(site: Site) -> str:
    """Ends what an azione left half done that was killed, or stopped by a power cut; the caller holds the lock.

    One sentence on what it was, or nothing. Raises Failure.
    """
    try:
        return _settle(site)
    except ProgramFailed as failed:
        raise failed.as_failure() from None
    except ValueError:
        raise Failure("backups_unusable", f"{site.backups / journals.UNDER_WAY} is not what azione wrote.") from None
    except OSError as error:
        raise Failure("backups_unusable", f"{site.backups}: {error.strerror}.") from None


def _settle(site: Site) -> str:
    live = site.postgres.database
    site.postgres.ask(_OPEN_AGAIN.format(where=f"starts_with(datname, {literal(live)})"))
    journal = journals.read_journal(site.backups)
    said = _end(site, journal) if journal is not None else ""
    for database in site.postgres.databases():
        if database.startswith((f"{live}{DRILLING}", f"{live}{RESTORING}")):
            site.postgres.drop(database)
    media = media_of(site)
    with suppress(Failure):
        media.remove([name for name in media.generations() if name.startswith(UNFINISHED)])
    return said


def _end(site: Site, journal: Journal) -> str:
    if journal.phase is Phase.EXCHANGING:
        if journal.kind is Kind.UNDO and not is_exchanged(site, journal):
            exchange(site, journal)
        if is_exchanged(site, journal):
            media_of(site).turn(journal.media_to)
            finish(site, journal)
            return _SETTLED[journal.kind].format(backup=journal.backup)
    clear(site, journal)
    return f"An earlier {journal.kind} did not come to the exchange; what it had made was cleared away."


_SETTLED = {
    Kind.RESTORE: "An earlier restore of {backup} had exchanged the live data; it was brought to its end.",
    Kind.ROLLBACK: "An earlier rollback had exchanged the live data; it was brought to its end.",
    Kind.UNDO: "An earlier restore of {backup} did not work out; what was there before is back.",
}


def clear(site: Site, journal: Journal) -> None:
    """What was made for an exchange that did not take place. Databases that were live ever are not of that kind."""
    if journal.kind is Kind.RESTORE:
        site.postgres.drop(journal.incoming)
        media_of(site).remove([f"{UNFINISHED}{journal.media_to}", journal.media_to])
    journals.forget(site.backups)


def finish(site: Site, journal: Journal) -> None:
    """After a restore one can go back; after going back one cannot once more."""
    if journal.kind is Kind.RESTORE:
        journal.exchanging().write(site.backups, journals.LAST)
    elif journal.kind is Kind.ROLLBACK:
        journals.forget(site.backups, journals.LAST)
    journals.forget(site.backups)


# What was live ------------------------------------------------------------------------------------------------------


def kept_databases(postgres: PostgreSQL, kinds: Collection[str] = _KEPT) -> dict[str, datetime]:
    """Those that were live once, and when they were put aside."""
    kept = {}
    for name in postgres.databases():
        for kind in kinds:
            prefix = f"{postgres.database}{kind}"
            if name.startswith(prefix):
                with suppress(ValueError):
                    kept[name] = _read_stamp(name[len(prefix) :])
    return kept


def _read_stamp(stamp: str) -> datetime:
    """Also as upgrades wrote it once, without the z. Raises ValueError."""
    return datetime.strptime(f"{stamp.removesuffix('z')}z", _STAMP).replace(tzinfo=UTC)


def drop_kept(site: Site, names: list[str]) -> None:
    """With the pictures that no database needs any more."""
    for name in names:
        site.postgres.drop(name)
    last = journals.read_journal(site.backups, journals.LAST)
    if last is not None and last.has_live and last.aside in names:
        journals.forget(site.backups, journals.LAST)
        last = None
    media = media_of(site)
    needed = {media.generation(), *([last.media_from] if last is not None else [])}
    media.remove([name for name in media.generations() if name not in needed])
