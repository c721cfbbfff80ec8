"""The curtain that hold-maintenance lowers: for everybody, as long as somebody alive holds it."""

import subprocess
from collections.abc import Iterator

import pytest

from lab.front import HTTPS_URL, Front, new_front
from lab.waiting import wait_for

LIFTED_SECONDS = 30


class Holder:
    """`docker exec -i … hold-maintenance`, as the stack's tool and `azione` run it."""

    def __init__(self, front: Front) -> None:
        command = ["docker", "exec", "--interactive", front.name, "hold-maintenance"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        assert self.process.stdout.readline() == "on\n"

    def let_go(self) -> None:
        """Returns when the holder has ended."""
        assert self.process.stdin
        self.process.stdin.close()
        assert self.process.wait(30) == 0

    def die(self) -> None:
        """As a client that is killed, or whose machine is."""
        self.process.kill()
        self.process.wait(30)


@pytest.fixture
def fresh_front() -> Iterator[Front]:
    with new_front() as front:
        yield front


def is_open(front: Front) -> bool | None:
    return front.get("/it/").status == 200 or None


def test_everybody_is_told_to_come_back(fresh_front: Front) -> None:
    holder = Holder(fresh_front)
    fresh_front.backend.forget()
    for method, path in [
        ("GET", "/"),
        ("GET", "/it/shows/amleto"),
        ("GET", "/it/main-ABCD1234.js"),
        ("GET", "/door/it/"),
        ("POST", "/admin/login/"),
        ("GET", "/missing"),
        ("GET", "/media/posters/poster.jpg"),
    ]:
        answer = fresh_front.request(method, path)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "30"), path
        assert "Torniamo in scena tra poco" in answer.text
        assert "Back on stage in a moment" in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
    for method in ("GET", "POST", "DELETE"):
        answer = fresh_front.request(method, "/api/v1/shows/")
        assert answer.headers["Content-Type"] == "application/problem+json"
        problem = answer.json
        assert (answer.status, problem["code"], problem["retry_after"]) == (503, "busy", 30)
        assert problem["detail"] == "The site is being looked after; try again in a minute."
    assert fresh_front.get("/healthz").status == 503
    assert fresh_front.backend.requests() == []
    # The container is well, and must not be restarted for it.
    assert fresh_front.execute("curl", "--silent", "http://127.0.0.1:8081/nginx-alive") == "alive"

    holder.let_go()

    assert is_open(fresh_front)


def test_last_of_two_lifts_it(fresh_front: Front) -> None:
    first, second = Holder(fresh_front), Holder(fresh_front)

    first.let_go()
    assert not is_open(fresh_front)
    third = Holder(fresh_front)
    second.let_go()
    assert not is_open(fresh_front)

    third.let_go()
    assert is_open(fresh_front)


def test_client_that_is_killed_lifts_it(fresh_front: Front) -> None:
    holder = Holder(fresh_front)
    holder.die()

    wait_for("lifted curtain", lambda: is_open(fresh_front), LIFTED_SECONDS)


def test_client_that_is_killed_leaves_it_to_the_other(fresh_front: Front) -> None:
    first, second = Holder(fresh_front), Holder(fresh_front)
    first.die()
    wait_for("end of the first", lambda: len(holders(fresh_front)) == 1 or None, LIFTED_SECONDS)

    assert not is_open(fresh_front)
    second.let_go()
    assert is_open(fresh_front)


def test_holder_that_is_killed_lifts_it(fresh_front: Front) -> None:
    """So that it cannot clean up itself."""
    Holder(fresh_front)
    (process,) = holders(fresh_front)
    fresh_front.execute("sh", "-c", f"kill -KILL {process}")

    wait_for("lifted curtain", lambda: is_open(fresh_front), LIFTED_SECONDS)


def holders(front: Front) -> list[str]:
    """Their process ids in the container."""
    script = "grep -l hold-maintenanc[e] /proc/[0-9]*/cmdline 2>/dev/null | cut -d/ -f3"
    return front.execute("sh", "-c", script).split()


@pytest.mark.parametrize("signal", ["TERM", "INT", "HUP"])
def test_holder_that_is_stopped_lifts_it_at_once(fresh_front: Front, signal: str) -> None:
    holder = Holder(fresh_front)
    (process,) = holders(fresh_front)
    fresh_front.execute("sh", "-c", f"kill -{signal} {process}")
    holder.process.wait(30)

    assert is_open(fresh_front)


def test_one_that_is_held_is_not_taken_for_abandoned() -> None:
    with new_front(site_url=HTTPS_URL, certified=True) as front:
        holder = Holder(front)
        # start.sh looks at the certificate first and at this then: with the second complaint it has done both.
        for number in (1, 2):
            (front.certificates / "fullchain.pem").write_text(f"nonsense {number}")
            wait_for("look", lambda: front.log().count("it cannot be used") == number or None, LIFTED_SECONDS)  # noqa: B023

        assert front.get("/it/").status == 503
        holder.let_go()
        assert is_open(front)


def test_challenge_is_answered_meanwhile() -> None:
    """A certificate is not to run out because of a restore."""
    with new_front(site_url=HTTPS_URL, certified=True) as front:
        folder = front.acme / ".well-known" / "acme-challenge"
        folder.mkdir(parents=True)
        (folder / "token").write_text("answer")
        holder = Holder(front)

        assert front.get("/it/").status == 503
        assert front.get_plainly("/.well-known/acme-challenge/token").text == "answer"
        holder.let_go()
