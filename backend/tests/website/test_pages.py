"""The pages as they leave the server: found, shared and read without JavaScript."""

import json
import re
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from azionelab.company.models import Company, Page
from azionelab.core.pictures import clean
from azionelab.programme.models import Show
from tests.cast import make_performance, make_show, make_venue, reserve_and_confirm
from tests.pictures import photograph

pytestmark = pytest.mark.django_db


class Read(HTMLParser):
    """What a search engine and a chat take from a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.title, self.text = "", ""
        self.meta: dict[str, str] = {}
        self.links: dict[str, str] = {}
        self.hrefs: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.scripts: dict[str, str] = {}
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._inside = given.get("type") or "" if tag == "script" else tag
        if tag == "meta":
            self.meta[given.get("property") or given.get("name") or ""] = given.get("content") or ""
        if tag == "link":
            self.links[given.get("hreflang") or given.get("rel") or ""] = given.get("href") or ""
        if tag == "a":
            self.hrefs.append(given.get("href") or "")
        if tag == "img":
            self.images.append(given)

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "title":
            self.title += data
        elif self._inside.startswith("application/"):
            self.scripts[self._inside] = data
        elif self._inside != "style":
            self.text += data

    @property
    def structured(self) -> list[dict[str, object]]:
        return json.loads(self.scripts["application/ld+json"])["@graph"]

    @property
    def answers(self) -> dict[str, object]:
        return json.loads(self.scripts["application/json"])


def read(path: str, status: int = 200) -> Read:
    response = Client(headers={"accept-language": "de"}).get(path)
    assert response.status_code == status
    return Read(response.content.decode())


def with_poster(show: Show) -> Show:
    show.poster = ContentFile(clean(photograph((800, 1200))), name="p.webp")
    show.poster_alt_it, show.poster_alt_en = "Una corona", "A crown"
    show.save()
    return show


def test_link_to_a_show_shows_its_poster_and_what_it_is() -> None:
    show = with_poster(make_show(slug="macbeth", title_it="Macbeth & C.", title_en=""))
    page = read("/it/shows/macbeth")
    assert page.title == "Macbeth & C. · AzioneLab"
    assert page.meta["description"] == "Mirandolina fa girare la testa a tutti."
    assert page.meta["og:title"] == "Macbeth & C."
    assert page.meta["og:image"] == f"http://theatre.test/media/{show.poster.name.removesuffix('.webp')}.share.jpg"
    assert (page.meta["og:image:width"], page.meta["og:image:height"]) == ("1200", "630")
    assert (page.meta["og:image:alt"], page.meta["og:locale"]) == ("Una corona", "it_IT")
    assert page.meta["og:url"] == page.links["canonical"] == "http://theatre.test/it/shows/macbeth"
    assert read("/en/shows/macbeth").meta["og:image:alt"] == "A crown"


def test_every_page_knows_itself_in_the_other_language() -> None:
    performance = make_performance()
    paths = ("", "season", "archive", "privacy", f"shows/{performance.show.slug}", f"venues/{performance.venue.slug}")
    for path in (*paths, f"performances/{performance.pk}"):
        page = read(f"/en/{path}")
        assert page.links["canonical"] == f"http://theatre.test/en/{path}"
        assert (page.links["it"], page.links["en"], page.links["x-default"]) == (
            f"http://theatre.test/it/{path}",
            f"http://theatre.test/en/{path}",
            f"http://theatre.test/{path}",
        )


def test_language_is_that_of_the_address_and_of_no_browser() -> None:
    make_performance(starts_at=timezone.now() + timedelta(days=40))
    assert "Le prossime date" not in read("/en/season").text
    italian, english = read("/it/season"), read("/en/season")
    assert (italian.title, english.title) == ("La stagione · AzioneLab", "The season · AzioneLab")
    assert re.search(r"Prenotazioni da (lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica) \d", italian.text)
    assert re.search(r"Reservations from [A-Z][a-z]+day \d", english.text)
    response = Client(headers={"accept-language": "en"}).get("/it/season")
    assert response.headers["Content-Language"] == "it"
    assert "Vary" not in response.headers


@pytest.mark.parametrize(
    ("changes", "status", "availability"),
    [
        ({}, "EventScheduled", "InStock"),
        ({"capacity": 4}, "EventScheduled", "LimitedAvailability"),
        ({"capacity": 0}, "EventScheduled", "SoldOut"),
        ({"booking_opens_at": timezone.now() + timedelta(days=1)}, "EventScheduled", "PreOrder"),
        ({"booking_closes_at": timezone.now() - timedelta(days=1)}, "EventScheduled", "OutOfStock"),
        ({"cancelled_at": timezone.now()}, "EventCancelled", None),
    ],
)
def test_search_engines_hear_what_is_true(changes: dict[str, object], status: str, availability: str | None) -> None:
    performance = make_performance(**changes)
    for path in (f"shows/{performance.show.slug}", f"performances/{performance.pk}", "season"):
        [event] = read(f"/it/{path}").structured
        assert event["@type"] == "TheaterEvent"
        assert event["eventStatus"] == f"https://schema.org/{status}"
        assert event["isAccessibleForFree"] is True
        assert event["location"] == {
            "@type": "PerformingArtsTheater",
            "name": "La Cantina",
            "address": "Via del Teatro 1, Pisa",
        }
        offer = event.get("offers")
        assert (offer and offer["availability"]) == (availability and f"https://schema.org/{availability}")
        assert offer is None or (offer["price"], offer["priceCurrency"]) == (0, "EUR")


def test_moved_performance_says_where_it_was() -> None:
    announced = timezone.now() + timedelta(days=2)
    old = make_venue(name="Oratorio")
    performance = make_performance(moved_from_at=announced, moved_from_venue=old)
    page = read(f"/it/performances/{performance.pk}")
    assert page.structured[0]["eventStatus"] == "https://schema.org/EventRescheduled"
    assert page.structured[0]["previousStartDate"].startswith(f"{announced.astimezone():%Y}"[:2])
    assert re.search(r"Spostato: era .* alle ore \d\d:\d\d, Oratorio", page.text)
    assert "Moved: it was on" in read(f"/en/shows/{performance.show.slug}").text


def test_another_room_alone_is_no_other_time() -> None:
    performance = make_performance()
    performance.moved_from_at, performance.moved_from_venue = performance.starts_at, make_venue(name="La Soffitta")
    performance.save()
    page = read(f"/it/performances/{performance.pk}")
    assert page.structured[0]["eventStatus"] == "https://schema.org/EventScheduled"
    assert "previousStartDate" not in page.structured[0]
    assert "Cambio di sala: prima era La Soffitta" in page.text
    assert "Another venue: it was at La Soffitta" in read(f"/en/performances/{performance.pk}").text


def test_signs_of_a_text_stay_what_they_are() -> None:
    show = make_show(slug="jeckyll", synopsis_it="Jekyll & Hyde: 1 < 2.\n\nUn *doppio*.", subtitle_it="")
    page = read("/it/shows/jeckyll")
    assert page.meta["description"] == page.meta["og:description"] == "Jekyll & Hyde: 1 < 2. Un doppio."
    assert page.structured[0]["description"] == "Jekyll & Hyde: 1 < 2. Un doppio."
    assert show.slug == "jeckyll"


def test_home_shows_the_evening_that_the_application_will_choose() -> None:
    """The first one can still go to; where there is none, the first that has not begun."""
    begun = make_performance(show=with_poster(make_show(slug="begun")), starts_in=-timedelta(hours=1))
    full = make_performance(show=with_poster(make_show(slug="full")), starts_in=timedelta(hours=1), capacity=0)
    later = make_performance(show=with_poster(make_show(slug="later")), starts_in=timedelta(days=2), capacity=0)
    assert read("/it/").images[0]["src"] == read("/it/shows/full").images[0]["src"]
    later.capacity = 40
    later.save()
    assert read("/it/").images[0]["src"] == read("/it/shows/later").images[0]["src"]
    assert (begun.show.slug, full.show.slug) == ("begun", "full")


def test_page_that_is_not_there_says_so_in_its_language_under_its_own_address() -> None:
    response = Client(headers={"accept-language": "it"}).get("/en/shows/nobody")
    assert response.headers["Content-Language"] == "en"
    assert Read(response.content.decode()).meta["og:url"] == "http://theatre.test/en/shows/nobody"


def test_poster_without_its_sizes_is_not_shown_to_chats_yet() -> None:
    show = with_poster(make_show(slug="vecchia"))
    Show.objects.filter(pk=show.pk).update(poster_widths=[])
    assert "share" not in read("/it/shows/vecchia").meta.get("og:image", "")


def test_answers_of_the_api_come_with_the_page() -> None:
    performance = make_performance()
    reserve_and_confirm(performance, 3)
    slug, venue = performance.show.slug, performance.venue.slug
    expected = {
        "": {"theatre/", "performances/", "shows/"},
        "season": {"theatre/", "performances/", "shows/"},
        "archive": {"theatre/", "shows/?archive=true"},
        f"shows/{slug}": {"theatre/", f"shows/{slug}/", f"performances/?show={slug}"},
        f"venues/{venue}": {"theatre/", f"venues/{venue}/", f"performances/?venue={venue}"},
        f"performances/{performance.pk}": {"theatre/", f"performances/{performance.pk}/"},
        "reservation": {"theatre/"},
    }
    for path, addresses in expected.items():
        answers = read(f"/en/{path}").answers
        assert answers.keys() == addresses
        for address, answer in answers.items():
            asked = address + ("&" if "?" in address else "?") + "language=en"
            assert Client().get(f"/api/v1/{asked}").json() == answer, address


def test_nothing_that_a_manager_writes_leaves_its_place() -> None:
    evil = "</script><script>alert(1)</script>\u2028<!--azione:answers-->"
    make_performance(show=make_show(slug="evil", title_it=f"A{evil}"[:120], synopsis_it=evil, author=evil[:60]))
    for path in ("/it/", "/it/season", "/it/shows/evil"):
        text = Client().get(path).content.decode()
        assert "<script>alert" not in text
        assert text.count("<!--azione:answers-->") == 0
        assert Read(text).answers["theatre/"]["name"] == "AzioneLab"


@pytest.mark.parametrize(
    "path", ["shows/nessuno", "venues/nessuna", "pages/nessuna", "performances/999999", "che/cosa", "admin"]
)
def test_what_is_not_there_is_a_404_with_a_page(path: str) -> None:
    page = read(f"/it/{path}", status=404)
    assert "Questa pagina non c’è" in page.text
    assert page.meta["robots"] == "noindex"
    assert "canonical" not in page.links


def test_drafts_are_not_there() -> None:
    show = make_show(status=Show.Status.DRAFT)
    performance = make_performance(show=show)
    Page.objects.create(slug="bozza", title_it="Bozza", body_it="Presto.")
    for path in (f"shows/{show.slug}", f"performances/{performance.pk}", "pages/bozza"):
        read(f"/it/{path}", status=404)


def test_slash_too_much_is_taken_away() -> None:
    response = Client().get("/it/season/")
    assert (response.status_code, response.headers["Location"]) == (301, "/it/season")


@pytest.mark.parametrize("path", ["reservation", "find-reservation", "t", "performances/1/sent"])
def test_pages_of_one_guest_are_not_to_be_found(path: str) -> None:
    page = read(f"/it/{path}")
    assert page.meta["robots"] == "noindex"


def test_without_javascript_it_can_be_read_and_says_whom_to_ask() -> None:
    Company.objects.create(
        pk=Company.ONLY, address="Lungarno 14", email="b@theatre.example", phone="+39 050 1", hours_it="Dalle 17"
    )
    performance = make_performance()
    page = read(f"/it/shows/{performance.show.slug}")
    for words in ("Mirandolina fa girare", "Posti disponibili", "serve JavaScript", "Lungarno 14", "Dalle 17"):
        assert words in page.text
    assert {"tel:+39 050 1", "mailto:b@theatre.example", f"/it/performances/{performance.pk}"} <= set(page.hrefs)


def test_scripts_come_once_the_page_is_painted() -> None:
    text = Client().get("/it/").content.decode()
    assert '<link rel="later" href="chunk.js">' in text
    assert '<script src="main.js" type="later"' in text
    assert 'type="module"' not in text
    begin = text.rpartition('<script nonce="__CSP_NONCE__">')[2]
    assert 'observe({ type: "paint", buffered: true })' in begin
    assert begin.index("link[rel=later]") < begin.index("script[type=later]")


@pytest.mark.parametrize("name", ["answers", "embed", "head", "page"])
def test_template_has_no_text_of_its_own(name: str) -> None:
    """Whatever is not from the database comes out of a catalogue."""
    template = settings.BASE_DIR / "azionelab" / "website" / "templates" / "website" / f"{name}.html"
    text = re.sub(r"<(style|script)\b.*?</\1>|{%.*?%}|{{.*?}}|<!--.*?-->", "", template.read_text(), flags=re.DOTALL)
    assert not re.search(r"[A-Za-z]{2}", re.sub(r"<[^>]*>", "", text))
    assert not re.search(r'(?:alt|title|aria-label|placeholder)="[^"]*[A-Za-z]', text)


def test_picture_has_its_room_and_its_renditions() -> None:
    show = with_poster(make_show(slug="macbeth"))
    [image] = read("/it/shows/macbeth").images
    assert (image["width"], image["height"], image["alt"]) == ("800", "1200", "Una corona")
    assert f"/media/{show.poster.name.removesuffix('.webp')}.640.webp 640w" in (image["srcset"] or "")


def test_privacy_begins_with_what_the_company_writes() -> None:
    assert read("/en/privacy").title == "Privacy · AzioneLab"
    Page.objects.create(
        slug="privacy", title_it="Privacy", body_it="Il titolare è *noi*.", status=Page.Status.PUBLISHED
    )
    page = read("/it/privacy")
    assert "Il titolare è noi." in page.text
    assert page.answers["pages/privacy/"]["body_html"] == "<p>Il titolare è <em>noi</em>.</p>\n"


def test_pages_are_public_and_short_lived() -> None:
    make_performance()
    response = Client().get("/it/season")
    assert response.headers["Cache-Control"] == "public, max-age=1"
    assert response.cookies == {}


def test_another_build_is_taken_up_at_once(site_pages: Path) -> None:
    assert 'src="main.js"' in Client().get("/it/").content.decode()
    page = site_pages / "it" / "index.html"
    page.write_text(page.read_text().replace("main.js", "main-2.js"))
    assert 'src="main-2.js"' in Client().get("/it/").content.decode()


def test_without_a_build_it_is_busy_and_not_broken(site_pages: Path) -> None:
    (site_pages / "it" / "index.html").unlink()
    assert Client().get("/it/").status_code == 503


def test_number_of_statements_does_not_grow(django_assert_max_num_queries: object) -> None:
    for _ in range(12):
        make_performance()
    show = Show.objects.first()
    for path in ("/it/", "/it/season", f"/it/shows/{show.slug}"):
        with django_assert_max_num_queries(8):
            Client().get(path)
