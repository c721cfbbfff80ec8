"""Beyond one backend: three of them behind the same nginx, with nothing else changed."""

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from lab.guests import come_all_the_way, new_address, open_performance, open_performances, reserve
from lab.http import Answer
from lab.stacks import Lab
from lab.staff import Session
from lab.waiting import wait_for

REPLICAS = 3
GUESTS, SEATS_LEFT = 60, 25
PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def scaled(stack: Lab) -> Iterator[Lab]:
    before = stack.containers()
    stack.compose("up", "--detach", "--scale", f"backend={REPLICAS}", "--no-recreate")
    stack.wait_until_healthy()
    assert set(before) <= set(stack.containers())
    assert len(stack.containers("backend")) == REPLICAS
    yield stack
    stack.compose("up", "--detach", "--scale", "backend=1", "--no-recreate")
    stack.compose("rm", "--force", "frontend")
    stack.wait_until_healthy()


def requests_served(stack: Lab, route: str) -> dict[str, int]:
    """By backend, the lines in its log about one route."""
    counted = {}
    for container in stack.containers("backend"):
        done = stack.run("docker", "logs", container)
        lines = [json.loads(line) for line in (done.stdout + done.stderr).splitlines() if line.startswith("{")]
        counted[container] = sum(1 for line in lines if line.get("event") == "request" and route in line["route"])
    return counted


def wait_until_all_serve(stack: Lab) -> None:
    """nginx asks for the names anew every two seconds."""
    before = requests_served(stack, "staff/session")

    def look() -> bool | None:
        for _ in range(REPLICAS * 2):
            assert stack.get("/api/v1/staff/session/").status == 200
        now = requests_served(stack, "staff/session")
        return all(now[container] > before[container] for container in now) or None

    wait_for("request at each backend", look, PATIENCE_SECONDS)


def test_all_backends_serve(scaled: Lab) -> None:
    wait_until_all_serve(scaled)
    come_all_the_way(scaled)


def test_capacity_is_exact_over_all_of_them(scaled: Lab) -> None:
    """More guests than seats, all at once: each seat is reserved once and no guest is told otherwise."""
    performance = open_performances(scaled, 1)[-1]["id"]  # tonight's is for other tests
    taken = int(scaled.psql(seats_taken(performance)))
    scaled.psql(
        "UPDATE programme_performance SET manually_occupied = 0, additional_seats = 0,"
        f" capacity = {taken + SEATS_LEFT} WHERE id = {performance}"
    )
    wait_until_all_serve(scaled)
    before = requests_served(scaled, "reservations")

    with ThreadPoolExecutor(GUESTS) as pool:
        answers = list(pool.map(lambda _: insist(scaled, performance), range(GUESTS)))

    counted = Counter(answer.status for answer in answers)
    assert counted == {201: SEATS_LEFT, 409: GUESTS - SEATS_LEFT}
    assert {answer.json["code"] for answer in answers if answer.status == 409} == {"capacity_exceeded"}
    assert int(scaled.psql(seats_taken(performance))) == taken + SEATS_LEFT
    after = requests_served(scaled, "reservations")
    assert all(after[container] > before[container] for container in after)


def insist(stack: Lab, performance_id: int) -> Answer:
    """As the page does: who hears that too many came at once tries again, with the same key."""
    email, key = new_address(), str(uuid4())

    def look() -> Answer | None:
        answer = reserve(stack, performance_id, email, key=key)
        return None if answer.status == 503 else answer

    return wait_for("answer other than busy", look, PATIENCE_SECONDS)


def seats_taken(performance_id: int) -> str:
    return (
        f"SELECT coalesce(sum(seats), 0) FROM reservations_reservation WHERE performance_id = {performance_id}"
        " AND (status = 'confirmed' OR status = 'pending' AND hold_expires_at > now())"
    )


def test_session_is_good_at_each_of_them(scaled: Lab) -> None:
    session = Session(scaled)
    assert session.sign_in("door", scaled.password).status == 200
    before = requests_served(scaled, "staff/session")

    names = {session.who().json["username"] for _ in range(REPLICAS * 4)}

    assert names == {"door"}
    after = requests_served(scaled, "staff/session")
    assert all(after[container] > before[container] for container in after)


def test_reservation_begun_at_one_is_the_same_at_another(scaled: Lab) -> None:
    """Idempotency is the database's to keep: the same key at three backends is one reservation."""
    performance, email, key = open_performance(scaled, 1)["id"], new_address(), str(uuid4())
    answers = [reserve(scaled, performance, email, key=key) for _ in range(REPLICAS * 2)]
    assert {answer.status for answer in answers} == {201}
    assert len({answer.json["reference"] for answer in answers}) == 1


def test_one_of_them_may_die(scaled: Lab) -> None:
    """Nobody is told; nginx passes over who refuses, and does not send a POST twice."""
    wait_until_all_serve(scaled)
    container = scaled.containers("backend")[0]
    scaled.docker("kill", container)
    try:
        assert {scaled.get("/api/v1/staff/session/").status for _ in range(30)} == {200}
        come_all_the_way(scaled)
    finally:
        assert scaled.make("watch").returncode == 0
    scaled.wait_until_healthy()
    assert container in scaled.containers("backend")
