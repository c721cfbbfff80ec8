"""Writing a season's file: the round, the second time, one changed line, refusals, the rehearsal."""

import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image

from azionelab.core.errors import Code, DomainError
from azionelab.programme.models import BookingState, Performance, Show, Venue
from azionelab.programme.season_files import SeasonOnDisk
from azionelab.reservations import capacity
from azionelab.reservations.seeding import Change, seed_season
from tests.cast import reserve

pytestmark = pytest.mark.django_db

DEMO_SEASON = Path(__file__).resolve().parents[3] / "season" / "season.yaml"
SEASON = """
venues:
  cantina:
    name: La Cantina
    address: Vicolo dei Bottai 3, Pisa
    capacity: 40
shows:
  macbeth:
    title: Macbeth
    author: William Shakespeare
    duration: 85
    synopsis: {it: Tre sorelle., en: Three sisters.}
    poster: posters/macbeth.png
    poster_alt: Una corona.
    performances:
      - {venue: cantina, starts: 2041-12-05 21:00}
      - {venue: cantina, starts: 2041-12-06 21:00, manually_occupied: 34}
  lisistrata:
    title: {it: Lisistrata, en: Lysistrata}
    author: Aristofane
    duration: 75
    synopsis: Le donne di Atene.
    performances:
      - {venue: cantina, starts: today+3 21:00}
"""
ANCHOR = date(2041, 12, 1)


def write(folder: Path, text: str = SEASON, colour: str = "black") -> Path:
    (folder / "posters").mkdir(exist_ok=True)
    Image.new("RGB", (20, 30), colour).save(folder / "posters" / "macbeth.png")
    file = folder / "season.yaml"
    file.write_text(text)
    return file


def seed(file: Path, *, dry_run: bool = False) -> list[tuple[str, str, tuple[str, ...]]]:
    """What is not unchanged."""
    changes = seed_season(file=SeasonOnDisk(file), anchor=ANCHOR, dry_run=dry_run)
    return [(change.action, change.name, change.fields) for change in changes if change.action != "unchanged"]


def everything() -> list[object]:
    return [list(model.objects.order_by("pk").values()) for model in (Venue, Show, Performance)]


def night(day: int) -> Performance:
    return Performance.objects.get(show__slug="macbeth", starts_at=datetime(2041, 12, day, 20, tzinfo=UTC))


def test_first_time(tmp_path: Path) -> None:
    changes = seed_season(file=SeasonOnDisk(write(tmp_path)), anchor=ANCHOR)

    assert changes == [
        Change(action="created", kind="venue", name="La Cantina"),
        Change(action="created", kind="show", name="Macbeth"),
        Change(action="created", kind="performance", name="Macbeth · La Cantina · 2041-12-05 21:00"),
        Change(action="created", kind="performance", name="Macbeth · La Cantina · 2041-12-06 21:00"),
        Change(action="created", kind="show", name="Lisistrata"),
        Change(action="created", kind="performance", name="Lisistrata · La Cantina · 2041-12-04 21:00"),
    ]
    show, second = Show.objects.get(slug="macbeth"), night(6)
    assert (show.status, show.duration_minutes, show.synopsis_en) == ("published", 85, "Three sisters.")
    assert (show.title_en, show.poster_width, show.poster_height) == ("", 20, 30)
    assert (second.capacity, second.manually_occupied, second.max_seats_per_reservation) == (40, 34, 6)
    assert second.doors_open_at == second.starts_at - timedelta(minutes=30)
    assert second.booking_opens_at == second.starts_at - timedelta(days=30)
    assert second.booking_closes_at == second.starts_at


def test_second_time_changes_nothing(tmp_path: Path) -> None:
    file = write(tmp_path)
    seed(file)
    before, files = everything(), default_storage.listdir("posters")
    assert seed(file) == []
    assert everything() == before
    assert default_storage.listdir("posters") == files


def test_one_changed_line_changes_that_show_only(tmp_path: Path) -> None:
    seed(write(tmp_path))
    changed = write(tmp_path, SEASON.replace("duration: 85", "duration: 90"))
    assert seed(changed) == [("updated", "Macbeth", ("duration_minutes",))]
    assert Show.objects.get(slug="macbeth").duration_minutes == 90


def test_a_text_taken_out_of_a_show_goes(tmp_path: Path) -> None:
    seed(write(tmp_path))
    assert seed(write(tmp_path, SEASON.replace(", en: Three sisters.", ""))) == [
        ("updated", "Macbeth", ("synopsis_en",))
    ]


def test_what_left_the_file_is_told_and_stays(tmp_path: Path) -> None:
    seed(write(tmp_path))
    before = everything()
    without = SEASON[: SEASON.index("  lisistrata:")].replace(
        "      - {venue: cantina, starts: 2041-12-05 21:00}\n", ""
    )
    assert seed(write(tmp_path, without)) == [
        ("missing", "Lisistrata", ()),
        ("missing", "Lisistrata · La Cantina · 2041-12-04 21:00", ()),
        ("missing", "Macbeth · La Cantina · 2041-12-05 21:00", ()),
    ]
    assert everything() == before


def test_a_played_performance_that_left_the_file_is_history(tmp_path: Path) -> None:
    played = SEASON.replace("2041-12-05 21:00", "2021-12-05 21:00")
    seed(write(tmp_path, played))
    assert seed(write(tmp_path, played.replace("      - {venue: cantina, starts: 2021-12-05 21:00}\n", ""))) == []


def test_what_the_file_does_not_say_of_a_performance_is_left_alone(tmp_path: Path) -> None:
    file = write(tmp_path)
    seed(file)
    Performance.objects.filter(pk=night(5).pk).update(manually_occupied=3, cancelled_at=timezone.now())
    assert seed(file) == []
    assert night(5).manually_occupied == 3
    assert night(5).cancelled_at is not None


def test_cancelled_and_given_back(tmp_path: Path) -> None:
    seed(write(tmp_path))
    line = "starts: 2041-12-05 21:00"
    assert seed(write(tmp_path, SEASON.replace(line, f"{line}, cancelled: yes"))) == [
        ("updated", "Macbeth · La Cantina · 2041-12-05 21:00", ("cancelled_at",))
    ]
    at = night(5).cancelled_at
    assert seed(write(tmp_path, SEASON.replace(line, f"{line}, cancelled: yes"))) == []
    assert night(5).cancelled_at == at
    seed(write(tmp_path, SEASON.replace(line, f"{line}, cancelled: no")))
    assert night(5).cancelled_at is None


def test_fewer_seats_than_are_reserved_are_refused_with_every_line(tmp_path: Path) -> None:
    seed(write(tmp_path))
    Performance.objects.update(booking_opens_at=datetime(2020, 1, 1, tzinfo=UTC))
    reserve(night(5), 4)
    reserve(night(6), 6)
    before = everything()
    text = SEASON.replace("duration: 85", "duration: 90").replace("manually_occupied: 34", "manually_occupied: 36")
    text = text.replace("12-05 21:00}", "12-05 21:00, capacity: 3}")

    with pytest.raises(DomainError) as refused:
        seed(write(tmp_path, text))

    assert refused.value.code is Code.CAPACITY_BELOW_RESERVED
    assert [(error.line, error.field) for error in refused.value.errors] == [
        (16, "shows.macbeth.performances.1"),
        (17, "shows.macbeth.performances.2"),
    ]
    assert "4 seats are already reserved; that is 1 more" in refused.value.errors[0].message
    assert everything() == before


def test_a_time_that_clashes_with_what_the_admin_wrote_is_refused_with_its_line(tmp_path: Path) -> None:
    seed(write(tmp_path))
    Performance.objects.filter(pk=night(5).pk).update(booking_closes_at=datetime(2041, 11, 20, tzinfo=UTC))
    before = everything()
    with pytest.raises(DomainError) as refused:
        seed(write(tmp_path, SEASON.replace("12-05 21:00}", "12-05 21:00, booking_opens: 2041-11-30 10:00}")))
    assert refused.value.code is Code.VALIDATION_FAILED
    assert [error.line for error in refused.value.errors] == [16]
    assert everything() == before


def test_a_new_picture_is_copied_and_the_same_one_is_not(tmp_path: Path) -> None:
    seed(write(tmp_path))
    first = Show.objects.get(slug="macbeth").poster.name
    assert seed(write(tmp_path, colour="red")) == [("updated", "Macbeth", ("poster",))]
    second = Show.objects.get(slug="macbeth").poster.name
    assert first != second
    assert Image.open(io.BytesIO(default_storage.open(second).read())).getpixel((1, 1)) == (255, 0, 0)


def test_a_lost_picture_comes_back(tmp_path: Path) -> None:
    file = write(tmp_path)
    seed(file)
    name = Show.objects.get(slug="macbeth").poster.name
    default_storage.delete(name)
    assert seed(file) == [("updated", "Macbeth", ("poster",))]
    assert default_storage.exists(name)


def test_dry_run_tells_the_same_and_writes_nothing(tmp_path: Path) -> None:
    file = write(tmp_path)
    rehearsed = seed(file, dry_run=True)
    assert everything() == [[], [], []]
    assert not default_storage.exists("posters")
    assert seed(file) == rehearsed

    file = write(tmp_path, SEASON.replace("manually_occupied: 34", "manually_occupied: 30"), colour="red")
    before = everything()
    rehearsed = seed(file, dry_run=True)
    assert everything() == before
    assert [row[0] for row in rehearsed] == ["updated", "updated"]
    assert seed(file) == rehearsed


def test_wrong_file_changes_nothing(tmp_path: Path) -> None:
    seed(write(tmp_path))
    before = everything()
    wrong = SEASON.replace("duration: 85", "duration: 90").replace("duration: 75", "duration: long")
    with pytest.raises(DomainError):
        seed(write(tmp_path, wrong))
    assert everything() == before


def test_demo_season_shows_every_state() -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    changes = seed_season(file=SeasonOnDisk(DEMO_SEASON), anchor=now.date())
    assert {change.action for change in changes} == {"created"}

    performances = list(Performance.objects.select_related("show"))
    assert len(performances) >= 30
    assert Venue.objects.count() == 3
    assert Show.objects.filter(status=Show.Status.PUBLISHED).count() >= 8
    assert Show.objects.filter(status=Show.Status.DRAFT).count() == 1
    upcoming = [row for row in performances if row.starts_at > now]
    states = {capacity.booking_state(row, taken=0, now=now) for row in upcoming}
    assert states == set(BookingState)
    assert len(upcoming) < len(performances)
    assert any(0 < row.bookable <= 6 for row in upcoming)
    days = {timezone.localdate(row.starts_at) for row in upcoming}
    assert {now.date() + timedelta(days=n) for n in range(11)} <= days


def test_demo_season_is_whole_in_both_languages() -> None:
    seed_season(file=SeasonOnDisk(DEMO_SEASON), anchor=date(2026, 11, 22))
    for show in Show.objects.all():
        for field in ("title", "synopsis", "credits", "age_advice", "spoken_language", "poster_alt"):
            assert getattr(show, f"{field}_it"), (show.slug, field)
            assert field == "title" or getattr(show, f"{field}_en"), (show.slug, field)
        assert (show.poster_width, show.poster_height) == (1000, 1500)
