"""The site over https, and a certificate that is renewed: served without a restart, and never one that could not be."""

import socket
import ssl
from pathlib import Path

from lab.http import Client
from lab.stacks import Lab
from lab.waiting import wait_for

TAKEN_UP_SECONDS = 60


def served(lab: Lab) -> int:
    """The serial number of the certificate that nginx shows, checked against the authority as a browser would."""
    context = ssl.create_default_context(cafile=str(lab.authority.certificate))
    with (
        socket.create_connection(("127.0.0.1", lab.https_port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname="theatre.test") as secured,
    ):
        return int(secured.getpeercert()["serialNumber"], 16)


def renew(lab: Lab, name: str, host: str = "theatre.test", days: int = 90) -> tuple[Path, Path]:
    certificate, key = lab.authority.sign(name, [host], days=days)
    lab.set(TLS_CERTIFICATE=str(certificate), TLS_KEY=str(key))
    return certificate, key


def test_renewed_certificate_is_served_without_a_restart(tls_stack: Lab) -> None:
    before, started = served(tls_stack), tls_stack.inspect("nginx")[0]["State"]["StartedAt"]
    renew(tls_stack, "renewed")
    done = tls_stack.make("certificates")
    assert done.returncode == 0, done.stderr
    assert "It is good until " in done.stdout
    wait_for("new certificate", lambda: served(tls_stack) != before or None, TAKEN_UP_SECONDS)
    assert tls_stack.inspect("nginx")[0]["State"]["StartedAt"] == started
    assert tls_stack.get("/it/").status == 200


def test_bad_certificate_leaves_the_good_one(tls_stack: Lab) -> None:
    settings, before = tls_stack.env_file.read_text(), served(tls_stack)
    try:
        for name, host, days, words in (
            ("expired", "theatre.test", -1, "has expired"),
            ("foreign", "other.test", 90, "not made out to theatre.test"),
        ):
            renew(tls_stack, name, host, days)
            done = tls_stack.make("certificates")
            assert done.returncode == 2
            assert words in done.stderr
        certificate, _ = renew(tls_stack, "one")
        _, key = renew(tls_stack, "two")
        tls_stack.set(TLS_CERTIFICATE=str(certificate), TLS_KEY=str(key))
        assert "TLS_KEY does not belong to TLS_CERTIFICATE" in tls_stack.make("certificates").stderr
    finally:
        tls_stack.env_file.write_text(settings)
    assert served(tls_stack) == before


def test_expired_certificate_does_not_stop_the_start(tls_stack: Lab) -> None:
    """After a summer in which nothing ran: it is renewed through nginx, which has to run for that."""
    settings = tls_stack.env_file.read_text()
    try:
        certificate, _ = renew(tls_stack, "expired", days=-1)
        done = tls_stack.make("up")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "the certificate of TLS_CERTIFICATE has expired, see runbooks/certificate-expiry.md" in done.stdout
        handed_over = tls_stack.compose("exec", "-T", "nginx", "cat", "/srv/certificates/fullchain.pem")
        assert handed_over.strip() == certificate.read_text().strip()
    finally:
        tls_stack.env_file.write_text(settings)
    assert tls_stack.make("certificates").returncode == 0
    wait_for("good certificate", lambda: _is_trusted(tls_stack) or None, TAKEN_UP_SECONDS)


def _is_trusted(lab: Lab) -> bool:
    try:
        return served(lab) > 0
    except ssl.SSLCertVerificationError:
        return False


def test_first_certificate_can_be_fetched(tls_stack: Lab) -> None:
    """What an ACME client puts into the webroot is served in the clear, as its authority asks for it."""
    token = tls_stack.data / "acme" / ".well-known" / "acme-challenge" / "token-of-the-test"
    token.parent.mkdir(parents=True, exist_ok=True)
    token.write_text("answer")
    plain = Client(f"http://theatre.test:{tls_stack.http_port}")
    answer = plain.request("GET", f"/.well-known/acme-challenge/{token.name}", headers={"Host": "theatre.test"})
    assert (answer.status, answer.text) == (200, "answer")
    assert plain.request("GET", "/it/", headers={"Host": "theatre.test"}).status in (301, 308)


def test_deployment_check_has_nothing_to_say(tls_stack: Lab) -> None:
    done = tls_stack.run(
        *("docker", "compose", "exec", "-T", "backend", "python", "manage.py", "check"),
        *("--deploy", "--fail-level", "WARNING"),
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_configuration_of_nginx_is_good(tls_stack: Lab) -> None:
    done = tls_stack.run("docker", "compose", "exec", "-T", "nginx", "nginx", "-t")
    assert done.returncode == 0
    assert "test is successful" in done.stderr
    assert "[warn]" not in done.stderr
