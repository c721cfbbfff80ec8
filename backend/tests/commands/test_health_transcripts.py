"""What `show_status` and `run_checks` print, to the letter."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import azionelab
from azionelab.checkin.models import Conflict, Scan
from azionelab.programme.models import Performance
from tests.cast import make_staff
from tests.commands.evening import EVENING, make_evening
from tests.commands.transcripts import assert_transcript, printed

ROOT = Path(__file__).resolve().parents[3]
MOVING = [
    (r'(?<="name": )"[^"]* at [^"]*"', '"azionelab at postgres:5432"'),
    (r'(?<="server": )"[0-9.]+"', '"18.6"'),
    (r'(?<="bytes": )[0-9]+', "9876543"),
    (r'(?<="oldest_waiting_at": )"[^"]+"', '"2041-12-05T18:15:00+01:00"'),
]


def assert_standing(name: str, text: str) -> None:
    for pattern, fixed in MOVING:
        text = re.sub(pattern, fixed, text)
    assert_transcript(name, text)


@pytest.mark.django_db
def test_show_status(settings: object, tmp_path: Path) -> None:
    settings.BACKUP_DIR = str(tmp_path)
    (tmp_path / "2041-12-05").mkdir()
    (tmp_path / "2041-12-05" / "manifest.json").write_text('{"made_at": "2041-12-05T03:00:00+01:00"}')
    make_evening()
    text, ended = printed("show_status")
    assert ended == 0
    assert '"backup": {"configured": true, "made_at": "2041-12-05T03:00:00+01:00", "problem": null}' in text
    assert_standing("show_status", text)


def test_show_status_without_a_database() -> None:
    """As a process: the database is truly not there."""
    done = manage("show_status", DATABASE_URL="postgresql://azionelab@127.0.0.1:9/azionelab")
    assert done.returncode == 5
    assert_standing("show_status.no_database", done.stdout)


def test_run_checks_without_a_database() -> None:
    """Every other check is heard, and whoever asked for the database alone learns it once."""
    done = manage("run_checks", "database", "settings", DATABASE_URL="postgresql://azionelab@127.0.0.1:9/azionelab")
    assert done.returncode == 5
    assert done.stdout.count('"level": "failure"') == 1
    assert '"check": "time_zone", "level": "ok"' in done.stdout
    assert done.stdout.splitlines()[-1].startswith('{"v": 1, "type": "summary"')
    assert "Traceback" not in done.stdout


def manage(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "backend" / "manage.py"), *arguments],
        env=os.environ | env,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.django_db
def test_run_checks() -> None:
    evening = make_evening()
    text, ended = printed("run_checks", "theatre")
    assert ended == 0
    make_conflict(evening)
    text, ended = printed("run_checks", "theatre")
    assert ended == 4
    assert_transcript("run_checks.warning", text)
    Performance.objects.filter(pk=evening.pk).update(capacity=8)
    text, ended = printed("run_checks", "theatre")
    assert ended == 5
    assert_transcript("run_checks", text)


def make_conflict(performance: Performance) -> None:
    scan = Scan.objects.create(
        scan_id="00000000-0000-0000-0000-0000000000aa",
        performance=performance,
        outcome="admitted",
        seats_admitted=1,
        scanned_at=EVENING,
        happened_at=EVENING,
        device="porta",
    )
    Conflict.objects.create(performance=performance, scan=scan, seats=1, rule="unknown")


def test_run_checks_of_an_unknown_group() -> None:
    text, ended = printed("run_checks", "weather")
    assert ended == 2
    assert_transcript("run_checks.unknown", text)


@pytest.mark.django_db
def test_run_checks_looks_at_everything_and_tells_no_secret(settings: object) -> None:
    make_evening()
    make_staff("marta")
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "posta", "tre-civette"
    text, ended = printed("run_checks")
    assert ended == 5  # no mail server, no site
    for secret in ("tre-civette", settings.SECRET_KEY, "@example.org"):
        assert secret not in text


def test_version_is_the_projects() -> None:
    import tomllib

    assert azionelab.__version__ == tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
