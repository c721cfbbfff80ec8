"""Who came in, and how the evening goes, as models. Nothing here prints."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from azione.doors import PHONE_HEADINGS, PHONE_NUMBERS, walk_ins
from azione.failures import Failure
from azione.listings import Listing
from azione.protocol import Line, Record
from azione.reconciliations import RULES, SETTLEMENTS
from azione.wording import Occasion, count, read_occasion

CHECKIN_HEADINGS = ("Time", "Seats", "Name", "Reference", "By", "")
HEIGHTS = "▂▃▄▅▆▇█"
NOBODY = "▁"
SILENT_SECONDS = 20.0


@dataclass(frozen=True, kw_only=True)
class DoorView:
    """A door at one moment. `line` says it in one line; two that say the same are of the same state."""

    occasion: Occasion
    facts: tuple[tuple[str, str], ...]
    phones: Listing
    line: str
    made_at: datetime

    @property
    def moment(self) -> str:
        return f"{self.made_at:%H:%M:%S}"


def read_door(record: dict[str, Any]) -> DoorView:
    """From a record of `door_stats`; raises KeyError, TypeError or ValueError when it says something else."""
    names = ("expected", "inside", "admitted", "to_come", "walk_ins", "left", "conflicts")
    seats = {name: int(record[name]) for name in names}
    conflicts = f"{seats['conflicts']}, see azione checkin conflicts" if seats["conflicts"] else "0"
    return DoorView(
        occasion=read_occasion(record["performance"]),
        facts=(
            ("Inside", _inside(seats)),
            ("Expected", str(seats["expected"])),
            ("Still to come", str(seats["to_come"])),
            ("Seats left", str(seats["left"])),
            ("Conflicts", conflicts),
            *_arrivals(record["arrivals"]),
        ),
        phones=Listing(
            headings=PHONE_HEADINGS,
            rows=[_phone_row(phone) for phone in record["phones"]],
            empty="No phone has been paired yet.",
            right=PHONE_NUMBERS,
            wraps=(1, 5),
            style=lambda row, _column: "dim" if row[-1] else "",
        ),
        line=_line(seats),
        made_at=datetime.fromisoformat(record["made_at"]),
    )


def _inside(seats: dict[str, int]) -> str:
    others = seats["inside"] - seats["admitted"] - seats["walk_ins"]
    parts = [f"{seats['admitted']} admitted"]
    parts += [count(seats["walk_ins"], "walk-in")] if seats["walk_ins"] else []
    parts += [f"{others} in conflict"] if others else []
    return f"{seats['inside']} ({', '.join(parts)})" if len(parts) > 1 else str(seats["inside"])


def _line(seats: dict[str, int]) -> str:
    return (
        f"{seats['inside']} inside, {seats['to_come']} of {seats['expected']} still to come, "
        f"{count(seats['walk_ins'], 'walk-in')}, {count(seats['left'], 'seat')} left, "
        f"{count(seats['conflicts'], 'conflict')}"
    )


def _arrivals(rows: Sequence[dict[str, Any]]) -> tuple[tuple[str, str], ...]:
    """A bar for each five minutes, and how many came in the last two of them."""
    if not rows:
        return ()
    times = [datetime.fromisoformat(row["at"]) for row in rows]
    seats = [int(row["seats"]) for row in rows]
    until = times[-1] + timedelta(minutes=5)
    recent = times[max(len(times) - 2, 0)]
    return (
        ("Arrivals", f"{bars(seats)}  {times[0]:%H:%M} to {until:%H:%M}"),
        (f"Since {recent:%H:%M}", f"{sum(seats[-2:])} came in"),
    )


def bars(numbers: Sequence[int]) -> str:
    """The highest is as high as a letter; one of nothing stands apart from one of little."""
    most = max(numbers, default=0)
    return "".join(HEIGHTS[(number * len(HEIGHTS) - 1) // most] if number else NOBODY for number in numbers)


def _phone_row(phone: dict[str, Any]) -> tuple[str, ...]:
    number = int(phone["number"])
    seen, revoked = (phone[name] and datetime.fromisoformat(phone[name]) for name in ("last_seen_at", "revoked_at"))
    state = f"sent away at {revoked:%H:%M}" if revoked else "its time is over" if phone["ended"] else ""
    return (
        str(number) if number else "",
        str(phone["name"]) if number else "without a phone",
        str(int(phone["admitted"])),
        walk_ins(phone),
        f"{seen:%H:%M}" if seen else "not yet" if number else "",
        state,
    )


# While it goes on ---------------------------------------------------------------------------------------------------


@dataclass
class Watch:
    """What a command that follows a door has said so far; `changed` hears of each new sentence."""

    changed: Callable[[str], None] = lambda sentence: None
    view: DoorView | None = None
    trouble: str = ""
    _told: str = field(default="", repr=False)
    _heard_at: float = field(default=0.0, repr=False)

    @property
    def is_silent(self) -> bool:
        """Nothing has come for longer than even a busy machine needs."""
        return time.monotonic() - self._heard_at > SILENT_SECONDS

    def see(self, line: Line) -> None:
        """Raises Failure for a record that is neither a door nor a trouble."""
        if isinstance(line, Record):
            try:
                self._read(line)
            except (KeyError, TypeError, ValueError) as error:
                raise Failure("broken_answer", f"The answer lacks something: {error}.") from None

    def _read(self, line: Record) -> None:
        self._heard_at = time.monotonic()
        self.trouble = str(line.members.get("trouble", ""))
        if self.trouble:
            at = datetime.fromisoformat(line.members["made_at"])
            self._tell(self.trouble, at)
        else:
            self.view = read_door(line.members)
            self._tell(self.view.line, self.view.made_at)

    def _tell(self, sentence: str, at: datetime) -> None:
        if sentence != self._told:
            self._told = sentence
            self.changed(f"{at:%H:%M:%S}  {sentence}")


# One by one ---------------------------------------------------------------------------------------------------------


def read_checkins(records: Sequence[dict[str, Any]], summary: dict[str, Any]) -> Listing:
    """From what `list_checkins` says; raises as `read_door` does."""
    occasion = read_occasion(summary["performance"])
    made_at = datetime.fromisoformat(summary["made_at"])
    attempts = f"{count(int(summary['attempts']), 'scan')}, " if summary["all"] else ""
    return Listing(
        title=occasion.title,
        subtitle=occasion.place,
        headings=CHECKIN_HEADINGS,
        rows=[_checkin_row(record) for record in records],
        empty="Nothing was scanned yet." if summary["all"] else "Nobody has come in yet.",
        totals=f"{attempts}{int(summary['inside'])} inside; made {made_at:%H:%M:%S}",
        right=(1,),
        wraps=(2, 4, 5),
        style=lambda row, _column: "dim" if row[1] == "0" else "",
    )


def _checkin_row(record: dict[str, Any]) -> tuple[str, ...]:
    reservation = record["reservation"]
    at = datetime.fromisoformat(record["at"])
    unnamed = "without a reservation" if record["kind"] == "walk_in" else "unknown"
    return (
        f"{at:%H:%M:%S}",
        str(int(record["inside"])),
        str(reservation["name"]) if reservation else unnamed,
        str(reservation["reference"]) if reservation else "",
        str(record["device"]),
        "; ".join(_remarks(record)),
    )


def _remarks(record: dict[str, Any]) -> list[str]:
    """What is not as it usually is."""
    remarks = []
    if record["kind"] == "undo":
        remarks.append("takes an admission back" if record["outcome"] == "undone" else "nothing to take back")
    elif record["undone"]:
        remarks.append(f"{int(record['seats'])} taken back")
    elif record["outcome"] != "admitted":
        remarks.append(f"refused: {RULES.get(record['outcome'], str(record['outcome']))}")
    if record["conflict"]:
        rule, settlement = record["conflict"]["rule"], record["conflict"]["settlement"]
        settled = SETTLEMENTS.get(settlement, "to be settled")
        remarks.append(f"conflict {record['conflict']['conflict']}, {RULES.get(rule, str(rule))}: {settled}")
    if record["exception"]:
        remarks.append("a manager's exception")
    if record["reason"]:
        remarks.append(str(record["reason"]))
    return [*remarks, *(["clock put right"] if record["clock_corrected"] else [])]
