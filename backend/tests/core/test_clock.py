from datetime import UTC, date, datetime, timedelta

import pytest

from azionelab.core import clock
from demo import clock as demo_clock


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 10, 24), 25), (date(2026, 3, 28), 23), (date(2026, 11, 22), 24)]
)
def test_theatres_day_is_as_long_as_it_really_is(day: date, hours: int) -> None:
    since, until = clock.day_bounds(day)
    assert until.astimezone(UTC) - since.astimezone(UTC) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("utc", "expected"),
    [
        (datetime(2026, 7, 1, 2, 59, tzinfo=UTC), date(2026, 6, 30)),
        (datetime(2026, 7, 1, 3, 0, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), date(2026, 12, 31)),
    ],
)
def test_night_belongs_to_the_evening_before(utc: datetime, expected: date, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock.timezone, "now", lambda: utc)
    assert clock.theatre_today() == expected


@pytest.mark.parametrize("zone", ["Europe/Rome", "America/New_York", "Asia/Kathmandu"])
def test_demo_has_the_same_day(zone: str, settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every half hour, and just before it, of the days around New Year, an ordinary night and both clock changes."""
    settings.TIME_ZONE = zone
    monkeypatch.setenv("TIME_ZONE", zone)
    starts = [datetime(2026, month, day, tzinfo=UTC) for month, day in [(3, 28), (10, 24), (11, 21), (12, 31)]]
    moments = [start + timedelta(minutes=30 * step) for start in starts for step in range(48 * 3)]
    for moment in (*moments, *(moment - timedelta(microseconds=1) for moment in moments)):
        monkeypatch.setattr(clock.timezone, "now", lambda now=moment: now)
        assert demo_clock.theatre_today(moment) == clock.theatre_today(), moment
