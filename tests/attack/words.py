"""Hypothesis on what people type: tokens, names, mails, phones and notes, through nginx to the mail that arrives."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

import hypothesis
from hypothesis import strategies as st

from attack.outcome import Outcome
from attack.stage import Stage
from lab.http import Answer

# What has made other programs stumble: markup, formulas, separators of headers and lines, marks that turn the line
# around, letters that fold to others, half of a pair, format strings, paths, other people's template languages.
NASTY = (
    *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg/onload=alert(1)>', "&lt;b&gt;", "<!--"),
    *("=1+1", "+39", "-2", "@SUM(A1)", "\t=cmd|' /C calc'!A0", "'; DROP TABLE guests; --", "' OR '1'='1"),
    *(
        "Anna\r\nBcc: victim@example.org",
        "Anna\nSubject: x",
        "Anna\0",
        "\x1b[31mred",
        "\x85",
        "\u2028",
        "\u202egnp.exe",
    ),
    *("{{7*7}}", "{% debug %}", "${jndi:ldap://x}", "%s%n", "../../etc/passwd", "ﬁ", "ı", "İ", "ß", "\ud800", "Ⅳ"),
    *("=?utf-8?q?=42cc=3A?=", "a@b@c", "a@[127.0.0.1]", '"a b"@example.org', "a@xn--80ak6aa92e.com", "a,b@example.org"),
)
typed = st.one_of(
    st.text(max_size=120),
    st.sampled_from(NASTY),
    st.tuples(st.text(max_size=20), st.sampled_from(NASTY), st.text(max_size=20)).map("".join),
)
names = st.one_of(typed, st.from_regex(r"[A-Z][a-zàèéìòù' -]{1,30}", fullmatch=True))
local_parts = st.text(st.sampled_from("abcXYZ0189.!#$%&'*+/=?^_`{|}~-"), min_size=1, max_size=20)
addresses = st.one_of(
    typed,
    st.builds("{}@{}".format, local_parts, st.sampled_from(("example.org", "EXAMPLE.com", "mail.example.net"))),
    st.builds("{}@{}.org".format, local_parts, st.from_regex(r"[a-zà-ü0-9-]{1,20}", fullmatch=True)),
    st.builds("{}{}@example.org".format, st.sampled_from(NASTY), local_parts),
)
phones = st.one_of(st.just(""), typed, st.from_regex(r"\+?[0-9 ()./-]{6,24}", fullmatch=True))
notes = st.one_of(st.just(""), typed, st.text(max_size=600))


good_addresses = st.integers(0, 10**9).map("guest-{}@example.org".format)


def guests() -> st.SearchStrategy[tuple[str, str, str, str]]:
    """Name, address, phone and notes; mostly one of them is odd, for several would hide each other."""
    plain = (st.just("Ersilia Zanzottera"), good_addresses, st.just(""), st.just(""))
    odd = (names, addresses, phones, notes)
    one_odd = [st.tuples(*(odd[j] if i == j else plain[j] for j in range(4))) for i in range(4)]
    return st.one_of(*one_odd, st.tuples(names, good_addresses, phones, notes), st.tuples(*odd))


def check(examples: int, seed: int, strategy: st.SearchStrategy[Any], look: Callable[[Any], None]) -> None:
    """Draws so many times, each time another value; `look` says by itself what is wrong."""
    settings = hypothesis.settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    hypothesis.seed(seed)(settings(hypothesis.given(strategy)(look)))()


def attack(stage: Stage, examples: int, seed: int) -> Outcome:
    outcome = Outcome("words", "What people type into names, addresses, phones, notes and tokens")
    taken: list[str] = []
    check(examples, seed, guests(), lambda drawn: taken.extend(_reserve(stage, outcome, *drawn)))
    check(examples, seed, _tokens(stage), lambda token: _open(stage, outcome, token))
    mails = stage.lab.mails.all()
    maps = {venue["map_url"] for venue in stage.lab.get_json("/api/v1/venues/")}
    for mail in mails:
        _look_at_mail(stage, outcome, mail, maps)
    outcome.figures.append(f"{len(taken)} of {examples} odd guests could reserve; {len(mails)} mails were read")
    outcome.expect(len(taken) > examples / 20, "hardly any reservation was taken", str(len(taken)))
    return outcome


# A reservation ------------------------------------------------------------------------------------------------------


def _reserve(stage: Stage, outcome: Outcome, name: str, email: str, phone: str, note: str) -> list[str]:
    """The reference, where it was taken."""
    body = {"name": name, "email": email, "phone": phone, "notes": note, "seats": 1, "language": "en"}
    answer = stage.lab.request(
        "POST",
        f"/api/v1/performances/{stage.performance_ids[1]}/reservations/",
        body=body | {"privacy_accepted": True},
        headers={"Idempotency-Key": str(uuid4())},
    )
    drawn = ascii((name, email, phone, note))
    outcome.expect(answer.status in (201, 400, 409), f"a reservation is answered by {answer.status}", drawn)
    if answer.status == 400:
        known = all(error["field"] in body for error in answer.json["errors"])
        outcome.expect(known, "a refused value is not named", drawn)
    if answer.status != 201:
        return []
    _look_at_row(stage, outcome, answer.json["reference"], name)
    return [answer.json["reference"]]


def _look_at_row(stage: Stage, outcome: Outcome, reference: str, name: str) -> None:
    """What is stored is the name as it was typed, in one spelling of Unicode, and holds nothing invisible."""
    stored = stage.lab.psql(f"SELECT name FROM reservations_reservation WHERE reference = '{reference}'")
    typed_name = re.sub(r"\s+", " ", unicodedata.normalize("NFC", name).strip())
    outcome.expect(stored == typed_name, "the name is stored otherwise than typed", ascii((name, stored)))
    hidden = [c for c in stored if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")]
    outcome.expect(not hidden, "a name holds what nobody sees", ascii(stored))


# A mail -------------------------------------------------------------------------------------------------------------


def _look_at_mail(stage: Stage, outcome: Outcome, mail: EmailMessage, maps: set[str]) -> None:
    """To one person, with our headers alone, and no markup but ours; `maps` are the venues' links."""
    to = str(mail["To"])
    outcome.expect(len(mail["To"].addresses) == 1, "a mail goes to more than one", to)
    strangers = [name for name in ("Bcc", "Cc", "Reply-To", "Resent-To") if mail[name]]
    outcome.expect(not strangers, "a mail has headers that are not ours", f"{to}: {strangers}")
    for name, value in mail.items():
        outcome.expect(not {"\r", "\n"} & set(str(value)), "a header has a line too many", f"{to}: {name}")
    _look_at_html(stage, outcome, mail, maps)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def _look_at_html(stage: Stage, outcome: Outcome, mail: EmailMessage, maps: set[str]) -> None:
    body = mail.get_body(("html",))
    if body is None:
        return
    tags = _Tags()
    tags.feed(str(body.get_content()))
    for tag, attributes in tags.found:
        where = f"{mail['To']}: <{tag} {attributes}>"
        outcome.expect(tag not in ("script", "svg", "iframe", "object"), "a mail has markup of a guest's", where)
        events = [name for name in attributes if name.startswith("on")]
        outcome.expect(not events, "a mail has a script of a guest's", where)
        place = str(attributes.get("href") or attributes.get("src") or stage.lab.url)
        ours = place in maps or place.startswith((stage.lab.url, "cid:", "mailto:", "tel:"))
        outcome.expect(ours, "a mail leads to another site", where)


# A token ------------------------------------------------------------------------------------------------------------


def _tokens(stage: Stage) -> st.SearchStrategy[str]:
    """Good ones, nearly good ones and anything that fits into a header."""
    good = st.sampled_from(stage.tokens)
    place = st.integers(0, 25)
    letters = st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567018-=")
    exchanged = st.builds(lambda token, at, one: f"{token[:at]}{one}{token[at + 1 :]}", good, place, letters)
    doubled = st.builds(lambda token, at: token[:at] + token[at] + token[at:], good, place)
    in_a_header = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=60)
    tickets = st.sampled_from(stage.tickets)
    like_one = st.from_regex("[A-Z2-7]{26}", fullmatch=True)
    return st.one_of(good, good.map(str.lower), exchanged, doubled, tickets, in_a_header, like_one)


def _open(stage: Stage, outcome: Outcome, token: str) -> None:
    """Nothing opens a reservation but its token, in whichever case, with spaces around it."""
    answer = _get(stage, token)
    is_good = token.strip().upper() in stage.tokens
    expected = (200,) if is_good else (400, 404)
    outcome.expect(answer.status in expected, f"a token is answered by {answer.status}", ascii(token))


def _get(stage: Stage, token: str) -> Answer:
    written = f"Reservation {token}".encode("latin-1").decode("latin-1")
    return stage.lab.request("GET", "/api/v1/reservation/", headers={"Authorization": written})
