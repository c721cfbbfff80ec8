"""`azione status` and `azione doctor` against a real backend: in pipes, on a terminal, and where nobody answers."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli.tests.conftest import Azione, Theatre, run_azione, write_demo
from cli.tests.terminals import lines_of, open_terminal, screen
from cli.tests.transcripts import transcript

from azione import __version__
from azione.health import FAILURE, RUNBOOKS, WARNING, read_diagnosis, read_standing
from azione.listings import as_text

DEAD_DATABASE = "postgresql://azionelab:tre-civette@127.0.0.1:9/azionelab"


@pytest.fixture
def theatre_without_database(theatre: Theatre, tmp_path: Path) -> Theatre:
    directory = tmp_path / "dead"
    directory.mkdir()
    env = theatre.env | {"DATABASE_URL": DEAD_DATABASE}
    write_demo(directory, env)
    return Theatre(directory, env, {})


@pytest.fixture
def well_theatre(theatre: Theatre, tmp_path: Path) -> Iterator[Theatre]:
    """Whose files, at least, are as they should be."""
    backup = tmp_path / "backups" / "tonight"
    backup.mkdir(parents=True)
    (backup / "manifest.json").write_text(json.dumps({"made_at": "2041-01-01T00:00:00+01:00"}))
    directory = tmp_path / "well"
    directory.mkdir()
    env = theatre.env | {"BACKUP_DIR": str(backup.parent)}
    write_demo(directory, env)
    yield Theatre(directory, env, theatre.performances)
    shutil.rmtree(backup.parent)


# Status


def test_status_in_a_pipe(azione: Azione, theatre: Theatre) -> None:
    done = azione("status")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert re.fullmatch(r"AzioneLab, \w{3} \d+ \w{3} \d{4}, \d\d:\d\d", lines[0])
    facts = dict(re.split(r":\s+", line, maxsplit=1) for line in lines[1:7])
    assert facts["Version"] == __version__
    assert facts["Target"] == "the demo at http://localhost:8000, http://theatre.test"
    assert re.fullmatch(r"azione_cli_\w+ at \S+, PostgreSQL [\d.]+, \d+ MB", facts["Database"])
    assert re.search(r"^\d+ (due|waiting for later)\b.*; the oldest waits for (\d+|less) ", facts["Mails"])
    assert facts["Conflicts"] == "none waits"
    assert facts["Last backup"] == "none: no place for backups is set (BACKUP_DIR)"
    assert re.search(r"^Thu 5 Dec, 20:30 +La locandiera +10/20$", done.stdout, re.MULTILINE)


@pytest.mark.parametrize("env", [{}, {"NO_COLOR": "1"}])
def test_status_fits_one_screen(theatre: Theatre, env: dict[str, str]) -> None:
    terminal = open_terminal(theatre, "status", **env)
    output = screen(terminal)
    lines = lines_of(output)
    assert terminal.exitstatus == 0
    assert max(map(len, lines)) <= 80
    assert output.count("\n") <= 24
    assert ("\x1b[36m" in output) is not bool(env)
    assert any(re.match(r"Thu 5 Dec, 20:30 +La locandiera +10/20$", line) for line in lines)


def test_status_without_a_database_says_what_it_can(theatre_without_database: Theatre, tmp_path: Path) -> None:
    done = run_azione("status", cwd=tmp_path, AZIONE_DEMO_DIR=str(theatre_without_database.directory))
    assert done.returncode == 5
    assert "Database:     azionelab at 127.0.0.1:9: DOES NOT ANSWER\n" in done.stdout
    assert "Mails:        not known\n" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert "tre-civette" not in done.stdout + done.stderr


def test_status_without_a_target_says_what_it_can(tmp_path: Path) -> None:
    done = run_azione("status", cwd=tmp_path, AZIONE_DEMO_DIR=str(tmp_path / "none"))
    assert done.returncode == 5
    assert done.stdout == f"Version:  azione {__version__}\nTarget:   none found\n"
    assert done.stderr.startswith("Error: No AzioneLab found")
    as_json = run_azione("status", "--json", cwd=tmp_path, AZIONE_DEMO_DIR=str(tmp_path / "none"))
    assert (as_json.returncode, json.loads(as_json.stdout)["code"]) == (5, "no_target")


def test_status_with_settings_that_cannot_be_used(theatre: Theatre, tmp_path: Path) -> None:
    write_demo(tmp_path, theatre.env | {"TIME_ZONE": "Europe/Atlantis"})
    done = run_azione("status", cwd=tmp_path, AZIONE_DEMO_DIR=str(tmp_path))
    assert done.returncode == 5
    assert done.stdout.startswith(f"Version:  azione {__version__}\nTarget:   the demo at http://localhost:8000\n")
    assert "TIME_ZONE" in done.stderr


def test_standing_is_read_from_its_transcript() -> None:
    standing = read_standing("the stack")(*transcript("show_status"))
    facts = dict(standing.facts)
    assert standing.title == "AzioneLab, Thu 5 Dec 2041, 19:45"
    assert facts["Database"] == "azionelab at postgres:5432, PostgreSQL 18.6, 10 MB"
    assert facts["Mails"] == "9 waiting for later; the oldest waits for 90 minutes"
    assert facts["Last backup"] == "Thu 5 Dec 2041, 19:45, less than a minute ago"
    assert standing.performances is not None
    assert standing.performances.rows[1] == ("Thu 5 Dec, 20:30", "La locandiera", "10/20", "")
    dead = read_standing("the stack")(*transcript("show_status.no_database"))
    assert dead.performances is None


def test_what_wants_attention_stands_out() -> None:
    records, summary = transcript("show_status")
    records[0] |= {"taken": 21, "tonight": True}
    records[1] |= {"taken": 20}
    records[1]["performance"]["show"] = "Tanto va la gatta al lardo che ci lascia lo zampino"
    summary |= {"version": "9.9", "conflicts": 2}
    summary["database"]["migrations_pending"] = 2
    summary["backup"]["made_at"] = None
    standing = read_standing("the stack")(records, summary)
    facts = dict(standing.facts)
    assert facts["Version"] == f"azione {__version__}, but the backend is 9.9: install the same"
    assert facts["Database"].endswith("2 MIGRATIONS PENDING")
    assert facts["Conflicts"] == "2 to settle: azione checkin conflicts"
    assert facts["Last backup"] == "NONE YET"
    assert standing.performances is not None
    assert standing.performances.rows[0][2:] == ("21/20", "tonight, OVERSOLD")
    assert standing.performances.rows[1][1:] == ("Tanto va la gatta al lardo ch…", "20/20", "full")
    assert max(map(len, as_text(standing.performances).splitlines())) <= 80


# Doctor


def test_doctor_in_a_pipe(azione: Azione) -> None:
    done = azione("doctor")
    assert (done.returncode, done.stderr) == (5, "")  # no mail server, no site
    *rows, totals = done.stdout.splitlines()
    assert all(
        re.match(r"(ok     |warning|failure)  (settings|database|mail    |site    |files   |theatre ) ", r)
        for r in rows
    )
    assert re.fullmatch(r"\d+ failures?, \d+ warnings?, \d+ ok\.", totals)
    assert re.search(
        r"^failure  mail +The mail server 127.0.0.1:9 does not answer: nobody listens there\. Look at ",
        done.stdout,
        re.M,
    )


def test_doctor_is_well_where_all_is(azione: Azione) -> None:
    done = azione("doctor", "theatre")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "All is well: 6 checks.")
    quiet = azione("doctor", "theatre", "--quiet")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")


def test_quiet_doctor_tells_only_what_is_not_well(azione: Azione) -> None:
    done = azione("doctor", "files", "-q")
    assert done.returncode == 4
    assert done.stdout.splitlines() == [
        "warning  files  No place for backups is set. Set BACKUP_DIR; on a demo there is nothing to back up.",
        "0 failures, 1 warning, 1 ok.",
    ]


def test_doctor_by_json_ends_with_a_summary_and_the_exit_code(azione: Azione) -> None:
    done = azione("doctor", "files", "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, lines[-1]["type"], lines[-1]["warnings"]) == (4, "summary", 1)
    assert {line["level"] for line in lines if line["type"] == "record"} == {"ok", "warning"}


def test_doctor_reads_the_backups_of_the_setting(well_theatre: Theatre, tmp_path: Path) -> None:
    done = run_azione("doctor", "files", cwd=tmp_path, AZIONE_DEMO_DIR=str(well_theatre.directory))
    assert "Disk of pictures and backups:" in done.stdout
    assert "The last backup was made 2041-01-01 00:00, which is yet to come." in done.stdout


def test_doctor_without_a_database(theatre_without_database: Theatre, tmp_path: Path) -> None:
    done = run_azione("doctor", cwd=tmp_path, AZIONE_DEMO_DIR=str(theatre_without_database.directory))
    assert done.returncode == 5
    assert "failure  database  The database does not answer; 10 other checks had to be left out. See " in done.stdout
    assert "ok       settings  The theatre's time is Europe/Rome." in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert "tre-civette" not in done.stdout + done.stderr


@pytest.mark.parametrize("env", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_doctor_on_a_terminal(theatre: Theatre, env: dict[str, str]) -> None:
    terminal = open_terminal(theatre, "doctor", "files", "theatre", **env)
    output = screen(terminal)
    lines = lines_of(output)
    assert terminal.exitstatus == 4
    assert bool(re.search(r"\x1b\[[0-9;]*3[0-9]m", output)) is not bool(env)
    if env == {"TERM": "dumb"}:
        return
    assert max(map(len, lines)) <= 80
    start = lines.index("Files")
    assert re.fullmatch(r"  ✓ Disk of pictures: [\d.]+ GB free\.", lines[start + 1])
    assert lines[start + 2 : start + 5] == [
        "  ! No place for backups is set.",
        "    → Set BACKUP_DIR; on a demo there is nothing to back up.",
        "Theatre",
    ]
    assert lines[-1] == "0 failures, 1 warning, 7 ok."


def test_doctor_stops_at_ctrl_c(theatre: Theatre) -> None:
    terminal = open_terminal(theatre, "doctor")
    terminal.expect("Looking")
    terminal.sendintr()
    output = screen(terminal)
    assert (terminal.exitstatus, "Stopped." in output, "Traceback" in output) == (130, True, False)


def test_unknown_group_lists_those_that_are(azione: Azione) -> None:
    done = azione("doctor", "weather")
    assert (done.returncode, done.stdout) == (2, "")
    assert "'theatre'" in done.stderr


def test_diagnosis_is_read_from_its_transcript() -> None:
    diagnosis = read_diagnosis(*transcript("run_checks"))
    assert diagnosis.totals == "1 failure, 1 warning, 4 ok."
    [(group, findings)] = diagnosis.by_group(quiet=True)
    assert (group, [finding.level for finding in findings]) == ("theatre", [FAILURE, WARNING])
    assert "1042: La locandiera" in findings[0].message


def test_what_is_wrong_leads_to_its_runbook() -> None:
    [oversold, conflict] = read_diagnosis(*transcript("run_checks")).by_group(quiet=True)[0][1]
    assert oversold.advice.endswith(" See runbooks/oversold.md.")
    assert conflict.advice == (
        "See azione checkin conflicts, then azione checkin settle. See runbooks/door-offline.md."
    )
    good = [finding for finding in read_diagnosis(*transcript("run_checks")).findings if finding.level == "ok"]
    assert not [finding.advice for finding in good if finding.advice]


def test_a_setting_that_is_warned_of_is_no_outage() -> None:
    records, summary = transcript("run_checks.warning")
    told = [record | {"check": check, "level": WARNING} for record in records[:1] for check in ("site", "mail_queue")]
    assert [finding.advice for finding in read_diagnosis(told, summary).findings] == [
        "",
        " See runbooks/confirmations-do-not-arrive.md.",
    ]


def test_every_page_that_the_doctor_names_is_there() -> None:
    folder = Path(__file__).parents[2] / "runbooks"
    assert not [page for page in RUNBOOKS.values() if not (folder / f"{page}.md").is_file()]


@pytest.mark.parametrize("change", [{"level": None}, {"warnings": "some"}])
def test_answer_that_lacks_something_is_no_diagnosis(change: dict[str, object]) -> None:
    [record, *_others], summary = transcript("run_checks.warning")
    if "level" in change:
        record.pop("level")
    with pytest.raises((KeyError, TypeError, ValueError)):
        read_diagnosis([record], summary | change)


@pytest.mark.parametrize(("ended", "expected"), [(0, 0), (4, 4), (5, 5), (3, 1), (1, 1)])
def test_summary_counts_only_with_an_exit_code_that_fits_it(tmp_path: Path, ended: int, expected: int) -> None:
    summary = {"v": 1, "type": "summary", "ok": 1, "warnings": 0, "failures": 0}
    script = tmp_path / "manage.py"
    script.write_text(f"import sys\nprint({json.dumps(summary)!r})\nsys.exit({ended})\n")
    write_demo(tmp_path, {}, manage=str(script))
    done = run_azione("doctor", cwd=tmp_path, AZIONE_DEMO_DIR=str(tmp_path))
    assert done.returncode == expected
    assert ("gave no proper answer" in done.stderr) is (expected == 1)
