"""`azione checkin …` against a real backend on PostgreSQL: a list that is ticked, conflicts that are settled."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cli.tests.conftest import Theatre, run_azione
from cli.tests.terminals import lines_of, open_terminal, screen
from cli.tests.transcripts import transcript

from azione.backend import call
from azione.commands.checkin import _pieces
from azione.failures import ExitCode, Failure
from azione.reconciliations import read_conflicts, read_reconciliation
from azione.targets import Target

Checkin = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def azione(evening: Theatre, tmp_path: Path) -> Checkin:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return run_azione(*arguments, cwd=tmp_path, AZIONE_DEMO_DIR=str(evening.directory))

    return run


@pytest.fixture
def full(evening: Theatre) -> str:
    return str(evening.performances["full"])


def export(azione: Checkin, full: str, path: Path) -> None:
    assert azione("guests", "export", full, "--output", str(path)).returncode == 0


def tick(path: Path, **admitted: str) -> None:
    """As a spreadsheet does it; guests by their surname."""
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""), delimiter=";"))
    for row in rows[1 : rows.index([""] * len(rows[0]))]:
        row[2] = admitted.get(row[0].split()[-1], row[2])
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)


def last_line(done: subprocess.CompletedProcess[str]) -> dict[str, object]:
    return dict(json.loads(done.stdout.splitlines()[-1]))


def test_list_that_was_ticked_comes_in(azione: Checkin, full: str, tmp_path: Path) -> None:
    paper = tmp_path / "guests.csv"
    export(azione, full, paper)
    tick(paper, Luca="x", **{"D'Angelo": "1"})
    dry, wet, again = (
        azione("checkin", "reconcile", str(paper), *more)
        for more in (["--dry-run"], ["--yes"], ["--list", "Paper list", "--yes"])
    )
    assert [done.returncode for done in (dry, wet, again)] == [0, 0, 0]
    assert "This would bring: 2 new scans, 3 seats admitted.\n" in dry.stdout
    assert "Reconciled: 2 new scans, 3 seats admitted.\n" in wet.stdout
    assert "Nothing new: 2 scans, all in already.\n" in again.stdout
    assert "La locandiera, Thu 5 Dec 2041, 20:30" in wet.stdout
    assert last_line(azione("guests", "export", full, "--json"))["admitted"] == 8


def test_reconciling_asks_on_a_terminal(azione: Checkin, evening: Theatre, full: str, tmp_path: Path) -> None:
    paper = tmp_path / "guests.csv"
    export(azione, full, paper)
    tick(paper, Luca="x")
    alone = azione("checkin", "reconcile", str(paper))
    assert (alone.returncode, "--yes" in alone.stderr) == (2, True)
    for answer, status, said in (
        ("n", 3, "Nothing was changed."),
        ("y", 0, "Reconciled: 1 new scan, 2 seats admitted."),
        (None, 0, "Nothing new: 1 scan, in already."),
    ):
        terminal = open_terminal(evening, "checkin", "reconcile", str(paper), columns=200)
        if answer is not None:
            terminal.expect("guests.csv.*Take this in: 1 new scan, 2 seats admitted, on .*database azione_cli_")
            terminal.sendline(answer)
        assert said in screen(terminal)
        assert terminal.exitstatus == status


def test_conflict_and_its_seats_are_in_the_question(
    azione: Checkin, evening: Theatre, full: str, tmp_path: Path
) -> None:
    paper = tmp_path / "guests.csv"
    export(azione, full, paper)
    tick(paper, Luca="14")
    terminal = open_terminal(evening, "checkin", "reconcile", str(paper), columns=200)
    terminal.expect("In conflict.*10.*Take this in: 1 new scan, 2 seats admitted, 1 conflict over 10 seats, on ")
    terminal.sendline("n")
    assert "Nothing was changed." in screen(terminal)
    tick(paper, Luca="140")
    refused = azione("checkin", "reconcile", str(paper), "--dry-run")
    assert (refused.returncode, refused.stdout) == (3, "")
    assert "140 cannot be right for a party of 4: correct it, and try again." in refused.stderr


def test_table_of_files_leaves_out_what_is_none_and_breaks_no_name(
    azione: Checkin, evening: Theatre, full: str, tmp_path: Path
) -> None:
    paper = tmp_path / "ospiti-della-porta-di-sinistra-dopo.csv"
    export(azione, full, paper)
    tick(paper, Luca="6")
    terminal = open_terminal(evening, "checkin", "reconcile", str(paper), "--dry-run")
    lines = lines_of(screen(terminal))
    heading, row = next((line, lines[at + 2]) for at, line in enumerate(lines) if line.startswith("File"))
    assert heading.split() == ["File", "From", "New", "Admitted", "In", "conflict"]
    assert row.split() == [paper.name, "Paper", "list", "1", "2", "2"]


def test_conflict_is_listed_and_settled(azione: Checkin, full: str, tmp_path: Path) -> None:
    paper = tmp_path / "guests.csv"
    export(azione, full, paper)
    tick(paper, Luca="6")
    reconciled = azione("checkin", "reconcile", str(paper), "--list", "Porta sinistra", "--yes")
    assert "1 conflict waits for a person to settle: azione checkin conflicts" in reconciled.stdout
    listed = azione("checkin", "conflicts", full)
    _title, _place, _blank, heading, row, *_rest = listed.stdout.splitlines()
    number = row.split()[0]
    assert heading.split()[:3] == ["No.", "Seats", "Why"]
    assert "more than the party" in row
    assert "Maria De Luca, 4 seats" in row
    assert "Porta sinistra, 20:30:00" in row
    assert "1 conflict waits for a person, 2 seats" in listed.stdout
    alone = azione("checkin", "settle", number, "came-in")
    assert (alone.returncode, "--yes" in alone.stderr) == (2, True)
    shown = azione("checkin", "settle", number, "came-in", "--dry-run")
    assert f"This would settle conflict {number}: they all came in." in shown.stdout
    settled = azione("checkin", "settle", number, "came-in", "--note", "contati", "--yes")
    assert (settled.returncode, settled.stdout.strip()) == (0, f"Conflict {number} is settled: they all came in.")
    assert azione("checkin", "conflicts").stdout.strip() == "No conflict waits for a person."
    assert "they all came in: contati" in azione("checkin", "conflicts", "--all").stdout


def test_settling_asks_on_a_terminal(azione: Checkin, evening: Theatre, full: str, tmp_path: Path) -> None:
    paper = tmp_path / "guests.csv"
    export(azione, full, paper)
    tick(paper, Luca="6")
    azione("checkin", "reconcile", str(paper), "--yes")
    number = azione("checkin", "conflicts").stdout.splitlines()[1].split()[0]
    for answer, status in (("n", 3), ("y", 0)):
        terminal = open_terminal(evening, "checkin", "settle", number, "counted-twice")
        terminal.expect("2 seats, more than the party.*the same people were counted twice, on .*database azione_cli_")
        terminal.sendline(answer)
        screen(terminal)
        assert terminal.exitstatus == status
    assert "No conflict waits" in azione("checkin", "conflicts").stdout


def test_file_that_is_refused_is_named_with_its_line(azione: Checkin, full: str, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    for path in (good, bad):
        export(azione, full, path)
    tick(good, Luca="x")
    content = bad.read_bytes()
    bad.write_bytes(content[: content.index(b"De Luca") + 10])
    done = azione("checkin", "reconcile", str(good), str(bad), "--yes")
    assert done.returncode == 3
    assert done.stderr.splitlines()[0] == "Error: A file cannot be used."
    assert done.stderr.splitlines()[1] == "  Nothing was brought in."
    assert f"  {bad}, line 5: " in done.stderr
    assert last_line(azione("guests", "export", full, "--json"))["admitted"] == 5
    told = azione("checkin", "reconcile", str(good), str(bad), "--json", "--yes")
    assert (told.returncode, last_line(told)["code"]) == (3, "file_refused")


@pytest.mark.parametrize("name", ["nowhere.csv", "~nobody-at-all/x.csv"])
def test_file_that_cannot_be_read_is_usage(azione: Checkin, name: str) -> None:
    done = azione("checkin", "reconcile", name, "--yes")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"Error: There is no file {name}.\n")


def test_conflict_that_is_not_there(azione: Checkin) -> None:
    done = azione("checkin", "settle", "77", "came-in", "--yes")
    assert (done.returncode, "There is no conflict 77" in done.stderr) == (2, True)


@pytest.mark.parametrize("written", ["x", "1.5", "DELUCA", "٣", "9" * 5000])
def test_conflict_is_named_by_its_number(azione: Checkin, written: str) -> None:
    done = azione("checkin", "settle", written, "came-in", "--yes")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"Error: {written[:100]}")
    assert done.stderr.endswith("is no conflict: use its number in azione checkin conflicts.\n")


# The pipe to the backend


def python(program: str) -> Target:
    return Target("a program", (sys.executable, "-c", program))


def test_large_files_go_through_while_the_answer_comes_back() -> None:
    """More than any pipe holds, in both directions."""
    program = """
import sys
sys.stdin.buffer.readline()
for _ in range(200):
    print('{"v": 1, "type": "record", "filler": "' + "x" * 10_000 + '"}', flush=True)
print('{"v": 1, "type": "summary", "bytes": %d}' % len(sys.stdin.buffer.read()))
"""
    contents = [("a", b"a" * 3_000_000), ("b", b"b" * 2_000_000)]
    answer = call(python(program), "reconcile_scans", stdin=_pieces(contents))
    assert (len(answer.records), answer.summary["bytes"]) == (200, 5_000_000)


def test_command_that_stops_reading_is_still_heard() -> None:
    program = """
import sys
print('{"v": 1, "type": "error", "code": "file_refused", "detail": "No."}', flush=True)
sys.exit(3)
"""
    with pytest.raises(Failure) as failure:
        call(python(program), "reconcile_scans", stdin=_pieces([("a", b"a" * 5_000_000)]))
    assert (failure.value.code, failure.value.exit_code) == ("file_refused", ExitCode.REFUSED)


# The models


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"conflicts_opened": 0, "seats_in_conflict": 0}, "2 new scans, 2 seats admitted"),
        ({"scans": 9, "walk_ins": 1}, "9 scans, 2 of them new, 2 seats admitted, 1 seat for walk-ins, 1 conflict over"),
        ({"refused": 1, "undone": 2, "conflicts_gone": 1}, "1 scan refused, 2 admissions undone, 1 conflict over"),
        ({"conflicts_gone": 2}, "1 conflict over 2 seats, 2 conflicts less"),
    ],
)
def test_what_is_asked_names_all_that_there_is_and_nothing_else(changes: dict[str, int], said: str) -> None:
    records, summary = transcript("reconcile_scans.dry_run")
    result = read_reconciliation(records, summary | changes)
    assert said in result.totals
    assert " 0 " not in f" {result.totals} "
    assert result.nothing_new == ""


def test_files_of_one_name_keep_their_folders() -> None:
    records, summary = transcript("reconcile_scans.dry_run")
    for names, shown in (
        (("/a/marta.jsonl", "b/ugo.jsonl"), ["marta.jsonl", "ugo.jsonl"]),
        (("a/door.csv", "b/door.csv"), ["a/door.csv", "b/door.csv"]),
    ):
        named = [record | {"file": name} for record, name in zip(records, names, strict=True)]
        assert [row[0] for row in read_reconciliation(named, summary).files.rows] == shown


@pytest.mark.parametrize(
    ("scans", "said"),
    [(0, "Nothing new: nobody is marked."), (1, "Nothing new: 1 scan, in already."), (3, "3 scans, all in already.")],
)
def test_nothing_new_is_said_as_such(scans: int, said: str) -> None:
    records, summary = transcript("reconcile_scans.dry_run")
    assert said in read_reconciliation(records, summary | {"scans": scans, "new": 0}).nothing_new


def test_report_of_two_phones_that_let_in_one_party() -> None:
    result = read_reconciliation(*transcript("reconcile_scans.dry_run"))
    assert result.files.rows == [
        ("marta.jsonl", "Marta", "1", "1", "2", "", "", "", ""),
        ("ugo.jsonl", "Ugo", "1", "1", "", "", "", "", "2"),
    ]
    assert result.totals == "2 new scans, 2 seats admitted, 1 conflict over 2 seats"
    assert result.performances == ("La locandiera, Thu 5 Dec 2041, 20:30",)
    assert result.conflicts == "1 conflict would wait for a person to settle: azione checkin conflicts"


def test_conflict_names_both_phones_and_times() -> None:
    assert read_conflicts(*transcript("list_conflicts")).rows == [
        (
            "7",
            "2",
            "already in",
            "DANGEL Gianni D'Angelo, 2 seats",
            "Ugo, 20:37:55 (clock put right)",
            "Marta, 20:32:00",
            "",
        ),
    ]
