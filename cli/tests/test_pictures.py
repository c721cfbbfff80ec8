"""`azione pictures`: on the golden transcripts, and once on a database of its own."""

import json
import os
import time
from pathlib import Path

import pytest
from cli.tests.conftest import Azione, Theatre, run_azione
from cli.tests.transcripts import transcript

from azione.pictures import lost, tidied

TWO_DAYS = 2 * 24 * 60 * 60


@pytest.fixture
def pictures(blank_theatre: Theatre, tmp_path: Path) -> Azione:
    return lambda *arguments: run_azione(*arguments, cwd=tmp_path, AZIONE_DEMO_DIR=str(blank_theatre.directory))


@pytest.fixture
def left_over(blank_theatre: Theatre) -> Path:
    """What a picture left that was deleted two days ago."""
    file = Path(blank_theatre.env["MEDIA_ROOT"], "posters", "macbeth-0123456789ab.640.webp")
    file.parent.mkdir(parents=True)
    file.write_bytes(b"RIFF")
    os.utime(file, (time.time() - TWO_DAYS,) * 2)
    return file


def test_left_over_file_goes_when_told_and_not_before(pictures: Azione, left_over: Path) -> None:
    looked, asked = pictures("pictures", "tidy", "--dry-run"), pictures("pictures", "tidy")
    assert (looked.returncode, looked.stdout) == (0, "This would tidy: 1 file removed that nothing names.\n")
    assert asked.returncode == 2
    assert "--yes" in asked.stderr
    assert left_over.exists()

    tidied = pictures("pictures", "tidy", "--yes")
    assert (tidied.returncode, tidied.stdout) == (0, "Tidied: 1 file removed that nothing names.\n")
    assert not left_over.exists()
    assert pictures("pictures", "tidy", "--yes").stdout == "Nothing is to be tidied.\n"


def test_json_has_the_figures(pictures: Azione, left_over: Path) -> None:
    done = pictures("--json", "pictures", "tidy", "--yes")
    [summary] = [json.loads(line) for line in done.stdout.splitlines()]
    assert {name: summary[name] for name in ("prepared", "removed", "lost")} == {"prepared": 0, "removed": 1, "lost": 0}
    assert not left_over.exists()


def test_what_was_tidied_is_one_line() -> None:
    assert tidied(*transcript("tidy_pictures")) == "1 picture prepared, 1 file removed that nothing names"
    assert lost(*transcript("tidy_pictures")) == "1 picture cannot be read: upload it again in the admin."
    assert (tidied(*transcript("tidy_pictures.nothing")), lost(*transcript("tidy_pictures.nothing"))) == ("", "")


def test_dry_run_says_the_same() -> None:
    assert tidied(*transcript("tidy_pictures.dry_run")) == tidied(*transcript("tidy_pictures"))
