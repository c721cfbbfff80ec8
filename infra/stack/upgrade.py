"""`make upgrade`: from what runs to what the checkout holds, and back by itself where that fails.

The site answers all the time but for the switch, in which nginx shows its maintenance page: the backend stops, the
database is copied where migrations wait, migrated, and the new backend is tried before anybody is let in. Until then
everything can be put back without losing a reservation, since nobody can make one; afterwards nothing is put back by
itself any more.
"""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime

from demo.console import Steps, say
from stack import building, certificates, database, smoke
from stack.compose import ROOT, RUN_BACKEND, Stack, StackError
from stack.secrets import ensure_folders, ensure_secrets
from stack.state import Upgrade
from stack.up import check_host, check_settings, publish, refuse_half_done, start

AZIONE = ROOT / ".venv" / "bin" / "azione"
_AS_BEFORE = "The upgrade failed, and everything is as it was before it; nothing is lost."


def upgrade(stack: Stack) -> None:
    steps = Steps(7)
    with steps("Looking at this host, the settings and the site"):
        check_host(stack)
        refuse_half_done(stack)
        if not stack.is_running("nginx"):
            raise StackError("The stack is not running: make up starts it, and takes what is new along.")
        smoke.check_from_inside(stack)
    with steps("Making a backup"):
        back_up(stack)
    building.keep_current(stack)
    try:
        building.build(stack, steps.numbered("Building the images"))
        with steps("Trying the settings"):
            pending = prepare(stack)
        with steps("Renewing nginx where it has changed"):
            start(stack, "nginx")
            smoke.check_from_outside(stack)
    except (StackError, KeyboardInterrupt) as error:
        say(f"\n{error or 'Interrupted.'}")
        building.go_back(stack)
        start(stack, "nginx")
        raise StackError(_AS_BEFORE) from None
    with steps(f"Switching over ({'with' if pending else 'without'} migrations)"):
        switch(stack, with_migrations=pending)
    with steps("Looking at the site"):
        smoke.check_from_outside(stack)
    say(f"\n{stack.settings['SITE_URL']} runs what this checkout holds.")


def back_up(stack: Stack) -> None:
    if not stack.has_own_database:
        say("left to the host of your database … ", end="")
        return
    environment = dict(stack.environment) | {"COMPOSE_PROJECT_NAME": stack.name, "AZIONE_TARGET": "compose"}
    done = subprocess.run(
        [str(AZIONE), "backup", "create"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise StackError(
            f"No backup could be made, so nothing was changed: {done.stderr.strip() or done.stdout.strip()}"
        )


def prepare(stack: Stack) -> bool:
    """Whether migrations wait, as the new image sees it; raises StackError where it cannot start with the settings."""
    ensure_folders(stack)
    ensure_secrets(stack)
    certificates.install_if_set(stack)
    check_settings(stack)
    return has_pending_migrations(stack)


def switch(stack: Stack, *, with_migrations: bool) -> None:
    """Behind the maintenance page. Where it fails, what ran before runs again when this raises StackError."""
    state = Upgrade()
    state.write(stack)
    with stack.maintenance():
        try:
            stack.compose("stop", "backend")
            if with_migrations:
                migrate(stack, state)
            publish(stack)
            # Not until it is healthy, which Docker asks only every few seconds: until it works.
            stack.compose("up", "--detach", "--no-build", "backend")
            smoke.check_from_inside(stack)
        except (StackError, KeyboardInterrupt) as error:
            say(f"\n{error or 'Interrupted.'}\nGoing back to what was before …")
            put_back(stack, state)
            raise StackError(_AS_BEFORE) from None
        Upgrade.forget(stack)
    if state.copy:
        database.drop_copy(stack, state.copy)


def migrate(stack: Stack, state: Upgrade) -> None:
    """First a copy to go back to. A database elsewhere cannot be copied here: its host's backups are there for that."""
    if stack.has_own_database:
        copy = f"{stack.settings['POSTGRES_DB']}_before_upgrade_{datetime.now(UTC):%Y%m%dt%H%M%S}"
        database.copy_database(stack, copy)
        state.copy = copy
        state.write(stack)
    stack.manage("migrate", "--no-input")


def put_back(stack: Stack, state: Upgrade) -> None:
    """What ran before runs again, on the database as it was. Doing it again does no harm."""
    stack.compose("stop", "backend")
    building.go_back(stack)
    if state.copy and database.exists(stack, state.copy):
        # Kept, not dropped: should somebody have come in after all, what they did is in it.
        kept = database.put_back(stack, state.copy)
        say(f"The half-migrated database stays as {kept}.")
    publish(stack)
    start(stack, "backend", "nginx")
    Upgrade.forget(stack)


def rollback(stack: Stack) -> None:
    """`make rollback`: of an upgrade that was cut off, or of the last one while the database fits the old program."""
    steps = Steps(2)
    state = Upgrade.read(stack)
    if state is None:
        with steps("Looking whether the version before fits the database"):
            check_can_go_back(stack)
    with steps("Going back to the version before"):
        if stack.is_running("nginx"):
            with stack.maintenance():
                put_back(stack, state or Upgrade())
        else:
            put_back(stack, state or Upgrade())
        smoke.check_from_outside(stack)
    say(f"\n{stack.settings['SITE_URL']} runs the version before again.")


def has_pending_migrations(stack: Stack) -> bool:
    done = stack.try_manage("migrate", "--check")
    if done.returncode not in (0, 1):
        raise StackError(f"The new version cannot read the database: {done.stderr.strip()[-400:]}")
    return done.returncode == 1


def check_can_go_back(stack: Stack) -> None:
    if not building.has_previous(stack):
        raise StackError("There is no version before this one on this host.")
    before = building.identities(stack)
    building.go_back(stack)
    try:
        unknown = _unknown_migrations(stack)
    finally:
        for service, image in before.items():
            stack.docker("tag", image, stack.image(service))
    if unknown:
        raise StackError(
            f"The version before does not know {len(unknown)} migrations of the database ({', '.join(unknown[:3])}). "
            "Going back means going back to a backup: azione backup list, then runbooks/restore-from-backup.md."
        )


def _unknown_migrations(stack: Stack) -> list[str]:
    """Applied to the database, and unknown to the image that is current now."""
    script = (
        "import django; django.setup()\n"
        "from django.db import connection\n"
        "from django.db.migrations.loader import MigrationLoader\n"
        "loader = MigrationLoader(connection)\n"
        "print(*sorted('.'.join(key) for key in loader.applied_migrations if key not in loader.disk_migrations))\n"
    )
    return stack.compose(*RUN_BACKEND, "python", "-c", script).split()
