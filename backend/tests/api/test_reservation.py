import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import yaml
from django.db import connections, transaction
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.test import APIClient
from structlog.testing import capture_logs

from azionelab.programme.models import Performance
from azionelab.reservations import services
from azionelab.reservations.models import Reservation
from tests.cast import age_emails, give_token, make_performance, reserve, reserve_and_confirm, reserve_body
from tests.concurrency.runner import run_at_once
from tests.postbox import Postbox

pytestmark = pytest.mark.django_db(transaction=True)


def post(performance: Performance, body: object, key: str | None = "new", **extra: object) -> HttpResponse:
    headers = {} if key is None else {"Idempotency-Key": str(uuid4()) if key == "new" else key}
    url = f"/api/v1/performances/{performance.pk}/reservations/"
    return APIClient().post(url, body, format="json", headers=headers, **extra)


def field_codes(answer: HttpResponse) -> dict[str, str]:
    assert answer.status_code == 400, answer.content
    return {error["field"]: error["code"] for error in answer.json()["errors"]}


def link(reservation: Reservation) -> dict[str, str]:
    return {"Authorization": f"Reservation {give_token(reservation).reservation_token}"}


def test_reserve_answers_with_reference_and_hold(tonight: Performance, postbox: Postbox) -> None:
    answer = post(tonight, reserve_body())
    reservation = Reservation.objects.get()
    assert answer.status_code == 201
    assert answer.json() | {"hold_expires_at": None} == {
        "reference": reservation.reference,
        "status": "pending",
        "seats": 2,
        "hold_expires_at": None,
        "email": {"state": "sent"},
    }
    assert postbox.token() not in answer.content.decode()


def test_reserve_with_a_dead_mail_server_says_so(tonight: Performance) -> None:
    assert post(tonight, reserve_body()).json()["email"] == {"state": "queued"}


def test_every_wrong_field_is_named_at_once(tonight: Performance) -> None:
    body = reserve_body(name="\u202eanna", email="a@b", phone="abc", seats=0, notes="x" * 600, language="de")
    assert field_codes(post(tonight, body | {"privacy_accepted": False})) == {
        "name": "forbidden_characters",
        "email": "invalid",
        "phone": "invalid",
        "seats": "min_value",
        "notes": "too_long",
        "language": "invalid",
        "privacy_accepted": "not_accepted",
    }
    assert set(field_codes(post(tonight, {})).values()) == {"required"}


@pytest.mark.parametrize("body", [[], "text", 7, None, {"name": ["Anna"]}, reserve_body(seats="two")])
def test_body_of_another_shape_is_refused(tonight: Performance, body: object) -> None:
    assert post(tonight, body).status_code == 400


@pytest.mark.parametrize("empty", ["", "  "])
def test_name_and_address_cannot_be_left_empty(tonight: Performance, empty: str) -> None:
    assert field_codes(post(tonight, reserve_body(name=empty, email=empty))) == {"name": "blank", "email": "blank"}
    assert not Reservation.objects.exists()


@pytest.mark.parametrize("field", ["name", "email", "phone", "notes"])
def test_contract_tells_how_much_a_guest_may_write(tonight: Performance, field: str) -> None:
    """What counts is what is left once the spaces around it are gone."""
    contract = yaml.safe_load((Path(__file__).parents[3] / "contracts" / "openapi.yaml").read_text())
    longest = contract["components"]["schemas"]["ReserveRequest"]["properties"][field]["maxLength"]
    for length, is_refused in ((longest, False), (longest + 1, True)):
        # One seat too few, so that nothing is reserved and the fields are named.
        codes = field_codes(post(tonight, reserve_body(**{field: f"  {'1' * length}  "}, seats=0)))
        assert (codes.get(field) == "too_long") == is_refused


@pytest.mark.parametrize(("key", "code"), [(None, "required"), ("not-a-uuid", "invalid")])
def test_idempotency_key_is_required(tonight: Performance, key: str | None, code: str) -> None:
    assert field_codes(post(tonight, reserve_body(), key)) == {"Idempotency-Key": code}


def test_what_a_guest_may_not_say_is_not_heard(tonight: Performance, postbox: Postbox) -> None:
    said = {
        "id": 7,
        "status": "confirmed",
        "reference": "AAAAAA",
        "hold_expires_at": "2099-01-01T00:00:00Z",
        "confirmed_at": "2026-01-01T00:00:00Z",
        "slot": 77,
        "performance": 77,
        "performance_id": 77,
        "is_erased": True,
    }
    assert post(tonight, reserve_body(**said)).status_code == 201
    reservation = Reservation.objects.get()
    assert (reservation.status, reservation.confirmed_at, reservation.performance) == ("pending", None, tonight)
    assert (reservation.reference == "AAAAAA", reservation.slot == 77) == (False, False)
    assert reservation.hold_expires_at < timezone.now() + timedelta(hours=2)

    changed = APIClient().patch(
        "/api/v1/reservation/", {"seats": 3, "name": "Bruno", **said}, format="json", headers=link(reservation)
    )
    assert changed.status_code == 200
    before = Reservation.objects.filter(pk=reservation.pk).values().get()
    assert (before["seats"], before["name"], before["status"]) == (3, "Anna Bianchi", "pending")
    assert before["reference"] == reservation.reference


def test_idempotency_key_used_again_later_tells_what_became_of_it(tonight: Performance, postbox: Postbox) -> None:
    key = str(uuid4())
    post(tonight, reserve_body(), key)
    services.cancel(reservation_id=Reservation.objects.get().pk)
    assert post(tonight, reserve_body(), key).json()["status"] == "cancelled"


def test_idempotency_key_used_again(tonight: Performance, postbox: Postbox) -> None:
    key = str(uuid4())
    first, again = (post(tonight, reserve_body(), key) for _ in range(2))
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    other = post(tonight, reserve_body(seats=3), key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert (Reservation.objects.count(), len(postbox.mails)) == (1, 1)


def test_more_than_is_left_says_how_many_are(tonight: Performance) -> None:
    for seats in (6, 2):
        reserve(tonight, seats)
    answer = post(tonight, reserve_body(seats=4))
    assert (answer.status_code, answer.json()["code"], answer.json()["seats_left"]) == (409, "capacity_exceeded", 2)
    assert answer["Content-Type"] == "application/problem+json"


def test_unknown_performance_is_not_found() -> None:
    assert post(Performance(pk=999), reserve_body()).json()["code"] == "not_found"


@pytest.fixture
def lock_elsewhere(tonight: Performance) -> Iterator[None]:
    with locked_elsewhere():
        yield


@contextmanager
def locked_elsewhere() -> Iterator[None]:
    """Another connection sits on the Performance's row."""
    connection = connections.create_connection("default")
    try:
        connection.set_autocommit(False)
        connection.cursor().execute("SELECT 1 FROM programme_performance FOR NO KEY UPDATE")
        yield
    finally:
        connection.rollback()
        connection.close()


def test_lock_that_takes_too_long_is_busy(tonight: Performance, lock_elsewhere: None) -> None:
    answer = post(tonight, reserve_body())
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "busy", "2")


def test_idempotency_key_used_again_is_answered_however_busy_it_is(tonight: Performance) -> None:
    """Whoever lost the first answer asks again on the very evening on which everybody asks."""
    key = str(uuid4())
    first = post(tonight, reserve_body(), key)
    with locked_elsewhere():
        again = post(tonight, reserve_body(), key)
    assert (again.status_code, again.json()) == (first.status_code, first.json())


@pytest.fixture
def full_disk(tonight: Performance) -> Iterator[None]:
    """What PostgreSQL says where a table cannot grow any more."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full', MESSAGE = 'No space left on device'; END $$"
        )
        cursor.execute("CREATE TRIGGER refuse BEFORE INSERT ON reservations_reservation EXECUTE FUNCTION refuse()")
        yield
        cursor.execute("DROP FUNCTION refuse CASCADE")


def test_database_without_room_is_busy_and_the_log_says_why(tonight: Performance, full_disk: None) -> None:
    with capture_logs() as logged:
        answer = post(tonight, reserve_body())
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "busy", "2")
    assert [line["sqlstate"] for line in logged if line["event"] == "database_busy"] == ["53100"]


def test_foreign_key_inserts_do_not_wait_for_the_lock(tonight: Performance) -> None:
    """FOR NO KEY UPDATE, not FOR UPDATE: a scan at the door is written while somebody reserves."""
    with transaction.atomic():
        Performance.objects.select_for_update(no_key=True).get(pk=tonight.pk)
        results = run_at_once([lambda: Reservation.objects.bulk_create([_row(tonight)])])
    assert not isinstance(results[0], Exception), results


def _row(performance: Performance) -> Reservation:
    now = performance.starts_at
    return Reservation(
        performance=performance,
        slot=0,
        reference="ABCDEF",
        seats=1,
        name="x",
        email="x@example.org",
        language="it",
        privacy_accepted_at=now,
        created_at=now,
        hold_expires_at=now,
        request_digest=b"",
    )


# One's own reservation


def test_token_opens_the_page_and_nothing_else_does(tonight: Performance) -> None:
    reservation = reserve(tonight)
    pair = give_token(reservation)
    client = APIClient()

    def code(value: str | None) -> str | None:
        headers = {"Authorization": value} if value else {}
        return client.get("/api/v1/reservation/", headers=headers).json().get("code")

    assert code(f"Reservation {pair.reservation_token}") is None
    assert code(f"reservation {pair.reservation_token.lower()}") is None
    for wrong in (None, "Reservation", pair.reservation_token, f"Bearer {pair.reservation_token}"):
        assert code(wrong) == "token_invalid"
    assert code(f"Reservation {pair.ticket_token}") == "token_invalid"
    assert code("Reservation " + "A" * 26) == "token_invalid"
    reservation.tokens.update(revoked_at="2020-01-01T00:00Z")
    assert code(f"Reservation {pair.reservation_token}") == "token_invalid"


def test_page_is_not_stored_on_the_way(tonight: Performance) -> None:
    answer = APIClient().get("/api/v1/reservation/", headers=link(reserve(tonight)))
    assert answer["Cache-Control"] == "no-store"
    assert "ETag" not in answer


def test_guest_changes_seats_and_cancels(tonight: Performance, postbox: Postbox) -> None:
    client, headers = APIClient(), link(reserve_and_confirm(tonight, 2))
    changed = client.patch("/api/v1/reservation/", {"seats": 3}, format="json", headers=headers)
    assert (changed.status_code, changed.json()["seats"]) == (200, 3)
    cancelled = client.post("/api/v1/reservation/cancel/", headers=headers).json()
    assert cancelled["status"] == "cancelled"
    assert set(cancelled["actions"].values()) == {False}
    assert cancelled["performance"]["seats"]["left"] == tonight.capacity


def test_ticket_is_drawn_only_when_confirmed(tonight: Performance) -> None:
    pending, confirmed = link(reserve(tonight)), link(reserve_and_confirm(tonight))
    client = APIClient()
    for path, kind in (
        ("ticket.svg", "image/svg+xml; charset=utf-8"),
        ("ticket.png", "image/png"),
        ("calendar.ics", "text/calendar; charset=utf-8"),
    ):
        refused = client.get(f"/api/v1/reservation/{path}", headers=pending)
        assert (refused.status_code, refused.json()["code"]) == (409, "reservation_not_confirmed")
        drawn = client.get(f"/api/v1/reservation/{path}", headers=confirmed)
        assert (drawn.status_code, drawn["Content-Type"], drawn["Cache-Control"]) == (200, kind, "no-store")
        # The generated client asks for this one kind only, and reads a refusal all the same.
        strict = {"Accept": kind.partition(";")[0]}
        assert client.get(f"/api/v1/reservation/{path}", headers=confirmed | strict).status_code == 200
        refused = client.get(f"/api/v1/reservation/{path}", headers=pending | strict)
        assert (refused.status_code, refused.json()["code"]) == (409, "reservation_not_confirmed")


def test_calendar_has_the_reference_for_a_name(tonight: Performance) -> None:
    """A name of our own making: six letters, whatever show and guest are called."""
    tonight.show.title_it = 'Uno"; filename="x.exe'
    tonight.show.save()
    reservation = reserve_and_confirm(tonight, name="Anna “..” Bianchi")
    answer = APIClient().get("/api/v1/reservation/calendar.ics", headers=link(reservation))
    assert answer["Content-Disposition"] == f'attachment; filename="{reservation.reference}.ics"'
    assert re.fullmatch("[A-Z0-9]{6}", reservation.reference)


def test_resend_too_soon_says_when(tonight: Performance, postbox: Postbox) -> None:
    answer = APIClient().post("/api/v1/reservation/resend/", headers=link(reserve(tonight)))
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 61


def test_find_my_reservation_answers_the_same_whatever_there_is(tonight: Performance, postbox: Postbox) -> None:
    reserve(tonight, email="anna@example.org")
    age_emails(timedelta(minutes=5))
    answers = [
        APIClient().post("/api/v1/reservations/resend/", {"email": email}, format="json")
        for email in ("ANNA@example.org", "nobody@example.org")
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {(202, b"{}")}
    assert [mail["To"] for mail in postbox.mails] == ["anna@example.org"] * 2


def test_find_my_reservation_begins_its_work_after_the_answer(tonight: Performance) -> None:
    """The answer can be read in full before anything was looked up: its time says nothing."""
    from rest_framework.test import APIRequestFactory

    from azionelab.reservations.api import ResendAllView

    done: list[str] = []
    response = ResendAllView.as_view()(APIRequestFactory().post("/", {"email": "anna@example.org"}, format="json"))
    response.afterwards = lambda: done.append("work")
    assert (response.status_code, response.content, done) == (202, b"{}", [])
    response.close()
    assert done == ["work"]


def test_tokens_in_a_url_are_of_no_use(tonight: Performance) -> None:
    token = give_token(reserve(tonight)).reservation_token
    assert APIClient().get(f"/api/v1/reservation/?token={token}").status_code == 404


def test_sold_out_performance_is_still_shown(tonight: Performance) -> None:
    full = make_performance(capacity=2)
    reserve_and_confirm(full, 2)
    assert APIClient().get(f"/api/v1/performances/{full.pk}/").json()["booking"]["state"] == "sold_out"
