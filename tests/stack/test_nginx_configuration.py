"""The configuration itself: nginx finds no fault with it, however it is put together."""

import re
import socket
import subprocess
from collections.abc import Iterator

import pytest

from lab.front import CONFIGURATION, HTTP_URL, HTTPS_URL, NGINX, Front, new_front

# Debian's module fits the nginx of the same Debian; taken apart, for its installation wants a running nginx.
WITH_BROTLI = f"""
FROM {NGINX}
RUN cd /tmp && apt-get update && apt-get download libnginx-mod-http-brotli-static libbrotli1 \
    && for package in *.deb; do dpkg-deb --extract "$package" /; done
"""


@pytest.mark.parametrize(
    ("site_url", "certified", "servers"),
    [(HTTP_URL, False, "http"), (HTTP_URL, True, "http"), (HTTPS_URL, True, "https"), (HTTPS_URL, False, "waiting")],
)
def test_nginx_finds_no_fault(site_url: str, certified: bool, servers: str) -> None:
    with new_front(site_url=site_url, certified=certified, backends=0) as front:
        command = ["docker", "exec", front.name, "nginx", "-t"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        chosen = front.execute("cat", "/run/azione/nginx/servers.conf")
        log = front.log()

    assert chosen == f"include /etc/nginx/azione/{servers}.conf;"
    said = [line for line in done.stderr.splitlines() if line]
    assert [line.rpartition(" ")[2] for line in said] == ["ok", "successful"], done.stderr
    assert not re.search(r"\[(warn|error|crit|alert|emerg)\]", log)


def test_headers_are_set_in_one_place() -> None:
    """A location with an add_header of its own loses every other."""
    files = [path.name for path in CONFIGURATION.glob("*.conf") if re.search(r"^\s*add_header", path.read_text(), re.M)]

    assert files == ["headers.conf"]


def test_no_pattern_ends_with_a_dollar() -> None:
    """It also matches before a last line feed, and `/it%0a` would go on into a header as two lines; `\\z` does not."""
    lines = [
        f"{path.name}: {line}"
        for path in CONFIGURATION.glob("*.conf")
        for line in path.read_text().splitlines()
        # Any other dollar begins a variable's name.
        if re.search(r"\$(?!\w)", re.sub(r"(^|\s)#.*", "", line))
    ]

    assert lines == []


@pytest.mark.parametrize("name", ["Teatro “Due” d'Asti", 'A "B" $host \\ C', "<script>", "-n", ""])
def test_any_name_of_a_theatre_can_stand_on_a_page(name: str) -> None:
    with new_front(backends=0, THEATRE_NAME=name) as front:
        page = front.get("/missing").text

    shown = re.findall('<p class="theatre">(.*)</p>', page)[0]
    left = name.replace('"', "").replace("$", "").replace("\\", "") or "AzioneLab"
    for plain, entity in (("<", "&lt;"), (">", "&gt;")):
        left = left.replace(plain, entity)
    assert shown == left


@pytest.fixture(scope="module")
def image_with_brotli() -> Iterator[str]:
    tag = "azionetest-brotli"
    done = subprocess.run(["docker", "build", "--tag", tag, "-"], input=WITH_BROTLI, text=True, capture_output=True)
    if done.returncode:
        pytest.skip(f"{NGINX} is not of a Debian that has the module: {done.stderr[-300:]}")
    yield tag
    subprocess.run(["docker", "image", "rm", tag], capture_output=True, check=True)


def test_brotli_is_served_where_nginx_can(image_with_brotli: str, front: Front) -> None:
    path = "/it/main-ABCD1234.js"
    with new_front(backends=0, image=image_with_brotli) as able:
        answer = able.get(path, Accept_Encoding="gzip, br")
        page = able.get("/it/", Accept_Encoding="br")

    assert (answer.headers["Content-Encoding"], answer.text) == ("br", "brotli of main-ABCD1234.js")
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "__CSP_NONCE__" not in page.text
    # Without the module, the same request gets the other form.
    assert front.get(path, Accept_Encoding="gzip, br").headers["Content-Encoding"] == "gzip"


@pytest.fixture(scope="module")
def impatient() -> Iterator[Front]:
    """A second for what has ten or fifteen in production."""
    patience = re.findall(r"client_(?:header|body)_timeout \d+s;", (CONFIGURATION / "limits.conf").read_text())
    assert len(patience) == 2
    changes = {"limits.conf": ("\n".join(patience), "client_header_timeout 1s;\nclient_body_timeout 1s;")}
    with new_front(changes=changes) as front:
        yield front


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /it/ HTTP/1.1\r\nHost: theatre.test\r\n",
        b"POST /api/v1/reservation/confirm/ HTTP/1.1\r\nHost: theatre.test\r\nContent-Length: 100\r\n\r\nonly this",
    ],
)
def test_slow_client_is_sent_away_and_never_reaches_the_backend(impatient: Front, sent: bytes) -> None:
    with socket.create_connection((impatient.address, 8080), timeout=30) as connection:
        connection.sendall(sent)
        try:
            received = connection.recv(65_536)
        except ConnectionResetError:
            received = b""

    assert received == b""
    assert impatient.backend.requests() == []
