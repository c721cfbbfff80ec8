"""How the evening goes: the figures of the door, whose they are, and when people came."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from azionelab.checkin import attendance, devices
from azionelab.checkin.attendance import attempts, door_stats, performance_at_the_door
from azionelab.checkin.door_list import devices_of, door_list
from azionelab.checkin.models import CheckIn
from azionelab.core.errors import Code, DomainError
from azionelab.programme.models import Performance
from azionelab.reservations.models import Reservation, Status, WalkIn
from tests.backstage import let_in
from tests.cast import make_performance, make_staff, pair_phone, reserve, reserve_and_confirm
from tests.web_server import with_database

pytestmark = pytest.mark.django_db(transaction=True)
MANAGE = Path(__file__).parents[2] / "manage.py"


def walk_in(performance: Performance, seats: int, at: datetime) -> WalkIn:
    return WalkIn.objects.create(performance=performance, scan_id=uuid4(), seats=seats, admitted_at=at)


def test_stats_agree_with_the_door_list(tonight: Performance) -> None:
    pair_phone(tonight)
    let_in(reserve_and_confirm(tonight, 4), 3)
    reserve_and_confirm(tonight, 2)
    reserve(tonight, 2)
    walk_in(tonight, 1, timezone.now())
    stats, counts = door_stats(tonight.pk), door_list(tonight.pk).counts
    assert (stats.expected, stats.to_come, stats.left) == (6, 3, counts.left)
    assert (stats.attendance.admitted, stats.attendance.walk_ins) == (counts.admitted, counts.walk_ins)
    assert stats.attendance.inside == counts.inside == 4
    assert [(phone.number, phone.admitted, phone.walk_ins) for phone in stats.phones] == [(1, 0, 0), (0, 3, 1)]


def test_who_came_in_and_was_cancelled_afterwards_is_not_missed_in_others(tonight: Performance) -> None:
    came = reserve_and_confirm(tonight, 2)
    let_in(came, 2)
    reserve_and_confirm(tonight, 3)
    Reservation.objects.filter(pk=came.pk).update(status=Status.CANCELLED, cancelled_at=timezone.now())
    stats = door_stats(tonight.pk)
    assert (stats.expected, stats.to_come, stats.attendance.inside) == (3, 3, 2)


def test_unknown_performance_is_not_found() -> None:
    with pytest.raises(DomainError) as error:
        door_stats(10**9)
    assert error.value.code == Code.NOT_FOUND


@pytest.mark.parametrize("parties", [1, 10])
def test_stats_take_the_same_statements_however_many_came(
    tonight: Performance, django_assert_max_num_queries: object, parties: int
) -> None:
    for _ in range(parties):
        let_in(reserve_and_confirm(tonight, 1), 1)
    with django_assert_max_num_queries(15):
        door_stats(tonight.pk)
    with django_assert_max_num_queries(2):
        assert len(attempts(tonight.pk)) == parties


# When they came


def test_arrivals_have_every_five_minutes_up_to_now(tonight: Performance) -> None:
    now = timezone.now()
    for minutes, seats in ((31, 2), (30, 1), (1, 4)):
        walk_in(tonight, seats, now - timedelta(minutes=minutes))
    arrivals = door_stats(tonight.pk).arrivals
    assert sum(beat.seats for beat in arrivals) == 7
    assert len(arrivals) in (7, 8)
    steps = {later.at - sooner.at for sooner, later in zip(arrivals, arrivals[1:], strict=False)}
    assert steps == {attendance.BEAT}
    assert arrivals[-1].at <= timezone.now() < arrivals[-1].at + 2 * attendance.BEAT


def test_evening_that_is_over_ends_with_its_last_guest(tonight: Performance) -> None:
    long_ago = timezone.now() - timedelta(days=30)
    walk_in(tonight, 1, long_ago)
    assert len(door_stats(tonight.pk).arrivals) == 1
    walk_in(tonight, 1, long_ago - timedelta(days=400))
    arrivals = door_stats(tonight.pk).arrivals
    assert (len(arrivals), sum(beat.seats for beat in arrivals)) == (attendance.MOST_BEATS, 1)


# Which performance


EIGHT = datetime(2041, 12, 5, 19, 0, tzinfo=UTC)


@pytest.fixture
def at_eight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: EIGHT)


def play(hours: float) -> Performance:
    """It begins so long after eight in the evening; its doors open half an hour before."""
    starts_at = EIGHT + timedelta(hours=hours)
    return make_performance(starts_at=starts_at, doors_open_at=starts_at - timedelta(minutes=30))


@pytest.mark.usefixtures("at_eight")
def test_without_a_name_it_is_tonights() -> None:
    with pytest.raises(DomainError) as error:
        performance_at_the_door("")
    assert (error.value.code, "Nothing plays tonight." in error.value.detail) == (Code.NOT_FOUND, True)
    play(24)
    late = play(3)
    assert performance_at_the_door("") == late


@pytest.mark.usefixtures("at_eight")
def test_of_several_tonight_the_one_whose_door_is_open() -> None:
    matinee, evening, late = play(-10), play(0.4), play(3)
    assert performance_at_the_door("") == evening
    assert performance_at_the_door(str(late.pk)) == late
    Performance.objects.filter(pk=evening.pk).update(cancelled_at=EIGHT)
    with pytest.raises(DomainError) as error:
        performance_at_the_door("")
    assert {problem.message.split(":")[0] for problem in error.value.errors} == {str(matinee.pk), str(late.pk)}


# A phone whose holder has lost the right


def test_phone_of_somebody_who_lost_the_right_has_ended(tonight: Performance) -> None:
    luca, marta = make_staff("luca"), make_staff("marta")
    for staff in (luca, marta):
        devices.pair_as_staff(performance_id=tonight.pk, name=staff.username, claim=uuid4(), staff_id=staff.pk)
    pair_phone(tonight, "con codice")
    assert [row.ended for row in devices_of(tonight.pk)] == [False, False, False]
    luca.groups.clear()
    assert [row.ended for row in devices_of(tonight.pk)] == [True, False, False]
    type(marta).objects.filter(pk=marta.pk).update(is_active=False)
    assert [row.ended for row in devices_of(tonight.pk)] == [True, True, False]
    assert [phone.ended for phone in door_stats(tonight.pk).phones] == [True, True, False]


def test_list_of_phones_asks_once_for_all_rights(tonight: Performance, django_assert_num_queries: object) -> None:
    for number in range(5):
        staff = make_staff(f"staff{number}")
        devices.pair_as_staff(performance_id=tonight.pk, name="x", claim=uuid4(), staff_id=staff.pk)
    with django_assert_num_queries(3):
        assert len(devices_of(tonight.pk)) == 5


# The command that goes on


def test_command_goes_on_until_its_input_is_closed(tonight: Performance) -> None:
    with follow(tonight) as process:
        first, second = (json.loads(process.stdout.readline()) for _ in range(2))
        walk_in(tonight, 2, timezone.now())
        while (record := json.loads(process.stdout.readline()))["inside"] == 0:
            pass
        process.stdin.write("what is typed means nothing\n")
        process.stdin.flush()
        process.stdout.readline()
        process.stdin.close()
        rest = process.stdout.read()
    assert (first["type"], first["inside"], second["inside"], record["inside"]) == ("record", 0, 0, 2)
    assert (json.loads(rest.splitlines()[-1])["type"], process.returncode) == ("summary", 0)


def follow(performance: Performance) -> subprocess.Popen[str]:
    from django.db import connection

    name = connection.settings_dict["NAME"]
    url = os.environ["DATABASE_URL"]
    return subprocess.Popen(
        [sys.executable, str(MANAGE), "door_stats", str(performance.pk), "--follow", "--every", "0.05"],
        env=os.environ | {"DATABASE_URL": with_database(url, name)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "often", "3601"])
def test_beat_that_makes_no_sense_is_refused(
    tonight: Performance, capsys: pytest.CaptureFixture[str], seconds: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("door_stats", str(tonight.pk), "--follow", f"--every={seconds}")
    assert (ended.value.code, json.loads(capsys.readouterr().out)["code"]) == (2, "validation_failed")


def test_list_has_nobody_who_was_taken_back(tonight: Performance) -> None:
    let_in(reserve_and_confirm(tonight, 2), 2)
    [attempt] = attempts(tonight.pk)
    assert (attempt.inside, attempt.is_undone, attempt.conflict) == (2, False, None)
    CheckIn.objects.all().delete()
    assert attempts(tonight.pk) == []
    assert [one.inside for one in attempts(tonight.pk, refused=True)] == [0]
