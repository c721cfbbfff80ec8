from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from rest_framework.test import APIClient

from azionelab.core.pictures import clean
from azionelab.programme.models import Show, ShowPicture
from tests.cast import make_performance, make_show, make_venue, reserve, reserve_and_confirm
from tests.pictures import photograph

pytestmark = pytest.mark.django_db


def get(path: str, **query: str) -> object:
    answer = APIClient().get(f"/api/v1/{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_theatre_says_who_it_is() -> None:
    assert get("theatre/") == {
        "name": "AzioneLab",
        "tagline": "",
        "time_zone": "Europe/Rome",
        "hold_minutes": 60,
        "pending_kept_hours": 24,
        "guests_kept_days": 30,
        "box_office": {"address": "", "hours": "", "email": "", "phone": ""},
        "menu": [],
    }


def test_shows_are_listed_by_what_plays_next_without_drafts() -> None:
    later, sooner, never = make_show(title_it="B"), make_show(title_it="C"), make_show(title_it="A")
    make_performance(show=later, starts_in=timedelta(days=9))
    make_performance(show=sooner, starts_in=timedelta(days=2))
    make_performance(show=never, starts_in=timedelta(days=1), cancelled_at=timezone.now())
    make_show(status=Show.Status.DRAFT)
    assert [show["slug"] for show in get("shows/")] == [sooner.slug, later.slug, never.slug]


def test_show_speaks_the_language_asked_for_and_falls_back_to_italian() -> None:
    show = make_show(subtitle_it="Commedia in tre atti", subtitle_en="")
    italian, english = get(f"shows/{show.slug}/"), get(f"shows/{show.slug}/", language="en")
    assert (italian["title"], english["title"]) == ("La locandiera", "The Mistress of the Inn")
    assert english["subtitle"] == "Commedia in tre atti"
    assert english["synopsis_html"] == "<p>Mirandolina turns <em>every</em> head.</p>\n"


@pytest.mark.parametrize(
    ("query", "title"),
    [("language=it&language=en", "The Mistress of the Inn"), ("language=en&language=it", "La locandiera")],
)
def test_language_said_twice_is_the_last_one(query: str, title: str) -> None:
    """In one answer all of it: what it says of its own language too."""
    show = make_show()
    answer = APIClient().get(f"/api/v1/shows/{show.slug}/?{query}")
    assert answer.json()["title"] == title
    assert answer.headers["Content-Language"] == query[-2:]


def test_line_end_in_markdown_is_no_line_end_on_the_page() -> None:
    """A season file is wrapped at a width that has nothing to do with the screen's."""
    show = make_show(synopsis_it="Una locanda\na Firenze.\n\nDue nobili.")
    assert get(f"shows/{show.slug}/")["synopsis_html"] == "<p>Una locanda\na Firenze.</p>\n<p>Due nobili.</p>\n"


def test_markdown_cannot_bring_scripts() -> None:
    show = make_show(synopsis_it="<script>alert(1)</script> [x](javascript:alert(1)) ![p](https://e.example/x.png)")
    html = get(f"shows/{show.slug}/")["synopsis_html"]
    assert "<script" not in html
    assert "javascript:" not in html.replace("[x](javascript:alert(1))", "")
    assert "<img" not in html


def test_poster_has_its_size_and_its_words() -> None:
    show = make_show(poster_alt_it="Una maschera rossa")
    show.poster.save("p.png", ContentFile(_png(), name="p.png"))
    poster = get(f"shows/{show.slug}/")["poster"]
    assert {key: poster[key] for key in ("width", "height", "alt")} == {
        "width": 2,
        "height": 3,
        "alt": "Una maschera rossa",
    }
    assert poster["url"].startswith("/media/posters/")


def _png() -> bytes:
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (2, 3)).save(out, "PNG")
    return out.getvalue()


def test_draft_show_is_not_found() -> None:
    show = make_show(status=Show.Status.DRAFT)
    performance = make_performance(show=show)
    for path in (f"shows/{show.slug}/", f"performances/{performance.pk}/"):
        assert APIClient().get(f"/api/v1/{path}").json()["code"] == "not_found"


def test_venue_says_how_to_get_there() -> None:
    venue = make_venue(directions_it="Dal Duomo a *piedi*", step_free_access=True)
    shown = get(f"venues/{venue.slug}/")
    assert (shown["directions_html"], shown["step_free_access"]) == ("<p>Dal Duomo a <em>piedi</em></p>\n", True)
    assert [row["slug"] for row in get("venues/")] == [venue.slug]


def test_performance_shows_time_with_the_theatres_offset_in_winter_and_summer() -> None:
    winter = make_performance(
        starts_at=datetime(2030, 12, 5, 19, 30, tzinfo=UTC), booking_opens_at=datetime(2020, 1, 1, tzinfo=UTC)
    )
    summer = make_performance(
        starts_at=datetime(2030, 7, 5, 18, 30, tzinfo=UTC), booking_opens_at=datetime(2020, 1, 1, tzinfo=UTC)
    )
    assert get(f"performances/{winter.pk}/")["starts_at"] == "2030-12-05T20:30:00+01:00"
    assert get(f"performances/{summer.pk}/")["starts_at"] == "2030-07-05T20:30:00+02:00"


def test_performance_says_what_is_left() -> None:
    performance = make_performance(capacity=10, manually_occupied=1)
    reserve(performance, 2)
    reserve_and_confirm(performance, 3)
    shown = get(f"performances/{performance.pk}/")
    assert shown["seats"] == {"bookable": 9, "left": 4, "few": True}
    assert shown["booking"]["state"] == "open"
    assert get("performances/")[0] == shown


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"manually_occupied": 10}, "sold_out"),
        ({"booking_opens_at": timezone.now() + timedelta(hours=1)}, "not_yet"),
        ({"booking_closes_at": timezone.now() - timedelta(hours=1)}, "closed"),
        ({"cancelled_at": timezone.now()}, "cancelled"),
        ({"starts_in": timedelta(days=-1)}, "closed"),
    ],
)
def test_performance_says_why_it_cannot_be_reserved(changes: dict[str, object], state: str) -> None:
    performance = make_performance(**changes)
    assert get(f"performances/{performance.pk}/")["booking"]["state"] == state


def test_performances_are_filtered_by_show_venue_and_time() -> None:
    one, two = make_performance(starts_in=timedelta(days=1)), make_performance(starts_in=timedelta(days=5))
    middle = (timezone.now() + timedelta(days=3)).isoformat()

    def ids(**query: str) -> list[int]:
        return [row["id"] for row in get("performances/", **query)]

    assert ids() == [one.pk, two.pk]
    assert ids(show=one.show.slug) == [one.pk]
    assert ids(venue=two.venue.slug) == [two.pk]
    assert ids(**{"from": middle}) == [two.pk]
    assert ids(to=middle) == [one.pk]


def test_unreadable_filter_is_refused_by_its_own_name() -> None:
    answer = APIClient().get("/api/v1/performances/", {"from": "tomorrow"})
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["from"]


def test_lists_carry_an_etag_that_answers_304() -> None:
    make_performance()
    for path in ("shows/", "venues/", "performances/"):
        first = APIClient().get(f"/api/v1/{path}")
        again = APIClient().get(f"/api/v1/{path}", headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert first["Cache-Control"] == "public, max-age=1"


def test_archive_has_what_has_played_and_will_not_play_again() -> None:
    over, older, current, undated, tonight, called_off, gone = (make_show(title_it=name) for name in "BCADEFG")
    make_performance(show=over, starts_in=-timedelta(days=10))
    make_performance(show=older, starts_in=-timedelta(days=400))
    make_performance(show=current, starts_in=-timedelta(days=10))
    make_performance(show=current, starts_in=timedelta(days=10))
    make_performance(show=tonight, starts_in=-timedelta(hours=1))
    make_performance(show=called_off, starts_in=-timedelta(days=10))
    make_performance(show=called_off, starts_in=timedelta(days=3), cancelled_at=timezone.now())
    make_performance(show=gone, starts_in=-timedelta(days=1), cancelled_at=timezone.now())
    assert [show["slug"] for show in get("shows/", archive="true")] == [over.slug, older.slug]
    assert [show["slug"] for show in get("shows/")] == [show.slug for show in (current, undated, tonight, called_off)]
    assert get(f"shows/{over.slug}/")["last_performance_at"] is not None


def test_moved_performance_says_where_it_was_announced() -> None:
    announced = timezone.now().replace(microsecond=0) + timedelta(days=2)
    performance = make_performance(moved_from_at=announced, moved_from_venue=make_venue(name="Oratorio"))
    moved = get(f"performances/{performance.pk}/")["moved_from"]
    assert (datetime.fromisoformat(moved["starts_at"]), moved["venue"]) == (announced, "Oratorio")
    assert get(f"performances/{make_performance().pk}/")["moved_from"] is None


@pytest.mark.parametrize(("capacity", "few"), [(5, True), (6, False), (120, False)])
def test_few_seats_are_said_to_be_few(capacity: int, few: bool) -> None:
    performance = make_performance(capacity=capacity)
    assert get(f"performances/{performance.pk}/")["seats"]["few"] is few


def test_in_a_large_house_a_tenth_is_few() -> None:
    performance = make_performance(capacity=100, max_seats_per_reservation=100)
    reserve_and_confirm(performance, 90)
    assert get(f"performances/{performance.pk}/")["seats"] == {"bookable": 100, "left": 10, "few": True}


def test_pictures_come_with_their_renditions_and_their_focus() -> None:
    show = make_show()
    picture = ShowPicture(show=show, alt_it="Una corona", alt_en="A crown", credit="Elio", focus_x=20, focus_y=30)
    picture.image = ContentFile(clean(photograph((700, 500))), name="corona.webp")
    picture.save()
    [shown] = get(f"shows/{show.slug}/", language="en")["pictures"]
    stem = picture.image.url.removesuffix(".webp")
    assert shown == {
        "url": f"{stem}.webp",
        "width": 700,
        "height": 500,
        "renditions": [{"url": f"{stem}.{width}.webp", "width": width} for width in (320, 480, 640)],
        "focus": {"x": 20, "y": 30},
        "alt": "A crown",
        "credit": "Elio",
    }
