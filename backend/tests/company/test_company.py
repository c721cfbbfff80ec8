"""What the company says of itself: for guests, for whoever has the link to a draft, and for the manager."""

import pytest
from django.core import signing
from django.test import Client
from rest_framework.test import APIClient

from azionelab.company.models import Company, Page, PagePicture
from azionelab.core.previews import preview_token
from azionelab.programme.models import Show
from tests.backstage import add_url, filled_in, list_url, manager, page_url
from tests.cast import make_show
from tests.pictures import photograph, upload

pytestmark = pytest.mark.django_db


def make_page(slug: str = "chi-siamo", **changes: object) -> Page:
    values = {"title_it": "Chi siamo", "title_en": "Who we are", "body_it": "Noi.", "body_en": "We."}
    return Page.objects.create(slug=slug, status=Page.Status.PUBLISHED, **values | changes)


def get(path: str, status: int = 200, **headers: str) -> object:
    answer = APIClient().get(f"/api/v1/{path}", headers=headers)
    assert answer.status_code == status
    return answer.json()


def test_menu_is_in_the_managers_order_without_drafts_and_privacy() -> None:
    make_page("contatti", title_it="Contatti", title_en="", position=2)
    make_page("chi-siamo", position=1)
    make_page("nascosta", in_menu=False)
    make_page("privacy", title_it="Privacy")
    make_page("bozza", position=0)
    Page.objects.filter(slug="bozza").update(status=Page.Status.DRAFT)
    menu = get("theatre/?language=en")["menu"]
    assert menu == [{"slug": "chi-siamo", "title": "Who we are"}, {"slug": "contatti", "title": "Contatti"}]


def test_page_speaks_the_language_asked_for() -> None:
    make_page()
    assert get("pages/chi-siamo/")["body_html"] == "<p>Noi.</p>\n"
    assert get("pages/chi-siamo/?language=en")["title"] == "Who we are"
    get("pages/nessuna/", 404)


@pytest.mark.parametrize("kind", ["page", "show"])
def test_draft_is_seen_by_who_has_its_link(kind: str) -> None:
    draft, other = (make_page(), make_page("altra")) if kind == "page" else (make_show(slug="a"), make_show(slug="b"))
    type(draft).objects.update(status="draft")
    path = f"{kind}s/{draft.slug}/"
    get(path, 404)
    answer = APIClient().get(f"/api/v1/{path}", headers={"Authorization": f"Preview {preview_token(draft)}"})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    subject, salt = f"{draft._meta.label_lower}.{draft.pk}", "azionelab.preview"
    signed_otherwise = [
        signing.TimestampSigner(salt=salt, algorithm="sha1").sign(subject),
        signing.TimestampSigner(key="another secret key", salt=salt).sign(subject),
        signing.TimestampSigner(salt="azionelab.other").sign(subject),
    ]
    get(path, Authorization=f"Preview {signing.TimestampSigner(salt=salt).sign(subject)}")
    for token in (preview_token(other), "x", signing.dumps("x"), preview_token(draft)[:-1], *signed_otherwise):
        get(path, 404, Authorization=f"Preview {token}")


def test_link_to_a_draft_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    show = make_show(status=Show.Status.DRAFT)
    token = preview_token(show)
    monkeypatch.setattr("azionelab.core.previews.DAYS", -1)
    get(f"shows/{show.slug}/", 404, Authorization=f"Preview {token}")


def test_manager_writes_a_page_with_a_picture_and_gets_links_to_the_draft() -> None:
    client = manager()
    data = filled_in(client.get(add_url(Page)), title_it="Persone", body_it="Noi: ![](prove)", slug="persone")
    data |= {
        "pictures-TOTAL_FORMS": "1",
        "pictures-0-name": "prove",
        "pictures-0-image": upload(photograph((900, 600))),
        "pictures-0-focus_x": "30",
        "pictures-0-focus_y": "60",
        "pictures-0-alt_it": "Tre attori",
        "pictures-0-position": "0",
    }
    assert client.post(add_url(Page), data).status_code == 302
    page = Page.objects.get()
    picture = PagePicture.objects.get()
    assert (picture.widths, picture.width, picture.focus_x) == ([320, 480, 640], 900, 30)
    text = client.get(page_url(page)).content.decode()
    token = preview_token(page).rpartition(":")[0].split(":")[0]
    assert f"http://theatre.test/it/pages/persone#preview={token}" in text
    assert "Chi ha uno di questi link vede la bozza" in text
    html = get("pages/persone/", Authorization=f"Preview {preview_token(page)}")["body_html"]
    assert f'<img src="/media/{picture.image.name}" srcset="/media/' in html


def test_file_that_is_no_picture_is_refused_and_nothing_is_lost() -> None:
    client = manager()
    data = filled_in(client.get(add_url(Page)), title_it="Persone", body_it="Un testo lungo", slug="persone")
    data |= {
        "pictures-TOTAL_FORMS": "1",
        "pictures-0-name": "prove",
        "pictures-0-image": upload(b"<script>", "foto.jpg"),
        "pictures-0-focus_x": "50",
        "pictures-0-focus_y": "50",
        "pictures-0-alt_it": "Tre attori",
        "pictures-0-position": "0",
    }
    page = client.post(add_url(Page), data)
    assert page.status_code == 200
    assert "Non è un’immagine JPEG, PNG o WebP" in page.content.decode()
    assert "Un testo lungo" in page.content.decode()
    assert not Page.objects.exists()


def test_company_is_one_form() -> None:
    client = manager()
    response = client.get(list_url(Company))
    assert response.headers["Location"] == add_url(Company)
    data = filled_in(client.get(add_url(Company)), tagline_it="Teatro.", phone="chiamate Bianca")
    assert list(client.post(add_url(Company), data).context["adminform"].form.errors) == ["phone"]
    assert client.post(add_url(Company), data | {"phone": "+39 050 555 0142"}).status_code == 302
    assert get("theatre/")["tagline"] == "Teatro."
    assert client.get(list_url(Company)).headers["Location"] == page_url(Company.objects.get())
    assert client.get(add_url(Company)).status_code == 403


def test_door_staff_and_strangers_write_no_pages() -> None:
    assert Client().get(add_url(Page)).status_code == 302
