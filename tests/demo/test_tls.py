"""`make demo-tls`: HTTPS for phones, with a certificate made on the spot and a QR code that leads there."""

import hashlib
import http.client
import json
import re
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pexpect
import psutil
import pytest
import zxingcpp
from cryptography import x509
from launcher import ROOT, demo_environment, run_module, wait_for
from PIL import Image

from demo.certificate import provide_certificate
from demo.network import lan_address
from demo.options import DemoError, Options, read_options, site_url
from demo.qr import terminal_lines


class TlsDemo:
    """`make demo-tls` on a pseudo-terminal of its own, on the loopback address."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        environment = demo_environment(directory, AZIONE_TLS_HOST="127.0.0.1", AZIONE_DEMO_PASSWORD="quinta-scena")
        python = str(ROOT / ".venv" / "bin" / "python")
        self.terminal = pexpect.spawn(
            python,
            ["-m", "demo.demo", "tls"],
            env=environment,
            cwd=str(ROOT),
            encoding="utf-8",
            codec_errors="replace",  # the echo of Ctrl-C may come between the bytes of one character
            timeout=90,
        )
        self.terminal.setwinsize(60, 200)
        self.terminal.expect_exact("Ctrl-C stops it.")
        self.output = self.terminal.before or ""
        self.told: dict[str, object] = json.loads((directory / "demo.json").read_text())
        self.url = str(self.told["url"])
        self.port = urlsplit(self.url).port

    def connect(self) -> http.client.HTTPSConnection:
        """As a phone that was told to trust exactly this certificate."""
        context = ssl.create_default_context(cafile=self.directory / "tls-certificate.pem")
        # It is no authority: trusted as itself, not as a signer.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        return http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=10)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsDemo]:
    demo = TlsDemo(tmp_path_factory.mktemp("tls") / "demo")
    yield demo
    if demo.terminal.isalive():
        demo.terminal.kill(signal.SIGTERM)
        demo.terminal.expect(pexpect.EOF)
        demo.terminal.wait()


def get(demo: TlsDemo, path: str, **headers: str) -> http.client.HTTPResponse:
    connection = demo.connect()
    connection.request("GET", path, headers=headers)
    return connection.getresponse()


def drawn(lines: list[str]) -> Image.Image:
    """The terminal's characters as a camera would see them."""
    rows = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in lines]
    image = Image.new("L", (len(rows[0]), 2 * len(rows)), 255)
    for y, row in enumerate(rows):
        for x, character in enumerate(row):
            if character in "▀█":
                image.putpixel((x, 2 * y), 0)
            if character in "▄█":
                image.putpixel((x, 2 * y + 1), 0)
    return image.resize((image.width * 8, image.height * 8), Image.Resampling.NEAREST)


def test_https_answers_with_the_certificate_that_was_printed(demo: TlsDemo) -> None:
    der = ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", demo.port)))

    assert hashlib.sha256(der).digest().hex(":").upper() in demo.output
    assert demo.url == f"https://127.0.0.1:{demo.port}"
    assert len(json.load(get(demo, "/api/v1/shows/"))) >= 8


def test_terminal_shows_a_code_that_opens_the_door(demo: TlsDemo) -> None:
    lines = [line.strip("\r") for line in demo.output.split("\n") if any(block in line for block in "▀▄█")]

    found = zxingcpp.read_barcodes(drawn(lines))

    assert [code.text for code in found] == [f"{demo.url}/door/"]
    assert "The browser will warn" in demo.output


def test_cookies_are_secure_and_nothing_locks_the_address(demo: TlsDemo) -> None:
    page = get(demo, "/admin/login/")

    assert page.status == 200
    assert "Secure" in page.headers["Set-Cookie"]
    assert page.headers["Strict-Transport-Security"] is None
    assert get(demo, "/door/it/").headers["Strict-Transport-Security"] is None


def test_staff_sign_in_over_https(demo: TlsDemo) -> None:
    session = get(demo, "/api/v1/staff/session/")
    cookie = re.search(r"csrftoken=(\w+)", session.headers["Set-Cookie"])
    assert cookie is not None
    connection = demo.connect()
    connection.request(
        "POST",
        "/api/v1/staff/session/",
        body=json.dumps({"username": "door", "password": "quinta-scena"}),
        headers={
            "Content-Type": "application/json",
            "Cookie": cookie[0],
            "X-CSRFToken": cookie[1],
            "Origin": demo.url,
        },
    )

    assert connection.getresponse().status == 200


def test_plain_http_gets_no_page(demo: TlsDemo) -> None:
    plain = http.client.HTTPConnection("127.0.0.1", demo.port, timeout=10)
    plain.request("GET", "/door/it/")

    with pytest.raises((http.client.HTTPException, ConnectionError)):
        plain.getresponse()
    assert get(demo, "/healthz").status == 200


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1:DeprecationWarning")
def test_old_tls_is_refused(demo: TlsDemo) -> None:
    context = ssl._create_unverified_context()  # type: ignore[attr-defined]
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")

    with (
        pytest.raises(ssl.SSLError, match="ALERT_PROTOCOL_VERSION"),
        socket.create_connection(("127.0.0.1", demo.port), 10) as connection,
    ):
        context.wrap_socket(connection)


def test_azione_works_beside_it(demo: TlsDemo) -> None:
    done = subprocess.run(
        [str(ROOT / ".venv" / "bin" / "azione"), "guests", "export", "next", "--output", "-"],
        env=demo_environment(demo.directory),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert " admitted; made " in done.stdout


def test_key_is_the_owners_alone_and_everything_ends(demo: TlsDemo) -> None:
    assert (demo.directory / "tls-key.pem").stat().st_mode & 0o777 == 0o600
    processes = psutil.Process(demo.terminal.pid).children(recursive=True)

    demo.terminal.sendintr()
    demo.terminal.expect(pexpect.EOF)
    demo.terminal.wait()

    assert demo.terminal.exitstatus == 0
    wait_for(lambda: not any(one.is_running() for one in processes), what="the end of every process")


def options(directory: Path, **environ: str) -> Options:
    return read_options({"AZIONE_DEMO_DIR": str(directory), **environ}, tls=True)


def test_certificate_stays_until_the_address_changes(tmp_path: Path) -> None:
    here = options(tmp_path, AZIONE_TLS_HOST="192.168.1.20")
    first = provide_certificate(here)
    names = x509.load_pem_x509_certificate(first.path.read_bytes()).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )

    assert provide_certificate(here) == first
    assert [str(address) for address in names.value.get_values_for_type(x509.IPAddress)] == [
        "192.168.1.20",
        "127.0.0.1",
    ]
    assert {"localhost", socket.gethostname()} <= set(names.value.get_values_for_type(x509.DNSName))
    assert provide_certificate(options(tmp_path, AZIONE_TLS_HOST="10.0.0.7")).fingerprint != first.fingerprint


def test_certificate_of_ones_own_is_taken_as_it_is(tmp_path: Path) -> None:
    made = provide_certificate(options(tmp_path, AZIONE_TLS_HOST="theatre.test"))
    own = {"TLS_CERTIFICATE": str(made.path), "TLS_KEY": str(made.key)}

    taken = provide_certificate(options(tmp_path / "other", **own))

    assert (taken.path, taken.is_own, taken.fingerprint) == (made.path, True, made.fingerprint)
    with pytest.raises(DemoError, match="TLS_KEY .* cannot be used"):
        provide_certificate(options(tmp_path, **(own | {"TLS_KEY": str(tmp_path / "missing.pem")})))
    with pytest.raises(DemoError, match="belong together"):
        options(tmp_path, TLS_CERTIFICATE=str(made.path))


@pytest.mark.parametrize(
    ("environ", "url"),
    [
        ({"AZIONE_TLS_HOST": "192.168.1.20"}, "https://192.168.1.20:8443"),
        ({"AZIONE_TLS_HOST": "laptop.local", "AZIONE_HOST": "0.0.0.0"}, "https://laptop.local:8443"),
        ({"AZIONE_TLS_HOST": "fd00::2", "AZIONE_PORT": "9443"}, "https://[fd00::2]:9443"),
        ({"AZIONE_TLS_HOST": "laptop.local", "AZIONE_PORT": "443"}, "https://laptop.local"),
        ({"SITE_URL": "https://theatre.test/"}, "https://theatre.test"),
    ],
)
def test_address_for_phones(tmp_path: Path, environ: dict[str, str], url: str) -> None:
    found = options(tmp_path, **environ)

    assert site_url(found, found.port) == url


def test_plain_site_url_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DemoError, match="SITE_URL is http://theatre.test"):
        options(tmp_path, SITE_URL="http://theatre.test")


def test_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        environment = demo_environment(tmp_path / "demo", AZIONE_PORT=str(port), AZIONE_TLS_HOST="127.0.0.1")
        done = run_module("demo.demo", "tls", env=environment)

    assert done.returncode == 5
    assert done.stderr == f"Port {port} is in use: choose another, for example AZIONE_PORT={port + 1} make demo-tls\n"


def test_foreign_address_is_one_sentence(tmp_path: Path) -> None:
    done = run_module("demo.demo", "tls", env=demo_environment(tmp_path / "demo", AZIONE_TLS_HOST="203.0.113.9"))

    assert done.returncode == 5
    assert re.fullmatch(r"The demo cannot listen at AZIONE_TLS_HOST=203\.0\.113\.9: [^\n]+\.\n", done.stderr)


@pytest.mark.skipif(sys.platform != "linux", reason="another kernel's way to have no network")
def test_machine_without_a_network_is_told_so(tmp_path: Path) -> None:
    """In a network namespace of its own, where there is nothing but the loopback."""
    environment = demo_environment(tmp_path / "demo")
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--net", sys.executable, "-m", "demo.demo", "tls"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 5 and "unshare" in done.stderr:
        pytest.skip("no network namespaces here")

    assert done.returncode == 5
    assert done.stderr.startswith("This machine has no address in a network")


def test_address_of_this_machine_is_none_of_its_own_loopback() -> None:
    assert lan_address() not in ("127.0.0.1", "0.0.0.0", "")


def test_code_is_drawn_in_whole_rows() -> None:
    lines = terminal_lines("https://192.168.1.20:8443/door/")

    assert len({len(line) for line in lines}) == 1
    assert [code.text for code in zxingcpp.read_barcodes(drawn(lines))] == ["https://192.168.1.20:8443/door/"]
