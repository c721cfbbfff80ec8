"""What guests and managers write, wherever it comes out again: in spreadsheets, pages, headers; and files they send."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import secrets
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

from PIL import Image

from attack.outcome import Outcome
from attack.stage import Stage
from attack.words import NASTY
from lab.guests import new_address
from lab.http import Answer
from lab.staff import Session

# What a spreadsheet takes for a formula when a cell begins with it.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# A mark that could only come from a guest's words.
MARK = "zqx"
ADD_PAGE = "/admin/company/page/add/"
MEDIA = re.compile(rb'"?(/media/[^"\s)]+)')


def attack(stage: Stage, words: int, seed: int) -> Outcome:
    outcome = Outcome("injections", "Formulas, markup and line ends in guests' words; files that are no pictures")
    chance = random.Random(seed)
    taken = _reserve_all(stage, outcome, chance.sample(list(_evil_notes()), k=min(words, len(list(_evil_notes())))))
    outcome.figures.append(f"{taken} reservations with such words were taken")
    outcome.expect(taken > 0, "none of the words was taken")
    for kind in ("csv", "html", "json"):
        _look_at_export(stage, outcome, kind)
    _look_at_admin(stage, outcome)
    _upload(stage, outcome)
    _redirect(stage, outcome)
    return outcome


# Words --------------------------------------------------------------------------------------------------------------


def _evil_notes() -> Iterator[str]:
    """Each with the mark, so that it is known again, and each as it could begin a cell."""
    for word in (*NASTY, "=HYPERLINK(A1)", "@x", "+1", "-1", "<b onclick=x>", "</td></tr></table><script>x</script>"):
        yield f"{word} {MARK}"
        yield f"{MARK}\n{word}"


def _reserve_all(stage: Stage, outcome: Outcome, notes: list[str]) -> int:
    """As name and as notes; what is refused is refused with a reason."""
    taken = 0
    path = f"/api/v1/performances/{stage.performance_ids[0]}/reservations/"
    for note in notes:
        for name in (note[:100], "Ersilia"):
            body: dict[str, Any] = {"name": name, "email": new_address(), "notes": note, "seats": 1, "language": "it"}
            headers = {"Idempotency-Key": str(uuid4())}
            answer = stage.lab.request("POST", path, body=body | {"privacy_accepted": True}, headers=headers)
            outcome.expect(answer.status in (201, 400), f"words are answered by {answer.status}", ascii(note))
            taken += answer.status == 201
    _confirm_all(stage)
    return taken


def _confirm_all(stage: Stage) -> None:
    """A list for the door has who is confirmed."""
    stage.lab.psql(
        "UPDATE reservations_reservation SET status = 'confirmed', confirmed_at = now() "
        f"WHERE notes LIKE '%{MARK}%' AND status = 'pending'"
    )


def _look_at_export(stage: Stage, outcome: Outcome, kind: str) -> None:
    made = stage.lab.azione("guests", "export", str(stage.performance_ids[0]), "--format", kind)
    outcome.expect(made.returncode == 0, f"the list as {kind} fails", made.stderr)
    outcome.expect(MARK in made.stdout, f"the list as {kind} does not have the words", made.stdout[:200])
    if kind == "csv":
        for row in csv.reader(io.StringIO(made.stdout.lstrip("\ufeff")), delimiter=";"):
            for cell in row:
                outcome.expect(not cell.startswith(FORMULA), "a cell is a formula", ascii(cell))
    if kind == "html":
        _look_at_markup(outcome, "the list", made.stdout)
    if kind == "json":
        outcome.expect(MARK in json.dumps(json.loads(made.stdout)), "the list as json is no document")


class _Markup(HTMLParser):
    """Elements and attributes that no page of ours has, and what stands inside of tags."""

    def __init__(self) -> None:
        super().__init__()
        self.strange: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        handlers = [name for name, _ in attrs if name.startswith("on")]
        leads_out = [value for name, value in attrs if name in ("href", "src") and str(value).startswith("javascript")]
        if handlers or leads_out or MARK in tag or any(MARK in name for name, _ in attrs):
            self.strange.append(self.get_starttag_text() or tag)

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script" and MARK in data:
            self.strange.append(data)


def _look_at_markup(outcome: Outcome, where: str, text: str) -> None:
    markup = _Markup()
    markup.feed(text)
    outcome.expect(not markup.strange, f"{where} has markup of a guest's", str(markup.strange[:1]))
    for evil in ("<script>alert", "<img src=x", "<svg/onload", "<b onclick"):
        outcome.expect(evil not in text, f"{where} has words of a guest's as they are", evil)


def _look_at_admin(stage: Stage, outcome: Outcome) -> None:
    """Where staff read what guests wrote."""
    session = stage.signed_in("manager")
    listed = session.request("GET", f"/admin/reservations/reservation/?q={MARK}")
    outcome.expect(listed.status == 200, "the admin's list fails", str(listed.status))
    pages = {"the admin's list": listed.text}
    newest = stage.lab.psql(
        f"SELECT id FROM reservations_reservation WHERE notes LIKE '%{MARK}%' ORDER BY id DESC LIMIT 30"
    )
    for pk in newest.split():
        pages[f"reservation {pk} in the admin"] = session.request(
            "GET", f"/admin/reservations/reservation/{pk}/change/"
        ).text
    outcome.expect(any(MARK in text for text in pages.values()), "the admin does not show the words")
    for where, text in pages.items():
        _look_at_markup(outcome, re.sub(r"\d+ ", "", where), text)


# Files --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Upload:
    what: str
    name: str
    content: bytes
    is_taken: bool = False


def _uploads() -> Iterator[Upload]:
    picture = _png((300, 200))
    yield Upload("a picture", "foto.png", picture, is_taken=True)
    yield Upload(
        "a picture with a script behind its end", "foto.png", picture + b"<script>zqx()</script>", is_taken=True
    )
    yield Upload("a picture called like a page", "foto.html", picture, is_taken=True)
    yield Upload("a picture called like a path", "../../../srv/azionelab/foto.png", picture, is_taken=True)
    yield Upload("a page", "foto.png", b"<html><script>zqx()</script>")
    yield Upload("a drawing with a script", "foto.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='zqx()'/>")
    yield Upload("a drawing called a picture", "foto.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    yield Upload("a program", "foto.php.png", b"<?php zqx(); ?>")
    yield Upload("a picture larger than memory", "foto.png", _bomb(picture))
    yield Upload("a picture cut in half", "foto.png", picture[: len(picture) // 2])
    yield Upload("an empty file", "foto.png", b"")
    yield Upload("noise", "foto.jpg", b"\xff\xd8\xff" + bytes(5_000))


def _png(size: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#d02030").save(out, "PNG")
    return out.getvalue()


def _bomb(picture: bytes) -> bytes:
    """Its header claims sixty thousand pixels each way."""
    head = b"IHDR" + (60_000).to_bytes(4) * 2 + picture[24:29]
    return picture[:12] + head + zlib.crc32(head).to_bytes(4) + picture[33:]


def _upload(stage: Stage, outcome: Outcome) -> None:
    """Through the admin's form for a page of the company: what is stored is a picture made anew, under another name."""
    session = stage.signed_in("manager")
    for upload in _uploads():
        slug = f"prova-{secrets.token_hex(4)}"
        answer = _send_form(session, slug, upload)
        taken = answer.status == 302
        outcome.expect(taken == upload.is_taken, f"{upload.what}: answered by {answer.status}", upload.name)
        if taken:
            _look_at_stored(stage, outcome, upload, slug)


def _send_form(session: Session, slug: str, upload: Upload) -> Answer:
    fields = {"csrfmiddlewaretoken": session.cookies["csrftoken"], "title_it": "Prova", "body_it": "![](prove)"}
    fields |= {"slug": slug, "status": "published", "menu_order": "0", "menu_position": "0", "position": "0"}
    fields |= {f"pictures-{name}": value for name, value in _FORMSET.items()}
    fields |= {f"pictures-0-{name}": value for name, value in _PICTURE.items()}
    boundary = secrets.token_hex(16)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="pictures-0-image"; filename="{upload.name}"\r\n'
    body = "".join(parts).encode() + f"{head}Content-Type: image/png\r\n\r\n".encode() + upload.content
    body += f"\r\n--{boundary}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Referer": session.lab.url}
    return session.request("POST", ADD_PAGE, body, headers=headers)


_FORMSET = {"TOTAL_FORMS": "1", "INITIAL_FORMS": "0", "MIN_NUM_FORMS": "0", "MAX_NUM_FORMS": "1000"}
_PICTURE = {"name": "prove", "focus_x": "50", "focus_y": "50", "alt_it": "Prova", "position": "0"}


def _look_at_stored(stage: Stage, outcome: Outcome, upload: Upload, slug: str) -> None:
    page = stage.lab.get(f"/api/v1/pages/{slug}/")
    outcome.expect(page.status == 200, f"{upload.what}: the page is not there", page.text)
    addresses = MEDIA.findall(page.json["body_html"].encode())
    outcome.expect(bool(addresses), f"{upload.what}: the page shows none", page.text)
    for address in {one.decode() for one in addresses}:
        answer = stage.lab.get(address)
        kind = answer.headers["Content-Type"]
        outcome.expect(
            answer.status == 200 and kind in ("image/webp", "image/jpeg"), f"{upload.what}: served as {kind}"
        )
        outcome.expect(b"zqx" not in answer.body, f"{upload.what}: what was hidden in it is served", address)
        outcome.expect("sandbox" in answer.headers["Content-Security-Policy"], f"{upload.what}: no sandbox", address)
        outcome.expect(bool(re.fullmatch(r"/media/[a-z0-9/._-]+", address)), f"{upload.what}: called {address}")


# Headers ------------------------------------------------------------------------------------------------------------


def _redirect(stage: Stage, outcome: Outcome) -> None:
    """No address leads to another site, or writes a header."""
    session = Session(stage.lab)
    session.who()
    evil = ("https://evil.example/", "//evil.example", "/\\evil.example", "https:evil.example", "/%09/evil.example")
    for target in evil:
        form = f"username=manager&password={stage.lab.password}&csrfmiddlewaretoken={session.cookies['csrftoken']}"
        answer = session.request(
            "POST",
            f"/admin/login/?next={target}",
            f"{form}&next={target}".encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        place = str(answer.headers["Location"])
        outcome.expect(answer.status == 302 and place == "/admin/", "signing in leads elsewhere", f"{target}: {place}")
    for path in (
        "//evil.example/",
        "//evil.example/..",
        "/t//evil.example",
        "/shows/%0d%0aX-Evil:1",
        "/it?x=%0d%0aX-Evil:1",
    ):
        answer = stage.lab.get(path)
        place = str(answer.headers["Location"] or "/")
        led_out = not place.startswith("/") or place.startswith(("//", "/\\"))
        outcome.expect(not led_out, "an address leads elsewhere", f"{path}: {place}")
        outcome.expect(answer.headers["X-Evil"] is None, "an address writes a header", path)
