"""`/demo/mailbox/`: the mails the demo has sent, to read as a guest would. Read-only; a mail can run nothing here.

A mail's HTML is shown in a sandboxed frame whose own policy allows neither scripts nor requests; a click on a link
in it opens in the whole window. Its other parts are only ever offered for download.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIEnvironment
from zoneinfo import ZoneInfo

from demo import mailbox_pages as pages
from demo.mail import Mail, content_of, file_name
from demo.responses import send, send_redirect, send_text

ROOT_PATH = "/demo/mailbox/"
_MAIL_NAME = re.compile(r"\d{8}T\d{6}\.\d{6}-\d{6}")
_ROUTE = re.compile(rf"({_MAIL_NAME.pattern})/(?:(html|source)|part/(\d{{1,3}}))?")
_MOST_LISTED = 200

_FRAME_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation; "
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)


class Mailbox:
    def __init__(self, directory: Path, *, time_zone: str) -> None:
        self._directory = directory
        self._zone = ZoneInfo(time_zone)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        relative = environ.get("PATH_INFO", "")[len(ROOT_PATH) :]
        if environ.get("PATH_INFO") == ROOT_PATH.rstrip("/"):
            return send_redirect(environ, start_response, ROOT_PATH)
        if not relative and environ.get("PATH_INFO") == ROOT_PATH:
            listed = pages.mail_list(self._newest(), self._zone)
            return send(environ, start_response, listed, headers=pages.HEADERS)
        route = _ROUTE.fullmatch(relative)
        mail = self._load(route.group(1)) if route else None
        if route is None or mail is None:
            return send_text(environ, start_response, "No such mail.", status=HTTPStatus.NOT_FOUND)
        return _send_view(environ, start_response, mail, route, self._zone)

    def _newest(self) -> list[Mail]:
        names = sorted((path.stem for path in self._directory.glob("*.eml")), reverse=True)
        loaded = (self._load(name) for name in names[:_MOST_LISTED] if _MAIL_NAME.fullmatch(name))
        return [mail for mail in loaded if mail is not None]

    def _load(self, name: str) -> Mail | None:
        """`name` has the exact form the mail sink gives, so it cannot point anywhere else."""
        path = self._directory / f"{name}.eml"
        if not _MAIL_NAME.fullmatch(name) or path.is_symlink() or not path.is_file():
            return None
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        assert isinstance(message, EmailMessage)
        received = datetime.strptime(name[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
        return Mail(name, message, received)


def _send_view(
    environ: WSGIEnvironment, start_response: StartResponse, mail: Mail, route: re.Match[str], zone: ZoneInfo
) -> Iterable[bytes]:
    _, view, part = route.groups()
    if part is not None:
        return _send_part(environ, start_response, mail, int(part))
    if view == "html":
        document = framed_html(mail)
        headers = pages.HEADERS | {"Content-Security-Policy": _FRAME_POLICY, "X-Frame-Options": "SAMEORIGIN"}
        return send(environ, start_response, document.encode(), headers=headers)
    if view == "source":
        source = mail.message.as_bytes()
        headers = pages.HEADERS | {"Content-Type": "text/plain; charset=utf-8"}
        return send(environ, start_response, source, headers=headers)
    return send(environ, start_response, pages.mail_page(mail, zone), headers=pages.HEADERS)


def _send_part(environ: WSGIEnvironment, start_response: StartResponse, mail: Mail, number: int) -> Iterable[bytes]:
    """A part as a download: its declared type is not believed, its name only suggested."""
    leaves = mail.leaves
    if number >= len(leaves):
        return send_text(environ, start_response, "No such part.", status=HTTPStatus.NOT_FOUND)
    name = quote(file_name(leaves[number], number), safe="")
    headers = pages.HEADERS | {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return send(environ, start_response, content_of(leaves[number]), headers=headers)


def framed_html(mail: Mail) -> str:
    """The HTML part with its inline images put into it, so that the frame needs to fetch nothing."""
    html = mail.body("html") or ""
    images = {}
    for part in mail.leaves:
        identifier = str(part.get("Content-ID", "")).strip().strip("<>")
        if identifier and part.get_content_type() in pages.INLINE_IMAGES:
            images[identifier] = pages.data_url(part.get_content_type(), content_of(part))

    def inline(match: re.Match[str]) -> str:
        return images.get(match.group(1), match.group(0))

    html = re.sub(r"cid:([^\s\"'<>)]+)", inline, html)
    # Without it a link would open inside the frame, where the site refuses to be shown.
    base = '<base target="_top">'
    with_base, found = re.subn(r"<head(\s[^>]*)?>", lambda head: head.group(0) + base, html, count=1, flags=re.I)
    return with_base if found else base + html
