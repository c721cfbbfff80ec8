"""How long the large ones take, for `make bench`: figures to read and to compare, never a reason to fail."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta

import pytest
from django.db import connection

from tests.cast import make_performance, make_show, make_venue, pair_phone
from tests.commands.test_export_guests import export, fill
from tests.commands.test_reconcile_scans import an_evening, reconcile
from tests.commands.transcripts import printed

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


def test_checking_a_hundred_thousand_reservations(timed: Timed) -> None:
    """Each with its link, its mail, its scan and its check-in, in a thousand performances."""
    venue, show = make_venue(), make_show()
    for day in range(1_000):
        make_performance(venue=venue, show=show, starts_in=timedelta(days=day - 1_000), capacity=200)
    with connection.cursor() as cursor:
        cursor.execute(_A_HUNDRED_THOUSAND)
        cursor.execute("ANALYZE")
    with timed("check_integrity on 100,000 reservations"):
        assert printed("check_integrity")[1] == 0


_A_HUNDRED_THOUSAND = """
INSERT INTO reservations_reservation (performance_id, slot, reference, status, seats, name, email, phone, notes,
    language, privacy_accepted_at, created_at, hold_expires_at, confirmed_at, admitted_since, calendar_sequence,
    request_digest)
SELECT p.id, n, upper(substr(md5(p.id || '-' || n), 1, 6)), 'confirmed', 2, 'Anna', '', '', '', 'it', p.starts_at,
       p.starts_at, p.starts_at, p.starts_at, p.starts_at, 0, ''
  FROM programme_performance p, generate_series(1, 100) n
    ON CONFLICT DO NOTHING;
INSERT INTO reservations_reservationtoken (reservation_id, reservation_digest, ticket_digest, created_at)
SELECT id, sha256(('r' || id)::bytea), sha256(('t' || id)::bytea), created_at FROM reservations_reservation;
INSERT INTO reservations_outboundemail (reservation_id, kind, about, state, created_at, attempts, next_attempt_at,
    error, sent_at)
SELECT id, 'ticket', '{}', 'sent', created_at, 1, created_at, '', created_at FROM reservations_reservation;
INSERT INTO checkin_scan (scan_id, decided_by, kind, performance_id, reservation_id, outcome, seats_admitted, override,
    reason, scanned_at, clock_corrected, happened_at, received_at, device)
SELECT gen_random_uuid(), 'server', 'ticket', performance_id, id, 'admitted', 2, false, '', admitted_since, false,
       admitted_since, admitted_since, 'porta'
  FROM reservations_reservation;
INSERT INTO checkin_checkin (reservation_id, scan_id, seats, admitted_at)
SELECT reservation_id, id, seats_admitted, happened_at FROM checkin_scan;
"""
