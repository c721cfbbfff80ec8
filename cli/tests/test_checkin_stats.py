"""`azione checkin stats` and `list` against a real backend: once, in a pipe, live on a terminal."""

import json
import os
import re
import signal
import subprocess
import sys

import psycopg
import pytest
from cli.tests.conftest import Azione, Theatre, cli_env
from cli.tests.terminals import ESCAPE, open_terminal, screen
from cli.tests.transcripts import transcript

from azione.backend import HeldOpen, call
from azione.checkins import Watch, bars, read_checkins, read_door
from azione.doors import read_devices
from azione.failures import Failure
from azione.protocol import Record
from azione.targets import Target

HERE = r"\d\d:\d\d:\d\d"


def somebody_comes_in(evening: Theatre, seats: int) -> None:
    """A walk-in, as the door's own record derives it; only what the figures are made of."""
    with psycopg.connect(evening.database_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO reservations_walkin (performance_id, scan_id, seats, admitted_at) "
            "VALUES (%s, gen_random_uuid(), %s, now())",
            (evening.performances["full"], seats),
        )


def test_stats_tell_where_the_evening_stands(azione: Azione, full: str) -> None:
    done = azione("checkin", "stats", full)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[:2] == ["La locandiera", "Thu 5 Dec 2041, 20:30, La Cantina"]
    assert [re.sub(" +", " ", line) for line in lines[3:8]] == [
        "Inside: 5",
        "Expected: 9",
        "Still to come: 4",
        "Seats left: 10",
        "Conflicts: 0",
    ]
    assert re.search(r"^Arrivals: +\S+ +\d\d:\d\d to \d\d:\d\d$", done.stdout, re.MULTILINE)
    assert re.search(r"^ +without a phone +5 +0$", done.stdout, re.MULTILINE)
    assert re.fullmatch(rf"Made {HERE}\.", lines[-1])


def test_stats_of_nothing_and_of_no_evening(azione: Azione, theatre: Theatre) -> None:
    done = azione("checkin", "stats", str(theatre.performances["empty"]))
    assert (done.returncode, "No phone has been paired yet." in done.stdout) == (0, True)
    tonight = azione("checkin", "stats")
    assert (tonight.returncode, "Nothing plays tonight." in tonight.stderr) == (2, True)
    watched = azione("checkin", "stats", "--watch", "1999")
    assert (watched.returncode, "There is no performance '1999'" in watched.stderr) == (2, True)


def test_json_is_one_record_and_a_summary(azione: Azione, full: str) -> None:
    done = azione("checkin", "stats", full, "--json")
    record, summary = map(json.loads, done.stdout.splitlines())
    assert (record["type"], record["inside"], summary["type"], summary["records"]) == ("record", 5, "summary", 1)


def test_list_has_who_came_in(azione: Azione, full: str) -> None:
    done = azione("checkin", "list", full)
    assert done.returncode == 0, done.stderr
    rows = done.stdout.splitlines()[3:]
    assert rows[0].split() == ["Time", "Seats", "Name", "Reference", "By"]
    assert re.fullmatch(rf"{HERE} +1  Zoë Àlvarez +[A-Z0-9]{{6}} +porta", rows[1])
    assert re.fullmatch(rf"5 inside; made {HERE}", rows[-1])
    assert azione("checkin", "list", full, "--all").stdout.splitlines()[-1].startswith("3 scans, 5 inside; made ")


# Watching


def watching(evening: Theatre) -> tuple[str, ...]:
    return ("checkin", "stats", str(evening.performances["full"]), "--watch")


def watch(evening: Theatre, *options: str, **pipes: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "azione", *watching(evening), *options],
        env=cli_env(AZIONE_DEMO_DIR=str(evening.directory)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **pipes,
    )


def test_pipe_gets_a_line_for_each_change_and_ctrl_c_ends_it_well(evening: Theatre) -> None:
    with watch(evening) as process:
        first = process.stdout.readline()
        somebody_comes_in(evening, 2)
        second = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=60)
    assert re.fullmatch(rf"{HERE}  5 inside, 4 of 9 still to come, 0 walk-ins, 10 seats left, 0 conflicts\n", first)
    assert re.fullmatch(rf"{HERE}  7 inside, 4 of 9 still to come, 2 walk-ins, 8 seats left, 0 conflicts\n", second)
    assert (process.returncode, rest, errors) == (0, "", "")


def test_json_gets_records_and_its_last_line(evening: Theatre) -> None:
    with watch(evening, "--json") as process:
        records = [json.loads(process.stdout.readline()) for _ in range(2)]
        process.send_signal(signal.SIGINT)
        rest, _errors = process.communicate(timeout=60)
    assert [record["inside"] for record in records] == [5, 5]
    assert (process.returncode, json.loads(rest.splitlines()[-1])["type"]) == (0, "summary")


def test_reader_who_leaves_ends_it(evening: Theatre) -> None:
    with watch(evening) as process:
        process.stdout.readline()
        process.stdout.close()
        somebody_comes_in(evening, 1)
        assert process.wait(60) == 5


def test_database_that_goes_away_is_told_and_waited_for(evening: Theatre) -> None:
    """Its connections are cut and refused for a moment, as a restart does it."""
    name = evening.database_url.split("dbname=")[-1].split()[0]
    server = os.environ["DATABASE_URL"]
    with watch(evening) as process, psycopg.connect(server, autocommit=True) as admin:
        process.stdout.readline()
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        trouble = process.stdout.readline()
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        again = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert trouble.endswith("  The database does not answer; trying again.\n")
    assert "5 inside" in again
    assert process.returncode == 0


def test_terminal_is_drawn_in_place_and_left_clean(evening: Theatre) -> None:
    terminal = open_terminal(evening, *watching(evening))
    terminal.expect_exact("Ctrl-C ends this.")
    somebody_comes_in(evening, 2)
    terminal.expect(r"7 \(5 admitted, 2 walk-ins\)")
    drawn = terminal.before
    terminal.expect_exact("Ctrl-C ends this.")
    terminal.sendintr()
    output = screen(terminal)
    assert terminal.exitstatus == 0
    # Each frame goes up over the one before, and clears its lines.
    assert drawn.count("La locandiera") == 0 or "\x1b[1A" in drawn
    assert "\x1b[2K" in drawn
    # The cursor is there again.
    assert output.rstrip().endswith("\x1b[?25h")
    assert "Traceback" not in output
    shown = re.sub(ESCAPE, "", output)
    assert max(len(line) for line in re.split(r"[\r\n]+", shown)) <= 80


def test_ctrl_c_before_the_first_answer_is_a_good_end_too(evening: Theatre) -> None:
    """The terminal sends it to the backend's command as well, which is still starting."""
    terminal = open_terminal(evening, *watching(evening))
    terminal.expect_exact("Reading the door")
    terminal.sendintr()
    output = screen(terminal)
    assert (terminal.exitstatus, "Traceback" in output) == (0, False)


def test_dumb_terminal_gets_lines(evening: Theatre) -> None:
    terminal = open_terminal(evening, *watching(evening), columns=120, TERM="dumb")
    terminal.expect(r"5 inside, 4 of 9 still to come")
    terminal.sendintr()
    output = screen(terminal)
    assert (terminal.exitstatus, "\x1b" in output) == (0, False)


# What is held open


def test_what_is_held_open_is_closed_when_the_command_is_broken() -> None:
    """Nobody else would ever end the thread that holds it."""
    program = "import sys; print('nonsense', flush=True); sys.stdin.read()"
    with pytest.raises(Failure):
        call(Target("a program", (sys.executable, "-c", program)), "door_stats", stdin=HeldOpen())


def test_command_ends_when_what_was_held_open_is_closed() -> None:
    program = """
import sys
print('{"v": 1, "type": "record"}', flush=True)
sys.stdin.read()
print('{"v": 1, "type": "summary"}', flush=True)
"""
    held = HeldOpen()
    answer = call(
        Target("a program", (sys.executable, "-c", program)), "x", stdin=held, watch=lambda _line: held.close()
    )
    assert len(answer.records) == 1


# The models


def test_door_with_phones_conflicts_and_arrivals() -> None:
    [record], _summary = transcript("door_stats")
    door = read_door(record)
    assert dict(door.facts) == {
        "Inside": "8 (5 admitted, 2 walk-ins, 1 in conflict)",
        "Expected": "7",
        "Still to come": "2",
        "Seats left": "11",
        "Conflicts": "1, see azione checkin conflicts",
        "Arrivals": "▆▄▆▁█  20:10 to 20:35",
        "Since 20:25": "3 came in",
    }
    # The columns of `azione door devices`.
    assert door.phones.headings == read_devices(*transcript("list_devices")).headings
    assert door.phones.rows == [
        ("1", "Marta, left door", "3", "2 of 4", "20:30", ""),
        ("2", "Ugo", "0", "0", "20:30", "sent away at 21:00"),
        ("", "without a phone", "2", "0", "", ""),
    ]
    assert door.line == "8 inside, 2 of 7 still to come, 2 walk-ins, 11 seats left, 1 conflict"


def test_every_scan_says_what_became_of_it() -> None:
    listed = read_checkins(*transcript("list_checkins.all"))
    assert [(row[0], row[1], row[5]) for row in listed.rows] == [
        ("20:10:00", "2", ""),
        ("20:19:00", "1", ""),
        ("20:20:00", "0", "refused: already in"),
        ("20:21:00", "2", ""),
        ("20:28:00", "0", "1 taken back"),
        ("20:30:00", "0", "takes an admission back; Era un’altra"),
        ("20:30:00", "2", ""),
        ("20:33:00", "1", "conflict 7, already in: to be settled"),
    ]
    assert listed.rows[3][2] == "without a reservation"
    assert read_checkins(*transcript("list_checkins")).totals == "8 inside; made 19:45:00"


@pytest.mark.parametrize(
    ("numbers", "drawn"), [([], ""), ([0, 0], "▁▁"), ([1], "█"), ([0, 1, 700], "▁▂█"), ([3, 3], "██")]
)
def test_bars(numbers: list[int], drawn: str) -> None:
    assert bars(numbers) == drawn


def test_trouble_is_told_once_and_the_door_again_after_it() -> None:
    [record], _summary = transcript("door_stats")
    record.pop("type")
    trouble = {"trouble": "The database does not answer; trying again.", "made_at": record["made_at"]}
    told: list[str] = []
    watching = Watch(told.append)
    for members in (record, record, trouble, trouble, record):
        watching.see(Record(members))
    assert [sentence.split("  ")[1][:8] for sentence in told] == ["8 inside", "The data", "8 inside"]
    with pytest.raises(Failure):
        watching.see(Record({"inside": "many"}))
