"""A fire drill: the backup really is restored, into a database of its own, and everything about it is looked at."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from azione.backups import exchange, preflight, scratch
from azione.backups.refusals import in_words
from azione.backups.scratch import DRILLING, Source
from azione.backups.steps import Steps
from azione.failures import Failure
from azione.processes import ProgramFailed
from azione.stack import Site

STEPS = ("check", "look", *scratch.STEPS, "unpack", "tidy")


def drill(site: Site, source: Source, steps: Steps) -> bool:
    """Raises Failure for whatever would have gone wrong. Whether it could be noted is the answer."""
    steps.begin("look")
    with in_words():
        source.check_identity()
    situation = preflight.look(site, source.backup)
    preflight.check_fits(source.backup, situation, accept_other_key=True)
    preflight.check_room(source.backup, situation, with_safety=False)
    with in_words():
        database = f"{site.postgres.database}{DRILLING}{exchange.new_stamp(site)}"
    try:
        with in_words():
            scratch.fill(site, source, database, situation.installation.known, steps)
            steps.begin("unpack")
            scratch.read_media(source)
    except Failure as failure:
        if failure.code == "backup_damaged":
            with suppress(OSError):
                source.backup.note(damaged_at=datetime.now().astimezone(), damage=failure.detail)
        raise
    finally:
        steps.begin("tidy")
        with suppress(ProgramFailed, Failure):
            site.postgres.drop(database)
    try:
        source.backup.note(drilled_at=datetime.now().astimezone())
    except OSError:
        return False
    return True
