"""What came of reconciling, and what waits for a person, as models. Nothing here prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any

from azione.listings import Listing
from azione.wording import Occasion, count, in_short, read_occasion

FILE_HEADINGS = ("File", "From", "Scans", "New", "Admitted", "Walk-ins", "Refused", "Undone", "In conflict")
FILE_NUMBERS = range(2, 9)
# Scans, but for those who came in: they count by their seats.
COUNTED = ("scans", "new", "admitted", "walk_ins", "refused", "undone")
SUMMED = (*COUNTED, "conflicts_opened", "seats_in_conflict", "conflicts_gone")
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
        """What a person agrees to, so the conflicts stand in it with their seats. What is none does not."""
        n = self.summary
        scans, seats_in_conflict = count(n["scans"], "scan"), count(n["seats_in_conflict"], "seat")
        told = {
            "admitted": f"{count(n['admitted'], 'seat')} admitted",
            "walk_ins": f"{count(n['walk_ins'], 'seat')} for walk-ins",
            "refused": f"{count(n['refused'], 'scan')} refused",
            "undone": f"{count(n['undone'], 'admission')} undone",
            "conflicts_opened": f"{count(n['conflicts_opened'], 'conflict')} over {seats_in_conflict}",
            "conflicts_gone": f"{count(n['conflicts_gone'], 'conflict')} less",
        }
        whole = count(n["new"], "new scan") if n["new"] == n["scans"] else f"{scans}, {n['new']} of them new"
        return ", ".join([whole, *(words for name, words in told.items() if n[name])])

    @property
    def nothing_new(self) -> str:
        """Empty where something is."""
        scans = self.summary["scans"]
        if self.summary["new"]:
            return ""
        why = f"{count(scans, 'scan')}, {'in' if scans == 1 else 'all in'} already" if scans else "nobody is marked"
        return f"Nothing new: {why}."

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
    return Reconciliation(
        performances=tuple(dict.fromkeys(in_short(record["performance"]) for record in records)),
        files=Listing(
            headings=FILE_HEADINGS,
            rows=_file_rows(records),
            right=FILE_NUMBERS,
            wraps=(1,),
            optional=range(4, 9),
            # The sentence below has them as well.
            spare=(2, 6, 7),
        ),
        summary={name: int(summary[name]) for name in SUMMED},
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


def _file_rows(records: Sequence[dict[str, Any]]) -> list[tuple[str, ...]]:
    """Files without their folders, as long as that tells them apart."""
    paths = [str(record["file"]) for record in records]
    names = [PurePath(path).name or path for path in paths]
    shown = names if len(set(names)) == len(names) else paths
    return [(name, *_file_cells(record)) for name, record in zip(shown, records, strict=True)]


def _file_cells(record: dict[str, Any]) -> tuple[str, ...]:
    scans, new, *others = (int(record[name]) for name in (*COUNTED, "seats_in_conflict"))
    return str(record["device"]), str(scans), str(new), *(str(number) if number else "" for number in others)


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
