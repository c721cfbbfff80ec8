"""The demo's directory: its own, nobody else's, one demo at a time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from launcher import demo_environment, run_module

from demo.directory import MARKER, disk_problem, ensure_secret_key, open_directory
from demo.options import DemoError


def reset(directory: Path) -> subprocess.CompletedProcess[str]:
    return run_module("demo.bootstrap", "demo-reset", env=demo_environment(directory))


def assert_one_sentence(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 5
    assert done.stderr.count("\n") == 1
    for word in words:
        assert word in done.stderr


def test_foreign_directory_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")

    assert_one_sentence(run_module("demo.demo", env=demo_environment(tmp_path)), str(tmp_path), "AZIONE_DEMO_DIR")
    assert_one_sentence(reset(tmp_path), str(tmp_path))

    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_half_made_database_is_told_in_one_sentence(tmp_path: Path) -> None:
    open_directory(tmp_path).release()
    (tmp_path / "postgres" / "cluster" / "base").mkdir(parents=True)

    done = run_module("demo.demo", env=demo_environment(tmp_path))

    assert_one_sentence(done, str(tmp_path / "postgres" / "cluster"), "make demo-reset")


def test_file_in_the_place_of_the_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("")

    assert_one_sentence(run_module("demo.demo", env=demo_environment(tmp_path / "demo")), "is not a directory")


def test_lock_of_a_demo_that_is_gone_does_not_block(tmp_path: Path) -> None:
    open_directory(tmp_path).release()
    (tmp_path / "lock").write_text("1\n")

    lock = open_directory(tmp_path)

    assert lock.holder() == str(os.getpid())
    lock.release()


def test_directory_of_a_running_demo_is_neither_shared_nor_reset(tmp_path: Path) -> None:
    holder = open_directory(tmp_path)

    assert_one_sentence(run_module("demo.demo", env=demo_environment(tmp_path)), "already runs", str(os.getpid()))
    assert_one_sentence(reset(tmp_path), "is running", str(os.getpid()))

    holder.release()
    assert (tmp_path / MARKER).exists()


def test_reset_deletes_the_directory_it_made(tmp_path: Path) -> None:
    directory = tmp_path / "demo"
    open_directory(directory).release()
    (directory / "media").mkdir()
    (directory / "media" / "outside").symlink_to(tmp_path)

    assert reset(directory).returncode == 0

    assert not directory.exists()
    assert tmp_path.exists()


def test_reset_with_nothing_there_succeeds(tmp_path: Path) -> None:
    done = reset(tmp_path / "none")

    assert done.returncode == 0
    assert "nothing to delete" in done.stdout


def test_full_disk_is_told_in_one_sentence(tmp_path: Path) -> None:
    problem = disk_problem(12_000_000, tmp_path)

    assert problem == (
        f"The demo needs 300 MB of disk and {tmp_path} has 12 MB left: "
        "make room first, or put AZIONE_DEMO_DIR on another disk."
    )
    assert disk_problem(300_000_000, tmp_path) is None


def test_secret_key_is_made_once_and_private(tmp_path: Path) -> None:
    path = ensure_secret_key(tmp_path)
    first = path.read_text()

    assert ensure_secret_key(tmp_path).read_text() == first
    assert len(first) > 50
    assert path.stat().st_mode & 0o777 == 0o600


def test_directory_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(DemoError, match="cannot write"):
        open_directory(tmp_path / "file" / "demo")


def test_lock_ends_with_a_killed_holder(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from demo.directory import open_directory;"
        f"lock = open_directory(Path({str(tmp_path)!r})); print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", script],
        env=demo_environment(tmp_path),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(DemoError, match="already runs"):
        open_directory(tmp_path)

    holder.kill()
    holder.communicate()

    open_directory(tmp_path).release()
