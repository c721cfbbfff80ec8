"""What `describe_installation` and `check_integrity` print, to the letter."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from azionelab.core.installation import secret_key_fingerprint
from azionelab.programme.models import Performance
from azionelab.reservations.models import Reservation
from tests.commands.evening import make_evening
from tests.commands.transcripts import assert_transcript, printed

MANAGE = Path(__file__).parents[2] / "manage.py"
SALT = "00112233445566778899aabbccddeeff"
MOVING = [
    (r'(?<="site": )"[^"]*"', '"https://teatro.example"'),
    (r'(?<="database": )"[^"]*"', '"azionelab"'),
    # Those of Django come and go with it.
    (r'(?<=_migrations": )\[[^\]]*\]', '["checkin.0001_initial", "programme.0001_initial"]'),
]


def assert_standing(name: str, text: str) -> None:
    for pattern, fixed in MOVING:
        text = re.sub(pattern, fixed, text)
    assert_transcript(name, text)


# describe_installation ----------------------------------------------------------------------------------------------


def described(salt: str = SALT) -> dict[str, object]:
    return json.loads(printed("describe_installation", "--salt", salt)[0])


@pytest.mark.django_db
def test_describe_installation() -> None:
    text, ended = printed("describe_installation", "--salt", SALT)
    assert ended == 0
    assert_standing("describe_installation", text)
    summary = json.loads(text)
    assert summary["database"] == connection.settings_dict["NAME"]
    assert summary["known_migrations"] == summary["applied_migrations"] == sorted(summary["applied_migrations"])
    assert {"checkin.0001_initial", "auth.0001_initial", "axes.0001_initial"} <= set(summary["known_migrations"])


@pytest.mark.django_db
def test_migration_of_a_newer_version_is_applied_and_not_known() -> None:
    MigrationRecorder(connection).record_applied("programme", "0099_balconies")
    summary = described()
    assert set(summary["applied_migrations"]) - set(summary["known_migrations"]) == {"programme.0099_balconies"}


@pytest.mark.django_db
def test_fingerprint_changes_with_key_and_salt_and_tells_neither(settings: object) -> None:
    first = described()["secret_key_fingerprint"]
    assert described()["secret_key_fingerprint"] == first
    assert described(SALT[::-1])["secret_key_fingerprint"] != first
    settings.SECRET_KEY = settings.SECRET_KEY[::-1]
    assert described()["secret_key_fingerprint"] != first
    assert re.fullmatch("[0-9a-f]{32}", str(first))


def test_fingerprint_is_the_same_in_every_version(settings: object) -> None:
    """Backups keep it for years."""
    settings.SECRET_KEY = "tre civette sul comò che facevano l'amore"
    assert secret_key_fingerprint(bytes.fromhex(SALT)) == "1d8432845af5a1b03358715891db69dd"


@pytest.mark.parametrize("salt", ["tre civette", "0011", "001"])
def test_salt_that_is_none_is_refused(salt: str) -> None:
    text, ended = printed("describe_installation", "--salt", salt)
    assert (ended, json.loads(text)["errors"][0]["field"]) == (2, "salt")
    if salt == "0011":
        assert_standing("describe_installation.short_salt", text)


def test_describe_installation_without_a_database() -> None:
    """As a process: the database is truly not there, and what the program knows by itself is told all the same."""
    done = manage("describe_installation", "--salt", SALT)
    assert done.returncode == 5
    assert_standing("describe_installation.no_database", done.stdout)


def manage(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(MANAGE), *arguments],
        env=os.environ | {"DATABASE_URL": "postgresql://azionelab@127.0.0.1:9/azionelab"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


# check_integrity ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_check_integrity() -> None:
    make_evening()
    with connection.cursor() as cursor:
        # It chose numbers of its own.
        cursor.execute("SELECT setval(pg_get_serial_sequence('programme_performance', 'id'), 1042)")
    text, ended = printed("check_integrity")
    assert ended == 0
    assert_standing("check_integrity.clean", text)
    assert json.loads(text.splitlines()[-1])["database"] == connection.settings_dict["NAME"]
    Performance.objects.filter(pk=1042).update(capacity=8)
    Reservation.objects.filter(reference="ALVARE").update(admitted_since=None)
    Reservation.objects.filter(reference="BIANCH").update(seats=1)
    text, ended = printed("check_integrity")
    assert ended == 4
    assert_standing("check_integrity", text)


def test_check_integrity_without_a_database() -> None:
    done = manage("check_integrity")
    assert (done.returncode, json.loads(done.stdout)["code"]) == (5, "busy")
