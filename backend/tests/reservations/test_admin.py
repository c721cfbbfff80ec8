"""Reservations in the admin: found, read, and changed by actions that go through the services."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from azionelab.core.errors import MEANINGS, Code, DomainError
from azionelab.programme.models import Performance
from azionelab.reservations.admin import reason
from azionelab.reservations.models import EmailState, OutboundEmail, Reservation, Status
from tests.backstage import act, add_url, let_in, list_url, manager, page_url, rows, said, sign_in, superuser
from tests.cast import age_emails, let_hold_pass, make_performance, make_staff, reserve, reserve_and_confirm
from tests.postbox import Postbox

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "admin:reservations_reservation_changelist"


def listed(client: Client, **query: object) -> list[Reservation]:
    return sorted(rows(client.get(reverse(LIST), query)), key=lambda row: row.pk)


def column(client: Client, name: str) -> list[str]:
    """The texts of one column, top to bottom."""
    page = client.get(reverse(LIST)).content.decode()
    return [cell.split(">", 1)[1].split("<")[0] for cell in page.split(f'<td class="field-{name}"')[1:]]


@pytest.fixture
def four(postbox: Postbox) -> list[Reservation]:
    """One reservation of each status, in the order of Status."""
    performance = make_performance(capacity=40)
    made = [reserve(performance), reserve_and_confirm(performance), reserve(performance), reserve(performance)]
    Reservation.objects.filter(pk=made[2].pk).update(status=Status.CANCELLED, cancelled_at=timezone.now())
    let_hold_pass(made[3])
    return made


# Finding and reading ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["anna bianchi", "ANNA@EXAMPLE", "reference"])
def test_search_finds_name_email_and_reference(postbox: Postbox, query: str) -> None:
    performance = make_performance()
    anna = reserve(performance, name="Anna Bianchi", email="anna@example.org")
    reserve(performance, name="Bruno Neri", email="bruno@example.org")
    wanted = anna.reference.lower() if query == "reference" else query
    assert listed(manager(), q=wanted) == [anna]


def test_status_filter_takes_a_lapsed_hold_for_expired(four: list[Reservation]) -> None:
    client = manager()
    assert [listed(client, status=status) for status in Status.values] == [[row] for row in four]
    assert four[3].status == Status.PENDING


def test_columns_show_the_status_of_now(four: list[Reservation]) -> None:
    let_in(four[1])
    client = manager()
    assert column(client, "shown_status") == ["scaduta", "annullata", "confermata", "da confermare"]
    assert column(client, "admitted") == ["0", "0", "1", "0"]
    assert column(client, "shown_email_state") == ["inviata"] * 4


def test_performance_filters(postbox: Postbox) -> None:
    first, second = make_performance(), make_performance()
    past = make_performance(starts_in=timedelta(days=1))
    made = [reserve(performance) for performance in (first, second, past)]
    long_ago = timezone.now() - timedelta(days=9)
    Performance.objects.filter(pk=past.pk).update(
        starts_at=long_ago, doors_open_at=long_ago, booking_closes_at=long_ago
    )
    client = manager()
    assert listed(client) == made
    assert listed(client, when="upcoming") == made[:2]
    assert listed(client, when="past") == made[2:]
    assert [listed(client, performance=row.pk) for row in (first, second, past)] == [[row] for row in made]
    assert listed(client, performance="no-number") == made


def test_page_shows_the_guest_and_has_nothing_to_type(four: list[Reservation]) -> None:
    page = manager().get(page_url(four[1]))
    html = page.content.decode()
    assert all(word in html for word in (four[1].reference, "Anna Bianchi", four[1].email, "confermata"))
    assert list(page.context["adminform"].form.fields) == []
    assert 'name="_save"' not in html


def test_nobody_adds_changes_or_deletes_a_reservation(four: list[Reservation]) -> None:
    row = four[0]
    for client in (manager(), superuser()):
        before = list(Reservation.objects.order_by("pk").values())
        answers = [
            client.get(add_url(Reservation)),
            client.post(add_url(Reservation), {"name": "Zeno"}),
            client.post(page_url(row), {"name": "Zeno", "seats": 9}),
            client.post(page_url(row, "delete"), {"post": "yes"}),
        ]
        assert [answer.status_code for answer in answers] == [403, 403, 403, 403]
        act(client, "delete_selected", row, post="yes")
        assert list(Reservation.objects.order_by("pk").values()) == before


def test_emails_are_read_only(four: list[Reservation]) -> None:
    email = OutboundEmail.objects.first()
    for client in (manager(), superuser()):
        assert client.get(page_url(email)).status_code == 200
        answers = [
            client.get(add_url(OutboundEmail)),
            client.post(page_url(email), {"state": EmailState.FAILED}),
            client.post(page_url(email, "delete"), {"post": "yes"}),
        ]
        assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert OutboundEmail.objects.get(pk=email.pk).state == EmailState.SENT


def test_list_takes_the_same_number_of_statements_for_1_and_30(postbox: Postbox) -> None:
    client = manager()

    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            page = client.get(reverse(LIST))
        assert page.status_code == 200
        return len(captured)

    let_in(reserve_and_confirm(make_performance()))
    few = statements()
    for _number in range(29):
        let_in(reserve_and_confirm(make_performance()))
    assert (len(listed(client)), statements()) == (30, few)
    assert few <= 10


def test_door_staff_see_no_reservation_and_no_email(four: list[Reservation]) -> None:
    client = sign_in(make_staff())
    urls = [list_url(Reservation), page_url(four[0]), list_url(OutboundEmail), page_url(OutboundEmail.objects.first())]
    assert [client.get(url).status_code for url in urls] == [403] * 4
    assert client.post(list_url(Reservation), {"action": "cancel", "_selected_action": four[1].pk}).status_code == 403


def test_reader_without_change_permission_has_no_actions(four: list[Reservation]) -> None:
    from django.contrib.auth.models import Permission

    reader = make_staff()
    reader.user_permissions.add(Permission.objects.get(codename="view_reservation"))
    client = sign_in(reader)
    assert client.get(reverse(LIST)).status_code == 200
    act(client, "confirm", four[0])
    four[0].refresh_from_db()
    assert four[0].status == Status.PENDING


# Actions ------------------------------------------------------------------------------------------------------------


def test_confirm_tells_each_failure_and_the_number_of_successes(four: list[Reservation], postbox: Postbox) -> None:
    pending, confirmed, cancelled, expired = four
    full = reserve(make_performance(capacity=1))
    let_hold_pass(full)
    reserve(full.performance)
    sent = len(postbox.mails)

    told = said(act(manager(), "confirm", *four, full))

    assert told == [
        ("info", f"{confirmed.reference}: niente da fare, è già confermata."),
        ("error", f"{cancelled.reference}: la prenotazione è annullata."),
        ("error", f"{full.reference}: non ci sono abbastanza posti liberi (ne restano 0)."),
        ("success", "2 prenotazioni confermate."),
    ]
    now = Reservation.objects.in_bulk([row.pk for row in (*four, full)])
    assert [now[row.pk].status for row in (*four, full)] == [
        "confirmed",
        "confirmed",
        "cancelled",
        "confirmed",
        "expired",
    ]
    assert len(postbox.mails) == sent + 2


def test_confirm_says_why_of_the_performance(postbox: Postbox) -> None:
    closed, cancelled = (reserve(make_performance()) for _number in range(2))
    now = timezone.now()
    Performance.objects.filter(pk=closed.performance_id).update(booking_closes_at=now)
    Performance.objects.filter(pk=cancelled.performance_id).update(cancelled_at=now)
    told = said(act(manager("en"), "confirm", closed, cancelled))
    assert told == [
        ("error", f"{closed.reference}: booking for the performance is closed."),
        ("error", f"{cancelled.reference}: the performance is cancelled."),
    ]


def test_confirm_with_a_dead_mail_server_says_so(settings: object) -> None:
    settings.EMAIL_PORT = 9
    pending = reserve(make_performance())
    told = said(act(manager(), "confirm", pending))
    assert told == [
        ("warning", f"{pending.reference}: l’e-mail non è ancora partita e resta in coda."),
        ("success", "1 prenotazione confermata."),
    ]


def test_resend_to_a_refused_address_says_so(postbox: Postbox) -> None:
    confirmed = reserve_and_confirm(make_performance())
    age_emails(timedelta(minutes=2))
    postbox.answer_rcpt = "550 no such user"
    [(level, words), _summary] = said(act(manager(), "resend", confirmed))
    assert (level, words.split(";")[0]) == (
        "warning",
        f"{confirmed.reference}: il server di posta rifiuta l’indirizzo di chi ha prenotato",
    )


def test_resend_sends_to_live_reservations_only(four: list[Reservation], postbox: Postbox) -> None:
    pending, confirmed, cancelled, expired = four
    age_emails(timedelta(minutes=2))
    just_now = reserve(make_performance())
    sent = len(postbox.mails)

    told = said(act(manager(), "resend", *four, just_now))

    assert told[:2] == [
        ("error", f"{cancelled.reference}: la prenotazione è annullata."),
        (
            "error",
            f"{expired.reference}: non è stata confermata in tempo e i suoi posti sono di nuovo liberi.",
        ),
    ]
    assert told[2][1].startswith(f"{just_now.reference}: l’e-mail è partita un attimo fa; riprova fra ")
    assert told[3:] == [("success", "E-mail preparate di nuovo per 2 prenotazioni.")]
    assert {mail["To"] for mail in postbox.mails[sent:]} == {pending.email, confirmed.email}


def test_cancel_asks_first_and_changes_nothing_yet(four: list[Reservation]) -> None:
    page = act(manager(), "cancel", four[0], four[1])
    assert "Annullare queste prenotazioni?" in page.content.decode()
    assert all(row.reference in page.content.decode() for row in four[:2])
    assert Reservation.objects.filter(status=Status.CANCELLED).count() == 1


def test_cancel_frees_the_seats_and_says_who_is_told(four: list[Reservation]) -> None:
    pending, confirmed, cancelled, _expired = four
    told = said(act(manager(), "cancel", pending, confirmed, cancelled, post="yes"))
    assert told == [
        ("info", f"{cancelled.reference}: niente da fare, è già annullata."),
        (
            "success",
            "2 prenotazioni annullate: i loro posti sono liberi. "
            "Chi ha lasciato un indirizzo viene avvisato per e-mail.",
        ),
    ]
    assert Reservation.objects.filter(status=Status.CANCELLED).count() == 3


def test_action_is_written_in_the_history(four: list[Reservation]) -> None:
    client = manager()
    act(client, "confirm", four[0])
    page = client.get(page_url(four[0], "history")).content.decode()
    assert "1 prenotazione confermata." in page
    assert "giulia" in page


def test_every_refusal_has_italian_words() -> None:
    from django.utils import translation

    possible = (
        DomainError(Code.CAPACITY_EXCEEDED, seats_left=1),
        DomainError(Code.TOO_MANY_REQUESTS, retry_after=20),
        DomainError(Code.BUSY, retry_after=2),
        *(
            DomainError(code)
            for code in MEANINGS
            if code.startswith(("performance_c", "performance_n", "reservation_"))
        ),
        DomainError(Code.NOT_FOUND),
    )
    with translation.override("it"):
        words = [reason(error) for error in possible]
    assert [word for word in words if "%" in word or word.endswith(".")] == []
    assert len(set(words)) == len(possible) == 9
