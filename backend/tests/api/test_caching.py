"""What nginx may keep for a second depends on the address alone; whatever else is answered, nobody may keep."""

import gzip
import re
from http.cookies import SimpleCookie

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver

from tests.cast import make_performance, make_staff
from tests.core.test_safe_methods import House, house, routes, sign_in  # noqa: F401 (house: a fixture)

pytestmark = pytest.mark.django_db(transaction=True)

API = r"api/v1/(theatre|(shows|venues)(/[\w-]+)?|pages/[\w-]+|performances(/\d+)?)/"
SITE = r"it/(?!nothing/here).*|robots\.txt|sitemap\.xml"
PUBLIC = f"{API}|{SITE}"


def public_paths(house: House) -> list[str]:  # noqa: F811
    return sorted(
        path for route in routes(get_resolver().url_patterns) if re.fullmatch(PUBLIC, path := house.path(route))
    )


def same_for_all(response: HttpResponse) -> tuple[bytes, dict[str, str], SimpleCookie]:
    return response.content, dict(response.headers), response.cookies


def test_public_answer_depends_on_its_address_alone(house: House) -> None:  # noqa: F811
    staff = make_staff()
    paths = public_paths(house)
    assert len(paths) == 25
    for path in [f"/{path}{query}" for path in paths for query in ("", "?language=en")]:
        expected = same_for_all(Client().get(path))
        assert expected[1]["Cache-Control"] == "public, max-age=1"
        is_english = path.endswith("en") and not path.startswith("/it/")  # a page has its language in its path
        assert expected[1]["Content-Language"] == ("en" if is_english else "it")
        assert "ETag" in expected[1]
        assert "Vary" not in expected[1]
        assert not expected[2]
        signed_in = Client()
        signed_in.force_login(staff)
        assert same_for_all(signed_in.get(path)) == expected
        for name, value in {
            "Accept-Language": "en-GB",
            "Cookie": "sessionid=x; csrftoken=y; language=en",
            "Authorization": f"Reservation {house.confirmed_token}",
            "Accept": "text/html,*/*;q=0.8",
        }.items():
            assert same_for_all(Client(headers={name: value}).get(path)) == expected, name


def test_unchanged_public_answer_is_as_public(house: House) -> None:  # noqa: F811
    etag = Client().get("/api/v1/shows/")["ETag"]
    unchanged = Client(headers={"If-None-Match": etag, "Accept-Language": "en"}).get("/api/v1/shows/")
    assert unchanged.status_code == 304
    assert unchanged["Cache-Control"] == "public, max-age=1"
    assert "Vary" not in unchanged.headers


def test_public_answer_is_compressed_for_whoever_asks(house: House) -> None:  # noqa: F811
    for _ in range(5):
        make_performance()
    plain = Client().get("/api/v1/performances/")
    compressed = Client(headers={"Accept-Encoding": "br, gzip"}).get("/api/v1/performances/")
    assert compressed["Content-Encoding"] == "gzip"
    assert gzip.decompress(compressed.content) == plain.content
    assert int(compressed["Content-Length"]) == len(compressed.content) < len(plain.content)
    assert compressed["ETag"] == f"W/{plain['ETag']}"
    unchanged = Client(headers={"Accept-Encoding": "gzip", "If-None-Match": compressed["ETag"]})
    assert unchanged.get("/api/v1/performances/").status_code == 304


def test_private_answer_is_never_compressed(house: House) -> None:  # noqa: F811
    """Its size would tell what of it an attacker had guessed (CVE-2013-3587)."""
    headers = {"Accept-Encoding": "gzip", "Authorization": f"Reservation {house.confirmed_token}"}
    answer = Client(headers=headers).get("/api/v1/reservation/calendar.ics")
    assert (answer.status_code, len(answer.content) > 500) == (200, True)
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("who", ["anybody", "door staff", "superuser"])
def test_nobody_keeps_any_other_answer(who: str, house: House) -> None:  # noqa: F811
    client, kept = sign_in(who), {}
    for route in sorted(set(routes(get_resolver().url_patterns))):
        path = house.path(route)
        for method in ("get", "head") if path.startswith("admin/") else ("get", "head", "post"):
            response = getattr(client, method)(f"/{path}", headers={"Authorization": f"Reservation {'A' * 26}"})
            response.close()
            if method != "post" and re.fullmatch(PUBLIC, path):
                continue
            if "no-store" not in response.headers.get("Cache-Control", ""):
                kept[f"{method} {path}"] = response.status_code
    assert kept == {}


def test_what_is_not_there_is_asked_again() -> None:
    for path in ("/api/v1/shows/nessuno/", "/api/v1/performances/999999/", "/api/v1/performances/?from=ieri", "/admin"):
        assert "no-store" in Client().get(path)["Cache-Control"], path
