"""Programs that azione runs: what they are fed, what becomes of them, and that none is left behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from cli.tests.backup_lab import wait_until
from cli.tests.conftest import cli_env

from azione.processes import ProgramFailed, environment, guarded, run, running


def test_program_is_fed_and_heard() -> None:
    assert run(["tr", "a-z", "A-Z"], name="tr", feed=b"prova") == "PROVA"


def test_last_words_of_a_failed_program_are_told() -> None:
    with pytest.raises(ProgramFailed) as failed:
        run(["sh", "-c", "echo first >&2; echo; echo 'psql: no way' >&2; exit 7"], name="psql")
    assert (failed.value.returncode, str(failed.value)) == (7, "psql: first / psql: no way")


def test_program_that_is_not_there_is_told() -> None:
    with pytest.raises(ProgramFailed, match="No such file"):
        run(["/nonexistent/program"], name="age")


def test_program_that_stops_reading_tells_why() -> None:
    """Not that a pipe is broken."""
    with pytest.raises(ProgramFailed, match="enough is enough"):
        run(["sh", "-c", "echo 'enough is enough' >&2; exit 1"], name="tar", feed=b"x" * 10_000_000)


def test_program_does_not_outlive_an_error_of_its_block(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), running(["sleep", "600"], name="sleep") as process:
        raise ZeroDivisionError
    assert process.returncode == -signal.SIGTERM


def test_program_ends_in_good_order_where_that_is_enough(tmp_path: Path) -> None:
    """With its input: whoever holds the maintenance page lifts it."""
    script = f"cat >/dev/null; touch {tmp_path}/lifted"
    with pytest.raises(ZeroDivisionError), running(["sh", "-c", script], name="sh") as process:
        raise ZeroDivisionError
    assert process.returncode == 0
    assert (tmp_path / "lifted").exists()


def test_guarded_program_is_ended_by_the_end_of_its_input(tmp_path: Path) -> None:
    script = f"trap 'touch {tmp_path}/told; exit 1' TERM; touch {tmp_path}/begun; while :; do sleep 0.05; done"
    process = subprocess.Popen(guarded("sh", "-c", script), stdin=subprocess.PIPE)
    wait_until((tmp_path / "begun").exists)
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(60) == 1
    assert (tmp_path / "told").exists()


@pytest.mark.parametrize("code", [0, 3])
def test_guarded_program_has_its_own_exit_code_and_output(code: int) -> None:
    words = guarded("sh", "-c", f"echo out; exit {code}")
    done = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert done.stdout is not None
    assert (done.stdout.read(), done.wait(60)) == ("out\n", code)


def test_guarded_program_leaves_no_child_behind(tmp_path: Path) -> None:
    """An orphan would be adopted by PostgreSQL, which starts over when such a one is killed."""
    adopter = """
import ctypes, os, subprocess, sys
ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER: orphans are ours, as they are process 1's in a container
process = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE)
process.wait()
try:
    os.waitpid(-1, 0)
    print("an orphan")
except ChildProcessError:
    print("nobody")
"""
    done = subprocess.run(
        [sys.executable, "-c", adopter, *guarded("true")], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "nobody\n"


def test_settings_of_another_compose_project_do_not_leak_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPOSE_FILE", "elsewhere.yml")
    monkeypatch.setenv("COMPOSE_PROJECT_NAME", "other")
    assert not any(name.startswith("COMPOSE_") for name in environment())
    assert environment()["PATH"] == os.environ["PATH"]


def test_memory_stays_small_however_much_goes_through(tmp_path: Path) -> None:
    """150 MB through a pump, in a process of its own that says how much it ever held."""
    script = (
        "import re\n"
        "from azione.backups.contents import new_file, pump\n"
        "from azione.processes import running\n"
        "from pathlib import Path\n"
        "zeros = ['head', '-c', '150000000', '/dev/zero']\n"
        f"with running(zeros, name='head') as p, new_file(Path('{tmp_path}/f'), ()) as f:\n"
        "    pump(p.stdout, f)\n"
        # Not ru_maxrss: a new program inherits that of whoever started it.
        "peak = re.search(r'VmHWM:\\s*(\\d+)', Path('/proc/self/status').read_text())[1]\n"
        "print(f.described().size, peak)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=cli_env(PATH=os.environ["PATH"]), capture_output=True, text=True, check=True
    )
    size, kilobytes = map(int, done.stdout.split())
    assert size == 150_000_000
    assert kilobytes < 120_000
