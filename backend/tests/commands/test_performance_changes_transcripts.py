"""What `cancel_performance` and `move_performance` print, to the letter."""

import json

import pytest

from azionelab.programme.models import Performance
from azionelab.reservations.models import Reservation
from tests.cast import make_venue
from tests.commands.evening import make_evening
from tests.commands.transcripts import assert_transcript, printed
from tests.postbox import Postbox

pytestmark = pytest.mark.django_db
# Nobody waits a second between two mails here.
FAST = ("--rate", "6000")
CANCEL = ("cancel_performance", "1042", *FAST)
MOVE = ("move_performance", "1042", *FAST, "--to", "2041-12-06 21:00", "--venue", "verdi", "--capacity", "30")


@pytest.fixture
def evening(postbox: Postbox) -> Performance:
    """Before anybody is in; one of the guests can only be called."""
    performance = make_evening()
    make_venue(slug="verdi", name="Teatro Verdi", address="Via Palestro 40, Pisa", capacity=60)
    guests = Reservation.objects.filter(performance=performance)
    guests.update(admitted_since=None)
    guests.filter(reference="DELUCA").update(email="")
    for reservation, address in zip(guests.order_by("id"), ("zoe", "maria", "gianni", "anna", "piero"), strict=True):
        values = {"reference": reservation.reference if reservation.confirmed_at else "PENDNG"}
        values |= {"email": f"{address}@example.org"} if reservation.email else {}
        guests.filter(pk=reservation.pk).update(**values)
    postbox.mails.clear()
    return performance


@pytest.mark.usefixtures("evening")
@pytest.mark.parametrize(
    ("name", "command", "exit_code"),
    [
        ("cancel_performance.dry_run", (*CANCEL, "--dry-run"), 0),
        ("cancel_performance", CANCEL, 0),
        ("cancel_performance.silent", (*CANCEL, "--no-tell"), 0),
        ("cancel_performance.unknown", ("cancel_performance", "1999"), 2),
        ("move_performance.dry_run", (*MOVE, "--dry-run"), 0),
        ("move_performance", MOVE, 0),
        ("move_performance.small", (*MOVE[:-1], "5"), 3),
        ("change_seats", ("change_seats", "1042", "--additional-seats", "4"), 0),
        ("change_seats.dry_run", ("change_seats", "1042", "--manually-occupied", "2", "--dry-run"), 0),
        ("change_seats.unchanged", ("change_seats", "1042", "--capacity", "20"), 0),
        ("change_seats.small", ("change_seats", "1042", "--capacity", "9"), 3),
        ("change_seats.nothing", ("change_seats", "1042"), 2),
        ("move_performance.past", ("move_performance", "1042", "--to", "2020-12-06 21:00"), 2),
    ],
)
def test_changes(name: str, command: tuple[str, ...], exit_code: int) -> None:
    text, ended = printed(*command)
    assert ended == exit_code
    assert_transcript(name, text)


@pytest.mark.usefixtures("evening")
def test_mails_leave_at_once_and_what_does_not_leave_waits(postbox: Postbox, settings: object) -> None:
    printed(*CANCEL)
    assert [str(mail["To"]) for mail in postbox.mails] == [
        f"{name}@example.org" for name in ("zoe", "gianni", "anna", "piero")
    ]
    settings.EMAIL_PORT = 9
    Performance.objects.update(cancelled_at=None)
    text, ended = printed(*MOVE)
    summary = json.loads(text.splitlines()[-1])
    assert (ended, summary["told"], summary["waiting"], summary["stopped"]) == (4, 4, 4, "server")


@pytest.mark.usefixtures("evening")
def test_cancelled_already() -> None:
    printed(*CANCEL)
    text, ended = printed(*CANCEL)
    assert ended == 0
    assert_transcript("cancel_performance.unchanged", text)


@pytest.mark.usefixtures("evening")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--to", "tomorrow"), "'tomorrow' is not a day and a time. Write it as 2026-12-05 20:30."),
        (("--to", ""), "'' is not a day and a time. Write it as 2026-12-05 20:30."),
        (("--to", "2041-02-30 21:00"), "There is no such day or time as '2041-02-30 21:00'."),
        (("--to", "2041-03-31 02:30"), "'2041-03-31 02:30' does not exist: the clocks go forward in that hour."),
        (("--to", "2041-12-06 21:00", "--venue", "palazzo"), "There is no venue 'palazzo'."),
        (("--to", "2041-12-05 16:30"), "This show already has a performance in this venue at this time."),
        (("--to", "2041-12-06 21:00", "--capacity", "-1"), "Use a number from 1 to 100000."),
    ],
)
def test_what_cannot_be_read_is_told_in_words(arguments: tuple[str, ...], message: str) -> None:
    text, ended = printed("move_performance", "1042", *arguments)
    [problem, *_candidates] = json.loads(text)["errors"]
    assert (ended, problem["message"]) == (2, message)
