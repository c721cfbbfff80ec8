"""One trial: people are busy, something breaks, it is over, and then everything must be as if nothing had been."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from faults.checker import Strictness, check, check_mails, oversold, oversold_in_words
from faults.history import UNCLEAR, History, Operation, Verdict
from faults.nemesis import MAIL, Fault, Scene
from lab.waiting import wait_for

CLEAN_SECONDS = 30
# So many answers in a row, and so many new reservations among them.
CLEAN_ANSWERS, CLEAN_RESERVATIONS = 20, 3
GIVE_UP_SECONDS = 120
# What a kill does to guests is told by those who come right after it, also where nothing was to be seen.
AFTERMATH_SECONDS = 2
WARM_SECONDS, WARM_RESERVATIONS = 60, 5
LOOK_EVERY, LOOKS_AT_ONCE = 0.1, 10
MAIL_LIMIT = 1.0
SETTLE_SECONDS = 180


@dataclass
class Trial:
    """What came of it. `clean_after` is in seconds from the end of the fault; `problems` are violations in words."""

    faults: Sequence[Fault]
    problems: list[str] = field(default_factory=list)
    clean_after: float = 0.0
    operations: int = 0
    unknown: int = 0
    looks: int = 0
    # 99 of 100 reservations were answered within so many seconds, from its beginning until service was clean.
    p99: float = 0.0
    broke_off: bool = False

    @property
    def name(self) -> str:
        return " + ".join(fault.name for fault in self.faults)


def run(scene: Scene, *faults: Fault) -> Trial:
    trial = Trial(faults)
    with scene.crowd.busy() as history, _watching_seats(scene) as watch:
        wait_for("reservation before the fault", lambda: _is_warm(history) or None, WARM_SECONDS)
        began = time.monotonic()
        with ExitStack() as stack:
            for fault in faults:
                stack.enter_context(fault.inflict(scene))
            time.sleep(max(fault.seconds for fault in faults))
        over = time.monotonic()
        clean_after = _wait_until_clean(history, over)
    until = over + max(clean_after or GIVE_UP_SECONDS, AFTERMATH_SECONDS)
    during = [one for one in history.since(began) if one.began < until]
    trial.looks, trial.p99 = watch.looks, _p99(during)
    trial.operations, trial.clean_after = len(history.operations), clean_after or GIVE_UP_SECONDS
    trial.unknown = sum(one.verdict is Verdict.UNKNOWN for one in history.operations)
    trial.problems += [*watch.found, *scene.found, *_promises(trial, during)]
    strictness = Strictness(once=not any(fault.may_repeat_mail for fault in faults))
    mails = scene.mail_server.taken(history.name)
    trial.problems += check(scene.lab, history, mails, scene.evenings, strictness)
    return trial


def broken_off(faults: Sequence[Fault], error: BaseException) -> Trial:
    """The trial itself came to no end, which says nothing good either."""
    lines = str(error).strip().splitlines()
    problem = f"the trial broke off: {type(error).__name__} {' / '.join(lines[-3:])}"
    return Trial(faults, [problem], GIVE_UP_SECONDS, broke_off=True)


def _is_warm(history: History) -> bool:
    return len(history.of("reserve", Verdict.DONE)) >= WARM_RESERVATIONS


def _wait_until_clean(history: History, over: float) -> float | None:
    """Seconds from the end of the fault until answers were clear ones for good; None where they never were."""
    while time.monotonic() < over + GIVE_UP_SECONDS:
        answered = [one for one in history.since(over) if one.ended and one.kind != "read"]
        clear = _clear_in_the_end(answered)
        reserved = sum(one.kind == "reserve" and one.verdict is Verdict.DONE for one in clear)
        if len(clear) >= CLEAN_ANSWERS and reserved >= CLEAN_RESERVATIONS:
            return clear[0].ended - over
        time.sleep(0.05)
    return None


def _clear_in_the_end(answered: Sequence[Operation]) -> list[Operation]:
    """Those after the last that was not, in the order of their answers."""
    clear: list[Operation] = []
    for operation in sorted(answered, key=lambda one: one.ended):
        clear = [] if operation.verdict in UNCLEAR else [*clear, operation]
    return clear


def _promises(trial: Trial, during: Sequence[Operation]) -> Iterator[str]:
    if trial.clean_after > CLEAN_SECONDS:
        yield f"clean service came after {trial.clean_after:.0f} s"
    if all(fault.on == MAIL for fault in trial.faults) and trial.p99 > MAIL_LIMIT:
        yield f"99 of 100 reservations took up to {trial.p99:.1f} s while only the mail server was away"
    if all(fault.loses_nothing for fault in trial.faults):
        lost = [one for one in during if one.verdict is Verdict.UNKNOWN]
        if lost:
            yield f"{len(lost)} requests got no clear answer: {lost[0].told}"


def _p99(operations: Sequence[Operation]) -> float:
    times = sorted(one.seconds for one in operations if one.kind == "reserve" and one.ended)
    return times[min(int(0.99 * len(times)), len(times) - 1)] if times else 0.0


@dataclass
class _Watch:
    looks: int = 0
    found: list[str] = field(default_factory=list)

    def read(self, output: str) -> None:
        lines = output.split()
        self.looks += lines.count("look")
        self.found += [f"while it was so, {oversold_in_words(line)}" for line in lines if "|" in line]


@contextmanager
def _watching_seats(scene: Scene) -> Iterator[_Watch]:
    """Looks again and again for more seats taken than there are, as long as PostgreSQL answers."""
    watch, stopped = _Watch(), threading.Event()
    # Some looks at a time: what is left running in a container whose caller is gone ends soon.
    psql = "psql --username postgres --no-psqlrc --quiet --tuples-only --no-align azionelab"
    sql = f"SET statement_timeout = '5s'; SELECT 'look'; {oversold(scene.evenings)};"
    script = f'for look in $(seq {LOOKS_AT_ONCE}); do {psql} --command "$0"; sleep {LOOK_EVERY}; done'

    def look() -> None:
        while not stopped.is_set():
            done = scene.lab.run("docker", "compose", "exec", "-T", "postgres", "sh", "-c", script, sql)
            watch.read(done.stdout)
            stopped.wait(LOOK_EVERY)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        stopped.set()
        thread.join(SETTLE_SECONDS)


def settle(scene: Scene, whose: str, *, hurried: bool) -> list[str]:
    """Once all is over: every mail to addresses that begin so leaves in the end, as by the timer.

    `hurried`: the leases of those who were killed run out at once.
    """
    lab = scene.lab
    if hurried:
        lab.psql("UPDATE reservations_outboundemail SET lease_expires_at = now() WHERE lease_expires_at > now()")
    waiting = (
        "SELECT count(*) FROM reservations_outboundemail m JOIN reservations_reservation r ON r.id = m.reservation_id"
        f" WHERE m.state = 'queued' AND r.email LIKE '{whose}%'"
    )

    def look() -> bool | None:
        sent = lab.azione("emails", "send", "--all", "--yes")
        assert sent.returncode in (0, 4), sent.stdout + sent.stderr
        return lab.psql(waiting) == "0" or None

    wait_for("end of all mails", look, SETTLE_SECONDS)
    return check_mails(lab, scene.mail_server.taken(whose), whose, Strictness(all_sent=True))
