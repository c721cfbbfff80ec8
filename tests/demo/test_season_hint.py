"""The hint that a season has been played, and the password."""

from datetime import date, timedelta

import pytest

from demo.preparation import new_password, season_hint

ANCHOR = date(2026, 11, 22)


@pytest.mark.parametrize("days", [-1, 0, 6])
def test_fresh_season_gets_no_hint(days: int) -> None:
    assert season_hint(ANCHOR, ANCHOR + timedelta(days=days)) is None


def test_old_season_gets_one_line() -> None:
    assert season_hint(ANCHOR, ANCHOR + timedelta(days=7)) == (
        "This season was made 7 days ago: make demo-reset gives a fresh one."
    )


def test_passwords_differ_and_are_easy_to_type() -> None:
    passwords = {new_password() for _ in range(100)}

    assert len(passwords) == 100
    assert all(len(password) == 14 and not set(password) & set("0o1li") for password in passwords)
