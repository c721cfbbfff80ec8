"""Reservations that were found, looked up or changed, as models. Nothing here prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from azione.emails import KINDS, STATES, reason
from azione.listings import Listing
from azione.wording import Occasion, count, in_short, moment, read_occasion

HEADINGS = ("Reference", "Name", "Seats", "Performance", "State", "Admitted")
STYLES = {"confirmed": "green", "pending": "yellow", "cancelled": "red", "expired": "dim"}
LANGUAGES = {"it": "Italian", "en": "English"}
FIELDS = {"seats": "seats", "name": "name", "email": "e-mail", "phone": "phone", "notes": "notes"}

Facts = list[tuple[str, str]]


# Found --------------------------------------------------------------------------------------------------------------


def read_found(records: Sequence[dict[str, Any]], summary: dict[str, Any]) -> Listing:
    """From what `find_reservations` says; raises KeyError, TypeError or ValueError when it says something else."""
    found, performance = int(summary["found"]), summary["performance"]
    occasion = read_occasion(performance) if performance else Occasion("", "")
    more = found - len(records)
    rest = f", and {more} more: add a name, or --performance" if more > 0 else ""
    everywhere = performance or summary["all"]
    return Listing(
        title=occasion.title,
        subtitle=occasion.place,
        headings=HEADINGS,
        rows=[_found(record) for record in records],
        empty="Nobody of that name." if everywhere else "Nobody of that name is to come; --all looks in the past too.",
        totals=f"{count(len(records), 'reservation')}{rest}" if records else "",
        right=(2, 5),
        wraps=(1, 3),
        optional=(5,),
        style=_style,
    )


def _found(record: dict[str, Any]) -> tuple[str, ...]:
    return (
        str(record["reference"]),
        str(record["name"]),
        str(int(record["seats"])),
        in_short(record["performance"]),
        str(record["status"]),
        str(int(record["admitted"])) if record["admitted"] else "",
    )


def _style(cells: Sequence[str], column: int) -> str:
    return STYLES.get(cells[4], "") if column == HEADINGS.index("State") else ""


# One of them --------------------------------------------------------------------------------------------------------


def read_reservation(records: Sequence[dict[str, Any]], _summary: dict[str, Any]) -> tuple[str, Facts]:
    """Its heading and its facts, from what `show_reservation` says; raises as `read_found` does."""
    [said] = records
    heading = f"{said['reference']}, {said['name']}"
    return heading, [*_booking(said), *_guest(said), *_times(said), *_arrivals(said), *_mails(said)]


def _booking(said: dict[str, Any]) -> Facts:
    return [
        ("Performance", read_occasion(said["performance"]).sentence),
        ("Seats", str(int(said["seats"]))),
        ("State", str(said["status"])),
    ]


def _guest(said: dict[str, Any]) -> Facts:
    return [
        ("Name", str(said["name"])),
        ("E-mail", str(said["email"]) or "none: the reference is the ticket"),
        ("Phone", str(said["phone"])),
        ("Notes", str(said["notes"])),
        ("Language", LANGUAGES.get(said["language"], str(said["language"]))),
    ]


def _times(said: dict[str, Any]) -> Facts:
    held = said["hold_expires_at"] if said["status"] in ("pending", "expired") else None
    return [
        ("Made", _moment(said["created_at"])),
        ("Held until", _moment(held)),
        ("Confirmed", _moment(said["confirmed_at"])),
        ("Cancelled", _moment(said["cancelled_at"])),
        ("Erased", _moment(said["erased_at"])),
    ]


def _arrivals(said: dict[str, Any]) -> Facts:
    if not said["checkins"]:
        return [("Admitted", "nobody")]
    first = f"{int(said['admitted'])} of {int(said['seats'])}"
    each = [f"{int(one['seats'])} on {_moment(one['at'])} by {one['device']}" for one in said["checkins"]]
    return [("Admitted", f"{first}: {'; '.join(each)}")]


def _mails(said: dict[str, Any]) -> Facts:
    return [(f"Mail {number}", _mail(mail)) for number, mail in enumerate(said["emails"], 1)] or [("Mails", "none")]


def _mail(mail: dict[str, Any]) -> str:
    at = _moment(mail["sent_at"] or mail["failed_at"] or mail["created_at"])
    error = f" ({reason(mail['error'])}, tried {count(int(mail['attempts']), 'time')})" if mail["error"] else ""
    state = STATES.get(str(mail["state"]), str(mail["state"]))
    return f"{KINDS.get(mail['kind'], str(mail['kind']))}: {state}, {at}{error}"


def _moment(text: str | None) -> str:
    return moment(datetime.fromisoformat(text)) if text else ""


# Written ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Written:
    """A reservation as it is, or would be; `before` is what it was where that changed, `mail` what tells its guest."""

    reference: str
    name: str
    seats: int
    status: str
    held_until: str
    to: str
    phone: str
    occasion: str
    before: dict[str, Any]
    mail: str
    mail_state: str
    is_changed: bool
    # Sent before, and opening nothing any more.
    links_revoked: int

    @property
    def party(self) -> str:
        """Who it is for, as a question names it."""
        reference = f"{self.reference}, " if self.reference else ""
        return f"{reference}{self.name}, {count(self.seats, 'seat')}"

    @property
    def telling(self) -> str:
        """How the guest hears of it."""
        if self.mail:
            wording = f"the mail “{self.mail}” to {self.to}"
            trouble = {"queued": " could not leave yet: azione emails send --all", "failed": " was refused"}
            return f"{wording}{trouble.get(self.mail_state, '')}"
        if self.to:
            return "no mail"
        return f"no e-mail: call {self.phone}" if self.phone else "no e-mail and no phone"

    @property
    def revocation(self) -> str:
        """What becomes of the links that its guest, or somebody else, has."""
        if not self.links_revoked:
            return "no link had been sent so far"
        opens = "link sent so far opens" if self.links_revoked == 1 else "links sent so far open"
        return f"{self.links_revoked} {opens} nothing any more, nor do the QR codes"

    @property
    def changes(self) -> str:
        """`seats 2 → 3; name`: what became other than it was."""
        now = {"seats": str(self.seats), "name": self.name, "email": self.to or "none"}
        parts = []
        for field, before in self.before.items():
            words = FIELDS.get(field, field)
            parts.append(f"{words} {before or 'none'} → {now[field]}" if field in now else words)
        return "; ".join(parts)


def read_written(records: Sequence[dict[str, Any]], summary: dict[str, Any]) -> Written:
    """From what the commands that write say; raises as `read_found` does."""
    [said] = records
    mail = summary["email"] or {"kind": "", "state": ""}
    return Written(
        reference=str(said["reference"] or ""),
        name=str(said["name"]),
        seats=int(said["seats"]),
        status=str(said["status"]),
        held_until=_moment(said["hold_expires_at"]),
        to=str(said["to"]),
        phone=str(said["phone"]),
        occasion=read_occasion(said["performance"]).sentence,
        before=_before(said.get("before", {})),
        mail=KINDS.get(mail["kind"], str(mail["kind"])),
        mail_state=str(mail["state"] or ""),
        is_changed=bool(summary.get("changed", True)),
        links_revoked=int(summary.get("links_revoked", 0)),
    )


def _before(said: dict[str, Any]) -> dict[str, Any]:
    if "performance" not in said:
        return dict(said)
    return dict(said) | {"performance": read_occasion(said["performance"]).sentence}
