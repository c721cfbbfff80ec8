"""An evening with guests whose every id is fixed, for the commands' transcripts."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import connection

from azionelab.checkin.answers import Doorkeeper
from azionelab.checkin.services import ScanRequest, register_scan
from azionelab.programme.models import Performance
from azionelab.reservations.models import Reservation
from tests.cast import make_performance, make_show, make_venue, reserve, reserve_and_confirm

EVENING = datetime(2041, 12, 5, 19, 30, tzinfo=UTC)
GUESTS = [
    ("Zoë Àlvarez", "ALVARE", 1, 1, "", ""),
    ("Maria De Luca", "DELUCA", 4, 2, "+393331234567", "Due in carrozzina"),
    ("Gianni D'Angelo", "DANGEL", 2, 0, "", "=1+1"),
    ("Anna Bianchi", "BIANCH", 2, 2, "050123456", "Prima fila,\nse si può"),
]


def make_evening() -> Performance:
    """Four confirmed reservations in the evening, none in the afternoon. All ids are fixed."""
    _number_others_from(1100)
    play = {"show": make_show(slug="la-locandiera"), "venue": make_venue(slug="cantina")}
    make_performance(**play, pk=1041, starts_at=EVENING - timedelta(hours=4), capacity=20)
    evening = make_performance(
        **play, pk=1042, starts_at=EVENING, capacity=20, booking_opens_at=datetime(2020, 1, 1, tzinfo=UTC)
    )
    for number, (name, reference, seats, admitted, phone, notes) in enumerate(GUESTS):
        reservation = reserve_and_confirm(evening, seats, name=name, phone=phone, notes=notes)
        Reservation.objects.filter(pk=reservation.pk).update(reference=reference)
        if admitted:
            scan = ScanRequest(scan_id=UUID(int=number), reference=reference, seats=admitted, scanned_at=EVENING)
            register_scan(performance_id=evening.pk, request=scan, doorkeeper=Doorkeeper(name="porta"))
    reserve(evening, 1, name="Piero Pending")
    return evening


def _number_others_from(house: int) -> None:
    """No performance that gets its id from the database may meet one whose id is fixed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('programme_performance', 'id'), "
            "greatest(%s, (SELECT last_value FROM programme_performance_id_seq)))",
            [house],
        )
