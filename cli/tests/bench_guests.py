"""How long a large guest list takes, for `make bench`: figures to read and to compare, never a reason to fail."""

import time
from pathlib import Path

import pytest
from cli.tests.conftest import CLI_TESTS, Theatre, run_azione, run_backend

from azione.guest_files.formats import Format


def test_writing_five_thousand_guests(
    blank_theatre: Theatre, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command line's issue asks for less than 5 s, from pressing Enter to the file."""
    performance = run_backend(blank_theatre.env, str(CLI_TESTS / "populate_crowd.py"))
    for kind in Format:
        command = ("guests", "export", performance, "--format", kind, "--output", f"ospiti.{kind}")
        started = time.perf_counter()
        done = run_azione(*command, cwd=tmp_path, AZIONE_DEMO_DIR=str(blank_theatre.directory))
        seconds = time.perf_counter() - started
        assert (done.returncode, done.stderr) == (0, "")
        with capsys.disabled():
            print(f"a guest list of 5,000 reservations as {kind}: {seconds:.2f} s")  # noqa: T201 (what it is for)
