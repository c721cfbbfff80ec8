"""azione in a real terminal: a pseudo-terminal of 80 columns."""

import re
from pathlib import Path

import pytest
from cli.tests.conftest import SEASON, Theatre
from cli.tests.terminals import lines_of, open_terminal, screen


def test_table_fits_eighty_columns_and_has_colours(theatre: Theatre, full: str) -> None:
    terminal = open_terminal(theatre, "guests", "export", full)
    output = screen(terminal)
    lines = lines_of(output)
    assert terminal.exitstatus == 0
    assert "\x1b[36m" in output
    assert max(map(len, lines)) <= 80
    assert any(re.match(r"Maria De Luca +4 +2 +[A-Z0-9]{6} +\+393331234567 +una sedia", line) for line in lines)
    assert any(line.startswith("4 reservations, 9 seats, 5 admitted; made ") for line in lines)


def test_narrow_terminal_wraps_words_and_keeps_references_whole(theatre: Theatre, full: str) -> None:
    lines = lines_of(screen(open_terminal(theatre, "guests", "export", full, columns=60)))
    assert max(map(len, lines)) <= 60
    assert sum(bool(re.search(r"\b[A-Z0-9]{6}\b", line)) for line in lines) == 4


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_colour_when_asked(theatre: Theatre, full: str, env: dict[str, str]) -> None:
    output = screen(open_terminal(theatre, "guests", "export", full, **env))
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", output)
    assert "Maria De Luca" in output


def test_json_on_a_terminal_is_plain_lines(theatre: Theatre, full: str) -> None:
    output = screen(open_terminal(theatre, "guests", "export", full, "--json"))
    assert "\x1b" not in output
    assert len(output.splitlines()) == 5


def test_failure_on_a_terminal(theatre: Theatre) -> None:
    terminal = open_terminal(theatre, "guests", "export", "locandiera@2041-12-05")
    lines = lines_of(screen(terminal))
    assert terminal.exitstatus == 2
    assert lines[0].startswith("Error: 'locandiera@2041-12-05' means more than one performance.")
    assert lines[-1].endswith(": La locandiera, 2041-12-05 20:30, La Cantina")


def test_ctrl_c_stops_without_a_traceback(theatre: Theatre, tmp_path: Path, full: str) -> None:
    terminal = open_terminal(theatre, "guests", "export", full, "--output", str(tmp_path / "ospiti.csv"))
    terminal.expect("Reading the guest list")
    terminal.sendintr()
    output = screen(terminal)
    assert terminal.exitstatus == 130
    assert "Stopped." in output
    assert "Traceback" not in output
    assert list(tmp_path.iterdir()) == []


SEED = ("shows", "seed", str(SEASON), "--anchor", "2041-11-20")


def test_seed_shows_the_changes_and_asks_naming_the_target(blank_theatre: Theatre) -> None:
    terminal = open_terminal(blank_theatre, *SEED)
    terminal.expect_exact("Write these 4 changes, on http://theatre.test (database azione_cli_")
    assert "La locandiera · La Cantina · 2041-12-05 20:30" in terminal.before
    terminal.expect_exact("[y/N] ")
    terminal.sendline("n")
    assert "Nothing was changed." in screen(terminal)
    assert terminal.exitstatus == 3

    terminal = open_terminal(blank_theatre, *SEED)
    terminal.expect_exact("[y/N] ")
    terminal.sendline("y")
    assert "✓ The season is on the demo at http://localhost:8000: 4 created" in " ".join(lines_of(screen(terminal)))
    assert terminal.exitstatus == 0

    terminal = open_terminal(blank_theatre, *SEED)
    assert "✓ Nothing to change on the demo at http://localhost:8000" in " ".join(lines_of(screen(terminal)))
    assert terminal.exitstatus == 0


@pytest.mark.parametrize("key", ["\x03", "\x04"])
def test_leaving_the_question_changes_nothing(blank_theatre: Theatre, key: str) -> None:
    terminal = open_terminal(blank_theatre, *SEED)
    terminal.expect_exact("[y/N] ")
    terminal.send(key)
    assert "Traceback" not in screen(terminal)
    assert terminal.exitstatus == (130 if key == "\x03" else 3)
