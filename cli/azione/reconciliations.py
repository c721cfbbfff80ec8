"""What came of reconciling, and what waits for a person, as models. Nothing here prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from azione.listings import Listing
from azione.wording import Occasion, count, in_short, read_occasion

FILE_HEADINGS = ("File", "From", "Scans", "New", "Admitted", "Walk-ins", "Refused", "Undone", "Conflicts")
FILE_NUMBERS = range(2, 9)
CONFLICT_HEADINGS = ("No.", "Seats", "Why", "Reservation", "Let in by", "First let in by", "Settled")
CONFLICT_NUMBERS = (0, 1)
RULES = {
    "already_admitted": "already in",
    "over_party": "more than the party",
    "not_confirmed": "not confirmed",
    "cancelled": "cancelled",
    "unknown": "unknown ticket",
    "wrong_performance": "another performance",
    "no_seats_left": "no seats left",
    "device_revoked": "phone sent away before",
    "not_allowed": "more than the phone was allowed",
}
SETTLEMENTS = {"came_in": "they all came in", "counted_twice": "counted twice"}


@dataclass(frozen=True)
class Reconciliation:
    """What each file brought, and all of them together."""

    performances: tuple[str, ...]
    files: Listing
    summary: dict[str, int]
    dry_run: bool

    @property
    def totals(self) -> str:
        n = self.summary
        parts = [
            f"{count(n['scans'], 'scan')}, {n['new']} of them new",
            f"{count(n['admitted'], 'guest')} admitted",
            count(n["walk_ins"], "walk-in"),
            f"{n['refused']} refused",
            f"{n['undone']} undone",
        ]
        return ", ".join(parts)

    @property
    def conflicts(self) -> str:
        """What a person has to do now; empty where nothing."""
        opened = self.summary["conflicts_opened"]
        if not opened:
            return ""
        waits = "would wait" if self.dry_run else "waits" if opened == 1 else "wait"
        return f"{count(opened, 'conflict')} {waits} for a person to settle: azione checkin conflicts"


def read_reconciliation(records: Sequence[dict[str, Any]], summary: dict[str, Any]) -> Reconciliation:
    """From what `reconcile_scans` says; raises KeyError, TypeError or ValueError when it says something else."""
    names = ("scans", "new", "admitted", "walk_ins", "refused", "undone")
    return Reconciliation(
        performances=tuple(dict.fromkeys(in_short(record["performance"]) for record in records)),
        files=Listing(
            headings=FILE_HEADINGS,
            rows=[_file_row(record, (*names, "conflicts")) for record in records],
            right=FILE_NUMBERS,
            wraps=(0, 1),
        ),
        summary={name: int(summary[name]) for name in (*names, "conflicts_opened", "conflicts_gone")},
        dry_run=bool(summary["dry_run"]),
    )


def read_conflicts(records: Sequence[dict[str, Any]], summary: dict[str, Any]) -> Listing:
    """From what `list_conflicts` says; raises as `read_reconciliation` does."""
    waiting, seats = int(summary["waiting"]), count(int(summary["seats_waiting"]), "seat")
    waits = f"{count(waiting, 'conflict')} {'waits' if waiting == 1 else 'wait'} for a person, {seats}"
    none = "No conflict waits for a person."
    where = read_occasion(summary["performance"]) if summary["performance"] else Occasion("", "")
    return Listing(
        title=where.title,
        subtitle=where.place,
        headings=CONFLICT_HEADINGS,
        rows=[conflict_row(record, everywhere=not summary["performance"]) for record in records],
        empty=none,
        totals=waits if waiting else none if records else "",
        right=CONFLICT_NUMBERS,
        wraps=range(2, 7),
        optional=(5, 6),
    )


def _file_row(record: dict[str, Any], names: Sequence[str]) -> tuple[str, ...]:
    numbers = (str(int(record[name])) for name in names)
    return str(record["file"]), str(record["device"]), *numbers


def conflict_row(record: dict[str, Any], *, everywhere: bool = True) -> tuple[str, ...]:
    corrected = " (clock put right)" if record["clock_corrected"] else ""
    return (
        str(int(record["conflict"])),
        str(int(record["seats"])),
        RULES.get(str(record["rule"]), str(record["rule"])),
        _reservation(record["reservation"], in_short(record["performance"]) if everywhere else ""),
        f"{record['device']}, {_when(record['at'])}{corrected}",
        f"{record['first_device']}, {_when(record['first_at'])}" if record["first_at"] else "",
        _settled(record),
    )


def conflict_sentence(record: dict[str, Any]) -> str:
    """One conflict, as it is asked about."""
    _number, seats, why, reservation, here, first, _settled_as = conflict_row(record)
    before = f"; first let in by {first}" if first else ""
    return f"{count(int(seats), 'seat')}, {why}: {reservation}, let in by {here}{before}"


def _reservation(reservation: dict[str, Any] | None, where: str) -> str:
    if reservation is None:
        whose = "nobody's"
    else:
        whose = f"{reservation['reference']} {reservation['name']}, {count(int(reservation['seats']), 'seat')}"
    return f"{whose}, {where}" if where else whose


def _settled(record: dict[str, Any]) -> str:
    if record["settlement"] is None:
        return ""
    settled = SETTLEMENTS.get(str(record["settlement"]), str(record["settlement"]))
    return f"{settled}: {record['note']}" if record["note"] else settled


def _when(written: str) -> str:
    return f"{datetime.fromisoformat(written):%H:%M:%S}"
