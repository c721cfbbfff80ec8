"""Time as the theatre sees it. Decisions about holds use the database's clock instead (`Now()`)."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

# A performance that began at 22:30 is still tonight's at one in the morning.
NIGHT_ENDS = time(5, 0)


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
