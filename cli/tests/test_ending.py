"""How `azione` ends when something outside it, or a mistake inside it, cuts it short."""

import subprocess
import sys
from pathlib import Path

import pytest
from cli.tests.conftest import Theatre, cli_env
from cli.tests.terminals import open_terminal, screen

WITH_A_BUG = """
import sys
from azione import main, render
def broken(content): raise ZeroDivisionError("division by zero")
render.text = broken
sys.argv = ["azione", *sys.argv[1:]]
main.main()
"""


def run_by_shell(line: str, theatre: Theatre) -> subprocess.CompletedProcess[str]:
    """With `azione` in `line` as a shell would find it."""
    return subprocess.run(
        ["/bin/sh", "-c", line.replace("azione", f"{sys.executable} -m azione", 1)],
        env=cli_env(AZIONE_DEMO_DIR=str(theatre.directory)),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("line", "exit_code", "said"),
    [
        ("azione privacy sweep <&-", 2, "Nobody is here to be asked: add --yes"),
        ("azione status >&-", 5, "What was to be shown could not be written.\n  Standard output: Bad file descriptor."),
        ("azione performances show nowhere 2>&-", 2, ""),
        ("azione status <&- >&- 2>&-", 5, ""),
    ],
)
def test_closed_stream_is_no_traceback(theatre: Theatre, line: str, exit_code: int, said: str) -> None:
    done = run_by_shell(line, theatre)
    assert (done.returncode, done.stdout) == (exit_code, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_bug_is_one_sentence_and_a_traceback_with_verbose(tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", WITH_A_BUG, *arguments]
        return subprocess.run(command, env=cli_env(), cwd=tmp_path, capture_output=True, text=True, check=False)

    told = run("--version")
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr == (
        "Error: AzioneLab failed: this is a bug. Run it again with --verbose, and report what it prints.\n"
        "  ZeroDivisionError: division by zero\n"
    )
    assert "Traceback" in run("--verbose", "--version").stderr


def test_terminated_command_leaves_the_terminal_as_it_was(theatre: Theatre) -> None:
    terminal = open_terminal(theatre, "checkin", "stats", str(theatre.performances["full"]), "--watch")
    terminal.expect_exact("Ctrl-C ends this.")
    terminal.kill(15)
    output = screen(terminal)
    assert terminal.exitstatus == 143
    assert output.rstrip().endswith("\x1b[?25h")
    assert "Traceback" not in output
