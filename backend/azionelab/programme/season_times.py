"""The times of a season's file: `2026-12-05 20:30`, `today+3 20:30`, `2 hours before`; always the theatre's clock."""

import re
from datetime import UTC, date, datetime, time, timedelta

from azionelab.core.clock import theatre_time, theatre_zone
from azionelab.programme.season_yaml import Entry

_MOMENT = re.compile(
    r"(?:(?P<day>\d{4}-\d{2}-\d{2})|today(?:\s*(?P<shift>[+-]\s*\d{1,4}))?)[ T]+(?P<clock>\d{1,2}:\d{2}(?::\d{2})?)"
    r"(?P<again> again)?",
    re.ASCII,
)
_BEFORE = re.compile(r"(?P<number>\d{1,4})\s+(?P<unit>minute|hour|day|week)s?\s+before", re.ASCII)
_HOW = "Write `2026-12-05 20:30` or `today+3 20:30`"


def read_moment(entry: Entry, *, anchor: date) -> datetime:
    """A day and a clock time. Raises Unusable, also for the hour that the change to summer time skips."""
    text = entry.text()
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise entry.problems.stop(entry, f"`{text}` is not a day and a time. {_HOW}.")
    try:
        day = _day(match, anchor)
        clock = time.fromisoformat(match["clock"].zfill(5))
    except (ValueError, OverflowError):
        raise entry.problems.stop(entry, f"There is no such day or time as `{text}`.") from None
    # The hour that comes twice in October: its first coming, unless the file says otherwise.
    moment = datetime.combine(day, clock, theatre_zone()).replace(fold=1 if match["again"] else 0)
    if theatre_time(moment.astimezone(UTC)).time() != clock:
        raise entry.problems.stop(entry, f"`{text}` does not exist: the clocks go forward in that hour.")
    return moment.astimezone(UTC)


def _day(match: re.Match[str], anchor: date) -> date:
    if match["day"]:
        return date.fromisoformat(match["day"])
    return anchor + timedelta(days=int((match["shift"] or "0").replace(" ", "")))


def read_moment_before(entry: Entry, *, starts_at: datetime, anchor: date) -> datetime:
    """As `read_moment`, or a time before the start; days and weeks keep the clock time of the start."""
    text = entry.text()
    match = _BEFORE.fullmatch(text)
    if match is None and text.endswith("before"):
        raise entry.problems.stop(entry, f"`{text}` is not a time. Write for example `2 hours before`.")
    if match is None:
        return read_moment(entry, anchor=anchor)
    span = timedelta(**{f"{match['unit']}s": int(match["number"])})
    if match["unit"] in ("minute", "hour"):
        return starts_at - span
    return (theatre_time(starts_at) - span).astimezone(UTC)
