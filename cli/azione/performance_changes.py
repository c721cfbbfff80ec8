"""A performance that is cancelled or moved, and the guests who are told, as models. Nothing here prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from azione.listings import Listing
from azione.wording import count, moment, read_occasion

HEADINGS = ("Name", "Seats", "Reference", "Told at")


@dataclass(frozen=True, kw_only=True)
class Change:
    """What became, or would become, of a performance. `uncalled` are those whom no mail reaches."""

    action: str
    show: str
    is_cancelled: bool
    before: str
    after: str
    capacity_before: int
    capacity: int
    reservations: int
    seats: int
    told: int
    sent: int
    failed: int
    waiting: int
    guests: Sequence[Sequence[str]]
    uncalled: Sequence[Sequence[str]]

    @property
    def is_nothing(self) -> bool:
        return self.action == "unchanged"

    @property
    def occasion(self) -> str:
        return f"{self.show}, {self.before}"

    @property
    def new_place(self) -> str:
        """Where it is from now on; with its seats where they are others than before."""
        return self.after if self.capacity == self.capacity_before else f"{self.after}, {count(self.capacity, 'seat')}"

    @property
    def preview(self) -> Listing:
        place = self.before if self.action != "moved" else f"{self.before} → {self.new_place}"
        return Listing(
            title=self.show,
            subtitle=place,
            headings=HEADINGS,
            rows=self.guests,
            empty="Nobody has reserved.",
            totals=f"{count(self.reservations, 'reservation')}, {count(self.seats, 'seat')}; {self._telling}",
            right=(1,),
            wraps=(0, 3),
        )

    @property
    def _telling(self) -> str:
        calls = f"; {count(len(self.uncalled), 'guest')} without e-mail to call" if self.uncalled else ""
        return f"{count(self.told, 'guest')} to be told by e-mail{calls}"

    @property
    def to_call(self) -> Listing:
        return Listing(
            title="No e-mail reaches these guests; call them:",
            headings=HEADINGS,
            rows=self.uncalled,
            right=(1,),
            wraps=(0, 3),
        )

    @property
    def next_step(self) -> str:
        """What to do about the mails that have not got through; empty where all have."""
        steps = []
        if self.waiting:
            waits = "waits" if self.waiting == 1 else "wait"
            steps.append(f"{count(self.waiting, 'e-mail')} {waits} to be sent: azione emails send --all")
        if self.failed:
            steps.append(f"{count(self.failed, 'e-mail')} refused: azione emails list --state refused")
        return "\n".join(steps)

    def tells(self, *, tell: bool) -> str:
        """The end of the question: who hears of it."""
        if not tell and self.reservations:
            return f"and write to NONE of the guests of {count(self.reservations, 'reservation')}"
        parts = [f"and tell {count(self.told, 'guest')} by e-mail"] if self.told else []
        parts += [f"{count(len(self.uncalled), 'guest')} you must call yourself"] if self.uncalled else []
        return "; ".join(parts)


def read_change(records: Sequence[dict[str, Any]], summary: dict[str, Any]) -> Change:
    """From what `cancel_performance` and `move_performance` say; raises KeyError, TypeError or ValueError."""
    performance, before = summary["performance"], summary["before"]
    return Change(
        action=str(summary["action"]),
        show=str(performance["show"]),
        is_cancelled=bool(performance["cancelled"]),
        before=_place(before),
        after=_place(performance),
        capacity_before=int(before["capacity"]),
        capacity=int(performance["capacity"]),
        reservations=int(summary["reservations"]),
        seats=int(summary["seats"]),
        told=int(summary["told"]),
        sent=int(summary["sent"]),
        failed=int(summary["failed"]),
        waiting=int(summary["waiting"]),
        guests=[_row(record) for record in records],
        uncalled=[_row(record) for record in records if not record["to"]],
    )


# How many seats there are --------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Seats:
    """What a performance has to reserve, and what is taken of it."""

    occasion: str
    made_of: str
    bookable: int
    bookable_before: int
    taken: int
    is_nothing: bool

    @property
    def question(self) -> str:
        return "" if self.is_nothing else f"Change the seats of {self._sentence}"

    def told(self, *, is_done: bool) -> str:
        if self.is_nothing:
            return f"The seats of {self._sentence}: nothing was changed."
        return f"{'Changed' if is_done else 'This would change'} the seats of {self._sentence}."

    @property
    def _sentence(self) -> str:
        """`La locandiera, …: 20 → 24 can be reserved (capacity 20, 4 additional); 24 taken, 0 left`."""
        before = "" if self.bookable == self.bookable_before else f"{self.bookable_before} → "
        over = self.taken - self.bookable
        left = f"OVERSOLD by {over}" if over > 0 else f"{-over} left"
        return f"{self.occasion}: {before}{self.bookable} can be reserved ({self.made_of}); {self.taken} taken, {left}"


def read_seats(_records: Sequence[dict[str, Any]], summary: dict[str, Any]) -> Seats:
    """From what `change_seats` says; raises as `read_change` does."""
    additional, occupied = int(summary["additional_seats"]), int(summary["manually_occupied"])
    parts = [f"capacity {int(summary['capacity'])}"]
    parts += [f"{additional} additional"] if additional else []
    parts += [f"{occupied} manually occupied"] if occupied else []
    return Seats(
        occasion=read_occasion(summary["performance"]).sentence,
        made_of=", ".join(parts),
        bookable=int(summary["bookable"]),
        bookable_before=int(summary["bookable_before"]),
        taken=int(summary["taken"]),
        is_nothing=summary["action"] == "unchanged",
    )


def _place(where: dict[str, Any]) -> str:
    return f"{moment(datetime.fromisoformat(where['starts_at']))}, {where['venue']}"


def _row(record: dict[str, Any]) -> tuple[str, str, str, str]:
    call = f"call {record['phone']}" if record["phone"] else "no e-mail, no phone"
    told = str(record["to"]) if record["told"] else ("is not told" if record["to"] else call)
    return (str(record["name"]), str(record["seats"]), str(record["reference"]), told)
