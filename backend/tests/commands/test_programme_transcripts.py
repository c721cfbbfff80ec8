"""What the commands that read the programme print, to the letter."""

import io
import json
import re
import sys
from datetime import UTC, datetime

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

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


def picture() -> bytes:
    """The smallest there is, which every version of the library writes alike."""
    content = io.BytesIO()
    Image.new("1", (2, 3)).save(content, "PNG")
    return content.getvalue()


@pytest.mark.usefixtures("programme")
@pytest.mark.parametrize(
    ("name", "poster", "exit_code"), [("export_season", picture(), 0), ("export_season.left_out", b"GIF89a", 4)]
)
def test_export_season(name: str, poster: bytes, exit_code: int) -> None:
    default_storage.save("posters/lupa.png", ContentFile(poster))
    Show.objects.filter(slug="la-lupa").update(
        poster="posters/lupa.png", poster_width=2, poster_height=3, poster_alt_it="Una lupa."
    )
    text, ended = printed("export_season", "--posters")
    assert ended == exit_code
    assert_transcript(name, text)


SEASON = b"venues: {}\nshows:\n  lupa: {poster: posters/lupa.png}\n  altra: {poster: ../fuori.png}\n"


def send(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


@pytest.mark.parametrize(("name", "content"), [("list_posters", SEASON), ("list_posters.unreadable", b"\xff: [")])
def test_list_posters(monkeypatch: pytest.MonkeyPatch, name: str, content: bytes) -> None:
    send(monkeypatch, content)
    text, ended = printed("list_posters")
    assert ended == 0
    assert_transcript(name, text)


def sent(text: bytes, posters: dict[str, bytes]) -> bytes:
    sizes = [{"name": name, "size": len(content)} for name, content in posters.items()]
    head = {"name": "stagione.yaml", "size": len(text), "posters": sizes}
    return b"".join([json.dumps(head).encode(), b"\n", text, *posters.values()])


WHOLE = b"""venues: {cantina: {name: La Cantina, address: Pisa, capacity: 40}}
shows:
  lupa:
    {title: La lupa, author: Verga, synopsis: Una donna., duration: 90, poster: posters/lupa.png, poster_alt: Lei.}
"""


@pytest.mark.parametrize(
    ("name", "content", "exit_code"),
    [
        ("seed_season.sent", sent(WHOLE, {"posters/lupa.png": picture()}), 0),
        ("seed_season.no_poster", sent(WHOLE, {}), 2),
        ("seed_season.outside", sent(WHOLE.replace(b"posters/lupa.png", b"../lupa.png"), {}), 2),
        ("seed_season.cut_short", sent(WHOLE, {"posters/lupa.png": picture()})[:-1], 2),
        ("seed_season.nothing_sent", b"", 2),
    ],
)
def test_seed_season_over_standard_input(
    monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, exit_code: int
) -> None:
    send(monkeypatch, content)
    text, ended = printed("seed_season", "-", "--anchor", "2041-11-20")
    assert ended == exit_code
    assert_transcript(name, text)
    assert Show.objects.filter(poster__startswith="posters/lupa-").exists() == (exit_code == 0)


def test_more_than_was_announced_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    send(monkeypatch, sent(WHOLE, {"posters/lupa.png": picture()}) + b"x")
    text, ended = printed("seed_season", "-", "--dry-run")
    assert (ended, json.loads(text)["code"]) == (2, "malformed_request")


def test_statements_do_not_grow_with_the_performances(programme: Performance) -> None:
    def statements(*command: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            printed(*command)
        return len(captured)

    commands = [("list_performances", "--all"), ("show_show", "locandiera"), ("list_shows",), ("export_season",)]
    before = [statements(*command) for command in commands]
    for day in range(8):
        starts_at = datetime(2042, 1, 1 + day, 20, tzinfo=UTC)
        make_performance(show=programme.show, venue=programme.venue, starts_at=starts_at)
    assert [statements(*command) for command in commands] == before
