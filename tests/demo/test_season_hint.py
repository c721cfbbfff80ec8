"""The day around which a season was laid, the hint that it has been played, and the password."""

from datetime import UTC, date, datetime, timedelta

import pytest

from demo import clock
from demo.preparation import new_password, season_hint

ANCHOR = date(2026, 11, 22)


@pytest.mark.parametrize("days", [-1, 0, 6])
def test_fresh_season_gets_no_hint(days: int) -> None:
    assert season_hint(ANCHOR, ANCHOR + timedelta(days=days)) is None


def test_old_season_gets_one_line() -> None:
    assert season_hint(ANCHOR, ANCHOR + timedelta(days=7)) == (
        "This season was made 7 days ago: make demo-reset gives a fresh one."
    )


def test_theatre_s_day_ends_at_five_in_rome(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TIME_ZONE", raising=False)
    assert clock.theatre_today(datetime(2026, 11, 22, 3, 59, tzinfo=UTC)) == date(2026, 11, 21)
    assert clock.theatre_today(datetime(2026, 11, 22, 4, 0, tzinfo=UTC)) == ANCHOR


def test_passwords_differ_and_are_easy_to_type() -> None:
    passwords = {new_password() for _ in range(100)}

    assert len(passwords) == 100
    assert all(len(password) == 14 and not set(password) & set("0o1li") for password in passwords)
