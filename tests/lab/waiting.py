"""Waiting for what the world does in its own time, and noon whenever that is."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

import pytest

T = TypeVar("T")


def wait_for(what: str, look: Callable[[], T | None], seconds: float) -> T:
    """Polls until `look` finds something, and fails with words after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found is not None:
            return found
        time.sleep(0.05)
    pytest.fail(f"no {what} within {seconds} seconds")


def zone_where_it_is_noon() -> str:
    """Whenever the tests run, tonight's performances are still to come."""
    offset = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-offset:+d}" if offset else "Etc/GMT"
