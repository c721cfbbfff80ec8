"""The mailbox: it shows every mail and lets none do anything."""

import io
import re
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from wsgiref.util import setup_testing_defaults

import pytest

from demo.mailbox import Mailbox

PNG = b"\x89PNG\r\n\x1a\n not really a picture"
EVIL = '"><script>alert(1)</script>'


class Reader:
    """Asks the mailbox as a browser would."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._app = Mailbox(directory, time_zone="Europe/Rome")
        self._count = 0

    def keep(self, message: EmailMessage | bytes) -> str:
        self._count += 1
        name = f"20261122T19{self._count:02d}00.000000-{self._count:06d}"
        content = message if isinstance(message, bytes) else message.as_bytes(policy=SMTP)
        (self.directory / f"{name}.eml").write_bytes(content)
        return name

    def get(self, path: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
        environ: dict[str, object] = {"PATH_INFO": path, "REQUEST_METHOD": method, "wsgi.input": io.BytesIO()}
        setup_testing_defaults(environ)
        seen: list[tuple[str, dict[str, str]]] = []
        body = b"".join(self._app(environ, lambda status, headers, *_: seen.append((status, dict(headers)))))  # type: ignore[arg-type]
        status, headers = seen[0]
        return int(status.split()[0]), headers, body


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    directory = tmp_path / "mail"
    directory.mkdir()
    (tmp_path / "secret-key").write_text("the secret key")
    return Reader(directory)


def ticket_mail() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "Teatro <prenota@theatre.test>", "Anna Bianchi <anna@example.org>"
    message["Subject"] = "Il tuo biglietto per «La locandiera»"
    message["Date"] = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
    message.set_content("Il biglietto: https://theatre.test/t#ABCDEF.\nA presto & grazie\n")
    message.add_alternative(
        '<p><img src="cid:qr@theatre.test"> <a href="https://theatre.test/t#A">Apri</a></p>', "html"
    )
    html = message.get_payload()[1]  # type: ignore[index]
    html.add_related(PNG, "image", "png", cid="<qr@theatre.test>", filename="qr.png")
    message.add_attachment(b"BEGIN:VCALENDAR", maintype="text", subtype="calendar", filename="locandiera.ics")
    return message


def test_list_shows_newest_first(reader: Reader) -> None:
    for subject in ("first", "second"):
        message = ticket_mail()
        message.replace_header("Subject", subject)
        reader.keep(message)

    status, _, body = reader.get("/demo/mailbox/")

    assert status == 200
    assert re.findall(r"<strong>(\w+)</strong>", body.decode()) == ["second", "first"]
    assert b"Anna Bianchi &lt;anna@example.org&gt;" in body
    assert b"22/11/2026 19:30" in body  # Europe/Rome


def test_empty_mailbox_says_so(reader: Reader) -> None:
    assert b"No mail has been sent yet." in reader.get("/demo/mailbox/")[2]


def test_mail_shows_its_text_links_and_attachments(reader: Reader) -> None:
    name = reader.keep(ticket_mail())

    page = reader.get(f"/demo/mailbox/{name}/")[2].decode()

    assert "Il tuo biglietto per «La locandiera»" in page
    assert '<a href="https://theatre.test/t#ABCDEF" rel="noreferrer">https://theatre.test/t#ABCDEF</a>.' in page
    assert "A presto &amp; grazie" in page
    number = re.search(r'href="part/(\d+)" download>locandiera\.ics<', page)
    assert number is not None
    status, headers, body = reader.get(f"/demo/mailbox/{name}/part/{number.group(1)}")
    assert (status, body) == (200, b"BEGIN:VCALENDAR")
    assert headers["Content-Disposition"] == "attachment; filename*=UTF-8''locandiera.ics"


def test_frame_holds_its_images_and_sends_links_to_the_window(reader: Reader) -> None:
    name = reader.keep(ticket_mail())

    _, headers, body = reader.get(f"/demo/mailbox/{name}/html")

    assert b'<base target="_top">' in body
    assert b'src="data:image/png;base64,' in body
    assert b"cid:" not in body
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "default-src 'none'" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy


def test_hostile_headers_and_names_stay_text(reader: Reader) -> None:
    message = EmailMessage()
    message["From"] = message["To"] = f'"{EVIL.replace(chr(34), "")}" <x@example.org>'
    message["Subject"] = EVIL
    message.set_content(f"{EVIL} https://theatre.test/{EVIL} javascript:alert(1)")
    message.add_attachment(b"<script>", maintype="text", subtype="html", filename=f"../../{EVIL}.html")
    name = reader.keep(message)

    for path in ("/demo/mailbox/", f"/demo/mailbox/{name}/"):
        _, headers, body = reader.get(path)
        assert b"<script" not in body
        assert b'href="javascript:' not in body
        assert "script-src" not in headers["Content-Security-Policy"]
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_html_attachment_is_a_download_of_no_type(reader: Reader) -> None:
    name = reader.keep(
        b"Content-Type: text/html\r\n"
        b"Content-Disposition: attachment; filename*=utf-8''..%2F..%2Fx%0D%0ASet-Cookie%3A%20a%3Db.html\r\n\r\n<script>"
    )

    status, headers, body = reader.get(f"/demo/mailbox/{name}/part/0")

    assert (status, body) == (200, b"<script>")
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Disposition"].startswith("attachment;")
    assert not set("\r\n/") & set(headers["Content-Disposition"])


@pytest.mark.parametrize(
    "path",
    [
        "/demo/mailbox/../secret-key",
        "/demo/mailbox/..",
        "/demo/mailbox/../../etc/passwd",
        "/demo/mailbox/..%2fsecret-key",
        "/demo/mailbox//etc/passwd",
        "/demo/mailbox/20261122T190100.000000-000001/../../secret-key",
        "/demo/mailbox/20261122T190100.000000-000001/part/../../../secret-key",
        "/demo/mailbox/20261122T190100.000000-000001/part/999",
        "/demo/mailbox/20261122T190100.000000-000001\n/",
        "/demo/mailbox/20261122T190100.000000-000001\0/",
        "/demo/mailbox/20261122T190100.000000-000009/",
        "/demo/mailboxes",
    ],
)
def test_path_that_is_no_mail_is_not_found(reader: Reader, path: str) -> None:
    reader.keep(ticket_mail())

    status, _, body = reader.get(path)

    assert status == 404
    assert b"secret" not in body


def test_link_in_the_mail_folder_is_not_followed(reader: Reader, tmp_path: Path) -> None:
    name = "20261122T190100.000000-000001"
    (reader.directory / f"{name}.eml").symlink_to(tmp_path / "secret-key")

    assert reader.get(f"/demo/mailbox/{name}/")[0] == 404


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00 not a mail",
        b"Subject: =?no-such-charset?q?x?=\r\nContent-Type: text/html; charset=nowhere\r\n\r\n<p>\xe9",
        b"Date: never\r\nTo: <<<>>,,,@\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--y\r\n",
        b"Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\n\x00\r\n--x--",
    ],
)
def test_malformed_mail_breaks_no_page(reader: Reader, content: bytes) -> None:
    name = reader.keep(content)

    for path in ("", f"{name}/", f"{name}/html", f"{name}/source"):
        assert reader.get(f"/demo/mailbox/{path}")[0] == 200


def test_head_has_the_headers_and_no_body(reader: Reader) -> None:
    status, headers, body = reader.get("/demo/mailbox/", method="HEAD")

    assert (status, body) == (200, b"")
    assert int(headers["Content-Length"]) > 0
