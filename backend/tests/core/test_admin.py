"""The admin site itself: whose it is, in which language, and that no page of it shows a token."""

import base64
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from azionelab.checkin.models import Scan
from azionelab.programme.models import Performance, Show
from azionelab.reservations.models import OutboundEmail, Reservation, ReservationToken
from tests.backstage import let_in, list_url, page_url, sign_in, superuser
from tests.cast import PASSWORD, give_token, make_performance, make_staff, reserve, reserve_and_confirm
from tests.postbox import Postbox

INDEX = reverse("admin:index")


def test_sign_in_page_bears_the_theatre_name(client: Client, settings: object, db: None) -> None:
    page = client.get(reverse("admin:login"), headers={"accept-language": "it"}).content.decode()
    assert "<title>Accedi | AzioneLab</title>" in page
    assert "Django" not in page


def test_index_links_to_the_site(db: None) -> None:
    page = superuser().get(INDEX).content.decode()
    assert '<a href="http://theatre.test">Visualizza il sito</a>' in page
    assert "Di che cosa vuoi occuparti?" in page


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("it", ["Cartellone", "Repliche", "Spettacoli", "Sale"]),
        ("en", ["Programme", "Performances", "Shows", "Venues"]),
    ],
)
def test_language_follows_the_browser(db: None, language: str, words: list[str]) -> None:
    page = superuser(language).get(INDEX).content.decode()
    assert [word for word in words if f">{word}</a>" not in page] == []


def test_managers_see_their_work_and_no_accounts(db: None) -> None:
    assert models_on_index(sign_in(make_staff("giulia", "Managers"))) == {
        "Company",
        "Page",
        "Venue",
        "Show",
        "Performance",
        "Reservation",
        "OutboundEmail",
        "Scan",
        "CheckIn",
        "Conflict",
    }


def test_door_staff_see_performances_and_the_door(db: None) -> None:
    assert models_on_index(sign_in(make_staff())) == {"Performance", "Scan", "CheckIn"}


def models_on_index(client: Client) -> set[str]:
    return {model["object_name"] for app in client.get(INDEX).context["app_list"] for model in app["models"]}


def test_cells_of_a_list_say_what_they_are_of(db: None) -> None:
    """On a phone they stand in cards, without the headings of their columns; a checkbox is labelled by its row."""
    reserve_and_confirm(make_performance(), 2, name="Anna <Bianchi>")
    page = superuser().get(list_url(Reservation)).content.decode()
    row = page.split("<tbody>")[1].split("</tbody>")[0]
    assert '<td class="field-name" data-label="Nome">Anna &lt;Bianchi&gt;</td>' in row
    assert '<td class="field-seats" data-label="Posti">2</td>' in row
    assert '<td class="action-checkbox"><input' in row


def test_anonymous_visitor_sees_nothing(client: Client, db: None) -> None:
    for model in admin.site._registry:
        answer = client.get(list_url(model))
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(reverse("admin:login"))


@pytest.mark.parametrize(
    "query",
    [{"_facets": "True"}, {"when": "nonsense"}, {"q": "\u0000 %' \u202e"}, {"performance": "9" * 30}, {"all": ""}],
)
def test_lists_bear_odd_addresses(db: None, query: dict[str, str]) -> None:
    reserve_and_confirm(make_performance())
    client = superuser()
    for model in (Show, Performance, Reservation, OutboundEmail, Scan):
        assert client.get(list_url(model), query, follow=True).status_code == 200


def test_tokens_have_no_page() -> None:
    assert ReservationToken not in admin.site._registry


@pytest.mark.django_db(transaction=True)
def test_no_page_shows_a_token_or_its_digest(postbox: Postbox) -> None:
    performance = make_performance(starts_in=timedelta(minutes=30))
    guest = reserve_and_confirm(performance, 2)
    reserve(performance)
    pair = give_token(guest)
    let_in(guest)
    client = superuser()
    pages = "".join(client.get(url).content.decode() for url in every_page())
    assert guest.reference in pages
    secrets = [pair.reservation_token, pair.ticket_token, postbox.token(0), postbox.token(1)]
    digests = [
        bytes(digest)
        for row in ReservationToken.objects.all()
        for digest in (row.reservation_digest, row.ticket_digest)
    ]
    digests += [bytes(reservation.request_digest) for reservation in Reservation.objects.all()]
    assert len(digests) >= 8
    for written in (
        *secrets,
        *(digest.hex() for digest in digests),
        *(base64.b64encode(digest).decode() for digest in digests),
        *(base64.b32encode(digest).decode().rstrip("=") for digest in digests),
        *(str(digest) for digest in digests),
        *(str(key) for key in Reservation.objects.values_list("idempotency_key", flat=True)),
    ):
        assert written not in pages


def every_page() -> list[str]:
    """The index, every list, and every page of one row that has a page."""
    urls = [INDEX]
    for model in admin.site._registry:
        urls.append(list_url(model))
        for row in model._default_manager.all()[:3]:
            urls += [page_url(row), page_url(row, "history"), page_url(row, "delete")]
    assert all(list_url(model) in urls for model in (Performance, Reservation, OutboundEmail, Scan))
    return urls


def test_door_staff_change_their_password_with_the_present_one(db: None) -> None:
    marta, new = make_staff(), "velluto-e-polvere"
    client = sign_in(marta)
    body = {"old_password": "applausi-a-scena-aperta", "new_password1": new, "new_password2": new}
    refused = client.post(reverse("admin:password_change"), body)
    assert refused.status_code == 200
    assert list(refused.context["form"].errors) == ["old_password"]
    marta.refresh_from_db()
    assert marta.check_password(PASSWORD)
    assert client.post(reverse("admin:password_change"), body | {"old_password": PASSWORD}).status_code == 302
    marta.refresh_from_db()
    assert marta.check_password(new)


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_sign_in_leads_to_no_other_site(db: None, target: str) -> None:
    make_staff()
    login = reverse("admin:login")
    page = Client().get(login, {"next": target})
    assert page.status_code == 200
    for body in ({"next": target}, {}):
        answer = Client().post(
            f"{login}?{urlencode({'next': target})}", {"username": "marta", "password": PASSWORD, **body}
        )
        assert (answer.status_code, answer.headers["Location"]) == (302, INDEX)
