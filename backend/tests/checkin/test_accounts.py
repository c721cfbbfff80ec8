"""Staff accounts: names that cannot be mistaken, passwords that end what was open."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from azionelab.checkin import accounts, devices
from azionelab.checkin.passwords import THEATRE_WORDS
from azionelab.checkin.tokens import device_token
from azionelab.core.errors import Code, DomainError
from tests.backstage import superuser
from tests.cast import PASSWORD, make_performance, make_staff
from tests.concurrency.runner import run_at_once

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "velluto-e-polvere"
SESSION = "/api/v1/staff/session/"


@pytest.fixture(autouse=True)
def marta() -> User:
    return make_staff("marta")


def create(name: str, password: str = NEW, *, dry_run: bool = False) -> str:
    return accounts.create_account(username=name, group_name="Door staff", password=password, dry_run=dry_run)


def test_new_account_may_do_what_its_group_may() -> None:
    assert create("lucia") == "lucia"
    lucia = User.objects.get(username="lucia")
    assert (lucia.is_staff, lucia.is_superuser, lucia.check_password(NEW)) == (True, False, True)
    assert lucia.has_perm("checkin.add_scan")
    assert not lucia.has_perm("programme.change_performance")


@pytest.mark.parametrize("name", ["marta", "Marta", "MÀRTA", " marta ", "ｍａｒｔａ"])
def test_name_that_looks_like_another_is_refused(name: str) -> None:
    with pytest.raises(DomainError) as refused:
        create(name)
    assert refused.value.errors[0].code == "taken"


@pytest.mark.parametrize("name", ["", "a b", "x" * 151, "a\x00b", "a\nb", "a\u202eb"])
def test_name_that_nobody_could_type_is_refused(name: str) -> None:
    with pytest.raises(DomainError) as refused:
        create(name)
    assert refused.value.errors[0].code == "invalid"


def test_of_names_that_look_alike_one_is_made() -> None:
    made = run_at_once([lambda name=name: create(name) for name in ("lucia", "Lucia", "LUCIA", "lucìa")])
    assert len([name for name in made if isinstance(name, str)]) == 1
    assert User.objects.filter(username__istartswith="luc").count() == 1


def test_dry_run_checks_and_writes_nothing(marta: User) -> None:
    assert create("lucia", "", dry_run=True) == "lucia"
    assert accounts.set_password(username="marta", password=NEW, dry_run=True) == "marta"
    with pytest.raises(DomainError):
        create("lucia", "abc", dry_run=True)
    with pytest.raises(DomainError):
        create("lucia", "")
    marta.refresh_from_db()
    assert marta.check_password(PASSWORD)
    assert User.objects.count() == 1


def test_group_that_is_not_there_is_named() -> None:
    Group.objects.filter(name="Door staff").delete()
    with pytest.raises(DomainError) as refused:
        create("lucia")
    assert (refused.value.code, "Door staff" in refused.value.detail) == (Code.NOT_FOUND, True)


def test_new_password_ends_sessions_and_opens_the_sign_in(marta: User) -> None:
    browser = Client()
    browser.force_login(marta)
    assert browser.get("/api/v1/staff/session/").json()["username"] == "marta"
    shut_out(marta, "10.0.0.1")
    assert accounts.list_accounts()[0].shut_until is not None
    accounts.set_password(username="marta", password=NEW)
    assert browser.get("/api/v1/staff/session/").json().get("username") is None
    assert accounts.list_accounts()[0].shut_until is None
    marta.refresh_from_db()
    assert marta.check_password(NEW)


def shut_out(user: User, address: str, *, failures: int = settings.AXES_FAILURE_LIMIT) -> AccessAttempt:
    return AccessAttempt.objects.create(
        username=user.username, ip_address=address, user_agent="", failures_since_start=failures
    )


def test_sign_in_counts_as_shut_only_while_it_is(marta: User) -> None:
    few, old = shut_out(marta, "10.0.0.1", failures=9), shut_out(marta, "10.0.0.2")
    AccessAttempt.objects.filter(pk=old.pk).update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert accounts.list_accounts()[0].shut_until is None
    AccessAttempt.objects.filter(pk=few.pk).update(failures_since_start=10)
    until = accounts.list_accounts()[0].shut_until
    assert until is not None
    assert until > timezone.now()


def test_list_takes_three_statements(django_assert_num_queries: object) -> None:
    for number in range(5):
        create(f"volontario{number}")
    with django_assert_num_queries(3):
        assert len(accounts.list_accounts()) == 6


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("abc", "This password is too short. It must contain at least 8 characters. "),
        ("password", "This password is too common."),
        ("a\x00bcdefghi", "without control characters"),
        ("xyz" * 67, "at most 200 letters"),
    ],
)
def test_weak_password_is_refused_in_english(password: str, said: str) -> None:
    with pytest.raises(DomainError) as refused:
        accounts.set_password(username="marta", password=password)
    assert said.strip() in refused.value.errors[0].message


@pytest.mark.parametrize(
    "password",
    [
        "teatro2026",
        "AzioneLab!",
        "prenota-teatro",
        "Porta.Ingresso.26",
        "sipario-sipario-1",
        "TEÀTRO 1234",
        "pozzo-2026",
        "Compagnia-Pozzo",
    ],
)
@pytest.mark.parametrize("way", ["command line", "admin"])
def test_password_made_of_the_theatres_words_is_refused(password: str, way: str, settings: Any) -> None:
    settings.THEATRE_NAME, settings.SITE_URL = "Compagnia del Pozzo", "https://prenota.pozzo.example"
    if way == "command line":
        with pytest.raises(DomainError) as refused:
            accounts.set_password(username="marta", password=password)
        assert "Without the theatre’s name" in refused.value.errors[0].message
    else:
        browser = signed_in_at("admin")
        browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "it"
        body = {"old_password": PASSWORD, "new_password1": password, "new_password2": password}
        assert "Tolti il nome del teatro" in browser.post(reverse("admin:password_change"), body).content.decode()
    assert User.objects.get(username="marta").check_password(PASSWORD)


@pytest.mark.parametrize(
    "password", ["teatro-di-carta-vetrata", "delfino-rosa", "porta 8374-2991-27", "portafoglio verde"]
)
def test_password_that_only_has_such_a_word_in_it_is_one(password: str, settings: Any) -> None:
    settings.THEATRE_NAME = "Compagnia del Pozzo"
    assert accounts.set_password(username="marta", password=password) == "marta"


def test_page_names_the_words_that_make_no_password() -> None:
    page = " ".join((Path(__file__).resolve().parents[3] / "docs" / "cli.md").read_text().split())
    listed = re.search(r"of its address, and ([a-z, ]+)\.", page)
    assert listed
    assert set(listed[1].split(", ")) == THEATRE_WORDS


def test_password_counts_to_its_last_letter(marta: User) -> None:
    """At the longest that may be set, with spaces around it: nothing is cut off, trimmed or made small on its way."""
    longest = f" {'Velluto' * 28}è  "
    assert len(longest) == 200
    accounts.set_password(username="marta", password=longest)
    for nearly in (longest[:-1], longest.strip(), longest.lower(), f"{longest}."):
        assert not opens_the_door("marta", nearly)
        assert not opens_the_admin("marta", nearly)
    assert opens_the_door("marta", longest)
    assert opens_the_admin("marta", longest)


def opens_the_door(username: str, password: str) -> bool:
    body = {"username": username, "password": password}
    return Client().post(SESSION, body, content_type="application/json").status_code == 200


def opens_the_admin(username: str, password: str) -> bool:
    answer = Client().post(reverse("admin:login"), {"username": username, "password": password})
    assert answer.status_code in (200, 302)
    return answer.status_code == 302


def test_admin_sets_no_password_that_the_door_could_not_send(marta: User) -> None:
    too_long = "xyz" * 67
    page = superuser("en").post(
        reverse("admin:auth_user_password_change", args=[marta.pk]), {"password1": too_long, "password2": too_long}
    )
    assert "A password has at most 200 letters" in page.content.decode()
    marta.refresh_from_db()
    assert marta.check_password(PASSWORD)


def test_password_is_hashed_slowly(marta: User) -> None:
    algorithm, rounds, _salt, _hash = marta.password.split("$")
    assert algorithm == "pbkdf2_sha256"
    assert int(rounds) >= 600_000


# Sessions that are over


def copy_of(browser: Client) -> Client:
    """Another browser, with what somebody had copied of this one's cookies."""
    other = Client()
    for name, morsel in browser.cookies.items():
        other.cookies[name] = morsel.value
    return other


def signed_in_at(way: str, username: str = "marta") -> Client:
    browser, body = Client(), {"username": username, "password": PASSWORD}
    if way == "door":
        browser.post(SESSION, body, content_type="application/json")
    else:
        browser.post(reverse("admin:login"), body)
    assert opens(browser)
    return browser


def opens(browser: Client) -> bool:
    """The door and the admin: both, or neither."""
    at_the_door = browser.get("/api/v1/door/performances/").status_code == 200
    assert (browser.get(reverse("admin:index")).status_code == 200) == at_the_door
    return at_the_door


@pytest.mark.parametrize("way", ["door", "admin"])
def test_closed_account_is_signed_out_everywhere(marta: User, way: str) -> None:
    browsers = [signed_in_at(way), signed_in_at(way)]
    make_staff("luca")
    luca = signed_in_at(way, "luca")
    performance = make_performance(starts_in=timedelta(minutes=30))
    device = devices.pair_as_staff(performance_id=performance.pk, name="porta", claim=uuid4(), staff_id=marta.pk)
    phone = APIClient(headers={"Authorization": f"Door {device_token(device.pk, device.claim)}"})
    assert phone.get("/api/v1/door/device/").status_code == 200

    closed = accounts.close_account(username="marta")

    assert (closed.was_open, closed.phones) == (True, 1)
    assert [opens(browser) for browser in browsers] == [False, False]
    assert not opens_the_door("marta", PASSWORD)
    assert not opens_the_admin("marta", PASSWORD)
    # What was open stays shut when the account is opened again.
    assert accounts.open_account(username="marta") == ("marta", True)
    assert [opens(browser) for browser in browsers] == [False, False]
    assert phone.get("/api/v1/door/device/").json()["code"] == "device_revoked"
    assert opens(signed_in_at(way))
    assert opens(luca)


def test_closing_and_opening_twice_changes_nothing(marta: User) -> None:
    assert accounts.close_account(username="marta", dry_run=True).was_open
    assert accounts.open_account(username="marta") == ("marta", False)
    accounts.close_account(username="marta")
    assert not accounts.close_account(username="marta").was_open
    assert accounts.open_account(username="marta", dry_run=True) == ("marta", True)
    marta.refresh_from_db()
    assert not marta.is_active
    with pytest.raises(DomainError) as unknown:
        accounts.close_account(username="Marta")
    assert (unknown.value.code, "Did you mean 'marta'?" in unknown.value.detail) == (Code.NOT_FOUND, True)


@pytest.mark.parametrize("way", ["door", "admin"])
def test_cookie_of_a_session_that_was_left_opens_nothing(way: str) -> None:
    browser = signed_in_at(way)
    copy = copy_of(browser)
    assert opens(copy)
    if way == "door":
        assert browser.delete(SESSION).status_code == 204
    else:
        assert browser.post(reverse("admin:logout")).status_code == 200
    assert not opens(copy)


@pytest.mark.parametrize("way", ["door", "admin"])
def test_signing_in_makes_another_session(way: str) -> None:
    """Nobody goes on in a session that somebody else may have begun, or copied."""
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = planted = "a" * 32
    seen = [planted]
    body = {"username": "marta", "password": PASSWORD}
    for _again in range(2):
        copy = copy_of(browser)
        if way == "door":
            browser.post(SESSION, body, content_type="application/json")
        else:
            browser.post(reverse("admin:login"), body)
        seen.append(browser.cookies[settings.SESSION_COOKIE_NAME].value)
        assert (opens(browser), opens(copy)) == (True, False)
    assert len(set(seen)) == 3
