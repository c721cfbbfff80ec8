"""Who reaches what: from outside nginx alone, and from PostgreSQL nothing; and nobody is who a header says."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest

from lab.guests import as_guest, link_in, new_address, open_performance, reserve, text_of, ticket_in
from lab.reach import answered_to, answered_to_stranger, connected_from
from lab.stacks import Lab, bridge_gateway
from lab.staff import Session
from lab.waiting import wait_for

# Every port that something in the stack listens on.
PORTS = (5432, 8000, 8080, 8081, 8443)
# Addresses and a name that are nobody's (RFC 5737, 6761).
SPOOFED_ADDRESS, SPOOFED_HOST = "203.0.113.77", "evil.example"
RESENDS_AT_ONCE = 11  # infra/nginx/limits.conf and routes.conf: a burst of 10


def spoofed_headers(scheme: str, address: str = SPOOFED_ADDRESS) -> dict[str, str]:
    """All that a client can say about who it is and which site it means, but for Host."""
    return {
        "X-Forwarded-For": f"{address}, 198.51.100.23",
        "X-Forwarded-Host": SPOOFED_HOST,
        "X-Forwarded-Proto": scheme,
        "X-Forwarded-Port": "6666",
        "X-Forwarded-Server": SPOOFED_HOST,
        "X-Forwarded-Prefix": "/evil",
        "X-Real-IP": address,
        "X-Client-IP": address,
        "True-Client-IP": address,
        "CF-Connecting-IP": address,
        "Forwarded": f"for={address};host={SPOOFED_HOST};proto={scheme}",
        "X-Original-URL": "/admin/",
        "X-Rewrite-URL": "/admin/",
    }


@pytest.fixture(params=["stack", "tls_stack"])
def any_stack(request: pytest.FixtureRequest) -> Lab:
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


def addresses(stack: Lab, service: str) -> list[str]:
    networks = stack.inspect(service)[0]["NetworkSettings"]["Networks"].values()
    return [network["IPAddress"] for network in networks]


@contextmanager
def listening_everywhere() -> Iterator[int]:
    """A server of this host's, on all of its addresses, as its sshd is."""
    with socket.create_server(("0.0.0.0", 0)) as server:
        server.settimeout(0.2)
        stopped = threading.Event()

        def answer() -> None:
            while not stopped.is_set():
                try:
                    server.accept()[0].close()
                except TimeoutError:
                    continue

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            stopped.set()
            thread.join()


def test_stranger_in_another_network_reaches_no_container(stack: Lab) -> None:
    places = [
        f"{address}:{port}"
        for service in ("nginx", "backend", "postgres")
        for address in addresses(stack, service)
        for port in PORTS
    ]
    sink = f"{bridge_gateway()}:{stack.sink.port}"
    assert len(places) == 4 * len(PORTS)
    # The mail server of the tests is the control: it would be seen.
    assert answered_to_stranger(stack, "bridge", [*places, sink]) == {sink}


def test_site_answers_at_its_own_address_alone(stack: Lab) -> None:
    """LISTEN_ADDRESS is 127.0.0.1: what the host has besides does not answer."""
    ports = (stack.http_port, stack.https_port)
    assert answered_to_stranger(stack, "bridge", [f"{bridge_gateway()}:{port}" for port in ports]) == set()
    assert stack.get("/healthz").status == 200


def test_networks_hold_those_who_need_them(stack: Lab) -> None:
    def members(network: str) -> set[str]:
        (found,) = json.loads(stack.docker("network", "inspect", f"{stack.name}_{network}"))
        return {one["Name"].removeprefix(f"{stack.name}-") for one in found["Containers"].values()}

    assert members("web") == {"nginx-1", "backend-1"}
    assert members("database") == {"backend-1", "postgres-1"}


def test_postgres_answers_the_backend_alone(stack: Lab) -> None:
    (address,) = addresses(stack, "postgres")
    assert answered_to(stack, "backend", ["postgres:5432", f"{address}:5432"]) == {
        "postgres:5432",
        f"{address}:5432",
    }
    assert answered_to(stack, "nginx", ["postgres:5432", f"{address}:5432", "backend:8000"]) == {"backend:8000"}


def test_health_of_nginx_is_its_own_to_ask(stack: Lab) -> None:
    web = f"{stack.name}_web"
    assert answered_to_stranger(stack, web, ["nginx:8080", "nginx:8081"]) == {"nginx:8080"}


def test_postgres_has_no_way_out(stack: Lab) -> None:
    """Neither to the world, nor to this host by any of its addresses, nor by asking for a name."""
    (network,) = json.loads(stack.docker("network", "inspect", f"{stack.name}_database"))
    bridge = network["IPAM"]["Config"][0]["Gateway"]
    (nginx,) = addresses(stack, "nginx")
    with listening_everywhere() as port:
        outside = [
            f"{bridge_gateway()}:{stack.sink.port}",
            *(f"{host}:{port}" for host in (bridge_gateway(), bridge)),
            *(f"{host}:{stack.http_port}" for host in (bridge_gateway(), bridge)),
            f"{nginx}:8080",
        ]
        assert connected_from(stack, "postgres", [*outside, "backend:8000"]) == {"backend:8000"}
        # The control: the same places answer where there is a way.
        assert connected_from(stack, "backend", outside) >= {outside[0], f"{bridge_gateway()}:{port}", f"{nginx}:8080"}


def test_postgres_resolves_no_name_of_the_world(stack: Lab) -> None:
    """A name server that asks on for it would be a way out as well."""
    script = "for name in backend nginx deb.debian.org; do timeout 5 getent hosts $name & done; wait"
    found = {line.split()[1] for line in stack.compose("exec", "-T", "postgres", "bash", "-c", script).splitlines()}
    assert found == {"backend"}


def test_spoofed_host_gets_nothing_of_the_site(any_stack: Lab) -> None:
    for path in ("/", "/it/", "/t", "/api/v1/shows/", "/admin/login/"):
        answer = any_stack.request("GET", path, headers={"Host": SPOOFED_HOST})
        assert answer.status == 421
        assert SPOOFED_HOST not in str(answer.headers) + answer.text
    email = new_address()
    answer = reserve(any_stack, open_performance(any_stack, 1)["id"], email, headers={"Host": SPOOFED_HOST})
    assert answer.status == 421
    assert any_stack.mails.to(email) == []


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_spoofed_header_changes_no_link_and_no_cookie(any_stack: Lab, scheme: str) -> None:
    email, headers = new_address(), spoofed_headers(scheme)
    reserved = reserve(any_stack, open_performance(any_stack, 1)["id"], email, headers=headers)
    assert reserved.status == 201, reserved.text

    mail = any_stack.mails.wait_for(email)
    site, token = link_in(mail)
    assert site == any_stack.url
    assert as_guest(any_stack, "POST", "confirm/", token).status == 200
    ticket_mail = any_stack.mails.wait_for(email, "Your ticket")
    for one in (mail, ticket_mail):
        assert SPOOFED_HOST not in one.as_string()
        assert "6666" not in text_of(one)
    picture = any_stack.request(
        "GET", "/api/v1/reservation/ticket.png", headers={"Authorization": f"Reservation {token}", **headers}
    )
    assert ticket_in(picture.body)[0] == any_stack.url

    session = any_stack.request("GET", "/api/v1/staff/session/", headers=headers)
    assert session.status == 200
    assert ("; Secure" in session.headers["Set-Cookie"]) == any_stack.url.startswith("https")
    for path in ("/", "/t", "/door", "/admin/"):
        moved = any_stack.request("GET", path, headers=headers)
        assert moved.status == 302
        assert moved.headers["Location"].startswith("/")
        assert not moved.headers["Location"].startswith("//")


def test_spoofed_address_changes_no_limit_of_nginx(tls_stack: Lab) -> None:
    """A new one in each request: the address that nginx sees is counted all the same."""
    answers = [
        tls_stack.request(
            "POST",
            "/api/v1/reservations/resend/",
            body={"email": "nobody@example.org"},
            headers=spoofed_headers("https", f"203.0.113.{number}"),
        )
        for number in range(RESENDS_AT_ONCE + 3)
    ]
    assert {answer.status for answer in answers} == {202, 429}
    assert answers[-1].status == 429
    assert answers[-1].json["code"] == "too_many_requests"
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_spoofed_address_changes_no_lockout(stack: Lab) -> None:
    """Django counts wrong passwords by name and address: the eleventh is refused unread."""
    name, session = f"nobody-{uuid4().hex[:8]}", Session(stack)
    session.who()
    answers = [
        session.request(
            "POST",
            "/api/v1/staff/session/",
            {"username": name, "password": "wrong"},
            headers=spoofed_headers("http", f"203.0.113.{number}"),
        )
        for number in range(12)
    ]
    codes = [answer.json["code"] for answer in answers]
    assert codes[0] != codes[-1]
    assert answers[-1].status == 429
    counted = stack.psql(
        f"SELECT count(DISTINCT ip_address), min(host(ip_address)) FROM axes_accessattempt WHERE username = '{name}'"
    )
    number, address = counted.split("|")
    assert number == "1"
    assert not address.startswith("203.0.113.")


def test_spoofed_address_is_in_no_log(any_stack: Lab) -> None:
    """After all of the above; asked once more, so that it holds whichever tests ran."""
    marker = f"/it/{uuid4().hex}"
    any_stack.request("GET", marker, headers=spoofed_headers("https"))
    log = wait_for("line of nginx", lambda: (text := any_stack.log_text()) and (marker in text and text or None), 30)
    assert "203.0.113." not in log
    assert "198.51.100.23" not in log
    assert SPOOFED_HOST not in log
    # The control: there are addresses, and they are those of networks.
    line = next(json.loads(line) for line in log.splitlines() if marker in line)
    assert line["address"].endswith(".0")
