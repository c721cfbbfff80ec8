"""`export_guests PERFORMANCE`."""

import json
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from azionelab.checkin.selectors import guests_by_surname
from azionelab.programme.models import Performance
from azionelab.reservations import services
from azionelab.reservations.models import Reservation, Status
from tests.cast import guest, make_performance, reserve, reserve_and_confirm

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def performance() -> Performance:
    return make_performance(capacity=50)


def export(name: object) -> list[dict[str, object]]:
    out = StringIO()
    call_command("export_guests", str(name), stdout=out)
    return [json.loads(line) for line in out.getvalue().split("\n")[:-1]]


def test_lists_confirmed_reservations_only(performance: Performance) -> None:
    kept = reserve_and_confirm(performance, 2, name="Anna Bianchi")
    reserve(performance, 1, name="Bruno Pending")
    services.cancel(reservation_id=reserve_and_confirm(performance, 1, name="Chiara Gone").pk)
    reserve_and_confirm(make_performance(), 1, name="Dario Elsewhere")
    *records, summary = export(performance.pk)
    assert [record["reference"] for record in records] == [kept.reference]
    assert (summary["reservations"], summary["seats"], summary["admitted"]) == (1, 2, 0)


def test_record_holds_what_the_list_needs_and_no_more(performance: Performance) -> None:
    reserve_and_confirm(performance, 2, name="Anna Bianchi", phone="+39333123456", notes="carrozzina")
    record = export(performance.pk)[0]
    names = {"name", "surname", "given_name"}
    assert set(record) == {"v", "type", "reference", "seats", "admitted", "phone", "notes"} | names
    assert (record["surname"], record["given_name"]) == ("Bianchi", "Anna")


def test_tells_of_a_cancelled_performance(performance: Performance) -> None:
    reserve_and_confirm(performance, 2)
    Performance.objects.update(cancelled_at=timezone.now())
    *records, summary = export(performance.pk)
    assert (len(records), summary["performance"]["cancelled"]) == (1, True)


@pytest.mark.parametrize("name", ["0", "locandiera", "amleto@2041-12-05"])
def test_unknown_performance_is_an_error_line(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("export_guests", name)
    assert ended.value.code == 2
    assert json.loads(capsys.readouterr().out)["type"] == "error"


@pytest.mark.parametrize("count", [1, 30])
def test_list_takes_two_statements(performance: Performance, django_assert_num_queries: object, count: int) -> None:
    fill(performance, count)
    with django_assert_num_queries(2):
        assert len(guests_by_surname(performance.pk)) == count


def fill(performance: Performance, count: int) -> None:
    """Rows straight into the table: booking that many one by one is not what is tested here."""
    now, details = timezone.now(), guest()
    Reservation.objects.bulk_create(
        Reservation(
            performance=performance,
            slot=number,
            reference=f"{number:06}",
            status=Status.CONFIRMED,
            seats=1,
            name=f"Anna Bianchi{number % 97}",
            email=details.email,
            language="it",
            privacy_accepted_at=now,
            created_at=now,
            hold_expires_at=now,
            confirmed_at=now,
            idempotency_key=uuid4(),
            request_digest=b"",
        )
        for number in range(count)
    )
