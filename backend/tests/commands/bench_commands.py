"""How long the large ones take, for `make bench`: figures to read and to compare, never a reason to fail."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from tests.cast import make_performance, pair_phone
from tests.commands.test_export_guests import export, fill
from tests.commands.test_reconcile_scans import an_evening, reconcile

pytestmark = pytest.mark.django_db(transaction=True)


Timed = Callable[[str], AbstractContextManager[None]]


@pytest.fixture
def timed(capsys: pytest.CaptureFixture[str]) -> Timed:
    @contextmanager
    def measure(what: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        seconds = time.perf_counter() - started
        with capsys.disabled():
            print(f"{what}: {seconds:.2f} s")  # noqa: T201 (what a benchmark is for)

    return measure


def test_reconciling_ten_thousand_scans(monkeypatch: pytest.MonkeyPatch, timed: Timed) -> None:
    """The door's issue asks for less than 30 s."""
    sent = an_evening()
    with timed("10,000 scans of two phones, half of them conflicts"):
        _lines, ended = reconcile(monkeypatch, sent)
    assert ended == 0


def test_exporting_five_thousand_guests(timed: Timed) -> None:
    """The command line's issue asks for less than 5 s, the file with it."""
    performance = make_performance(capacity=6_000)
    fill(performance, 5_000)
    with timed("a guest list of 5,000 reservations"):
        assert len(export(performance.pk)) == 5_001


def test_reading_a_door_list_of_a_thousand(timed: Timed) -> None:
    performance = make_performance(capacity=2_000)
    fill(performance, 1_000)
    client = pair_phone(performance).client
    for attempt in ("first", "again"):
        with timed(f"a door list of 1,000 reservations, {attempt}"):
            answer = client.get(f"/api/v1/door/performances/{performance.pk}/list/")
        assert len(answer.json()["reservations"]) == 1_000
