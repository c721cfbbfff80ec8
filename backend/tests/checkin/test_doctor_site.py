"""The doctor's look at the site: a real web server, real certificates."""

import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from azionelab.checkin.doctor import site
from tests.certificates import make_signer
from tests.checkin.test_doctor import said

Serve = Callable[..., str]


class Page(BaseHTTPRequestHandler):
    body = b'{"status": "alive"}'
    apart = timedelta(0)
    extra: dict[str, str] = {}

    def do_GET(self) -> None:  # noqa: N802
        self.send_response(200)
        for name, value in self.extra.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.body)

    def date_time_string(self, timestamp: float | None = None) -> str:
        return format_datetime(datetime.now(UTC) + self.apart, usegmt=True)

    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture
def serve(settings: Any) -> Iterator[Serve]:
    """A web server on a port of its own, which SITE_URL then names."""
    servers: list[ThreadingHTTPServer] = []

    def start(certificate: Path | None = None, **traits: object) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Page", (Page,), traits))
        server.handle_error = lambda *_request: None  # type: ignore[method-assign]
        servers.append(server)
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        settings.IS_HTTPS = certificate is not None
        settings.SITE_URL = f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}"
        return settings.SITE_URL

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_site_that_answers(serve: Serve) -> None:
    url = serve()
    assert said(site.answers()) == [("ok", f"{url} answers.")]
    assert said(site.clock()) == [("ok", "This machine's clock and the web server's agree.")]
    assert said(site.certificate())[0][0] == "ok"


def test_site_that_is_another(serve: Serve) -> None:
    url = serve(body=b"<h1>It works!</h1>")
    assert said(site.answers()) == [("failure", f"{url} answers, but not as AzioneLab (status 200).")]


def test_site_that_is_not_there(settings: Any) -> None:
    settings.SITE_URL = "http://127.0.0.1:9"
    assert said(site.answers()) == [("failure", "http://127.0.0.1:9 does not answer (nobody listens there).")]
    assert said(site.clock()) == [("ok", "The web server's clock could not be asked.")]
    settings.SITE_URL, settings.IS_HTTPS = "https://127.0.0.1:9", True
    assert said(site.certificate())[0][0] == "warning"


def test_site_that_says_nothing(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    monkeypatch.setattr(site, "SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.SITE_URL = f"http://127.0.0.1:{server.getsockname()[1]}"
        [(level, message)] = said(site.answers())
    assert (level, "nothing within 1 seconds" in message) == ("failure", True)


@pytest.mark.parametrize(("apart", "level"), [(-20, "warning"), (20, "warning"), (-3600, "failure")])
def test_clock_of_the_web_server(serve: Serve, apart: int, level: str) -> None:
    serve(apart=timedelta(seconds=apart))
    assert [found for found, _message in said(site.clock())] == [level]


# Certificates


@pytest.fixture
def sign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    return make_signer(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("traits", "level", "message"),
    [
        ({"days": 60}, "ok", "The certificate is good for 60 more days."),
        ({"days": 14}, "warning", "The certificate is good for 14 more days."),
        ({"days": 1}, "failure", "The certificate is good for 1 more day."),
        ({"days": -1}, "failure", "The certificate has expired."),
        ({"days": 60, "address": "127.0.0.2"}, "failure", "The certificate is made out to another address."),
    ],
)
def test_certificate(serve: Serve, sign: Callable[..., Path], traits: dict[str, Any], level: str, message: str) -> None:
    serve(sign(**traits))
    assert said(site.certificate()) == [(level, message)]
    # Whatever its certificate, it is known to answer.
    assert said(site.answers())[0][0] == "ok"


def test_certificate_of_nobody(serve: Serve, sign: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    file = sign(days=60)
    monkeypatch.delenv("SSL_CERT_FILE")
    serve(file)
    assert said(site.certificate()) == [("failure", "The certificate is signed by nobody whom browsers know.")]


def test_https_wants_browsers_to_insist_on_it(serve: Serve, sign: Callable[..., Path]) -> None:
    serve(sign(days=60))
    assert ("warning", "Browsers are not told to insist on https.") in said(site.answers())
    url = serve(sign(days=60), extra={"Strict-Transport-Security": "max-age=63072000"})
    assert ("ok", f"{url} answers.") in said(site.answers())
    assert "insist" not in str(said(site.answers()))


@pytest.mark.parametrize(("is_private", "level"), [(True, "warning"), (False, "failure")])
def test_certificate_that_vouches_for_itself_is_fine_on_a_demo_only(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_private: bool, level: str
) -> None:
    now = datetime.now(UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "AzioneLab demo")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=90))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = tmp_path / "demo.pem"
    file.write_bytes(key.private_bytes(*private) + certificate.public_bytes(serialization.Encoding.PEM))
    serve(file)
    monkeypatch.setattr(site, "is_private_site", lambda: is_private)
    assert said(site.certificate()) == [(level, "The certificate is signed by nobody whom browsers know.")]
