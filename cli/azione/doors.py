"""A door's pairing code and its phones, as models. Nothing here prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from azione.guest_lists import moment

HEADINGS = ("No.", "Name", "Admitted", "Walk-ins", "Last seen", "")


@dataclass(frozen=True)
class Door:
    """The performance whose door it is."""

    title: str
    place: str

    @property
    def sentence(self) -> str:
        return f"{self.title}, {self.place}"


@dataclass(frozen=True)
class Invitation:
    """What pairs one phone. `qr` is the link's QR code with its quiet zone: a text of 0 and 1 for each row."""

    door: Door
    code: str
    url: str
    qr: tuple[str, ...]
    expires_at: datetime
    walk_ins: int

    @property
    def terms(self) -> str:
        walk_ins = f" It may let in {self.walk_ins} without a reservation." if self.walk_ins else ""
        return f"The code pairs one phone and works until {self.expires_at:%H:%M}.{walk_ins}"


@dataclass(frozen=True)
class Devices:
    """The phones of a door, by number."""

    door: Door
    rows: tuple[tuple[str, str, str, str, str, str], ...]
    valid_until: datetime
    made_at: datetime

    @property
    def totals(self) -> str:
        phones = "1 phone" if len(self.rows) == 1 else f"{len(self.rows)} phones"
        return f"{phones}, valid until {moment(self.valid_until)}; made {moment(self.made_at)}"


def read_door(summary: dict[str, Any]) -> Door:
    """Raises KeyError, TypeError or ValueError when it says something else; so do the others."""
    performance = summary["performance"]
    cancelled = ", CANCELLED" if performance["cancelled"] else ""
    starts_at = datetime.fromisoformat(performance["starts_at"])
    return Door(f"{performance['show']}{cancelled}", f"{moment(starts_at)}, {performance['venue']}")


def read_invitation(records: Sequence[dict[str, Any]], summary: dict[str, Any]) -> Invitation:
    [made] = records
    return Invitation(
        door=read_door(summary),
        code=str(made["code"]),
        url=str(made["url"]),
        qr=tuple(map(str, made["qr"])),
        expires_at=datetime.fromisoformat(made["expires_at"]),
        walk_ins=int(summary["walk_ins"]),
    )


def read_devices(records: Sequence[dict[str, Any]], summary: dict[str, Any]) -> Devices:
    return Devices(
        door=read_door(summary),
        rows=tuple(_row(record) for record in records),
        valid_until=datetime.fromisoformat(summary["valid_until"]),
        made_at=datetime.fromisoformat(summary["made_at"]),
    )


def _row(record: dict[str, Any]) -> tuple[str, str, str, str, str, str]:
    seen, revoked = (record[name] and datetime.fromisoformat(record[name]) for name in ("last_seen_at", "revoked_at"))
    given, allowance = int(record["walk_ins"]), int(record["walk_in_allowance"])
    staff = f"signed in as {record['staff']}" if record["staff"] else ""
    return (
        str(record["number"]),
        str(record["name"]),
        str(record["admitted"]),
        f"{given} of {allowance}" if allowance else str(given),
        f"{seen:%H:%M}" if seen else "not yet",
        f"sent away at {revoked:%H:%M}" if revoked else staff,
    )


def devices_as_text(devices: Devices) -> str:
    """Aligned columns for a pipe."""
    from azione.columns import align

    lines = [devices.door.title, devices.door.place, ""]
    if devices.rows:
        lines += [*align([HEADINGS, *devices.rows], right=(0, 2)), ""]
    return "".join(f"{line}\n" for line in [*lines, devices.totals])


def half_blocks(qr: Sequence[str]) -> list[str]:
    """Two rows of modules in each line, dark ones as ink: as square as a terminal's letters let them be."""
    rows = [*qr, "0" * len(qr[0])] if len(qr) % 2 else list(qr)
    ink = {"00": " ", "10": "▀", "01": "▄", "11": "█"}
    return [
        "".join(ink[upper + lower] for upper, lower in zip(*pair, strict=True))
        for pair in zip(rows[::2], rows[1::2], strict=True)
    ]
