"""The set-up: an old Python, stamps, failed and interrupted steps."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from launcher import ROOT, demo_environment, run_module, wait_for

from demo.bootstrap import python_problem
from demo.progress import SetupError, explain_failure, run_logged
from demo.stamps import files_under, fingerprint, is_stamped, write_stamp


def test_python_too_old_is_told_in_one_sentence() -> None:
    problem = python_problem((3, 10, 14), "/usr/bin/python3")

    assert problem is not None
    assert "3.11" in problem
    assert "/usr/bin/python3 is 3.10" in problem
    assert "\n" not in problem


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 13, 1), (3, 14, 0), (4, 0, 0)])
def test_python_new_enough_has_no_problem(version: tuple[int, int, int]) -> None:
    assert python_problem(version, "python3") is None


def test_bootstrap_can_be_read_by_an_old_python() -> None:
    for name in ("__init__.py", "bootstrap.py"):
        source = (ROOT / "infra" / "demo" / name).read_text()
        assert source.isascii()
        ast.parse(source, feature_version=(3, 4))


def test_unknown_profile_is_a_usage_error(tmp_path: Path) -> None:
    done = run_module("demo.bootstrap", "nonsense", env=demo_environment(tmp_path))

    assert done.returncode == 2
    assert done.stderr.startswith("usage:")


def test_fingerprint_follows_contents_and_names_but_not_times(tmp_path: Path) -> None:
    file = tmp_path / "lock.txt"
    file.write_text("one")
    first = fingerprint([file], "3.11")

    os.utime(file, (1, 1))
    assert fingerprint([file], "3.11") == first
    assert fingerprint([file], "3.13") != first
    file.write_text("two")
    assert fingerprint([file], "3.11") != first
    file.write_text("one")
    assert fingerprint([file.rename(tmp_path / "other.txt")], "3.11") != first


def test_files_under_does_not_enter_what_is_made(tmp_path: Path) -> None:
    for name in ("src/a.ts", "node_modules/b.ts", "src/dist/c.ts"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    assert files_under(tmp_path, without=frozenset({"node_modules", "dist"})) == [tmp_path / "src" / "a.ts"]


def test_stamp_fits_only_what_it_was_made_from(tmp_path: Path) -> None:
    stamp = tmp_path / "stamp"
    assert not is_stamped(stamp, "")
    write_stamp(stamp, "abc")
    assert is_stamped(stamp, "abc")
    assert not is_stamped(stamp, "abcd")
    assert list(tmp_path.iterdir()) == [stamp]


def test_failed_step_shows_its_end_and_names_its_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = "import sys; print('the real reason', file=sys.stderr); sys.exit(3)"

    with pytest.raises(SetupError) as caught:
        run_logged("Trying", [sys.executable, "-c", script], log=tmp_path / "x.log", cwd=tmp_path, env={})

    assert str(caught.value) == f"Trying failed. Details: {tmp_path / 'x.log'}"
    shown = capsys.readouterr()
    assert "the real reason" in shown.err
    assert re.fullmatch(r"Trying …\nTrying: failed after \d+ s\n", shown.out)


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("npm error code EAI_AGAIN", "check the network"),
        ("Temporary failure in name resolution", "check the network"),
    ],
)
def test_failure_a_newcomer_can_mend_is_explained(output: str, words: str, tmp_path: Path) -> None:
    assert words in explain_failure("Installing", output, tmp_path / "log")


def test_interrupted_step_ends_what_it_started(tmp_path: Path) -> None:
    """A step whose command has a child of its own, as npm has, interrupted by SIGTERM."""
    step = (
        "import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
        "print(child.pid, flush=True); child.wait()"
    )
    runner = (
        "import os, signal, sys; from pathlib import Path; from demo.progress import run_logged;"
        "signal.signal(signal.SIGTERM, signal.default_int_handler);"
        f"log = Path({str(tmp_path / 'log')!r});"
        f"run_logged('Waiting', [sys.executable, '-c', {step!r}], log=log, cwd=log.parent, env=dict(os.environ))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", runner],
        env=demo_environment(tmp_path),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    log = tmp_path / "log"
    wait_for(lambda: log.exists() and log.read_text().strip(), what="the step's start")
    child = psutil.Process(int(log.read_text()))

    process.terminate()
    process.wait(10)

    wait_for(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, what="the child's end")
