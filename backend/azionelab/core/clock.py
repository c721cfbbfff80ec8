"""Time as the theatre sees it. Decisions about holds use the database's clock instead (`Now()`)."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

# A performance that began at 22:30 is still tonight's at one in the morning.
NIGHT_ENDS = time(5, 0)


_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})[ T]+(\d{1,2}:\d{2})", re.ASCII)


def theatre_zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def theatre_time(moment: datetime) -> datetime:
    return moment.astimezone(theatre_zone())


def theatre_today() -> date:
    """The theatre's day, which ends at five in the morning."""
    now = theatre_time(timezone.now())
    return now.date() - timedelta(days=1) if now.time() < NIGHT_ENDS else now.date()


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """From five in the morning to five the next morning, in the theatre's zone (23 to 25 hours long)."""
    zone = theatre_zone()
    return (
        datetime.combine(day, NIGHT_ENDS, zone),
        datetime.combine(day + timedelta(days=1), NIGHT_ENDS, zone),
    )


def day_in_words(moment: datetime) -> str:
    """`sabato 5 dicembre`: Django's Italian names are capitalised, as Italian's are not."""
    day = date_format(theatre_time(moment), "l j F")
    return day.lower() if get_language() == "it" else day


def read_theatre_moment(text: str) -> datetime:
    """`2026-12-05 20:30` on the theatre's clock; raises ValueError, whose words are for the person who wrote it."""
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a day and a time. Write it as 2026-12-05 20:30.")
    try:
        day, clock = date.fromisoformat(match[1]), time.fromisoformat(match[2].zfill(5))
        moment = datetime.combine(day, clock, theatre_zone()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"There is no such day or time as {text!r}.") from None
    if theatre_time(moment).time() != clock:
        raise ValueError(f"{text!r} does not exist: the clocks go forward in that hour.")
    return moment
