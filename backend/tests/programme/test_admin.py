"""Shows and venues as a manager keeps them."""

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from azionelab.programme.models import Show, Venue
from tests.backstage import act, add_url, filled_in, list_url, manager, page_url, rows, said, sign_in
from tests.cast import make_performance, make_show, make_staff, make_venue

pytestmark = pytest.mark.django_db


def picture(size: tuple[int, int] = (60, 90)) -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", size, "darkred").save(data, "PNG")
    return SimpleUploadedFile("locandina.png", data.getvalue(), "image/png")


def test_manager_adds_a_show_in_italian_alone() -> None:
    client = manager()
    form = client.get(add_url(Show))
    data = filled_in(
        form, slug="sogno", title_it="Sogno", author="Shakespeare", synopsis_it="Una *notte*.", duration_minutes=120
    )
    client.post(add_url(Show), data)
    show = Show.objects.get()
    assert (show.title_it, show.title_en, show.status) == ("Sogno", "", Show.Status.DRAFT)


def test_italian_stands_before_english() -> None:
    fieldsets = [name for name, _options in manager().get(add_url(Show)).context["adminform"].fieldsets]
    assert [str(name) for name in fieldsets] == ["None", "Italiano", "Inglese", "Locandina", "Indirizzo sul sito"]


def test_poster_without_its_words_is_refused() -> None:
    client, show = manager(), make_show()
    url = page_url(show)
    page = client.post(url, filled_in(client.get(url), poster=picture()))
    errors = page.context["adminform"].form.errors
    assert errors == {"poster_alt_it": ["Descrivi la locandina per chi non può vederla."]}


def test_poster_with_its_words_is_kept_and_previewed(settings: object) -> None:
    client, show = manager(), make_show()
    url = page_url(show)
    client.post(url, filled_in(client.get(url), poster=picture(), poster_alt_it="Un sipario «rosso»"))
    show.refresh_from_db()
    assert (show.poster_width, show.poster_height) == (60, 90)
    assert Path(settings.MEDIA_ROOT, show.poster.name).exists()
    preview = f'<span class="picture-preview"><img src="{show.poster.url}" alt="Un sipario «rosso»"></span>'
    assert preview in client.get(url).content.decode()


def test_poster_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    client, show = manager(), make_show()
    file = picture((2000, 2000))
    monkeypatch.setattr("azionelab.core.pictures.MAX_PICTURE_BYTES", 2_000)
    url = page_url(show)
    page = client.post(url, filled_in(client.get(url), poster=file, poster_alt_it="Rosso"))
    assert list(page.context["adminform"].form.errors) == ["poster"]


def test_file_that_is_no_picture_is_refused() -> None:
    client, show = manager(), make_show()
    url = page_url(show)
    file = SimpleUploadedFile("locandina.png", b"<script>", "image/png")
    page = client.post(url, filled_in(client.get(url), poster=file, poster_alt_it="Rosso"))
    assert list(page.context["adminform"].form.errors) == ["poster"]


def test_publish_and_withdraw_change_the_chosen_shows_only() -> None:
    client = manager()
    draft, shown, other = make_show(status="draft"), make_show(), make_show(status="draft")
    assert said(act(client, "publish", draft, shown)) == [("success", "1 spettacolo ora è sul sito.")]
    assert set(Show.objects.filter(status="published")) == {draft, shown}
    [(level, words)] = said(act(client, "withdraw", draft, shown))
    assert (level, words.split(";")[0]) == ("success", "2 spettacoli sono di nuovo in bozza")
    assert set(Show.objects.filter(status="draft")) == {draft, shown, other}


def test_shows_are_found_by_either_title_author_and_status() -> None:
    client = manager()
    inn = make_show()
    moon = make_show(title_it="La patente", title_en="The Licence", author="Luigi Pirandello", status="draft")
    found = [rows(client.get(list_url(Show), query)) for query in ({"q": "mistress"}, {"q": "pirandello"})]
    assert found == [[inn], [moon]]
    assert rows(client.get(list_url(Show), {"status__exact": "draft"})) == [moon]


def test_show_with_performances_is_not_deleted() -> None:
    client, performance = manager(), make_performance()
    answer = client.post(page_url(performance.show, "delete"), {"post": "yes"})
    assert answer.status_code == 403 or answer.context["protected"]
    assert Show.objects.filter(pk=performance.show_id).exists()


def test_manager_adds_a_venue() -> None:
    client = manager()
    data = filled_in(
        client.get(add_url(Venue)),
        name="Chiostro",
        slug="chiostro",
        address="Piazza 1",
        capacity=80,
        step_free_access=True,
    )
    client.post(add_url(Venue), data)
    assert Venue.objects.values_list("name", "capacity", "step_free_access").get() == ("Chiostro", 80, True)


def test_capacity_of_a_venue_leaves_its_performances_alone() -> None:
    client, performance = manager(), make_performance(capacity=40)
    url = page_url(performance.venue)
    client.post(url, filled_in(client.get(url), capacity=12))
    performance.refresh_from_db()
    assert (performance.venue.capacity, performance.capacity) == (12, 40)


def test_door_staff_reach_neither_shows_nor_venues() -> None:
    client = sign_in(make_staff())
    answers = [client.get(url).status_code for url in (list_url(Show), list_url(Venue), page_url(make_venue()))]
    assert answers == [403, 403, 403]
