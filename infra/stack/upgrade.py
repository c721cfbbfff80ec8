"""`make upgrade`: from what runs to what the checkout holds, and back by itself where that fails.

The site answers all the time but for the switch, in which nginx shows its maintenance page: the backend stops, the
database is copied where migrations wait, migrated, and the new backend is tried before anybody is let in. Until then
everything can be put back without losing a reservation, since nobody can make one; afterwards nothing is put back by
itself any more.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace

from demo.console import Steps, say
from demo.progress import SetupError
from stack import building, certificates, database, smoke
from stack.compose import ROOT, RUN_BACKEND, Stack, StackError
from stack.interrupts import uninterrupted
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
        drop_left_copies(stack)
        if not stack.is_running("nginx"):
            raise StackError("The stack is not running: make up starts it, and takes what is new along.")
        smoke.check_from_inside(stack)
    with steps("Making a backup"):
        back_up(stack)
    building.keep_running(stack)
    state = Upgrade(back_to=building.RUNNING)
    # The page goes last, also where all is put back.
    with ExitStack() as page, going_back_on_failure(stack, state):
        state.write(stack)
        building.build(stack, steps.numbered("Building the images"))
        with steps("Trying the settings"):
            pending = prepare(stack)
        with steps(f"Switching over ({'with' if pending else 'without'} migrations)"):
            page.enter_context(stack.maintenance())
            switch(stack, state, with_migrations=pending)
    drop_left_copies(stack)
    # After the backend: the new nginx may ask it for what the one before does not have.
    with steps("Renewing nginx where it has changed"):
        start(stack, "nginx")
    with steps("Looking at the site"):
        smoke.check_from_outside(stack)
    say(f"\n{stack.settings['SITE_URL']} runs what this checkout holds.")


@contextmanager
def going_back_on_failure(stack: Stack, state: Upgrade) -> Iterator[None]:
    """What ran before runs again where something stops the block, whatever it is; then this raises StackError."""
    try:
        yield
    except BaseException as error:  # noqa: BLE001 (a bug must not leave it half done either)
        say(f"\n{_in_words(error)}\nGoing back to what was before …")
        try:
            put_back(stack, state)
        except (StackError, OSError) as failed:
            raise StackError(f"{_in_words(failed)}\nIt is not all put back: make rollback goes on with that.") from None
        raise StackError(_AS_BEFORE) from None


def _in_words(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return "Interrupted."
    return str(error) if isinstance(error, StackError | SetupError | OSError) else repr(error)


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


def switch(stack: Stack, state: Upgrade, *, with_migrations: bool) -> None:
    """Behind the maintenance page. When the upgrade is forgotten, it is done: nothing goes back by itself any more."""
    state.switching = True
    state.write(stack)
    stack.compose("stop", "backend")
    if with_migrations:
        migrate(stack, state)
    publish(stack)
    # Not until it is healthy, which Docker asks only every few seconds: until it works.
    stack.compose("up", "--detach", "--no-build", "backend")
    smoke.check_from_inside(stack, *smoke.WRITTEN_PAGES)
    building.keep_previous(stack)
    Upgrade.forget(stack)


def drop_left_copies(stack: Stack) -> None:
    """Of upgrades that are over: nothing goes back to them, and guests' data is in them."""
    if stack.has_own_database and stack.is_running("postgres"):
        database.drop_copies(stack)


def migrate(stack: Stack, state: Upgrade) -> None:
    """First a copy to go back to. A database elsewhere cannot be copied here: its host's backups are there for that."""
    if stack.has_own_database:
        state.copy = database.copy_live(stack)
        state.write(stack)
    stack.manage("migrate", "--no-input")


def put_back(stack: Stack, state: Upgrade) -> None:
    """What ran before runs again, on the database as it was. Doing it again does no harm; Ctrl-C does not stop it."""
    with uninterrupted():
        building.go_back(stack, state.back_to)
        if state.switching:
            stack.compose("stop", "backend")
            if state.copy and database.exists(stack, state.copy):
                # Kept, not dropped: should somebody have come in after all, what they did is in it.
                kept = database.put_back(stack, state.copy)
                say(f"The half-migrated database stays as {kept}.")
            publish(stack)
            start(stack, "backend")
        start(stack, "nginx")
        Upgrade.forget(stack)


def rollback(stack: Stack) -> None:
    """`make rollback`: of an upgrade that was cut off, or of the last one while the database fits the old program."""
    steps = Steps(2)
    state = Upgrade.read(stack)
    if state is None:
        with steps("Looking whether the version before fits the database"):
            check_can_go_back(stack)
        state = Upgrade(back_to=building.PREVIOUS, switching=True)
        state.write(stack)
    with steps("Going back to the version before"):
        with stack.maintenance() if stack.is_running("nginx") else nullcontext():
            put_back(stack, state)
        smoke.check_from_outside(stack)
    say(f"\n{stack.settings['SITE_URL']} runs the version before again.")


def has_pending_migrations(stack: Stack) -> bool:
    """As the new image sees it. Its exit code would not do: --check ends with 1 as well where it cannot read them."""
    return "No planned migration operations" not in stack.manage("migrate", "--plan")


def check_can_go_back(stack: Stack) -> None:
    if not building.has_previous(stack):
        raise StackError("There is no version before this one on this host.")
    unknown = _unknown_migrations(stack)
    if unknown:
        raise StackError(
            f"The version before does not know {len(unknown)} migrations of the database ({', '.join(unknown[:3])}). "
            "Going back means going back to a backup: azione backup list, then runbooks/restore-from-backup.md."
        )


def _unknown_migrations(stack: Stack) -> list[str]:
    """Applied to the database, and unknown to the version before."""
    script = (
        "import django; django.setup()\n"
        "from django.db import connection\n"
        "from django.db.migrations.loader import MigrationLoader\n"
        "loader = MigrationLoader(connection)\n"
        "print(*sorted('.'.join(key) for key in loader.applied_migrations if key not in loader.disk_migrations))\n"
    )
    before = replace(stack, environment={**stack.environment, "IMAGE_TAG": building.PREVIOUS})
    return before.compose(*RUN_BACKEND, "python", "-c", script).split()
