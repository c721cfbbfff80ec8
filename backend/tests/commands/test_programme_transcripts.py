"""What the commands that read the programme print, to the letter."""

import re
from datetime import UTC, datetime

import pytest

from azionelab.programme.models import Performance, Show
from tests.cast import make_performance, make_show, make_venue
from tests.commands.evening import make_evening
from tests.commands.transcripts import assert_transcript, printed

# What reads one snapshot opens the transaction itself.
pytestmark = pytest.mark.django_db(transaction=True)
PLAYED = datetime(2021, 3, 27, 19, 30, tzinfo=UTC)


@pytest.fixture
def programme() -> Performance:
    """The evening, a draft that nobody has a date for, a show that is over, and one cancelled performance."""
    evening = make_evening()
    cantina = evening.venue
    make_show(slug="cyrano", title_it="Cyrano de Bergerac", title_en="", status=Show.Status.DRAFT)
    over = make_show(slug="la-lupa", title_it="La lupa", title_en="The She-Wolf")
    make_performance(pk=1020, show=over, venue=cantina, starts_at=PLAYED)
    make_performance(
        pk=1043, show=evening.show, venue=make_venue(slug="sala-grande", name="Sala grande"),
        starts_at=datetime(2041, 12, 12, 20, tzinfo=UTC), cancelled_at=PLAYED, note_it="Rinviata",
    )  # fmt: skip
    return evening


@pytest.mark.usefixtures("programme")
@pytest.mark.parametrize(
    ("name", "command", "exit_code"),
    [
        ("list_shows", ["list_shows"], 0),
        ("list_shows.all", ["list_shows", "--all"], 0),
        ("show_show", ["show_show", "locandiera"], 0),
        ("show_show.draft", ["show_show", "cyrano"], 0),
        ("show_show.unknown", ["show_show", "la-locandera"], 2),
        ("show_show.ambiguous", ["show_show", "LA-"], 2),
        ("list_performances", ["list_performances"], 0),
        ("list_performances.all", ["list_performances", "--all"], 0),
        ("list_performances.span", ["list_performances", "--show", "locandiera", "--until", "2041-12-05"], 0),
        ("list_performances.nothing", ["list_performances", "--since", "2042-01-01"], 0),
        ("list_performances.refused", ["list_performances", "--since", "2042-01-01", "--until", "2041-01-01"], 2),
        ("list_performances.no_day", ["list_performances", "--since", "domani"], 2),
        ("show_performance", ["show_performance", "1042"], 0),
        ("show_performance.cancelled", ["show_performance", "locandiera@2041-12-12"], 0),
        ("show_performance.ambiguous", ["show_performance", "locandiera@2041-12-05"], 2),
        ("show_performance.unknown", ["show_performance", "1999"], 2),
    ],
)
def test_reading(name: str, command: list[str], exit_code: int) -> None:
    text, ended = printed(*command)
    assert ended == exit_code, text
    today = re.compile(r'(?<="since": )"\d{4}-\d{2}-\d{2}T05:00:00[^"]*"')
    assert_transcript(name, text if "--since" in command else today.sub('"2041-12-01T05:00:00+01:00"', text))
