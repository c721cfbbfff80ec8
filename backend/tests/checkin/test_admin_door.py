"""Scans and check-ins in the admin: evidence that everybody may read as far as their group goes, and nobody changes."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from azionelab.checkin.models import CheckIn, Scan
from azionelab.reservations.models import Reservation
from tests.backstage import act, add_url, let_in, list_url, manager, page_url, rows, sign_in, superuser
from tests.cast import make_performance, make_staff, reserve_and_confirm

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def party() -> Reservation:
    """Anna's party of three: two came in, then five were asked for."""
    reservation = reserve_and_confirm(make_performance(starts_in=timedelta(minutes=30)), 3, name="Anna Bianchi")
    let_in(reservation, 2)
    let_in(reservation, 5)
    return reservation


def test_scans_tell_every_attempt(party: Reservation) -> None:
    page = manager().get(list_url(Scan))
    assert [(row.outcome, row.seats_admitted) for row in rows(page)] == [("over_party", 0), ("admitted", 2)]
    html = page.content.decode()
    assert all(words in html for words in ("più dei posti prenotati", "entrati", party.reference, "porta"))


def test_check_ins_tell_who_came_in(party: Reservation) -> None:
    page = manager().get(list_url(CheckIn))
    assert [(row.reservation_id, row.seats) for row in rows(page)] == [(party.pk, 2)]
    assert party.reference in page.content.decode()


def test_reservation_page_shows_its_admissions(party: Reservation) -> None:
    page = manager().get(page_url(party))
    assert len(page.context["inline_admin_formsets"]) == 2
    assert "porta" in page.content.decode()


@pytest.mark.parametrize("model", [Scan, CheckIn])
def test_nobody_adds_changes_or_deletes(party: Reservation, model: type) -> None:
    row = model.objects.first()
    before = list(model.objects.values())
    for client in (manager(), superuser(), sign_in(make_staff())):
        assert client.get(page_url(row)).status_code == 200
        answers = [
            client.get(add_url(model)),
            client.post(add_url(model), {"scan_id": uuid4()}),
            client.post(page_url(row), {"device": "altra"}),
            client.post(page_url(row, "delete"), {"post": "yes"}),
        ]
        assert [answer.status_code for answer in answers] == [403] * 4
        act(client, "delete_selected", row, post="yes")
    assert list(model.objects.values()) == before


def test_door_staff_learn_nothing_of_the_guest(party: Reservation) -> None:
    client = sign_in(make_staff())
    urls = [list_url(model) for model in (Scan, CheckIn)]
    urls += [page_url(row) for model in (Scan, CheckIn) for row in model.objects.all()]
    pages = "".join(client.get(url).content.decode() for url in urls)
    assert party.reference in pages
    assert [secret for secret in ("Bianchi", party.email) if secret in pages] == []


@pytest.mark.parametrize("query", ["Bianchi", "example.org"])
def test_search_at_the_door_does_not_probe_names(party: Reservation, query: str) -> None:
    client = sign_in(make_staff())
    for model in (Scan, CheckIn):
        assert rows(client.get(list_url(model), {"q": query})) == []
        assert client.get(list_url(model), {"reservation__name__startswith": "Anna"}).status_code in (302, 400)


@pytest.mark.parametrize("model", [Scan, CheckIn])
def test_lists_take_the_same_number_of_statements_for_1_and_30(model: type) -> None:
    client = manager()

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(list_url(model)).status_code == 200
        return len(captured)

    let_in(reserve_and_confirm(make_performance()))
    few = statements()
    for _number in range(29):
        let_in(reserve_and_confirm(make_performance()))
    assert (len(rows(client.get(list_url(model)))), statements()) == (30, few)
    assert few <= 8
