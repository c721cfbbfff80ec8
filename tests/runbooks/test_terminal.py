"""How command blocks are typed, and that one which goes wrong is never taken for one that goes well."""

from pathlib import Path

import pytest

from runbooks.documents import Command
from runbooks.terminal import RunbookError, Terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    (tmp_path / "state").mkdir()
    values = {"PERFORMANCE": "locandiera@2026-12-05"}
    return Terminal(tmp_path / "state", tmp_path, {"PATH": "/usr/bin:/bin"}, values, {"azionelab": "azionetest-x"})


def test_variables_and_place_hold_for_the_next_block(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "a b").mkdir()
    terminal.run(Command('cd "a b"\nNAME="it\'s"\n', None))
    terminal.run(Command('echo "$NAME in $(basename "$PWD")"\n', "it's in a b\n"))


def test_what_is_the_readers_is_filled_in(terminal: Terminal) -> None:
    terminal.run(Command('PERFORMANCE=next  # yours: which\necho "$PERFORMANCE"\n', "locandiera@2026-12-05\n"))


def test_other_values_are_left_alone(terminal: Terminal) -> None:
    terminal.run(Command('PERFORMANCE=next\necho "$PERFORMANCE"\n', "next\n"))


@pytest.mark.parametrize("source", ["false\necho on\n", "false | true\necho on\n", 'echo "$NOT_SET"\necho on\n'])
def test_command_that_fails_ends_its_block(terminal: Terminal, source: str) -> None:
    with pytest.raises(RunbookError, match="ended with 1"):
        terminal.run(Command(source, None))


def test_expected_failure_has_to_come(terminal: Terminal) -> None:
    terminal.run(Command("exit 5\n", None, exit_code=5))
    with pytest.raises(RunbookError, match="ended with 0, not 5"):
        terminal.run(Command("true\n", None, exit_code=5))


def test_other_output_fails(terminal: Terminal) -> None:
    with pytest.raises(RunbookError, match=r"- done\n\+ undone"):
        terminal.run(Command("echo undone\n", "done\n"))


def test_question_is_answered(terminal: Terminal) -> None:
    asking = 'read -r -p "Name: " NAME\necho "It is $NAME."\n'
    terminal.run(Command(asking, "Name: «azionelab»\nIt is azionetest-x.\n"))


def test_hidden_question_is_answered(terminal: Terminal) -> None:
    asking = 'read -r -s -p "Password: " WORD\necho\necho "${#WORD} letters"\n'
    terminal.run(Command(asking, "Password: «secret»\n6 letters\n"))


def test_ctrl_c_is_typed(terminal: Terminal) -> None:
    terminal.run(Command("echo running\nsleep 600\n", "running\n«Ctrl-C»\n", exit_code=130))


def test_what_stays_runs_meanwhile_and_ends(terminal: Terminal, tmp_path: Path) -> None:
    staying = "trap 'echo ended >ended; exit 0' INT\necho ready\nwhile :; do sleep 0.1; done\n"
    terminal.run(Command(staying, "ready\n", stays=True))
    terminal.run(Command("test ! -e ended\n", None))
    terminal.close()
    assert (tmp_path / "ended").read_text() == "ended\n"


def test_what_should_stay_and_ends_fails(terminal: Terminal) -> None:
    with pytest.raises(RunbookError, match="- ready"):
        terminal.run(Command("echo broken\n", "ready\n", stays=True))
