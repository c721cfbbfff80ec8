"""How long staff stay signed in, by the door's form and by the admin's."""

import time
from collections.abc import Callable

import pytest
from django.conf import settings as site_settings
from django.contrib.sessions.models import Session
from django.test import Client

from azionelab.core.sessions import LAST_USED, SIGNED_IN_AT
from azionelab.programme.models import Performance
from tests.cast import PASSWORD, make_staff, pair_phone

pytestmark = pytest.mark.django_db
SESSION = "/api/v1/staff/session/"
Later = Callable[..., None]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Lets minutes and hours pass, for the server's clock."""
    passed = 0.0
    real = time.time

    def let_pass(*, hours: int = 0, minutes: int = 0, seconds: int = 0) -> None:
        nonlocal passed
        passed += hours * 3600 + minutes * 60 + seconds

    monkeypatch.setattr(time, "time", lambda: real() + passed)
    return let_pass


def signed_in(username: str = "marta", *, way: str = "door") -> Client:
    make_staff(username)
    browser, body = Client(), {"username": username, "password": PASSWORD}
    if way == "door":
        assert browser.post(SESSION, body, content_type="application/json").status_code == 200
    else:
        assert browser.post("/admin/login/", body).status_code == 302
    return browser


def who(browser: Client) -> str | None:
    name: str | None = browser.get(SESSION).json()["username"]
    return name


@pytest.mark.parametrize("way", ["door", "admin"])
def test_idle_session_ends(way: str, later: Later) -> None:
    browser = signed_in(way=way)
    for _pause in range(3):
        later(minutes=119)
        assert who(browser) == "marta"
    later(minutes=121)
    assert browser.get("/admin/").status_code == 302
    assert browser.get("/api/v1/door/performances/").status_code == 401
    assert who(browser) is None


@pytest.mark.parametrize("way", ["door", "admin"])
def test_busy_session_ends_after_twelve_hours(way: str, later: Later) -> None:
    browser = signed_in(way=way)
    for _hour in range(11):
        later(hours=1)
        assert who(browser) == "marta"
    later(minutes=59)
    assert browser.get("/admin/").status_code == 200
    later(minutes=1)
    assert browser.get("/admin/").status_code == 302
    assert who(browser) is None


def test_paired_phone_notices_nothing_of_it(tonight: Performance, later: Later) -> None:
    phone = pair_phone(tonight)
    later(hours=3)
    assert phone.client.get("/api/v1/door/device/").status_code == 200


def test_cookie_of_last_use_fits_its_session_alone(later: Later) -> None:
    marta, luca = signed_in("marta"), signed_in("luca")
    later(minutes=100)
    assert (who(marta), who(luca)) == ("marta", "luca")
    later(minutes=100)
    session = marta.cookies[site_settings.SESSION_COOKIE_NAME].value
    of_marta, of_luca = (browser.cookies[LAST_USED].value for browser in (marta, luca))
    assert who(with_cookies(session, of_marta)) == "marta"
    for wrong in (of_luca, "", of_marta[:-1], of_marta.replace(":", ":1", 1)):
        assert who(with_cookies(session, wrong)) is None


def with_cookies(session: str, last_used: str) -> Client:
    browser = Client()
    browser.cookies[site_settings.SESSION_COOKIE_NAME] = session
    browser.cookies[LAST_USED] = last_used
    return browser


def test_cookie_of_last_use_is_renewed_once_a_minute_and_only_for_whoever_is_in(later: Later) -> None:
    browser = signed_in()
    assert LAST_USED in browser.get(SESSION).cookies
    later(seconds=59)
    assert LAST_USED not in browser.get(SESSION).cookies
    later(seconds=2)
    cookie = browser.get(SESSION).cookies[LAST_USED]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"], cookie["path"]) == (7200, True, "Lax", "/")
    later(seconds=61)
    assert browser.get("/api/v1/shows/").cookies == {}
    assert LAST_USED not in browser.delete(SESSION).cookies
    assert LAST_USED not in Client().get(SESSION).cookies


def test_session_from_before_there_was_an_end_is_over(later: Later) -> None:
    browser = signed_in()
    session = browser.session
    del session[SIGNED_IN_AT]
    session.save()
    assert who(browser) is None
    assert Session.objects.exists()  # nothing is written to answer a GET; the nightly sweep takes it away


def test_own_new_password_does_not_end_the_session_in_which_it_was_set(later: Later) -> None:
    browser, new = signed_in(way="admin"), "velluto-e-polvere"
    for _pause in range(2):
        later(minutes=100)
        who(browser)
    body = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert browser.post("/admin/password_change/", body).status_code == 302
    assert who(browser) == "marta"


@pytest.mark.parametrize("way", ["door", "admin"])
def test_database_holds_no_session_that_somebody_could_come_with(way: str) -> None:
    """Whoever has a dump, or a backup, has no session by it."""
    browser = signed_in(way=way)
    row = Session.objects.get()
    own = browser.cookies[site_settings.SESSION_COOKIE_NAME].value
    assert own not in row.session_key
    thief = Client()
    for word in (row.session_key, row.session_data):
        thief.cookies[site_settings.SESSION_COOKIE_NAME] = word
        assert who(thief) is None
    assert who(browser) == "marta"


def test_session_that_is_left_leaves_no_row() -> None:
    browser = signed_in()
    assert browser.delete(SESSION).status_code == 204
    assert not Session.objects.exists()
