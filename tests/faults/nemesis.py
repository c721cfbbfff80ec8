"""What goes wrong: each a context in which it is so, and after which it is over. Nothing else is repaired."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from subprocess import Popen
from typing import Any
from uuid import uuid4

from faults.checker import SUBJECTS
from faults.history import History
from faults.mail_server import Mood, UnrulyMailServer
from faults.people import Crowd
from lab.disks import fill_up
from lab.kills import kill_a_worker, kill_all_workers, kill_first_process, kill_in_backend
from lab.stacks import Lab
from lab.waiting import wait_for

STAMPEDE, CUT, HANDFUL_GUESTS = 200, 8, 12
# Longer than what follows the commit and comes before the answer, for whoever wants to hang up in between.
SLOW_MAIL = 0.4
LONGER_THAN_A_KILL = 2.0
ATTEMPTS_AT_ONCE = 10
SECONDS_TO_END = 60
# Of PostgreSQL's hundred connections; the site has more than the rest.
ENOUGH_TAKEN = 70


@dataclass(frozen=True)
class Scene:
    """Where it happens. `database_disk` and `backup_disk` are file systems of their own."""

    lab: Lab
    crowd: Crowd
    mail_server: UnrulyMailServer
    chance: random.Random
    database_disk: Path
    backup_disk: Path
    # Evenings with a handful of seats, for which nobody has come yet.
    small: Sequence[int] = ()
    # What a fault itself found wrong, in words.
    found: list[str] = field(default_factory=list)

    def on(self, performance_ids: Sequence[int], history: History, small: Sequence[int] = ()) -> Scene:
        """The same on other evenings, with nobody there yet."""
        crowd = replace(self.crowd, performance_ids=performance_ids, history=history)
        return replace(self, crowd=crowd, small=small, found=[])

    @property
    def evenings(self) -> list[int]:
        return [*self.crowd.performance_ids, *self.small]

    @property
    def hot(self) -> int:
        """The performance that everybody wants, and that sells out."""
        return self.crowd.performance_ids[0]


@dataclass(frozen=True)
class Fault:
    """`seconds` is how long it is so; `on` is what breaks. Two faults of one thing are no pair."""

    name: str
    what: str
    inflict: Callable[[Scene], AbstractContextManager[None]]
    on: str
    # Of a kill, none: it is over at once.
    seconds: float = 0.0
    # An attempt to send a mail may end in the dark: whoever was to write down what came of it is gone.
    may_repeat_mail: bool = False
    # Nobody at all may be left without an answer.
    loses_nothing: bool = False


def _once(act: Callable[[Scene], Any]) -> Callable[[Scene], AbstractContextManager[None]]:
    @contextmanager
    def inflict(scene: Scene) -> Iterator[None]:
        act(scene)
        yield

    return inflict


def _mail(mood: Mood) -> Callable[[Scene], AbstractContextManager[None]]:
    @contextmanager
    def inflict(scene: Scene) -> Iterator[None]:
        scene.mail_server.behave(mood)
        try:
            yield
        finally:
            scene.mail_server.behave(Mood.WELL)

    return inflict


@contextmanager
def _pause_postgres(scene: Scene) -> Iterator[None]:
    scene.lab.compose("pause", "postgres")
    try:
        yield
    finally:
        scene.lab.compose("unpause", "postgres")


@contextmanager
def _rolling_restart(scene: Scene) -> Iterator[None]:
    """One backend after the other, each told by SIGTERM; the other one serves meanwhile."""
    lab = scene.lab
    lab.compose("up", "--detach", "--scale", "backend=2", "--no-recreate", "--no-deps", "backend")
    lab.wait_until_healthy()
    try:
        for container in lab.containers("backend"):
            lab.docker("restart", "--time", "40", container)
            lab.wait_until_healthy()
        yield
    finally:
        lab.compose("up", "--detach", "--scale", "backend=1", "--no-recreate", "--no-deps", "backend")


@contextmanager
def _full_disk(disk: Path) -> Iterator[None]:
    film = disk / "film"
    fill_up(film)
    try:
        yield
    finally:
        film.unlink()


@contextmanager
def _full_backup_disk(scene: Scene) -> Iterator[None]:
    """As the timer makes one at night: it must say that there was no room, and leave nothing."""
    before = _backups(scene.lab)
    with _full_disk(scene.backup_disk):
        done = scene.lab.azione("backup", "create")
        if done.returncode == 0:
            scene.found.append(f"a backup was made on a full disk: {done.stdout}")
        yield
    if _backups(scene.lab) != before:
        scene.found.append(f"half a backup is listed, beside {before}")


def _backups(lab: Lab) -> list[str]:
    listed = lab.azione("backup", "list", "--json").stdout.splitlines()
    return [line["name"] for line in map(json.loads, listed) if line["type"] == "record"]


# Takes what is free, and whatever becomes free, as the site's own role.
_TAKE_CONNECTIONS = """
import os, pathlib, time, psycopg
password = pathlib.Path("/run/secrets/POSTGRES_PASSWORD").read_text().strip()
names = {name: os.environ["POSTGRES_" + name] for name in ("HOST", "DB", "USER")}
taken = []
while True:
    try:
        taken.append(psycopg.connect(host=names["HOST"], dbname=names["DB"], user=names["USER"], password=password,
                                     application_name="greedy", connect_timeout=5))
    except psycopg.OperationalError:
        time.sleep(0.01)
"""


@contextmanager
def _no_connections(scene: Scene) -> Iterator[None]:
    """Somebody else took them all: those that the site had are cut until none of them comes back."""
    lab = scene.lab
    greedy = [_greedy(lab)]

    def look() -> bool | None:
        # It lives in the backend's container, which another fault may just have killed.
        if greedy[-1].poll() is not None:
            greedy.append(_greedy(lab))
        # Whoever is cut may be faster to come back than the other one: until it is not.
        return _all_taken(lab) or None

    try:
        wait_for("end of the site's connections", look, SECONDS_TO_END)
        yield
    finally:
        kill_in_backend(lab, "greedy")
        greedy[-1].communicate()


def _greedy(lab: Lab) -> Popen[str]:
    return lab.start("docker", "compose", "exec", "-T", "backend", "python", "-c", _TAKE_CONNECTIONS)


def _all_taken(lab: Lab) -> bool:
    """Cuts what the site has, which would come to more than what is left while two backends run."""
    of_site = "FROM pg_stat_activity WHERE usename = 'azionelab' AND application_name <> 'greedy'"
    cut = try_psql(lab, f"SELECT count(pg_terminate_backend(pid)) {of_site}")
    taken = try_psql(lab, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'greedy'")
    return cut == "0" and int(taken or 0) > ENOUGH_TAKEN


def try_psql(lab: Lab, sql: str) -> str | None:
    """None where PostgreSQL does not answer."""
    command = ("psql", "--username", "postgres", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "azionelab")
    done = lab.run("docker", "compose", "exec", "-T", "postgres", *command, stdin=sql)
    return done.stdout.strip() if done.returncode == 0 else None


@contextmanager
def sitting_on(lab: Lab, rows: str) -> Iterator[None]:
    """A session of somebody who opened a transaction, locked these rows of a table, and went for a coffee."""
    sql = f"BEGIN; SELECT 1 FROM {rows} FOR UPDATE; SELECT pg_sleep(3600);"
    command = ["psql", "--username", "postgres", "--dbname", "azionelab", "--command", sql]
    sitter = lab.start("docker", "compose", "exec", "-T", "postgres", *command)
    sleepers = "FROM pg_stat_activity WHERE query LIKE '%pg_sleep(3600)%' AND pid <> pg_backend_pid()"
    try:
        wait_for("lock", lambda: try_psql(lab, f"SELECT count(*) {sleepers}") == "1" or None, SECONDS_TO_END)
        yield
    finally:
        wait_for("end", lambda: try_psql(lab, f"SELECT pg_terminate_backend(pid) {sleepers}"), SECONDS_TO_END)
        sitter.communicate()


@contextmanager
def _sit_on_lock(scene: Scene) -> Iterator[None]:
    with sitting_on(scene.lab, f"programme_performance WHERE id = {scene.hot}"):
        yield


def _wrong_clock(by: str) -> Callable[[Scene], AbstractContextManager[None]]:
    """The application's alone: the database has its own."""

    @contextmanager
    def inflict(scene: Scene) -> Iterator[None]:
        lab = scene.lab
        command = ("docker", "compose", "up", "--detach", "--no-deps", "backend")
        image = faketime_image(lab)
        try:
            done = lab.run(*command, FAULT_IMAGE=image, FAULT_CLOCK=by)
            assert done.returncode == 0, done.stderr
            lab.wait_until_healthy("backend")
            yield
        finally:
            lab.docker(*command[1:])

    return inflict


def faketime_image(lab: Lab) -> str:
    """The name of the backend's image with libfaketime beside it."""
    name = f"{lab.name}-backend:faketime"
    dockerfile = (
        f"FROM {lab.image('backend')}\nUSER 0\n"
        "RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends libfaketime "
        "&& cp /usr/lib/*/faketime/libfaketime.so.1 /opt/libfaketime.so\nUSER 10001\n"
    )
    lab.docker("build", "--quiet", "--tag", name, "-", stdin=dockerfile)
    return name


def cut(guests: int) -> Callable[[Scene], AbstractContextManager[None]]:
    """Each sends, hangs up, and tries ten times more with the same key, all at once: every other one hangs up between
    the commit and the answer."""

    @contextmanager
    def inflict(scene: Scene) -> Iterator[None]:
        with _slow_mail(scene, SLOW_MAIL), ThreadPoolExecutor(guests) as pool:
            cut_off = [pool.submit(_cut, scene, after_commit=number % 2 == 0) for number in range(guests)]
        for guest in cut_off:
            guest.result()
        yield

    return inflict


@contextmanager
def _slow_mail(scene: Scene, seconds: float) -> Iterator[None]:
    scene.mail_server.delay = seconds
    try:
        yield
    finally:
        scene.mail_server.delay = 0.0


def _cut(scene: Scene, *, after_commit: bool) -> None:
    crowd, key, email = scene.crowd, str(uuid4()), scene.crowd.history.new_address()
    # Not the one that sells out: whoever is refused has no commit to be cut after.
    performance_id = crowd.performance_ids[-1]
    crowd.reserve_and_hang_up(performance_id, email, key=key, after_commit=after_commit)
    with ThreadPoolExecutor(ATTEMPTS_AT_ONCE) as pool:
        tries = [
            pool.submit(crowd.reserve, performance_id, email, seats=1, key=key, attempts=1)
            for _ in range(ATTEMPTS_AT_ONCE)
        ]
    for one in tries:
        one.result()


@contextmanager
def _stampede(scene: Scene) -> Iterator[None]:
    _all_at_once(scene, [scene.hot] * STAMPEDE, seats=2)
    yield


@contextmanager
def rush_for_a_handful(scene: Scene) -> Iterator[None]:
    """More guests than seats, each time as many at once as the backend has threads for."""
    for performance_id in scene.small:
        _all_at_once(scene, [performance_id] * HANDFUL_GUESTS, seats=1)
    yield


def _all_at_once(scene: Scene, performance_ids: Sequence[int], *, seats: int) -> None:
    with ThreadPoolExecutor(len(performance_ids)) as pool:
        guests = [pool.submit(_rush, scene, performance_id, seats) for performance_id in performance_ids]
    for guest in guests:
        guest.result()


def _rush(scene: Scene, performance_id: int, seats: int) -> None:
    email = scene.crowd.history.new_address()
    scene.crowd.reserve(performance_id, email, seats=seats, key=str(uuid4()), attempts=3)


def _kill(service: str) -> Callable[[Scene], AbstractContextManager[None]]:
    return _once(lambda scene: kill_first_process(scene.lab, service))


@contextmanager
def kill_while_a_mail_leaves(scene: Scene) -> Iterator[None]:
    """Of the backend's workers, when the mail server has just taken a mail, and has not said so yet."""
    with _slow_mail(scene, LONGER_THAN_A_KILL):
        before = _asked_to_confirm(scene)
        wait_for("mail", lambda: _asked_to_confirm(scene) > before or None, SECONDS_TO_END)
        kill_all_workers(scene.lab)
    yield


def _asked_to_confirm(scene: Scene) -> int:
    taken = scene.mail_server.taken(scene.crowd.history.name)
    return sum(mail.subject.startswith(SUBJECTS["confirm"]) for mail in taken)


MAIL = "mail"
# In a pair the first one begins first: a backend that has to start needs the database.
FAULTS = (
    Fault(
        "worker",
        "kill -9 of a gunicorn worker",
        _once(lambda scene: kill_a_worker(scene.lab)),
        "backend",
        may_repeat_mail=True,
    ),
    Fault("backend", "kill -9 of the backend", _kill("backend"), "backend", may_repeat_mail=True),
    Fault("restart", "a rolling restart by SIGTERM", _rolling_restart, "backend", loses_nothing=True),
    Fault("clock-ahead", "the application's clock is two hours ahead", _wrong_clock("+2h"), "backend", seconds=5),
    Fault("clock-behind", "the application's clock is two hours behind", _wrong_clock("-2h"), "backend", seconds=5),
    Fault("nginx", "kill -9 of nginx", _kill("nginx"), "nginx"),
    Fault("postgres", "kill -9 of PostgreSQL", _kill("postgres"), "database", may_repeat_mail=True),
    Fault("pause", "PostgreSQL paused for 20 s", _pause_postgres, "database", seconds=20, may_repeat_mail=True),
    Fault("mail-refusing", "nobody listens at the mail server's port", _mail(Mood.REFUSING), MAIL, seconds=10),
    Fault("mail-hanging", "the mail server takes connections and says nothing", _mail(Mood.HANGING), MAIL, seconds=12),
    Fault("mail-deferring", "the mail server answers 451", _mail(Mood.DEFERRING), MAIL, seconds=10),
    Fault("mail-rejecting", "the mail server answers 554", _mail(Mood.REJECTING), MAIL, seconds=10),
    Fault(
        "disk",
        "the database's disk is full",
        lambda scene: _full_disk(scene.database_disk),
        "database",
        seconds=10,
        may_repeat_mail=True,
    ),
    Fault("backup-disk", "the backups' disk is full, and a backup is made", _full_backup_disk, "backups", seconds=3),
    Fault("connections", "somebody took all connections", _no_connections, "database", seconds=5, may_repeat_mail=True),
    Fault("lock", "a session sits on the performance's lock", _sit_on_lock, "database", seconds=8),
    Fault("cut", "clients hang up before and after the commit, and try again ten times at once", cut(CUT), "guests"),
    Fault("stampede", f"{STAMPEDE} guests at once for the same evening", _stampede, "guests"),
)
