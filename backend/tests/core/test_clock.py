from datetime import UTC, date, datetime, timedelta

import pytest

from azionelab.core import clock


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
