"""How often one address may do what costs something, and what it is told then."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network

import pytest

from lab.front import Front, docker, new_front
from lab.http import Answer
from lab.waiting import wait_for

# What is limited, and how many may come at once: the burst, and the one that the rate itself lets through.
LIMITED = {
    "/api/v1/performances/7/reservations/": 41,
    "/api/v1/reservations/resend/": 11,
    "/api/v1/staff/session/": 21,
    "/api/v1/door/pairings/": 21,
    "/admin/login/": 21,
}


@pytest.fixture
def fresh_front() -> Iterator[Front]:
    """Whose limits nobody has used yet."""
    with new_front() as front:
        yield front


def post(front: Front, path: str) -> Answer:
    return front.request("POST", path, body={"name": "Anna"})


def fill(front: Front, path: str) -> int:
    """How many come through before the first that does not."""
    for number in range(200):
        if post(front, path).status == 429:
            return number
    pytest.fail(f"{path} has no limit")


@pytest.mark.parametrize("path", LIMITED)
def test_too_many_at_once_are_refused(fresh_front: Front, path: str) -> None:
    let_through = fill(fresh_front, path)

    # While they come, the rate lets one or the other through as well.
    assert LIMITED[path] <= let_through <= LIMITED[path] + 5
    refused = post(fresh_front, path)
    assert refused.status == 429
    assert refused.headers["Retry-After"] == "10"
    if path.startswith("/api/"):
        assert (refused.json["code"], refused.json["retry_after"]) == ("too_many_requests", 10)
    else:
        assert "Piano, uno alla volta" in refused.text
    reached = [asked for asked in fresh_front.backend.requests() if asked["path"] == path]
    assert len(reached) == let_through


def test_limit_is_lifted_after_the_time_it_names(fresh_front: Front) -> None:
    path = "/api/v1/staff/session/"
    fill(fresh_front, path)

    wait_for("second chance", lambda: post(fresh_front, path).status == 200 or None, 10)


def test_each_limit_counts_for_itself(fresh_front: Front) -> None:
    fill(fresh_front, "/api/v1/door/pairings/")

    for path in LIMITED:
        if path != "/api/v1/door/pairings/":
            assert post(fresh_front, path).status == 200, path


def test_two_ways_to_sign_in_share_a_limit(fresh_front: Front) -> None:
    fill(fresh_front, "/admin/login/")

    assert post(fresh_front, "/api/v1/staff/session/").status == 429


def test_two_ways_to_send_again_share_a_limit(fresh_front: Front) -> None:
    fill(fresh_front, "/api/v1/reservation/resend/")

    assert post(fresh_front, "/api/v1/reservations/resend/").status == 429


def test_other_spelling_is_no_way_around(fresh_front: Front) -> None:
    fill(fresh_front, "/api/v1/reservations/resend/")
    for path in (
        "/api/v1/reservations/resend/?again",
        "//api/v1/reservations/resend/",
        "/api/v1/x/../reservations/./resend/",
        "/api/v1/reservations/%72esend/",
        "/%61pi/v1/reservations/resend/",
    ):
        assert post(fresh_front, path).status == 429, path


def test_claimed_address_is_no_way_around(fresh_front: Front) -> None:
    fill(fresh_front, "/api/v1/reservations/resend/")
    for number in range(5):
        claimed = {"X-Forwarded-For": f"198.51.100.{number}", "X-Real-IP": f"198.51.100.{number}"}
        answer = fresh_front.request("POST", "/api/v1/reservations/resend/", headers=claimed)
        assert answer.status == 429


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/performances/7/reservations/"),
        ("GET", "/api/v1/staff/session/"),
        ("GET", "/admin/login/"),
        ("POST", "/api/v1/reservation/confirm/"),
        ("POST", "/api/v1/door/performances/7/scans/"),
    ],
)
def test_reading_and_scanning_have_no_limit(front: Front, method: str, path: str) -> None:
    assert {front.request(method, path).status for _ in range(120)} == {200}


POSTS = """
import http.client, sys
for _ in range(int(sys.argv[3])):
    connection = http.client.HTTPConnection(sys.argv[1], 8080)
    connection.request("POST", sys.argv[2], headers={"Host": "theatre.test"})
    print(connection.getresponse().status)
"""


def post_from(container: str, address: str, times: int = 1) -> list[str]:
    """The statuses that somebody else gets."""
    path = "/api/v1/reservations/resend/"
    return docker("exec", container, "python", "-c", POSTS, address, path, str(times)).split()


def test_other_address_is_not_limited(fresh_front: Front) -> None:
    fill(fresh_front, "/api/v1/reservations/resend/")

    assert post_from(fresh_front.backend.container, fresh_front.address) == ["200"]


@contextmanager
def street(front: Front, number: int) -> Iterator[tuple[str, str]]:
    """A network with IPv6: its name, and nginx's address in it."""
    name = f"{front.name}-street-{number}"
    docker("network", "create", "--ipv6", "--subnet", f"fd00:{secrets.token_hex(2)}:0:{number}::/64", name)
    try:
        docker("network", "connect", name, front.name)
        found = f'{{{{(index .NetworkSettings.Networks "{name}").GlobalIPv6Address}}}}'
        yield name, docker("inspect", "--format", found, front.name)
    finally:
        docker("network", "disconnect", "--force", name, front.name)
        docker("network", "rm", name)


@contextmanager
def phone(network: str) -> Iterator[str]:
    name = f"{network}-phone-{secrets.token_hex(3)}"
    docker("run", "--detach", "--name", name, "--network", network, "python:3.13-slim", "sleep", "300")
    try:
        yield name
    finally:
        docker("rm", "--force", name)


def test_household_with_ipv6_counts_as_one(fresh_front: Front) -> None:
    """A phone there takes another address as often as it likes; the first half of it stays."""
    with street(fresh_front, 1) as (here, nginx), phone(here) as first, phone(here) as second:
        assert post_from(first, nginx, 30)[-1] == "429"
        assert post_from(second, nginx) == ["429"]
        with street(fresh_front, 2) as (elsewhere, nginx_there), phone(elsewhere) as other:
            assert post_from(other, nginx_there) == ["200"]
        logged = {line["address"] for line in fresh_front.access_log() if line["method"] == "POST"}

    assert len(logged) == 2
    # Nothing of a household is in the log: only its provider's part of the address.
    assert [str(ip_network(f"{address}/48")) for address in logged]


def test_theatres_own_network_can_be_left_out() -> None:
    with new_front(UNLIMITED_NETWORKS="192.0.2.0/24 172.16.0.0/12 192.168.0.0/16 10.0.0.0/8 2001:db8::/32") as front:
        assert {post(front, "/api/v1/reservations/resend/").status for _ in range(40)} == {200}
