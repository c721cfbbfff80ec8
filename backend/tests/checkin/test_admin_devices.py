"""The door's page in the admin: pairing, the phones, and settling what they left."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from azionelab.checkin import devices
from azionelab.checkin.models import Conflict, DoorDevice, PairingCode, Scan, Settlement
from azionelab.programme.models import Performance
from tests.backstage import add_url, filled_in, list_url, manager, page_url, rows, said, sign_in, superuser
from tests.cast import make_performance, make_staff, pair_phone, reserve_and_confirm

pytestmark = pytest.mark.django_db(transaction=True)


def door_url(performance: Performance) -> str:
    return reverse("admin:programme_performance_door", args=[performance.pk])


# Pairing


def test_manager_finds_the_page_on_the_performance(tonight: Performance) -> None:
    page = manager().get(page_url(tonight))
    assert f'<a href="{door_url(tonight)}">Ingresso e telefoni</a>' in page.content.decode()


def test_code_pairs_a_phone_with_its_allowance(tonight: Performance) -> None:
    client = manager()
    opened = client.get(door_url(tonight)).content.decode()
    assert "Abbina un telefono" in opened
    assert "pairing-qr" not in opened
    page = client.post(door_url(tonight), {"walk_ins": "6"})
    html = page.content.decode()
    code = re.search(r'class="pairing-code">([A-Z2-9]{5}-[A-Z2-9]{5})<', html)[1]
    assert f"http://theatre.test/door/pair#{code.replace('-', '')}" in html
    assert re.search(r'<div class="pairing-qr" role="img" aria-label="[^"]+"><svg ', html)
    assert "Il telefono può far entrare 6 persone senza prenotazione." in html
    assert "no-store" in page["Cache-Control"]
    device = devices.pair_with_code(code=code, name="Marta", claim=uuid4())
    assert (device.performance, device.walk_in_allowance) == (tonight, 6)
    assert PairingCode.objects.get().made_by.username == "giulia"


@pytest.mark.parametrize("walk_ins", ["", "-1", "1001", "molti"])
def test_allowance_that_makes_no_sense_makes_no_code(tonight: Performance, walk_ins: str) -> None:
    page = manager().post(door_url(tonight), {"walk_ins": walk_ins})
    assert page.context["form"].errors.keys() == {"walk_ins"}
    assert not PairingCode.objects.exists()


def test_no_code_for_a_performance_that_is_over() -> None:
    over = make_performance(starts_at=timezone.now() - timedelta(days=1))
    html = manager().post(door_url(over), {"walk_ins": "0"}).content.decode()
    assert "La replica è finita: non si possono più abbinare telefoni." in html


def test_no_code_for_a_performance_that_is_cancelled(tonight: Performance) -> None:
    Performance.objects.update(cancelled_at=timezone.now())
    html = manager().post(door_url(tonight), {"walk_ins": "0"}).content.decode()
    assert "La replica è annullata: non si possono abbinare telefoni al suo ingresso." in html
    assert not PairingCode.objects.exists()


def test_page_of_no_performance_leads_home() -> None:
    answer = manager().get(reverse("admin:programme_performance_door", args=[999_999]), follow=True)
    assert answer.redirect_chain[0][0] == reverse("admin:index")


# The phones


def test_phones_are_listed_with_what_they_did(tonight: Performance) -> None:
    reserve_and_confirm(tonight, 3)
    pair_phone(tonight, "Marta <b>left</b>", walk_ins=4)
    html = manager().get(door_url(tonight)).content.decode()
    assert "Marta &lt;b&gt;left&lt;/b&gt;" in html
    assert "0 / 4" in html
    assert re.search(r"<dt>attesi</dt><dd>3</dd>", html)


def test_phone_is_sent_away_from_its_own_door_alone(tonight: Performance) -> None:
    here, elsewhere = pair_phone(tonight).device, pair_phone(make_performance()).device
    client = manager()
    page = client.post(door_url(tonight), {"device": str(here.number)}, follow=True)
    assert said(page) == [
        (
            "info",
            "Marta, left door: telefono disabilitato. Le scansioni non ancora consegnate può consegnarle lo stesso.",
        )
    ]
    assert "disabilitato, " in page.content.decode()
    for number in (str(here.number), "99", "x", "-1"):
        assert said(client.post(door_url(tonight), {"device": number}, follow=True)) == []
    here.refresh_from_db()
    elsewhere.refresh_from_db()
    assert here.revoked_at is not None
    assert elsewhere.revoked_at is None


def test_only_those_who_may_pair_see_the_page(tonight: Performance) -> None:
    pair_phone(tonight)
    client = sign_in(make_staff())
    for answer in (
        client.get(door_url(tonight)),
        client.post(door_url(tonight), {"walk_ins": "0"}),
        client.post(door_url(tonight), {"device": "1"}),
    ):
        assert answer.status_code == 403
    assert "Ingresso e telefoni" not in client.get(page_url(tonight)).content.decode()
    assert Client().get(door_url(tonight)).status_code == 302
    assert DoorDevice.objects.get().revoked_at is None


def test_pairing_needs_the_csrf_token(tonight: Performance) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_staff("giulia", "Managers"))
    assert client.post(door_url(tonight), {"walk_ins": "0"}).status_code == 403


# Conflicts


@pytest.fixture
def conflict(tonight: Performance) -> Conflict:
    """Marta and Luca let in the same two seats, each without a network."""
    reservation = reserve_and_confirm(tonight, 2, name="Anna Bianchi")
    scans = [
        Scan.objects.create(
            scan_id=uuid4(),
            performance=tonight,
            reservation=reservation,
            outcome="admitted",
            seats_admitted=2,
            scanned_at=timezone.now(),
            happened_at=timezone.now() + timedelta(minutes=minutes),
            device=name,
            decided_by="device",
            door_device=pair_phone(tonight, name).device,
            sequence=1,
        )
        for minutes, name in enumerate(("Marta", "Luca"))
    ]
    return Conflict.objects.create(
        scan=scans[1],
        first_scan=scans[0],
        performance=tonight,
        reservation=reservation,
        seats=2,
        rule="already_admitted",
    )


def test_conflict_names_both_phones_and_times(conflict: Conflict) -> None:
    client = manager()
    html = client.get(list_url(Conflict)).content.decode()
    for scan in (conflict.scan, conflict.first_scan):
        assert f"{scan.device}, " in html
        assert f"{timezone.localtime(scan.happened_at):%H:%M}" in html
    assert conflict.reservation.reference in html
    assert client.get(page_url(conflict)).status_code == 200
    assert list_url(Conflict) in client.get(door_url(conflict.performance)).content.decode()


def test_manager_settles_it_with_a_note(conflict: Conflict) -> None:
    client = manager()
    page = client.get(page_url(conflict))
    data = filled_in(page, settlement=Settlement.COUNTED_TWICE, note="Erano gli stessi")
    assert client.post(page_url(conflict), data).status_code == 302
    conflict.refresh_from_db()
    assert (conflict.settlement, conflict.note) == ("counted_twice", "Erano gli stessi")
    assert conflict.settled_by.username == "giulia"
    assert conflict.settled_at is not None
    assert rows(client.get(list_url(Conflict), {"settled": "no"})) == []
    assert rows(client.get(list_url(Conflict), {"settled": "yes"})) == [conflict]


def test_settling_wants_an_answer(conflict: Conflict) -> None:
    client = manager()
    data = filled_in(client.get(page_url(conflict)), settlement="", note="boh")
    assert client.post(page_url(conflict), data).context["adminform"].form.errors.keys() == {"settlement"}
    conflict.refresh_from_db()
    assert conflict.settled_at is None


def test_nobody_makes_or_deletes_a_conflict_and_door_staff_do_not_settle(conflict: Conflict) -> None:
    for client in (manager(), superuser()):
        assert client.get(add_url(Conflict)).status_code == 403
        assert client.post(page_url(conflict, "delete"), {"post": "yes"}).status_code == 403
    door = sign_in(make_staff())
    assert door.get(list_url(Conflict)).status_code == 403
    assert door.post(page_url(conflict), {"settlement": "came_in"}).status_code == 403
    conflict.refresh_from_db()
    assert conflict.settled_at is None


def test_conflicts_of_one_performance_are_what_its_page_leads_to(conflict: Conflict) -> None:
    other = make_performance()
    client = manager()
    assert rows(client.get(list_url(Conflict), {"performance": other.pk})) == []
    assert rows(client.get(list_url(Conflict), {"performance": conflict.performance_id})) == [conflict]
