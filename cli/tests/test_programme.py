"""`azione shows list|show` and `azione performances list|show`: the models from the transcripts, the verbs for real."""

import json

import pytest
from cli.tests.conftest import Azione, Theatre
from cli.tests.transcripts import transcript

from azione.listings import as_text
from azione.performances import read_performance, read_performances
from azione.shows import read_show, read_shows


def test_performances_in_columns() -> None:
    assert as_text(read_performances(*transcript("list_performances.all"))).splitlines() == [
        "  ID  Show           When                    Venue        Booking    Taken  Left",
        "1020  La lupa        Sat 27 Mar 2021, 20:30  La Cantina   closed      0/10    10",
        "1041  La locandiera  Thu 5 Dec 2041, 16:30   La Cantina   not yet     0/20    20",
        "1042  La locandiera  Thu 5 Dec 2041, 20:30   La Cantina   open       10/20    10",
        "1043  La locandiera  Thu 12 Dec 2041, 21:00  Sala grande  CANCELLED   0/10",
        "",
        "4 performances, 10 of 50 seats taken",
    ]


def test_nothing_plays() -> None:
    assert as_text(read_performances(*transcript("list_performances.nothing"))) == "Nothing plays then.\n"


def test_all_of_a_performance() -> None:
    occasion, facts = read_performance(*transcript("show_performance"))
    assert occasion.title == "La locandiera"
    assert dict(facts) == {
        "ID": "1042",
        "Show": "la-locandiera",
        "Venue": "La Cantina",
        "Starts": "Thu 5 Dec 2041, 20:30",
        "Doors open": "Thu 5 Dec 2041, 20:00",
        "Booking": "open; from Wed 1 Jan 2020, 01:00 to Thu 5 Dec 2041, 20:30",
        "Cancelled": "",
        "Bookable": "20 seats (capacity 20)",
        "Confirmed": "9, in 4 reservations",
        "Held": "1, not confirmed yet",
        "Walk-ins": "0",
        "Left": "10",
        "At most": "6 seats a reservation",
        "Mails": "9 waiting",
        "Phones": "0 at the door, 0 paired in all",
        "Inside": "5",
        "Note": "",
        "Note (en)": "",
        "Made": "Thu 5 Dec 2041, 19:45",
    }


def test_cancelled_performance_says_so() -> None:
    occasion, facts = read_performance(*transcript("show_performance.cancelled"))
    assert occasion.title == "La locandiera, CANCELLED"
    assert dict(facts)["Cancelled"] == "Sat 27 Mar 2021, 20:30"
    assert dict(facts)["Note"] == "Rinviata"


def test_shows_in_columns() -> None:
    assert as_text(read_shows(*transcript("list_shows.all"))).splitlines() == [
        "Show           Title                       To come  First        Last",
        "la-lupa        La lupa                           0  27 Mar 2021  27 Mar 2021",
        "la-locandiera  La locandiera                     2  5 Dec 2041   12 Dec 2041",
        "cyrano         Cyrano de Bergerac (draft)        0  no date      no date",
        "",
        "3 shows",
    ]


def test_a_show_with_its_performances() -> None:
    title, facts, evenings = read_show(*transcript("show_show"))
    assert (title, dict(facts)["State"], dict(facts)["Duration"]) == ("La locandiera", "published", "110 minutes")
    assert [row[0] for row in evenings.rows] == ["1041", "1042", "1043"]
    assert len(evenings.headings) == len(evenings.rows[0])


def test_a_draft_has_no_address() -> None:
    _title, facts, evenings = read_show(*transcript("show_show.draft"))
    assert dict(facts)["Address"] == "not on the site: it is a draft"
    assert as_text(evenings) == "It has no performance yet.\n"


def test_lists_in_a_pipe_and_as_json(azione: Azione, theatre: Theatre) -> None:
    shows = azione("shows", "list")
    assert (shows.returncode, shows.stderr) == (0, "")
    assert [line.split()[0] for line in shows.stdout.splitlines()[1:3]] == ["la-locandiera", "cyrano"]
    evenings = azione("performances", "list", "--show", "cyrano", "--json")
    lines = [json.loads(line) for line in evenings.stdout.splitlines()]
    assert [line["type"] for line in lines] == ["record", "summary"]
    assert lines[0]["id"] == theatre.performances["empty"]


def test_a_performance_named_as_people_do(azione: Azione, theatre: Theatre) -> None:
    by_id = azione("performances", "show", str(theatre.performances["empty"]))
    by_day = azione("performances", "show", "cyrano@2041-12-06")
    assert by_id.returncode == by_day.returncode == 0
    assert by_id.stdout.splitlines()[:-1] == by_day.stdout.splitlines()[:-1]
    assert by_id.stdout.startswith("Cyrano de Bergerac\nID:")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("locandiera@2041-12-05", "means more than one performance. Use the id of the one you mean."),
        ("999999999", "There is no performance '999999999'."),
        ("tonight", "There is no performance 'tonight'."),
        ("cyrano@2041-13-77", "Name a performance by its id"),
    ],
)
def test_a_performance_named_badly(azione: Azione, name: str, said: str) -> None:
    done = azione("performances", "show", name)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_next_is_the_first_to_come(azione: Azione, theatre: Theatre) -> None:
    done = azione("performances", "show", "next", "--json")
    assert json.loads(done.stdout.splitlines()[0])["id"] == theatre.performances["matinee"]


def test_an_ambiguous_performance_lists_the_candidates(azione: Azione, theatre: Theatre) -> None:
    said = azione("performances", "show", "locandiera@2041-12-05").stderr
    for name in ("full", "matinee"):
        assert f"  {theatre.performances[name]}: La locandiera, 2041-12-05" in said


@pytest.mark.parametrize("name", ["la-locandera", "La locandeira", "locandieras"])
def test_an_unknown_show_lists_what_it_resembles(azione: Azione, name: str) -> None:
    done = azione("shows", "show", name)
    assert (done.returncode, done.stdout) == (2, "")
    assert "  la-locandiera: La locandiera" in done.stderr.splitlines()


@pytest.mark.parametrize("name", ["", "zzzz", "9" * 100_000, "\udcff", "a\nb\x1b[31m"])
def test_a_show_that_is_none_is_one_sentence(azione: Azione, name: str) -> None:
    done = azione("shows", "show", name)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: ")
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stderr


def test_a_day_that_is_none_is_usage(azione: Azione) -> None:
    assert azione("performances", "list", "--since", "domani").returncode == 2
    assert azione("performances", "list", "--since", "2042-01-02", "--until", "2042-01-01").returncode == 2
    assert azione("performances", "list", "--since", "0001-01-01").returncode in (0, 2)
