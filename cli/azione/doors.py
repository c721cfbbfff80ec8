"""A door's pairing code and its phones, as models. Nothing here prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from azione.listings import Listing
from azione.wording import Occasion, count, moment, read_occasion

# Of a list of phones, here and where an evening's figures have one.
PHONE_HEADINGS = ("No.", "Phone", "Admitted", "Walk-ins", "Last seen", "")
PHONE_NUMBERS = (0, 2)


@dataclass(frozen=True)
class Invitation:
    """What pairs one phone. `qr` is the link's QR code with its quiet zone: a text of 0 and 1 for each row."""

    door: Occasion
    code: str
    url: str
    qr: tuple[str, ...]
    expires_at: datetime
    walk_ins: int

    @property
    def terms(self) -> str:
        walk_ins = f" It may let in {self.walk_ins} without a reservation." if self.walk_ins else ""
        return f"The code pairs one phone and works until {self.expires_at:%H:%M}.{walk_ins}"


def read_invitation(records: Sequence[dict[str, Any]], summary: dict[str, Any]) -> Invitation:
    """From what `pair_device` says; raises KeyError, TypeError or ValueError when it says something else."""
    [made] = records
    return Invitation(
        door=read_occasion(summary["performance"]),
        code=str(made["code"]),
        url=str(made["url"]),
        qr=tuple(map(str, made["qr"])),
        expires_at=datetime.fromisoformat(made["expires_at"]),
        walk_ins=int(summary["walk_ins"]),
    )


def read_devices(records: Sequence[dict[str, Any]], summary: dict[str, Any]) -> Listing:
    """The phones of a door by number, from what `list_devices` says; raises as `read_invitation` does."""
    door = read_occasion(summary["performance"])
    valid_until, made_at = (moment(datetime.fromisoformat(summary[name])) for name in ("valid_until", "made_at"))
    return Listing(
        title=door.title,
        subtitle=door.place,
        headings=PHONE_HEADINGS,
        rows=[_row(record) for record in records],
        empty="No phone has been paired yet.",
        totals=f"{count(len(records), 'phone')}, valid until {valid_until}; made {made_at}",
        right=PHONE_NUMBERS,
        wraps=(1, 5),
        style=_style,
    )


def _style(row: Sequence[str], _column: int) -> str:
    return "dim" if row[-1].startswith("sent away") else ""


def _row(record: dict[str, Any]) -> tuple[str, str, str, str, str, str]:
    seen, revoked = (record[name] and datetime.fromisoformat(record[name]) for name in ("last_seen_at", "revoked_at"))
    staff = f"signed in as {record['staff']}" if record["staff"] else ""
    return (
        str(record["number"]),
        str(record["name"]),
        str(record["admitted"]),
        walk_ins(record),
        f"{seen:%H:%M}" if seen else "not yet",
        f"sent away at {revoked:%H:%M}" if revoked else staff,
    )


def walk_ins(phone: dict[str, Any]) -> str:
    """The seats given without a reservation, of those that the phone may give."""
    given, allowance = int(phone["walk_ins"]), int(phone["walk_in_allowance"])
    return f"{given} of {allowance}" if allowance else str(given)


def half_blocks(qr: Sequence[str]) -> list[str]:
    """Two rows of modules in each line, dark ones as ink: as square as a terminal's letters let them be."""
    rows = [*qr, "0" * len(qr[0])] if len(qr) % 2 else list(qr)
    ink = {"00": " ", "10": "▀", "01": "▄", "11": "█"}
    return [
        "".join(ink[upper + lower] for upper, lower in zip(*pair, strict=True))
        for pair in zip(rows[::2], rows[1::2], strict=True)
    ]
