"""What `door_stats` and `list_checkins` print, to the letter."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from azionelab.checkin.answers import Doorkeeper
from azionelab.checkin.models import Conflict, DoorDevice
from azionelab.checkin.reconciliation import record_offline_scans
from azionelab.programme.models import Performance
from azionelab.reservations.models import Reservation
from tests.cast import make_performance, make_show, make_venue, reserve_and_confirm
from tests.checkin.offline import offline
from tests.commands.transcripts import assert_transcript, printed

pytestmark = pytest.mark.django_db(transaction=True)
EVENING = datetime(2041, 12, 5, 19, 30, tzinfo=UTC)
GUESTS = [("Zoë Àlvarez", "ALVARE", 1), ("Maria De Luca", "DELUCA", 4), ("Anna Bianchi", "BIANCH", 2)]


@pytest.fixture(autouse=True)
def evening() -> Performance:
    """Two phones that told afterwards what they did, and a ticked list; one phone was sent away."""
    play = {"show": make_show(slug="la-locandiera"), "venue": make_venue(slug="cantina")}
    evening = make_performance(
        **play, pk=1042, starts_at=EVENING, capacity=20, booking_opens_at=datetime(2020, 1, 1, tzinfo=UTC)
    )
    for name, reference, seats in GUESTS:
        reservation = reserve_and_confirm(evening, seats, name=name)
        Reservation.objects.filter(pk=reservation.pk).update(reference=reference)
    marta, ugo = (Doorkeeper(name=phone.name, device=phone) for phone in phones(evening))
    paper = Doorkeeper(name="Lista di carta")
    deliver(evening, marta, (1, "DELUCA", -20, 2), (2, "ALVARE", -11, 1), (3, None, -9, 2))
    deliver(evening, marta, (4, "ALVARE", -10, 0))
    deliver(evening, ugo, (5, "ALVARE", 3, 1), (6, "DELUCA", -2, 1))
    record_offline_scans(
        performance_id=evening.pk,
        doorkeeper=marta,
        scans=[
            offline(
                scan_id=UUID(int=7),
                kind="undo",
                outcome="undone",
                seats_admitted=0,
                undoes=UUID(int=6),
                reason="Era un’altra",
                scanned_at=EVENING,
                sequence=7,
            )
        ],
    )
    deliver(evening, paper, (8, "BIANCH", 0, 2))
    DoorDevice.objects.filter(name="Ugo").update(revoked_at=EVENING + timedelta(minutes=30))
    return evening


def phones(evening: Performance) -> list[DoorDevice]:
    made = [
        DoorDevice.objects.create(
            performance=evening,
            number=number,
            name=name,
            token_digest=bytes([number] * 32),
            claim=UUID(int=number),
            walk_in_allowance=allowance,
        )
        for number, name, allowance in ((1, "Marta, left door", 4), (2, "Ugo", 0))
    ]
    DoorDevice.objects.update(paired_at=EVENING - timedelta(hours=1), last_seen_at=EVENING)
    return list(DoorDevice.objects.filter(pk__in=[device.pk for device in made]).order_by("number"))


def deliver(evening: Performance, doorkeeper: Doorkeeper, *scans: tuple[int, str | None, int, int]) -> None:
    """Scans by number, reference (a walk-in without one), minutes after the beginning, and seats that went in."""
    made = [
        offline(
            scan_id=UUID(int=number),
            kind="ticket" if reference else "walk_in",
            reference=reference or "",
            outcome="admitted" if seats else "already_admitted",
            seats_admitted=seats,
            scanned_at=EVENING + timedelta(minutes=minutes),
            sequence=number,
        )
        for number, reference, minutes, seats in scans
    ]
    record_offline_scans(performance_id=evening.pk, scans=made, doorkeeper=doorkeeper)


@pytest.mark.parametrize(
    ("name", "arguments", "exit_code"),
    [
        ("door_stats", ["door_stats", "1042"], 0),
        ("door_stats.nothing", ["door_stats"], 2),
        ("list_checkins", ["list_checkins", "1042"], 0),
        ("list_checkins.all", ["list_checkins", "1042", "--all"], 0),
        ("list_checkins.unknown", ["list_checkins", "1999"], 2),
    ],
)
def test_transcript(name: str, arguments: list[str], exit_code: int) -> None:
    text, ended = printed(*arguments)
    assert ended == exit_code
    pk = Conflict.objects.get().pk
    assert_transcript(name, text.replace(f'"conflict": {pk},', '"conflict": 7,'))
