"""A bad value stops the start with its name."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from azionelab.project import env
from azionelab.project.database import database

BACKEND = Path(__file__).resolve().parents[2]


def start(**changes: str) -> str:
    """The last line of a process that loads the settings."""
    environment = {key: value for key, value in (os.environ | changes).items() if value}
    done = subprocess.run(
        [sys.executable, "-c", "from azionelab.project import settings; print('started')"],
        cwd=BACKEND,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return (done.stdout + done.stderr).strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"SITE_URL": ""}, "SITE_URL"),
        ({"SITE_URL": "theatre.example"}, "SITE_URL"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"TIME_ZONE": "Europe/Atlantis"}, "TIME_ZONE"),
        ({"HOLD_MINUTES": "an hour"}, "HOLD_MINUTES"),
        ({"SMTP_SECURITY": "ssl"}, "SMTP_SECURITY"),
        ({"SMTP_HOST": ""}, "SMTP_HOST"),
        ({"MAIL_FROM": "AzioneLab"}, "MAIL_FROM"),
        ({"MAIL_FROM": "Compagnia X, Roma <t@x.it>"}, "MAIL_FROM"),
        ({"MAIL_FROM": "perché@x.it"}, "MAIL_FROM"),
        ({"SMTP_PASSWORD": "perché"}, "SMTP_PASSWORD"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL"),
        ({"DATABASE_URL": "", "POSTGRES_HOST": ""}, "POSTGRES_PASSWORD"),
        ({"SECRET_KEY_FILE": "/nowhere"}, "SECRET_KEY_FILE"),
    ],
)
def test_bad_value_stops_the_start_with_its_name(changes: dict[str, str], name: str) -> None:
    last = start(**changes)
    assert "ImproperlyConfigured" in last
    assert name in last


def test_good_values_start() -> None:
    assert start() == "started"


def test_secret_is_read_from_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "secret"
    file.write_text("tre civette\n")
    monkeypatch.setenv("SMTP_PASSWORD_FILE", str(file))
    assert env.secret("SMTP_PASSWORD", "") == "tre civette"
    assert env.secret_files()["SMTP_PASSWORD"] == str(file)
    file.write_text("")
    with pytest.raises(ImproperlyConfigured, match="SMTP_PASSWORD_FILE"):
        env.secret("SMTP_PASSWORD", "")


def test_database_from_its_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL")
    parts = {"HOST": "db", "PASSWORD": "p w", "DB": "theatre", "USER": "azione", "PORT": "5433"}
    for name, value in parts.items():
        monkeypatch.setenv(f"POSTGRES_{name}", value)
    made = database()
    assert (made["HOST"], made["PASSWORD"], made["NAME"], made["PORT"]) == ("db", "p w", "theatre", 5433)
    assert "lock_timeout=2000" in made["OPTIONS"]["options"]


def test_database_from_its_address_keeps_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://azione:p%20w@db.example/theatre?sslmode=verify-full")
    monkeypatch.setenv("DATABASE_POOL_SIZE", "8")
    made = database()
    assert (made["HOST"], made["PASSWORD"], made["OPTIONS"]["sslmode"]) == ("db.example", "p w", "verify-full")
    assert made["OPTIONS"]["pool"] == {"min_size": 1, "max_size": 8, "timeout": 3}
    monkeypatch.setenv("DATABASE_URL", "mysql://x")
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        database()
