"""Reading a season's file: what it means, and what is said where it means nothing."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from PIL import Image

from azionelab.core.errors import Code, DomainError
from azionelab.core.pictures import MAX_PICTURE_BYTES
from azionelab.programme.season import PerformanceEntry, Season, read_season
from azionelab.programme.season_files import SeasonOnDisk

ANCHOR = date(2026, 11, 22)
SEASON = """\
venues:
  cantina:
    name: La Cantina
    address: Vicolo dei Bottai 3, Pisa
    map: https://maps.example.org/cantina
    capacity: 40
shows:
  macbeth:
    title: {it: Macbeth, en: Macbeth}
    author: William Shakespeare
    duration: 85
    synopsis:
      it: |
        Tre sorelle.
    performances:
      - venue: cantina
        starts: 2026-12-05 20:30
"""
LAST = SEASON.count("\n")


def read(folder: Path, text: str) -> Season:
    file = folder / "season.yaml"
    file.write_text(text)
    return read_season(file=SeasonOnDisk(file), anchor=ANCHOR)


def problems(folder: Path, text: str) -> list[tuple[int | None, str, str]]:
    with pytest.raises(DomainError) as refused:
        read(folder, text)
    assert refused.value.code is Code.VALIDATION_FAILED
    assert "season.yaml" in refused.value.detail
    return [(error.line, error.field, error.message) for error in refused.value.errors]


def performance(folder: Path, lines: str) -> PerformanceEntry:
    return read(folder, SEASON.replace("starts: 2026-12-05 20:30", lines)).performances[0]


def test_the_small_file_is_read(tmp_path: Path) -> None:
    season = read(tmp_path, SEASON)
    assert season.venues[0].values["capacity"] == 40
    assert (season.shows[0].slug, season.shows[0].values["synopsis_it"]) == ("macbeth", "Tre sorelle.")
    assert season.performances[0].key == ("macbeth", "cantina", datetime(2026, 12, 5, 19, 30, tzinfo=UTC))
    assert season.performances[0].values == {}


@pytest.mark.parametrize(
    ("starts", "moment"),
    [
        ("2026-12-05 20:30", (2026, 12, 5, 19, 30)),
        ("2026-12-05 9:30", (2026, 12, 5, 8, 30)),
        ("today 20:30", (2026, 11, 22, 19, 30)),
        ("today+3 20:30", (2026, 11, 25, 19, 30)),
        ("today - 2 18:00", (2026, 11, 20, 17, 0)),
        ("2026-07-05 20:30", (2026, 7, 5, 18, 30)),
        ("2026-10-25 01:30", (2026, 10, 24, 23, 30)),
        ("2026-10-25 02:30", (2026, 10, 25, 0, 30)),  # comes twice that night: the first time
        ("2026-10-25 03:30", (2026, 10, 25, 2, 30)),
        ("2027-03-28 03:30", (2027, 3, 28, 1, 30)),
    ],
)
def test_a_start_is_the_theatres_local_time(tmp_path: Path, starts: str, moment: tuple[int, ...]) -> None:
    assert performance(tmp_path, f"starts: {starts}").starts_at == datetime(*moment, tzinfo=UTC)


def test_an_hour_that_the_clocks_skip_does_not_exist(tmp_path: Path) -> None:
    text = SEASON.replace("2026-12-05 20:30", "2027-03-28 02:30")
    assert problems(tmp_path, text) == [
        (
            LAST,
            "shows.macbeth.performances.1.starts",
            "`2027-03-28 02:30` does not exist: the clocks go forward in that hour.",
        )
    ]


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("90 minutes before", (2027, 3, 28, 17, 0)),
        ("2 hours before", (2027, 3, 28, 16, 30)),
        ("1 day before", (2027, 3, 27, 19, 30)),  # 20:30 on the clock, in winter time
        ("2 weeks before", (2027, 3, 14, 19, 30)),
        ("2027-03-20 10:00", (2027, 3, 20, 9, 0)),
        ("today+2 10:00", (2026, 11, 24, 9, 0)),
    ],
)
def test_times_before_the_start(tmp_path: Path, said: str, moment: tuple[int, ...]) -> None:
    read_back = performance(tmp_path, f"starts: 2027-03-28 20:30\n        booking_opens: {said}")
    assert read_back.values == {"booking_opens_at": datetime(*moment, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "message"),
    [
        ("duration: 85", "duration: long", 11, "shows.macbeth.duration", "a whole number from 1 to 1000, not `long`"),
        ("duration: 85", "duration: 0", 11, "shows.macbeth.duration", "a whole number from 1"),
        ("duration: 85", "durata: 85", 11, "shows.macbeth.durata", "`durata` is not a name this file knows"),
        ("    duration: 85\n", "", 8, "shows.macbeth.duration", "`duration` is missing"),
        ("duration: 85", "duration:", 8, "shows.macbeth.duration", "`duration` is missing"),
        ("duration: 85", "duration: 85\n    duration: 90", 12, "shows.macbeth.duration", "the first is in line 11"),
        ("venue: cantina", "venue: cave", 16, "shows.macbeth.performances.1.venue", "The file has: cantina"),
        ("capacity: 40", "capacity: -1", 6, "venues.cantina.capacity", "a whole number from 1"),
        ("https://maps", "javascript:maps", 5, "venues.cantina.map", "is not a web address"),
        ("La Cantina", "L" * 121, 3, "venues.cantina.name", "has 121 characters; 120 is the most"),
        ("  cantina:", "  la cantina:", 2, "venues.la cantina", "letters without accents"),
        ("{it: Macbeth, en: Macbeth}", "{en: Macbeth}", 9, "shows.macbeth.title.it", "`it` is missing"),
        ("{it: Macbeth, en: Macbeth}", "{it: M, fr: M}", 9, "shows.macbeth.title.fr", "It knows: en, it"),
        ("2026-12-05 20:30", "5 dicembre", LAST, "shows.macbeth.performances.1.starts", "is not a day and a time"),
        ("2026-12-05 20:30", "2026-02-30 20:30", LAST, "shows.macbeth.performances.1.starts", "There is no such day"),
        ("2026-12-05 20:30", "2026-12-05 24:30", LAST, "shows.macbeth.performances.1.starts", "There is no such day"),
        ("duration: 85", "duration: 85\n    status: secret", 12, "shows.macbeth.status", "draft or published"),
        ("duration: 85", "duration: 85\n    poster: nothing.png", 12, "shows.macbeth.poster", "There is no file"),
        ("duration: 85", "duration: 85\n    poster: ../x.png", 12, "shows.macbeth.poster", "outside the folder"),
    ],
)
def test_each_problem_names_its_line_and_field(
    tmp_path: Path, old: str, new: str, line: int, field: str, message: str
) -> None:
    found = [row for row in problems(tmp_path, SEASON.replace(old, new, 1)) if row[1] == field]
    assert [row[0] for row in found] == [line]
    assert message in found[0][2]


@pytest.mark.parametrize(
    ("more", "field", "message"),
    [
        ("doors_open: 2026-12-05 21:00", "doors_open", "after the start"),
        ("booking_closes: 2026-12-05 21:00", "booking_closes", "after the start"),
        ("booking_opens: 2026-12-05 20:30", "booking_opens", "must open before it closes"),
        ("booking_closes: 31 days before", "booking_closes", "must open before it closes"),
        ("booking_opens: some days before", "booking_opens", "Write for example `2 hours before`"),
        ("manually_occupied: 41", "manually_occupied", "more seats than there are"),
        ("max_seats_per_reservation: 0", "max_seats_per_reservation", "a whole number from 1"),
        ("cancelled: perhaps", "cancelled", "yes or no, not `perhaps`"),
    ],
)
def test_what_does_not_fit_a_performance(tmp_path: Path, more: str, field: str, message: str) -> None:
    found = problems(tmp_path, f"{SEASON}        {more}\n")
    assert [(row[0], row[1]) for row in found] == [(LAST + 1, f"shows.macbeth.performances.1.{field}")]
    assert message in found[0][2]


@pytest.mark.parametrize(
    ("escape", "code"),
    [(r"\0", "U+0000"), (r"\x1b", "U+001B"), (r"\ud800", "U+D800"), (r"\N", "U+0085"), (r"\r", "U+000D")],
)
@pytest.mark.parametrize(
    ("replaced", "field"),
    [
        ("name: La Cantina", "venues.cantina.name"),
        ("map: https://maps.example.org/cantina", "venues.cantina.map"),
        ("author: William Shakespeare", "shows.macbeth.author"),
        ("title: {it: Macbeth, en: Macbeth}", "shows.macbeth.title"),
        ("starts: 2026-12-05 20:30", "shows.macbeth.performances.1.starts"),
    ],
)
def test_characters_that_no_text_has_are_told(
    tmp_path: Path, escape: str, code: str, replaced: str, field: str
) -> None:
    name, _, value = replaced.partition(": ")
    text = SEASON.replace(replaced, f'{name}: "{value[:4]}{escape}{value[4:]}"')
    line = text[: text.index(escape)].count("\n") + 1
    expected = f"`{name}` holds a character that no text has: {code}. Take it out."
    assert problems(tmp_path, text) == [(line, field, expected)]


def test_tabs_and_new_lines_in_a_text_stay(tmp_path: Path) -> None:
    text = SEASON.replace("it: |\n        Tre sorelle.", r'it: "Tre\tsorelle.\n\nEcco \U0001F3AD."')
    assert read(tmp_path, text).shows[0].values["synopsis_it"] == "Tre\tsorelle.\n\nEcco \U0001f3ad."


def test_the_same_performance_twice_is_told_with_both_lines(tmp_path: Path) -> None:
    text = f"{SEASON}      - {{venue: cantina, starts: today+13 20:30}}\n"
    assert problems(tmp_path, text) == [
        (LAST + 1, "shows.macbeth.performances.2", "The same show, venue and time stand in line 16 already.")
    ]


def test_all_problems_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = SEASON.replace("duration: 85", "duration: x").replace("40", "x").replace("venue: cantina", "venue: x")
    assert [row[0] for row in problems(tmp_path, text)] == [6, 11, 16]


def test_a_poster_needs_its_description_and_must_be_a_picture(tmp_path: Path) -> None:
    (tmp_path / "poster.png").write_text("not a picture")
    text = SEASON.replace("duration: 85", "duration: 85\n    poster: poster.png")
    assert [(row[0], row[1], row[2]) for row in problems(tmp_path, text)] == [
        (8, "shows.macbeth.poster_alt", "`poster_alt` is missing."),
        (
            12,
            "shows.macbeth.poster",
            "`poster.png`: This is no JPEG, PNG or WebP picture. (An iPhone's HEIC photo: export it as JPEG.)",
        ),
    ]
    Image.new("RGB", (2, 3)).save(tmp_path / "poster.png")
    assert read(tmp_path, text.replace("poster.png", "poster.png\n    poster_alt: Nero.")).shows[0].poster is not None
    with (tmp_path / "poster.png").open("ab") as file:
        file.truncate(MAX_PICTURE_BYTES + 1)
    assert "larger than 12 MB" in problems(tmp_path, text.replace("poster.png", "poster.png\n    poster_alt: N."))[0][2]


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"", 1, "The file is empty"),
        (b"# nothing yet\n", 1, "The file is empty"),
        (b"venues:\n  a: [1\nshows: }", 3, "This is not YAML here"),
        (b"venues:\n\tx: 1\n", 2, "This is not YAML here"),
        (b"venues:\n  x: \xe8\n", 2, "This is not UTF-8"),
        (b"venues: *nobody\n", 1, "This is not YAML here"),
        (b"a: 1\n---\nb: 2\n", 2, "This is not YAML here"),
        (b"venues: \x07\n", None, "A character that cannot be used"),
        (b"[" * 50_000, None, "nested far too deeply"),
    ],
)
def test_what_is_no_yaml_is_told_where(tmp_path: Path, content: bytes, line: int | None, message: str) -> None:
    file = tmp_path / "season.yaml"
    file.write_bytes(content)
    with pytest.raises(DomainError) as refused:
        read_season(file=SeasonOnDisk(file), anchor=ANCHOR)
    assert [error.line for error in refused.value.errors] == [line]
    assert message in refused.value.errors[0].message


def test_lists_and_texts_in_the_wrong_place_are_told(tmp_path: Path) -> None:
    assert problems(tmp_path, "- venues\n") == [(1, "", "The file wants names, each with a colon and a value.")]
    assert problems(tmp_path, "venues: none\nshows: {}\n") == [
        (1, "venues", "`venues` wants names, each with a colon and a value.")
    ]
    text = SEASON[: SEASON.index("      - venue")].replace("performances:", "performances: none")
    assert problems(tmp_path, text)[0][:2] == (15, "shows.macbeth.performances")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DomainError) as refused:
        read_season(file=SeasonOnDisk(tmp_path / "season.yaml"), anchor=ANCHOR)
    assert "No such file" in refused.value.errors[0].message


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "season.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + SEASON.replace("\n", "\r\n").encode())
    assert read_season(file=SeasonOnDisk(file), anchor=ANCHOR) == read(tmp_path, SEASON)


def test_the_example_in_the_documentation_is_a_season(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "season-file.md").read_text()
    season = read(tmp_path, page.split("```yaml\n")[1].split("```")[0])
    assert [entry.slug for entry in season.shows] == ["macbeth"]
    assert season.performances[1].values == {
        "booking_opens_at": datetime(2026, 11, 22, 20, tzinfo=UTC),
        "booking_closes_at": datetime(2026, 12, 6, 18, tzinfo=UTC),
        "manually_occupied": 10,
        "note_it": "Dieci posti sono della scuola di teatro.",
        "note_en": "Ten seats are the theatre school's.",
    }
