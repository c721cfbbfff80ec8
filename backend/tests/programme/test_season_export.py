"""The season back to its file: seeding it again changes nothing, here and on an empty site."""

import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from azionelab.programme.models import Performance, Show, Venue
from azionelab.programme.season_export import export_season
from azionelab.programme.season_files import SeasonOnDisk, SentSeason
from azionelab.programme.season_text import in_plain_letters, mapping_lines
from azionelab.reservations.seeding import seed_season
from tests.cast import make_performance, make_show, make_venue

# What reads one snapshot opens the transaction itself.
pytestmark = pytest.mark.django_db(transaction=True)
DEMO_SEASON = Path(__file__).resolve().parents[3] / "season" / "season.yaml"
ANCHOR = date(2026, 11, 22)
MARKDOWN = "Un verso  \nche va a capo, con \t tabulatore.\n\n  - *uno*\n  - **due**: `a # b`\n\n---\n# È: 'fine'"


def actions(anchor: date = date(1999, 1, 1)) -> set[str]:
    """What seeding the export would do; no day in it is a relative one."""
    season = export_season()
    sent = SentSeason("season.yaml", season.text.encode(), season.posters)
    return {change.action for change in seed_season(file=sent, anchor=anchor)}


def everything() -> list[object]:
    """All rows, without what another site has of its own."""
    hidden = {"id", "show_id", "venue_id", "poster", "cancelled_at"}
    rows = [
        *Venue.objects.order_by("slug").values(),
        *Show.objects.order_by("slug").values(),
        *Performance.objects.order_by("starts_at", "venue__slug").values(),
    ]
    return [{name: value for name, value in row.items() if name not in hidden} for row in rows]


def empty_the_site() -> None:
    for model in (Performance, Show, Venue):
        model.objects.all().delete()


def picture(colour: str = "black") -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (20, 30), colour).save(content, "PNG")
    return content.getvalue()


def test_demo_season_comes_back_here_and_on_an_empty_site() -> None:
    seed_season(file=SeasonOnDisk(DEMO_SEASON), anchor=ANCHOR)
    before, season = everything(), export_season()
    assert actions() == {"unchanged"}
    # Nor does the file it came from find anything to do afterwards.
    again = seed_season(file=SeasonOnDisk(DEMO_SEASON), anchor=ANCHOR)
    assert {change.action for change in again} == {"unchanged"}

    empty_the_site()
    for name in default_storage.listdir("posters")[1]:
        default_storage.delete(f"posters/{name}")
    sent = SentSeason("season.yaml", season.text.encode(), season.posters)
    assert {change.action for change in seed_season(file=sent, anchor=ANCHOR)} == {"created"}
    assert everything() == before
    assert export_season().text == season.text
    assert export_season().posters == season.posters


def test_the_file_reads_well() -> None:
    seed_season(file=SeasonOnDisk(DEMO_SEASON), anchor=ANCHOR)
    lines = export_season().text.splitlines()
    assert any(line.startswith("        Tornando dalla battaglia, Macbeth incontra tre sorelle") for line in lines)
    assert lines.count("      it: |") >= 8
    assert "\\" not in export_season().text
    assert yaml.safe_load(export_season().text)["shows"]["macbeth"]["performances"][0] == {
        "venue": "cantina", "starts": "2026-11-18 21:00",
    }  # fmt: skip


def test_an_empty_site_is_a_season_too() -> None:
    assert yaml.safe_load(export_season().text) == {"venues": {}, "shows": {}}
    assert actions() == set()


def test_what_came_through_the_admin_changes_nothing() -> None:
    """Line ends of browsers, texts in English only, a picture of another name, control characters."""
    default_storage.save("posters/Locandina.PNG", ContentFile(picture()))
    show = make_show(
        slug="1984", title_it="null", title_en="Yes: no # never", author="- 'Orwell'", poster="posters/Locandina.PNG",
        poster_alt_it="@un occhio", synopsis_it=MARKDOWN.replace("\n", "\r\n"), synopsis_en="a\x07b\u2028c\n\u202ed",
        credits_en="only in English", subtitle_it="~", status=Show.Status.DRAFT,
    )  # fmt: skip
    make_performance(show=show, venue=make_venue(slug="no"), starts_at=datetime(2041, 3, 1, 20, tzinfo=UTC))
    before = everything()
    assert actions() == {"unchanged"}
    assert everything() == before
    assert export_season().left_out == []


def test_every_field_of_a_performance_comes_back() -> None:
    twice = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # the second half past two of that night
    make_performance(
        starts_at=twice, doors_open_at=twice - timedelta(minutes=45, seconds=30), capacity=33,
        booking_opens_at=twice - timedelta(days=3), booking_closes_at=twice - timedelta(hours=1), manually_occupied=2,
        additional_seats=4, max_seats_per_reservation=5, cancelled_at=timezone.now(), note_en="Moved, sorry.",
    )  # fmt: skip
    season, before = export_season(), everything()
    assert "starts: 2026-10-25 02:30 again" in season.text
    assert actions() == {"unchanged"}
    empty_the_site()
    sent = SentSeason("season.yaml", season.text.encode())
    assert {change.action for change in seed_season(file=sent, anchor=ANCHOR)} == {"created"}
    assert everything() == before
    assert Performance.objects.get().cancelled_at is not None


@pytest.mark.parametrize("case", ["lost", "no picture", "no words"])
def test_a_poster_that_cannot_be_told_is_left_out_and_told(case: str) -> None:
    if case != "lost":
        default_storage.save("posters/a.png", ContentFile(b"GIF89a" if case == "no picture" else picture()))
    show = make_show(poster="", poster_alt_it="" if case == "no words" else "Un occhio.")
    Show.objects.filter(pk=show.pk).update(poster="posters/a.png", poster_width=20, poster_height=30)
    season = export_season()
    assert (season.left_out, season.posters) == ([show.slug], {})
    assert "poster:" not in season.text


@given(st.text())
@pytest.mark.django_db(transaction=False)
def test_any_text_comes_back_as_it_is(text: str) -> None:
    said = in_plain_letters(text)
    lines = "\n".join(mapping_lines({"a": {"it": said, "en": "x"}, "b": said}))
    node = yaml.compose(lines, Loader=yaml.SafeLoader)
    values = {key.value: value.value for key, value in node.value[0][1].value}
    assert values["it"].strip() == said.strip()
    assert node.value[1][1].value.strip() == said.strip()
