"""Performances in the admin: their seats at a glance, and changes that respect what is reserved."""

import threading
import time
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from azionelab.core.errors import Code, DomainError
from azionelab.programme.models import Performance
from azionelab.reservations import capacity, performances
from azionelab.reservations.models import EmailKind, OutboundEmail, Reservation
from tests.backstage import act, add_url, filled_in, let_in, list_url, manager, page_url, rows, said, sign_in, superuser
from tests.cast import let_hold_pass, make_performance, make_show, make_staff, make_venue, reserve, reserve_and_confirm

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "admin:programme_performance_changelist"
ROME = ZoneInfo("Europe/Rome")
# For what a form posts back: it knows no hour that a change of the clocks repeats, which "in three days" could be.
EVENING = {
    "starts_at": datetime(2031, 5, 10, 20, 30, tzinfo=ROME),
    "booking_opens_at": datetime(2020, 1, 10, 20, 30, tzinfo=ROME),
}


def listed(client: Client, **query: object) -> list[Performance]:
    return rows(client.get(reverse(LIST), query))


def cells(client: Client, **query: object) -> list[dict[str, str]]:
    """The table as it stands on the page: column to text, row by row."""
    page = client.get(reverse(LIST), query).content.decode()
    table = []
    for row in page.split("<tbody>")[1].split("</tbody>")[0].split("<tr")[1:]:
        parts = row.split('class="field-')[1:]
        table.append({part.split('"')[0].split(" ")[0]: _text(part) for part in parts})
    return table


def _text(part: str) -> str:
    inner = part.split(">", 1)[1].split("</t")[0]
    return inner.split(">")[1].split("<")[0] if inner.startswith("<a") else inner


def errors_after(client: Client, performance: Performance, **changes: Any) -> dict[str, list[str]]:
    """Posts the page's own form with some fields changed; what it refuses, field by field."""
    url = page_url(performance)
    answer = client.post(url, filled_in(client.get(url), **changes))
    if answer.status_code == 302:
        return {}
    return dict(answer.context["adminform"].form.errors)


def is_waiting_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock')"
        )
        return bool(cursor.fetchone()[0])


# The list -----------------------------------------------------------------------------------------------------------


def test_list_shows_how_each_performance_stands() -> None:
    start = datetime(2031, 3, 28, 20, 30, tzinfo=ROME)  # two days before summer time
    performance = make_performance(
        starts_at=start,
        capacity=12,
        manually_occupied=3,
        additional_seats=1,
        booking_opens_at=timezone.now() - timedelta(days=1),
    )
    let_in(reserve_and_confirm(performance, 4), 3)
    reserve(performance, 2)
    let_hold_pass(reserve(performance, 1))
    [row] = cells(manager())
    assert row == {
        "starts": "Ven 28/03/2031 20:30",
        "show": "La locandiera",
        "venue": "La Cantina",
        "bookable": "10",
        "confirmed": "4",
        "pending": "2",
        "left": "4",
        "admitted": "3",
        "booking": "aperta",
        "reservations": "elenco",
    }


def test_times_are_the_theatre_s_on_both_sides_of_summer_time() -> None:
    for day in (28, 31):
        make_performance(starts_at=datetime(2031, 3, day, 20, 30, tzinfo=ROME))
    assert [row["starts"] for row in cells(manager())] == ["Ven 28/03/2031 20:30", "Lun 31/03/2031 20:30"]


def test_booking_state_of_each_performance() -> None:
    now = timezone.now()
    make_performance(starts_in=timedelta(days=1), cancelled_at=now)
    make_performance(starts_in=timedelta(days=2), booking_closes_at=now)
    reserve(make_performance(starts_in=timedelta(days=3), capacity=1))
    make_performance(starts_in=timedelta(days=4))
    make_performance(starts_in=timedelta(days=60))
    states = [row["booking"] for row in cells(manager())]
    assert states == ["annullata", "chiusa", "esaurita", "aperta", "non ancora aperta"]


def test_upcoming_is_what_one_sees_first() -> None:
    yesterday = make_performance(starts_in=-timedelta(days=2))
    long_ago = make_performance(starts_in=-timedelta(days=9))
    soon, later = make_performance(starts_in=timedelta(days=2)), make_performance(starts_in=timedelta(days=9))
    client = manager()
    assert listed(client) == listed(client, when="upcoming") == [soon, later]
    assert listed(client, when="past") == [yesterday, long_ago]
    assert listed(client, when="all") == [long_ago, yesterday, soon, later]


def test_filters_by_venue_show_and_cancelled() -> None:
    one, other = make_performance(), make_performance(cancelled_at=timezone.now())
    client = manager()
    assert listed(client, venue__id__exact=one.venue_id) == [one]
    assert listed(client, show__id__exact=other.show_id) == [other]
    assert (listed(client, cancelled="yes"), listed(client, cancelled="no")) == ([other], [one])


def test_search_and_date_hierarchy() -> None:
    one = make_performance(starts_at=datetime(2031, 5, 3, 21, tzinfo=ROME))
    other = make_performance(starts_at=datetime(2031, 6, 3, 21, tzinfo=ROME), show=make_show(title_it="Sei personaggi"))
    client = manager()
    assert (listed(client, q="personaggi"), listed(client, starts_at__month=5)) == ([other], [one])


def test_list_takes_the_same_number_of_statements_for_1_and_30() -> None:
    client = manager()

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(LIST)).status_code == 200
        return len(captured)

    let_in(reserve_and_confirm(make_performance()))
    few = statements()
    for number in range(29):
        performance = make_performance(starts_in=timedelta(days=3, minutes=number))
        reserve(performance)
        let_in(reserve_and_confirm(performance))
    assert (len(listed(client)), statements()) == (30, few)
    assert few <= 15


# Adding -------------------------------------------------------------------------------------------------------------


def test_add_fills_in_capacity_and_times() -> None:
    client, show, venue = manager(), make_show(), make_venue(capacity=64)
    start = datetime(2031, 4, 12, 20, 30, tzinfo=ROME)
    data = filled_in(client.get(add_url(Performance)), show=show.pk, venue=venue.pk, starts_at=start)
    client.post(add_url(Performance), data)
    performance = Performance.objects.get()
    assert (performance.capacity, performance.starts_at, performance.cancelled_at) == (64, start, None)
    assert performance.doors_open_at == datetime(2031, 4, 12, 20, 0, tzinfo=ROME)
    assert performance.booking_opens_at == datetime(2031, 3, 13, 20, 30, tzinfo=ROME)  # still winter time
    assert performance.booking_closes_at == start


def test_add_keeps_what_is_given() -> None:
    client, show, venue = manager(), make_show(), make_venue(capacity=64)
    start = datetime(2031, 4, 12, 20, 30, tzinfo=ROME)
    given = {
        "doors_open_at": start - timedelta(hours=1),
        "booking_opens_at": start - timedelta(days=3),
        "booking_closes_at": start - timedelta(hours=2),
        "capacity": 20,
    }
    data = filled_in(client.get(add_url(Performance)), show=show.pk, venue=venue.pk, starts_at=start, **given)
    client.post(add_url(Performance), data)
    assert Performance.objects.values(*given).get() == given


def test_add_refuses_what_the_database_would() -> None:
    client, existing = manager(), make_performance(**EVENING)
    start = existing.starts_at.replace(microsecond=0)
    Performance.objects.update(starts_at=start, doors_open_at=start, booking_closes_at=start)
    blank = client.get(add_url(Performance))
    same = {"show": existing.show_id, "venue": existing.venue_id, "starts_at": start}
    wrong = [
        same,
        same | {"starts_at": start + timedelta(days=1), "doors_open_at": start + timedelta(days=2)},
        same | {"starts_at": start + timedelta(days=1), "booking_closes_at": start + timedelta(days=2)},
        same | {"starts_at": start + timedelta(days=1), "booking_opens_at": start + timedelta(days=2)},
        same | {"starts_at": start + timedelta(days=1), "capacity": 5, "manually_occupied": 6},
    ]
    told = [
        client.post(add_url(Performance), filled_in(blank, **data)).context["adminform"].form.errors["__all__"][0]
        for data in wrong
    ]
    assert told == [
        "Questo spettacolo ha già una replica in questa sala a quest’ora.",
        "Le porte devono aprire prima dell’inizio della replica.",
        "Le prenotazioni devono chiudere prima dell’inizio della replica.",
        "Le prenotazioni devono aprire prima di chiudere.",
        "Non puoi bloccare più posti di quanti ce ne siano.",
    ]
    assert Performance.objects.count() == 1


def test_add_with_nothing_says_what_is_needed() -> None:
    client = manager()
    answer = client.post(add_url(Performance), filled_in(client.get(add_url(Performance))))
    assert sorted(answer.context["adminform"].form.errors) == ["show", "starts_at", "venue"]


# Changing -----------------------------------------------------------------------------------------------------------


def test_capacity_below_what_is_reserved_says_by_how_much() -> None:
    performance = make_performance(**EVENING, capacity=10)
    reserve_and_confirm(performance, 4)
    reserve(performance, 3)
    told = errors_after(manager(), performance, capacity=5)
    assert told == {"capacity": ["I posti sarebbero 5, ma ne sono già prenotati 7: ne mancano 2."]}
    performance.refresh_from_db()
    assert performance.capacity == 10


def test_capacity_of_exactly_what_is_reserved_is_taken() -> None:
    performance = make_performance(**EVENING, capacity=10)
    reserve(performance, 6)
    assert errors_after(manager(), performance, capacity=6) == {}
    performance.refresh_from_db()
    assert performance.capacity == 6


def test_occupying_too_many_seats_is_told_beside_that_field() -> None:
    performance = make_performance(**EVENING, capacity=10)
    reserve(performance, 6)
    told = errors_after(manager("en"), performance, manually_occupied=5)
    assert told == {"manually_occupied": ["This would leave 5 seats, but 6 are already reserved: 1 too few."]}


def test_lapsed_and_cancelled_reservations_do_not_hold_the_capacity() -> None:
    performance = make_performance(**EVENING, capacity=10)
    let_hold_pass(reserve(performance, 6))
    assert errors_after(manager(), performance, capacity=1) == {}


def test_capacity_left_empty_is_again_the_venue_s() -> None:
    performance = make_performance(**EVENING, capacity=10, venue=make_venue(capacity=25))
    assert errors_after(manager(), performance, capacity="") == {}
    performance.refresh_from_db()
    assert performance.capacity == 25


def test_reservation_made_while_the_form_is_open_is_respected() -> None:
    performance, client = make_performance(**EVENING, capacity=10), manager()
    form = client.get(page_url(performance))
    reserve(performance, 6)
    answer = client.post(page_url(performance), filled_in(form, capacity=5))
    assert answer.context["adminform"].form.errors == {
        "capacity": ["I posti sarebbero 5, ma ne sono già prenotati 6: ne manca 1."]
    }


def test_reservation_made_while_the_form_is_saved_waits_and_finds_the_new_capacity(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between the form's check and the write a guest reserves on another connection: the lock makes them wait."""
    performance, client = make_performance(**EVENING, capacity=6), manager()
    outcome: list[object] = []

    def reserve_six() -> None:
        try:
            outcome.append(reserve(performance, 6))
        except DomainError as error:
            outcome.append((error.code, error.extra))
        finally:
            connections.close_all()

    guest, write = threading.Thread(target=reserve_six), performances.update_performance

    def write_late(**arguments: Any) -> Performance:
        guest.start()
        give_up = time.monotonic() + 1.5
        while guest.is_alive() and not is_waiting_for_a_lock() and time.monotonic() < give_up:
            time.sleep(0.02)
        return write(**arguments)

    monkeypatch.setattr(performances, "update_performance", write_late)
    assert errors_after(client, performance, capacity=5) == {}
    guest.join()

    assert outcome == [(Code.CAPACITY_EXCEEDED, {"seats_left": 5})]
    performance.refresh_from_db()
    assert (performance.capacity, capacity.tally(performance.pk).taken) == (5, 0)


def test_form_says_to_try_again_while_another_holds_the_lock() -> None:
    performance, client = make_performance(**EVENING), manager()
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        from django.db import transaction

        with transaction.atomic():
            capacity.lock_performance(performance.pk)
            held.set()
            done.wait(20)
        connections.close_all()

    other = threading.Thread(target=hold)
    other.start()
    held.wait(5)
    told = errors_after(client, performance, capacity=9)
    done.set()
    other.join()
    assert told == {"__all__": ["In questo momento stanno prenotando in molti: salva di nuovo fra un attimo."]}


def test_save_writes_what_was_changed_only() -> None:
    """Two managers with the same page open: the second saves a note and leaves the first one's seats alone."""
    performance, client = make_performance(**EVENING, capacity=10), manager()
    form = client.get(page_url(performance))
    Performance.objects.update(max_seats_per_reservation=2)
    with CaptureQueriesContext(connection) as captured:
        client.post(page_url(performance), filled_in(form, note_it="Senza intervallo", max_seats_per_reservation=2))
    [written] = [query["sql"] for query in captured if query["sql"].startswith('UPDATE "programme_performance"')]
    assert written.split(" WHERE ")[0].endswith("SET \"note_it\" = 'Senza intervallo'")


def test_cancel_and_restore_by_the_checkbox() -> None:
    performance, client = make_performance(**EVENING), manager()
    reserve(performance, 2)
    on_the_phone = reserve_and_confirm(performance)
    Reservation.objects.filter(pk=on_the_phone.pk).update(email="")
    url = page_url(performance)
    page = client.get(url)
    assert "1 persona viene avvisata per e-mail" in page.content.decode()
    told = said(client.post(url, filled_in(page, cancelled=True), follow=True))
    assert told[:2] == [
        ("info", "1 persona viene avvisata per e-mail: il messaggio è in coda."),
        ("warning", "1 prenotazione: chi l’ha fatta non è stato avvisato del cambiamento per e-mail."),
    ]
    assert OutboundEmail.objects.filter(kind=EmailKind.PERFORMANCE_CANCELLED).count() == 1
    performance.refresh_from_db()
    assert performance.cancelled_at is not None
    cancelled_at = performance.cancelled_at

    client.post(url, filled_in(client.get(url), note_it="Annullata"))
    performance.refresh_from_db()
    assert performance.cancelled_at == cancelled_at

    client.post(url, filled_in(client.get(url), cancelled=False))
    performance.refresh_from_db()
    assert performance.cancelled_at is None


def test_performance_with_people_inside_is_not_moved() -> None:
    performance, client = make_performance(**EVENING), manager()
    let_in(reserve_and_confirm(performance, 3), 2)
    told = errors_after(client, performance, starts_at=performance.starts_at + timedelta(days=1))
    assert told == {"starts_at": ["Qualcuno è già entrato: la replica non si può spostare."]}


def test_moving_a_performance_without_guests_warns_of_nobody() -> None:
    performance, client = make_performance(**EVENING), manager()
    url = page_url(performance)
    later = performance.starts_at + timedelta(days=1)
    told = said(client.post(url, filled_in(client.get(url), starts_at=later), follow=True))
    assert [level for level, _words in told] == ["success"]


def test_page_shows_the_seats_at_a_glance() -> None:
    performance = make_performance(capacity=10)
    let_in(reserve_and_confirm(performance, 3), 2)
    reserve(performance, 1)
    page = manager().get(page_url(performance)).content.decode()
    glance = [page.split(f"fieldBox field-{name}")[1].split('"readonly">')[1].split("<")[0] for name in GLANCE]
    assert glance == ["3", "1", "6", "2"]


GLANCE = ("confirmed", "pending", "left", "admitted")


# Who may ------------------------------------------------------------------------------------------------------------


def test_door_staff_may_look_and_nothing_else() -> None:
    performance = make_performance()
    reserve_and_confirm(performance)
    client = sign_in(make_staff())
    [row] = cells(client)
    assert "reservations" not in row
    page = client.get(page_url(performance))
    assert [name for name in ("cancelled", "capacity", "_save") if f'name="{name}"' in page.content.decode()] == []
    assert "Anna Bianchi" not in page.content.decode()
    answers = [
        client.get(add_url(Performance)),
        client.post(page_url(performance), {"capacity": 1}),
        client.post(page_url(performance, "delete"), {"post": "yes"}),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]


def test_performance_with_reservations_is_not_deleted() -> None:
    performance = make_performance()
    reserve(performance)
    for client in (manager(), superuser()):
        client.post(page_url(performance, "delete"), {"post": "yes"})
        act(client, "delete_selected", performance, post="yes")
        assert Performance.objects.filter(pk=performance.pk).exists()
    assert list_url(Performance).startswith("/admin/programme/")
