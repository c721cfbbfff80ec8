"""How a phone comes to a door, what it may do there, and how it goes."""

import json
import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from rest_framework.test import APIClient

from azionelab.checkin import devices, selectors, tokens
from azionelab.checkin.models import DoorDevice, PairingCode
from azionelab.core.errors import Code, DomainError
from azionelab.programme.models import Performance
from tests.cast import PASSWORD, Phone, give_token, make_performance, make_staff, pair_phone, reserve_and_confirm
from tests.checkin.offline import as_sent, offline

pytestmark = pytest.mark.django_db(transaction=True)
PAIRINGS, DEVICE, TONIGHT = "/api/v1/door/pairings/", "/api/v1/door/device/", "/api/v1/door/performances/"


def invite(performance: Performance, **changes: int) -> devices.Invitation:
    return devices.make_pairing_code(performance_id=performance.pk, made_by_id=None, **changes)


def pair(code: str, claim: UUID | None = None, **changes: object) -> object:
    body = {"code": code, "name": "Marta", "claim": str(claim or uuid4())}
    return APIClient().post(PAIRINGS, body | changes, format="json")


def list_url(performance: Performance) -> str:
    return f"{TONIGHT}{performance.pk}/list/"


def let_codes_age(by: timedelta) -> None:
    for code in PairingCode.objects.all():
        PairingCode.objects.filter(pk=code.pk).update(expires_at=code.expires_at - by)


def end(phone: Phone, why: str) -> None:
    """As if the phone had been sent away, or the evening were over."""
    if why == "device_revoked":
        devices.revoke(device_id=phone.device.pk)
    else:
        performance = phone.device.performance
        over = timedelta(minutes=performance.show.duration_minutes) + timedelta(hours=3)
        move(performance, timezone.now() - over)


def move(performance: Performance, starts_at: object) -> None:
    opens = starts_at - timedelta(days=30)
    times = {"starts_at": starts_at, "doors_open_at": starts_at, "booking_closes_at": starts_at}
    Performance.objects.filter(pk=performance.pk).update(**times, booking_opens_at=opens)


# Pairing with a code


def test_phone_that_was_invited_is_paired(tonight: Performance) -> None:
    invitation = invite(tonight, walk_in_allowance=4)
    answer = pair(invitation.code, name="  Marta,  left door ", language="en")
    session = answer.json()
    device = DoorDevice.objects.get()
    assert answer.status_code == 201
    assert answer["Cache-Control"] == "no-store"
    assert session["device"] == {"id": str(device.pk), "number": 1, "name": "Marta, left door"}
    assert session["performance"]["id"] == tonight.pk
    assert session["performance"]["show_title"] == "The Mistress of the Inn"
    assert (session["walk_in_allowance"], session["can_manage"]) == (4, False)
    assert session["valid_until"] == timezone.localtime(tonight.starts_at + timedelta(minutes=110 + 180)).isoformat()


def test_code_is_read_however_it_is_written(tonight: Performance) -> None:
    code = invite(tonight).code
    assert pair(f" {code[:5].lower()} - {code[5:]} ").status_code == 201


def test_same_code_and_claim_give_the_same_phone_and_token(tonight: Performance) -> None:
    code, claim = invite(tonight).code, uuid4()
    first, again = pair(code, claim), pair(code, claim, name="Another name")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert DoorDevice.objects.count() == 1


def test_code_used_by_another_phone_unknown_too_old_or_nonsense_get_the_same_answer(tonight: Performance) -> None:
    used, old = invite(tonight).code, invite(tonight).code
    pair(used)
    others = [pair(code) for code in (used, "ABCDEFGHJK", "x", "AAAAA-AAAAA-AAAAA", "Ü" * 10)]
    let_codes_age(timedelta(minutes=10))
    others.append(pair(old))
    assert {answer.status_code for answer in others} == {404}
    assert len({answer.content for answer in others}) == 1
    assert others[0].json()["code"] == "pairing_code_invalid"
    assert DoorDevice.objects.count() == 1


def test_code_works_for_ten_minutes_by_the_clock_of_the_database(tonight: Performance) -> None:
    code = invite(tonight).code
    let_codes_age(timedelta(minutes=9))
    assert pair(code).status_code == 201


def test_claim_sent_again_to_a_phone_that_was_sent_away_is_refused(tonight: Performance) -> None:
    code, claim = invite(tonight).code, uuid4()
    pair(code, claim)
    devices.revoke(device_id=DoorDevice.objects.get().pk)
    assert pair(code, claim).json()["code"] == "device_revoked"


def test_next_code_clears_old_ones_away_and_leaves_those_that_work(tonight: Performance) -> None:
    pair(invite(tonight).code)
    invite(tonight)
    let_codes_age(timedelta(minutes=10))
    kept = invite(tonight)
    assert PairingCode.objects.get().code_digest == tokens.pairing_code_digest(kept.code)
    invite(tonight)
    assert PairingCode.objects.count() == 2
    assert DoorDevice.objects.count() == 1


def test_no_phone_is_paired_for_a_performance_that_is_over(tonight: Performance) -> None:
    code = invite(tonight).code
    move(tonight, timezone.now() - timedelta(hours=5))
    assert pair(code).json()["code"] == "device_expired"
    with pytest.raises(DomainError, match=Code.DEVICE_EXPIRED):
        invite(tonight)


def test_no_code_is_made_for_a_performance_that_is_cancelled(tonight: Performance) -> None:
    """A phone that has one already comes in: it shows to whoever stands there that nothing plays."""
    code = invite(tonight).code
    Performance.objects.update(cancelled_at=timezone.now())
    with pytest.raises(DomainError, match=Code.PERFORMANCE_CANCELLED):
        invite(tonight)
    answer = pair(code)
    assert (answer.status_code, answer.json()["performance"]["cancelled"]) == (201, True)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": ""}, "blank"),
        ({"name": " \t "}, "blank"),
        ({"name": "x" * 61}, "too_long"),
        ({"name": "Marta\u202eatraM"}, "forbidden_characters"),
        ({"name": "Marta\x07"}, "forbidden_characters"),
        ({"claim": "7"}, "invalid"),
        ({"code": None}, "required"),
    ],
)
def test_pairing_that_makes_no_sense_is_refused(tonight: Performance, changes: dict[str, object], code: str) -> None:
    body = {"code": invite(tonight).code, "name": "Marta", "claim": str(uuid4())} | changes
    answer = APIClient().post(PAIRINGS, body, format="json")
    assert answer.status_code == 400
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(next(iter(changes)), code)]


def test_neither_code_nor_token_is_in_the_log_or_the_database(
    tonight: Performance, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    invitation = invite(tonight)
    token = pair(invitation.code).json()["token"]
    pair(invitation.code)
    assert "pairing_refused" in caplog.text
    assert "device_paired" in caplog.text
    rows = repr([list(model.objects.values()) for model in (DoorDevice, PairingCode)])
    for secret in (invitation.code, invitation.shown_code, token):
        assert secret not in caplog.text
        assert secret not in rows
        assert secret not in repr(invitation)


def test_each_secret_is_its_own() -> None:
    device, claim = uuid4(), uuid4()
    derived = {
        tokens.device_token(device, claim),
        tokens.device_token(claim, device),
        tokens.device_token(device, uuid4()),
        tokens.text(tokens.device_key(device)),
        tokens.text(tokens.device_key(claim)),
        tokens.text(tokens.performance_key(1)),
        tokens.text(tokens.performance_key(11)),
    }
    assert len(derived) == 7
    assert len(tokens.device_key(device)) == len(tokens.performance_key(1)) == 32


def test_new_secret_key_ends_every_pairing(tonight: Performance, settings: object) -> None:
    """Whoever knew the old key and the rows could have made the token: it opens nothing any more."""
    token, device = pair_phone(tonight).token, DoorDevice.objects.get()
    assert selectors.device_for_token(token) == device
    settings.SECRET_KEY = "another secret, as long as one must be at the least"
    assert tokens.device_token(device.pk, device.claim) != token
    assert selectors.device_for_token(token) is None


# Pairing by staff


def test_staff_pair_the_phone_they_signed_in_on_once(tonight: Performance) -> None:
    client, marta, claim = APIClient(), make_staff(), str(uuid4())
    client.force_login(marta)
    url = f"{TONIGHT}{tonight.pk}/devices/"
    first, again = (client.post(url, {"name": "Marta", "claim": claim}, format="json") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert DoorDevice.objects.get().staff == marta
    other = client.post(url, {"name": "Marta", "claim": str(uuid4())}, format="json")
    assert other.json()["device"]["number"] == 2


@pytest.mark.parametrize(("group", "manages"), [("Door staff", False), ("Managers", True)])
def test_phone_may_what_its_holder_may(tonight: Performance, group: str, manages: bool) -> None:
    client = APIClient()
    client.force_login(make_staff(group=group))
    body = {"name": "Marta", "claim": str(uuid4())}
    session = client.post(f"{TONIGHT}{tonight.pk}/devices/", body, format="json").json()
    assert session["can_manage"] is manages
    holder = APIClient(headers={"Authorization": f"Door {session['token']}"})
    assert holder.get(DEVICE).json()["can_manage"] is manages


@pytest.mark.parametrize("loss", ["account", "right"])
def test_phone_goes_with_its_holder_s_right_to_the_door(tonight: Performance, loss: str) -> None:
    client = APIClient()
    client.force_login(make_staff())
    body = {"name": "Marta", "claim": str(uuid4())}
    session = client.post(f"{TONIGHT}{tonight.pk}/devices/", body, format="json").json()
    holder = APIClient(headers={"Authorization": f"Door {session['token']}"})
    assert holder.get(list_url(tonight)).status_code == 200
    if loss == "account":
        User.objects.update(is_active=False)
    else:
        User.objects.get().groups.clear()
    for url in (DEVICE, list_url(tonight)):
        refused = holder.get(url)
        assert (refused.status_code, refused.json()["code"]) == (401, "device_revoked")


def test_claim_of_one_member_of_staff_is_not_anothers(tonight: Performance) -> None:
    claim = uuid4()
    paired = [
        devices.pair_as_staff(performance_id=tonight.pk, name="x", claim=claim, staff_id=make_staff(name).pk)
        for name in ("marta", "luca")
    ]
    assert [device.number for device in paired] == [1, 2]


def test_pairing_by_staff_needs_the_right_and_the_csrf_token(tonight: Performance) -> None:
    url, body = f"{TONIGHT}{tonight.pk}/devices/", {"name": "Marta", "claim": str(uuid4())}
    assert APIClient().post(url, body, format="json").status_code == 401
    stranger = APIClient()
    stranger.force_login(User.objects.create_user("stranger", password=PASSWORD))
    assert stranger.post(url, body, format="json").status_code == 403
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(make_staff())
    assert client.post(url, body, format="json").status_code == 403
    assert not DoorDevice.objects.exists()
    client.get("/api/v1/staff/session/")
    csrf = {"X-CSRFToken": client.cookies["csrftoken"].value}
    assert client.post(url, body, format="json", headers=csrf).status_code == 201
    assert client.post(f"{TONIGHT}999999/devices/", body, format="json", headers=csrf).status_code == 404


def test_phones_are_numbered_at_each_door_by_itself(tonight: Performance) -> None:
    other = make_performance()
    paired = [pair_phone(performance).device for performance in (tonight, other, tonight)]
    devices.revoke(device_id=paired[0].pk)
    paired.append(pair_phone(tonight).device)
    assert [device.number for device in paired] == [1, 1, 2, 3]


# What a phone may do


def test_phone_sees_its_own_pairing_and_never_its_token_again(tonight: Performance) -> None:
    phone = pair_phone(tonight)
    answer = phone.client.get(DEVICE)
    assert (answer.status_code, answer.json()["token"]) == (200, None)
    assert phone.token not in answer.content.decode()


def test_phone_renames_itself_and_needs_no_csrf_token(tonight: Performance) -> None:
    phone = pair_phone(tonight)
    client = APIClient(enforce_csrf_checks=True, headers={"Authorization": f"Door {phone.token}"})
    answer = client.patch(DEVICE, {"name": "Marta, right door"}, format="json")
    assert answer.json()["device"]["name"] == "Marta, right door"
    phone.device.refresh_from_db()
    assert phone.device.name == "Marta, right door"
    assert client.patch(DEVICE, {"name": "\x00"}, format="json").status_code == 400


def test_phone_gives_itself_up(tonight: Performance) -> None:
    phone = pair_phone(tonight)
    assert phone.client.delete(DEVICE).status_code == 204
    assert phone.client.get(DEVICE).json()["code"] == "device_revoked"


def test_session_is_no_device(tonight: Performance) -> None:
    client = APIClient()
    client.force_login(make_staff())
    assert (client.get(DEVICE).status_code, client.delete(DEVICE).status_code) == (401, 401)


def test_phone_sees_its_own_performance_alone_even_when_it_is_not_tonight(tonight: Performance) -> None:
    later = make_performance(starts_in=timedelta(days=9))
    reserve_and_confirm(later, 3)
    [row] = pair_phone(later).client.get(TONIGHT).json()
    assert (row["id"], row["expected"], row["admitted"]) == (later.pk, 3, 0)


def test_token_opens_no_other_door(tonight: Performance) -> None:
    phone, other = pair_phone(tonight), make_performance()
    assert phone.client.get(list_url(tonight)).status_code == 200
    ticket = give_token(reserve_and_confirm(other)).ticket_token
    scan = {"scan_id": str(uuid4()), "ticket": ticket, "scanned_at": timezone.now().isoformat(), "sequence": 1}
    for answer in (
        phone.client.get(list_url(other)),
        phone.client.post(f"{TONIGHT}{other.pk}/scans/", scan, format="json"),
        phone.client.post(f"{TONIGHT}{tonight.pk}/devices/", {"name": "x", "claim": str(uuid4())}, format="json"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
    assert not other.scans.exists()


def test_token_with_one_character_changed_opens_nothing(tonight: Performance) -> None:
    token = pair_phone(tonight).token
    for index, letter in enumerate(token):
        changed = f"{token[:index]}{'A' if letter != 'A' else 'B'}{token[index + 1 :]}"
        answer = APIClient(headers={"Authorization": f"Door {changed}"}).get(list_url(tonight))
        assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


@pytest.mark.parametrize("header", ["Door", "Door ", "Door x y", "Door ÀÀÀ", "Bearer {}", "Reservation {}"])
def test_header_that_is_no_token_opens_nothing(tonight: Performance, header: str) -> None:
    written = header.format(pair_phone(tonight).token)
    answer = APIClient(headers={"Authorization": written}).get(list_url(tonight))
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


def test_wrong_token_is_not_made_good_by_a_session(tonight: Performance) -> None:
    client = APIClient()
    client.force_login(make_staff())
    assert client.get(list_url(tonight)).status_code == 200
    assert client.get(list_url(tonight), headers={"Authorization": "Door nonsense"}).status_code == 401


@pytest.mark.parametrize("why", ["device_revoked", "device_expired"])
def test_phone_whose_time_is_over_is_told_why(tonight: Performance, why: str) -> None:
    phone = pair_phone(tonight)
    end(phone, why)
    for url in (DEVICE, TONIGHT, list_url(tonight)):
        answer = phone.client.get(url)
        assert (answer.status_code, answer.json()["code"]) == (401, why)
        assert answer["WWW-Authenticate"] == "Door"


def test_phone_stays_valid_with_a_performance_that_is_moved(tonight: Performance) -> None:
    phone = pair_phone(tonight)
    end(phone, "device_expired")
    move(tonight, timezone.now() - timedelta(hours=4))
    assert phone.client.get(DEVICE).status_code == 200


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def test_token_opens_nothing_but_the_door(tonight: Performance) -> None:
    """Every URL of the API and of the admin, every method, as a phone and as nobody: the same answer."""
    token = pair_phone(tonight).token
    give_token(reserve_and_confirm(tonight))
    walked = [route for route in routes(get_resolver().url_patterns) if not route.startswith("api/v1/door/")]
    assert len(walked) > 40
    for route in walked:
        path = "/" + re.sub(r"<[^>]*slug>", tonight.show.slug, re.sub(r"<[^>]*id>", str(tonight.pk), route))
        for method in ("get", "post", "put", "patch", "delete"):
            answers = [
                getattr(client, method)(path, content_type="application/json")
                for client in (Client(headers={"Authorization": f"Door {token}"}), Client())
            ]
            assert answers[0].status_code == answers[1].status_code, f"{method} {path}"
            assert PASSWORD not in answers[0].content.decode()
            if path.startswith("/admin/"):
                assert answers[0].status_code in (302, 403, 404, 405) or path == "/admin/login/", path


# The server's time, and when the phone was last there


@pytest.mark.parametrize("why", ["", "device_revoked"])
def test_every_door_answer_tells_the_time(tonight: Performance, why: str) -> None:
    phone = pair_phone(tonight)
    if why:
        end(phone, why)
    before = timezone.now().timestamp() * 1000 - 1
    answers = [phone.client.get(url) for url in (DEVICE, TONIGHT, list_url(tonight))]
    answers += [pair("nonsense"), phone.client.put(DEVICE), APIClient().get(TONIGHT)]
    for answer in answers:
        assert before <= int(answer["Azione-Time"]) <= timezone.now().timestamp() * 1000 + 1


def test_last_seen_is_kept_once_a_minute_by_reading_the_list(tonight: Performance) -> None:
    phone = pair_phone(tonight)
    phone.client.get(DEVICE)
    phone.device.refresh_from_db()
    assert phone.device.last_seen_at is None
    phone.client.get(list_url(tonight))
    seen = DoorDevice.objects.get().last_seen_at
    phone.client.get(list_url(tonight))
    assert DoorDevice.objects.get().last_seen_at == seen
    DoorDevice.objects.update(last_seen_at=seen - timedelta(seconds=61))
    phone.client.get(list_url(tonight))
    assert DoorDevice.objects.get().last_seen_at >= seen


@pytest.mark.parametrize("path", ["scans/", "scans/batch/"])
def test_phone_that_lets_people_in_was_seen(tonight: Performance, path: str) -> None:
    """One that reads no list, and one that was sent away and hands in what it has."""
    phone, reference = pair_phone(tonight), reserve_and_confirm(tonight).reference
    scan = as_sent(offline(reference=reference))
    if path == "scans/":
        body = {name: scan[name] for name in ("scan_id", "reference", "scanned_at")}
    else:
        body = {"scans": [scan]}
        end(phone, "device_revoked")
    before = timezone.now()
    answer = phone.client.post(f"{TONIGHT}{tonight.pk}/{path}", body, format="json")
    assert answer.status_code == 200, answer.json()
    assert before <= DoorDevice.objects.get().last_seen_at <= timezone.now()


# Who may do what


def test_managers_pair_revoke_and_settle_and_door_staff_only_scan() -> None:
    make_staff()
    names = {
        group.name: {f"{p.codename}" for p in group.permissions.filter(content_type__app_label="checkin")}
        for group in Group.objects.all()
    }
    door = {"add_scan", "view_scan", "view_checkin"}
    assert names["Door staff"] == door
    assert names["Managers"] == door | {
        *("add_doordevice", "change_doordevice", "view_doordevice"),
        *("change_conflict", "view_conflict"),
    }


def test_session_says_nothing_of_anybody(tonight: Performance) -> None:
    reservation = reserve_and_confirm(tonight, name="Anna Bianchi", phone="+393331234567")
    session = pair_phone(tonight).client.get(DEVICE).json()
    assert set(session) == {
        *("token", "device", "performance", "valid_until", "walk_in_allowance", "can_manage"),
        *("device_key", "performance_key"),
    }
    assert set(session["device"]) == {"id", "number", "name"}
    # The keys are random letters: shorter words than these would sooner or later stand in one by chance.
    body = json.dumps(session)
    for secret in ("Anna Bianchi", reservation.email, reservation.phone, reservation.phone.removeprefix("+39")):
        assert secret not in body
