"""The stack comes back: after `docker kill`, after a crash, and with PostgreSQL gone for a moment under load."""

import http.client
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import pytest

from lab.guests import come_all_the_way, open_performance, reserve
from lab.kills import kill_a_worker, kill_first_process
from lab.stacks import Lab
from lab.waiting import wait_for

SERVICES = ("nginx", "backend", "postgres")
BACK_SECONDS = 120
GUESTS_AT_ONCE = 6
# Before, while and after PostgreSQL is away.
RESERVATIONS_BEFORE, RESERVATIONS_AFTER = 12, 12


def state(stack: Lab, service: str) -> dict[str, object]:
    found: dict[str, object] = stack.inspect(service)[0]["State"]
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_killed_container_is_started_by_the_watch(stack: Lab, service: str) -> None:
    """`docker kill` is an order to Docker, which obeys it for good: the timer's `make watch` undoes it."""
    (container,) = stack.containers(service)
    stack.docker("kill", container)
    assert state(stack, service)["Status"] == "exited"

    done = stack.make("watch")

    assert done.returncode == 0, done.stderr
    assert f"{stack.name}-{service}-1" in done.stdout
    stack.wait_until_healthy()
    assert stack.containers(service) == [container]
    come_all_the_way(stack)


def test_watch_has_nothing_to_do_where_all_is_well(stack: Lab) -> None:
    before = [one["State"]["StartedAt"] for one in stack.inspect()]
    done = stack.make("watch")
    assert (done.returncode, done.stdout) == (0, "")
    assert [one["State"]["StartedAt"] for one in stack.inspect()] == before


@pytest.mark.parametrize("service", SERVICES)
def test_crashed_container_comes_back_by_itself(stack: Lab, service: str) -> None:
    """The kernel ends its first process, as it does where memory runs out."""
    before = state(stack, service)
    kill_first_process(stack, service)

    wait_for(
        f"restart of {service}",
        lambda: state(stack, service)["StartedAt"] != before["StartedAt"] or None,
        BACK_SECONDS,
    )
    stack.wait_until_healthy()
    come_all_the_way(stack)


def test_workers_that_die_are_replaced_and_nobody_notices(stack: Lab) -> None:
    """gunicorn's own processes: one is killed while the other serves."""
    before = state(stack, "backend")["StartedAt"]
    kill_a_worker(stack)
    assert {stack.get("/api/v1/staff/session/").status for _ in range(20)} == {200}
    assert state(stack, "backend")["StartedAt"] == before


@dataclass
class Load:
    """Guests who reserve one seat each, one after the other, until they are told to stop."""

    stack: Lab
    performance_id: int
    # What all of their addresses begin with.
    name: str = field(default_factory=lambda: f"load-{uuid4().hex[:8]}-")
    statuses: Counter[int] = field(default_factory=Counter)
    # Idempotency key by the guest's address.
    acknowledged: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    stopped: threading.Event = field(default_factory=threading.Event)

    def keep_reserving(self) -> None:
        while not self.stopped.is_set():
            self.reserve(f"{self.name}{uuid4().hex}@example.org", str(uuid4()))

    def reserve(self, email: str, key: str) -> None:
        try:
            answer = reserve(self.stack, self.performance_id, email, key=key)
        except (OSError, http.client.HTTPException) as error:
            pytest.fail(f"nginx did not answer: {error!r}")
        self.statuses[answer.status] += 1
        if answer.status == 503:
            assert answer.json["code"] == "busy"
            assert int(answer.headers["Retry-After"]) > 0
        (self.acknowledged if answer.status == 201 else self.refused)[email] = key

    def stored(self) -> list[str]:
        """The addresses of those who have a reservation, as often as they have one."""
        query = f"SELECT email FROM reservations_reservation WHERE email LIKE '{self.name}%'"
        return sorted(self.stack.psql(query).split())

    def wait_for(self, what: str, enough: Callable[[], bool]) -> None:
        wait_for(what, lambda: enough() or None, BACK_SECONDS)


@contextmanager
def guests_reserving(load: Load) -> Iterator[None]:
    with ThreadPoolExecutor(GUESTS_AT_ONCE) as pool:
        guests = [pool.submit(load.keep_reserving) for _ in range(GUESTS_AT_ONCE)]
        try:
            yield
        finally:
            load.stopped.set()
    for guest in guests:
        guest.result()


def test_postgres_restarted_under_load_loses_nothing_that_was_acknowledged(stack: Lab) -> None:
    performance = open_performance(stack, 1)["id"]
    stack.psql(f"UPDATE programme_performance SET additional_seats = 5000 WHERE id = {performance}")
    load = Load(stack, performance)

    with guests_reserving(load):
        load.wait_for("reservations before", lambda: load.statuses[201] >= RESERVATIONS_BEFORE)
        stack.compose("restart", "postgres")
        load.wait_for("refusal while it was away", lambda: load.statuses[503] > 0)
        done = load.statuses[201]
        load.wait_for("reservations after", lambda: load.statuses[201] >= done + RESERVATIONS_AFTER)

    assert set(load.statuses) == {201, 503}
    assert set(load.acknowledged) <= set(load.stored())

    # Whoever was refused tries again, as the page does: nobody gets seats twice.
    for email, key in list(load.refused.items()):
        load.reserve(email, key)
    assert load.stored() == sorted(load.acknowledged)
