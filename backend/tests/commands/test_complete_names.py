"""What the Tab key of a shell is offered."""

from datetime import timedelta

import pytest

from azionelab.programme.models import Performance
from azionelab.reservations.models import Reservation
from tests.cast import make_performance, make_show, reserve
from tests.commands.evening import EVENING, make_evening
from tests.commands.transcripts import assert_transcript, printed

pytestmark = pytest.mark.django_db


@pytest.fixture
def evening() -> Performance:
    return make_evening()


@pytest.mark.usefixtures("evening")
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("complete_names", ["performances"]),
        ("complete_names.references", ["references", "del"]),
    ],
)
def test_transcripts(name: str, arguments: list[str]) -> None:
    text, ended = printed("complete_names", *arguments)
    assert ended == 0
    assert_transcript(name, text)


def test_one_a_day_is_named_by_its_day(evening: Performance) -> None:
    make_performance(show=evening.show, venue=evening.venue, starts_at=EVENING + timedelta(days=1))
    text, _ended = printed("complete_names", "performances", "la-loc")
    assert '"name": "la-locandiera@2041-12-06"' in text


def test_long_past_evenings_are_left_out(evening: Performance) -> None:
    make_performance(show=make_show(slug="vecchia"), starts_in=-timedelta(days=9))
    assert "vecchia" not in printed("complete_names", "performances")[0]
    assert "vecchia" in printed("complete_names", "shows")[0]


def test_references_tell_nobody_by_name(evening: Performance) -> None:
    reserve(evening, 1, name="Clementina Segreta")
    text, _ended = printed("complete_names", "references")
    assert Reservation.objects.get(name="Clementina Segreta").reference in text
    assert "Clementina" not in text
