"""TLS: asked for, there, renewed, broken, not there yet."""

import shutil
import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography import x509

from lab.front import HTTP_URL, HTTPS_URL, NGINX_USER, Front, new_front
from lab.waiting import wait_for

# start.sh looks every few seconds.
NOTICED_SECONDS = 30


def connect(front: Front, **versions: ssl.TLSVersion) -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=str(front.authority.certificate))
    for name, version in versions.items():
        setattr(context, name, version)
    context.set_alpn_protocols(["h2", "http/1.1"])
    return context.wrap_socket(socket.create_connection((front.address, 8443), 10), server_hostname="theatre.test")


def served_serial(front: Front) -> int:
    with connect(front) as connection:
        certificate = connection.getpeercert(binary_form=True)
    assert certificate
    return x509.load_der_x509_certificate(certificate).serial_number


def processes(front: Front) -> list[str]:
    """Command lines of all that runs in the container, but for the commands that look at it."""
    script = 'for one in /proc/[0-9]*; do tr "\\0" " " <$one/cmdline; echo; done'
    lines = front.execute("sh", "-c", script).splitlines()
    return sorted(line.strip() for line in lines if line.strip() and "/proc/" not in line)


def lasting_processes(front: Front) -> list[str]:
    """Without those that start.sh needs for a moment when it looks, and nginx when it starts."""
    brief = ("sleep", "tr ", "cat", "cksum", "flock", "nginx: cache loader")
    return [line for line in processes(front) if not line.startswith(brief)]


# With a certificate --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/it/reservation?a=b&c=%20d", "/door/it/", "/admin/"])
def test_plain_http_leads_to_https(https_front: Front, path: str) -> None:
    answer = https_front.get_plainly(path)

    assert (answer.status, answer.headers["Location"]) == (308, HTTPS_URL + path)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Strict-Transport-Security"] is None  # a browser must not heed it there


@pytest.mark.parametrize("path", ["/api/v1/shows/", "/api/v1/reservation/?a=b", "/api/v1/nothing/"])
@pytest.mark.parametrize(("method", "body"), [("GET", b""), ("POST", b"{}"), ("DELETE", b"")])
def test_plain_http_of_the_api_is_refused(https_front: Front, path: str, method: str, body: bytes) -> None:
    """Not led on: whoever sent a token in the clear would go on doing so."""
    https_front.backend.forget()

    answer = https_front.client(HTTP_URL).request(method, path, body=body, headers={"Authorization": "Door TOKEN"})

    assert answer.status == 403
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.json["code"], answer.json["detail"]) == ("permission_denied", "Use https.")
    assert answer.headers["Location"] is None
    assert answer.headers["Strict-Transport-Security"] is None
    assert https_front.backend.requests() == []


def test_other_name_is_not_led_anywhere(https_front: Front) -> None:
    assert https_front.get_plainly("/", Host="theatre.example").status == 421
    assert https_front.get("/", Host="theatre.example").status == 421


@pytest.mark.parametrize("path", ["/it/", "/it/main-ABCD1234.js", "/api/v1/shows/", "/missing", "/api/once", "/"])
def test_browsers_are_told_to_stay_with_https(https_front: Front, path: str) -> None:
    answer = https_front.get(path)

    assert answer.headers.get_all("Strict-Transport-Security") == ["max-age=31536000"]


@pytest.mark.parametrize(
    ("settings", "header"),
    [
        ({"HSTS_SECONDS": "0"}, None),
        ({"HSTS_SECONDS": "600"}, ["max-age=600"]),
        ({"HSTS_SECONDS": "0", "HSTS_SUBDOMAINS": "yes"}, None),
        ({"HSTS_SECONDS": "600", "HSTS_SUBDOMAINS": "yes"}, ["max-age=600; includeSubDomains"]),
    ],
)
def test_how_long_they_stay_is_the_operators_to_say(settings: dict[str, str], header: list[str] | None) -> None:
    with new_front(site_url=HTTPS_URL, certified=True, backends=0, **settings) as front:
        assert front.get("/it/").headers.get_all("Strict-Transport-Security") == header


def test_plain_request_to_the_port_for_tls_is_led_right(https_front: Front) -> None:
    received = https_front.send_bytes(b"GET /it/ HTTP/1.1\r\nHost: theatre.test\r\n\r\n", port=8443)

    assert received.startswith(b"HTTP/1.1 308")
    assert f"Location: {HTTPS_URL}/it/".encode() in received


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_modern_protocol_is_spoken(https_front: Front, version: ssl.TLSVersion) -> None:
    with connect(https_front, minimum_version=version, maximum_version=version) as connection:
        cipher = connection.cipher()
        assert cipher
        assert cipher[0].startswith(("ECDHE", "TLS_"))
        assert cipher[0].endswith(
            ("GCM-SHA256", "GCM-SHA384", "GCM_SHA256", "GCM_SHA384", "POLY1305", "POLY1305_SHA256")
        )
        assert connection.selected_alpn_protocol() == "h2"


@pytest.mark.parametrize(
    ("option", "value"),
    [("-tls1", ""), ("-tls1_1", ""), ("-tls1_2", "AES128-SHA"), ("-tls1_2", "ECDHE-RSA-AES128-SHA")],
)
def test_old_protocol_or_cipher_is_refused(https_front: Front, option: str, value: str) -> None:
    """By a client that would take it: this one is asked in the container, at the lowest security it can have."""
    ciphers = f"{value or 'ALL'}:@SECLEVEL=0"
    command = f"openssl s_client -connect 127.0.0.1:8443 -servername theatre.test {option} -cipher {ciphers} </dev/null"
    said = https_front.execute("sh", "-c", f"{command} 2>&1 || true")

    assert "Cipher is (NONE)" in said or "Cipher    : 0000" in said, said


def test_session_is_resumed_without_a_ticket(https_front: Front) -> None:
    command = "openssl s_client -connect 127.0.0.1:8443 -servername theatre.test -tls1_2"
    said = https_front.execute(
        "sh", "-c", f"{command} -sess_out /tmp/s </dev/null 2>&1 && {command} -sess_in /tmp/s </dev/null 2>&1"
    )

    assert "Reused, TLSv1.2" in said
    assert "session ticket" not in said.lower()


def test_http2_answers(https_front: Front) -> None:
    trust = ["--cacert", "/tmp/authority.pem", "--resolve", "theatre.test:8443:127.0.0.1"]
    authority = https_front.authority.certificate.read_text()
    https_front.execute("sh", "-c", "printf '%s' \"$1\" >/tmp/authority.pem", "-", authority)
    shape = "%{http_version} %{http_code}"
    said = https_front.execute(
        "curl", "--silent", *trust, "--http2", "--output", "/dev/null", "--write-out", shape, f"{HTTPS_URL}/it/"
    )

    assert said == "2 200"


# Renewal -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def renewing() -> Iterator[Front]:
    with new_front(site_url=HTTPS_URL, certified=True) as front:
        yield front


def test_renewed_certificate_is_taken_up_without_a_restart(renewing: Front) -> None:
    started = lasting_processes(renewing)
    seen = [served_serial(renewing)]
    for number in range(3):
        renewing.install_certificate(f"renewed-{number}")
        seen.append(wait_for("new certificate", lambda: another_serial(renewing, seen), NOTICED_SECONDS))
        assert renewing.get("/it/").status == 200

    assert len(set(seen)) == 4
    # No more processes than at the start: old workers went once their requests were answered.
    wait_for("old workers gone", lambda: lasting_processes(renewing) == started or None, 60)


def another_serial(front: Front, seen: list[int]) -> int | None:
    serial = served_serial(front)
    return None if serial in seen else serial


@pytest.mark.parametrize("harm", ["nonsense", "another key", "gone"])
def test_certificate_that_cannot_be_used_changes_nothing(renewing: Front, harm: str) -> None:
    serial = served_serial(renewing)
    break_certificate(renewing, harm)

    wait_for("complaint", lambda: "it cannot be used" in renewing.log() or None, NOTICED_SECONDS)
    assert served_serial(renewing) == serial
    assert renewing.get("/it/").status == 200

    renewing.install_certificate("repaired")
    wait_for("repaired certificate", lambda: served_serial(renewing) != serial or None, NOTICED_SECONDS)


def break_certificate(front: Front, harm: str) -> None:
    if harm == "gone":
        (front.certificates / "fullchain.pem").unlink()
    elif harm == "nonsense":
        (front.certificates / "fullchain.pem").write_text("not a certificate")
    else:
        _, key = front.authority.sign("other", ["theatre.test"])
        shutil.copyfile(key, front.certificates / "privkey.pem")
        shutil.chown(front.certificates / "privkey.pem", NGINX_USER)


def test_start_with_a_certificate_that_cannot_be_used(renewing: Front) -> None:
    """The container does not die over it: it says what is wrong, and serves once it is right."""
    break_certificate(renewing, "another key")
    renewing.restart()

    assert "key values mismatch" in renewing.log()
    assert renewing.get_plainly("/it/").status == 503
    renewing.install_certificate("repaired")
    wait_for("https", lambda: works(renewing), NOTICED_SECONDS)


# The first certificate -----------------------------------------------------------------------------------------------


@pytest.fixture
def waiting() -> Iterator[Front]:
    with new_front(site_url=HTTPS_URL) as front:
        yield front


def works(front: Front) -> bool | None:
    try:
        return front.get("/it/").status == 200 or None
    except OSError:
        return None


def test_without_a_certificate_one_can_be_had(waiting: Front) -> None:
    answer = waiting.get_plainly("/it/")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
    assert "Il sipario è ancora chiuso" in answer.text
    assert waiting.get_plainly("/api/v1/shows/").json["detail"] == "The site has no certificate yet."
    assert waiting.get_plainly("/", Host="theatre.example").status == 421
    assert "there is no certificate that works" in waiting.log()
    assert waiting.execute("curl", "--silent", "http://127.0.0.1:8081/nginx-alive") == "alive"
    answer_challenge(waiting)
    assert waiting.backend.requests() == []

    waiting.install_certificate()

    wait_for("https", lambda: works(waiting), NOTICED_SECONDS)
    # A worker of before may still answer for a moment.
    wait_for("redirect", lambda: waiting.get_plainly("/it/").status == 308 or None, NOTICED_SECONDS)


@pytest.mark.parametrize("fixture", ["waiting", "https_front", "front"])
def test_challenge_is_answered_in_every_state(fixture: str, request: pytest.FixtureRequest) -> None:
    answer_challenge(request.getfixturevalue(fixture))


def answer_challenge(front: Front) -> None:
    folder = front.acme / ".well-known" / "acme-challenge"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a-token_1").write_text("what the authority asked for")
    (folder / "page.html").write_text("<script>")
    path = "/.well-known/acme-challenge"

    for host in ("theatre.test", "www.theatre.test"):  # a certificate may have more names
        answer = front.get_plainly(f"{path}/a-token_1", Host=host)
        assert (answer.status, answer.text) == (200, "what the authority asked for")
    assert front.get_plainly(f"{path}/page.html").headers["Content-Type"] == "text/plain; charset=utf-8"
    assert front.get_plainly(f"{path}/missing").status == 404
    assert front.get_plainly(f"{path}/").status == 404


# Starting and stopping -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings",
    [
        {"SITE_URL": ""},
        {"SITE_URL": "theatre.test"},
        {"SITE_URL": "ftp://theatre.test"},
        {"SITE_URL": "http://theatre.test/path"},
        {"SITE_URL": 'http://theatre.test"; return 200'},
        {"SITE_URL": "http://theatre.test\nhttp://theatre.test"},
        {"UNLIMITED_NETWORKS": "192.0.2.0/24 anyone"},
        {"EMBED_ORIGINS": "https://www.comune.example *"},
        {"HSTS_SECONDS": "a year"},
        {"HSTS_SUBDOMAINS": "some"},
    ],
)
def test_wrong_setting_stops_the_start_with_its_name(settings: dict[str, str]) -> None:
    with pytest.raises(AssertionError, match=next(iter(settings))), new_front(backends=0, **settings):
        pass


def test_stopping_lets_what_was_begun_end(renewing: Front) -> None:
    with ThreadPoolExecutor(2) as people:
        slow = people.submit(renewing.get, "/api/v1/reservation/?do=wait")
        wait_for("question", lambda: renewing.backend.requests() or None, 10)
        stopping = people.submit(renewing.stop)
        wait_for("closed port", lambda: is_closed(renewing), 10)
        renewing.backend.let_answer()

        assert slow.result().status == 200
        assert stopping.result() == 0


def is_closed(front: Front) -> bool | None:
    try:
        socket.create_connection((front.address, 8443), 1).close()
    except OSError:
        return True
    return None
