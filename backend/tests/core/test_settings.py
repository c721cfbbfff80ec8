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
        ({"STAFF_IDLE_MINUTES": "0"}, "STAFF_IDLE_MINUTES"),
        ({"STAFF_SESSION_HOURS": "all day"}, "STAFF_SESSION_HOURS"),
        ({"SMTP_SECURITY": "ssl"}, "SMTP_SECURITY"),
        ({"SMTP_HOST": ""}, "SMTP_HOST"),
        ({"MAIL_FROM": "AzioneLab"}, "MAIL_FROM"),
        ({"MAIL_FROM": "Compagnia X, Roma <t@x.it>"}, "MAIL_FROM"),
        ({"MAIL_FROM": "perché@x.it"}, "MAIL_FROM"),
        ({"SMTP_PASSWORD": "perché"}, "SMTP_PASSWORD"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL"),
        ({"WEB_WORKERS": "0"}, "WEB_WORKERS"),
        ({"WEB_THREADS": "many"}, "WEB_THREADS"),
        ({"DATABASE_URL": "", "POSTGRES_HOST": ""}, "POSTGRES_PASSWORD"),
        ({"SECRET_KEY_FILE": "/nowhere", "SECRET_KEY": ""}, "SECRET_KEY_FILE"),
        ({"SECRETS_DIR": "/nowhere"}, "SECRETS_DIR"),
        ({"SITE_URL": "https://theatre.test", "HSTS_SUBDOMAINS": "some"}, "HSTS_SUBDOMAINS"),
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


@pytest.fixture
def secrets_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As Docker, Swarm and Kubernetes mount secrets: a file each, named as the setting."""
    folder = tmp_path / "secrets"
    folder.mkdir()
    monkeypatch.setenv("SECRETS_DIR", str(folder))
    monkeypatch.delenv("SMTP_PASSWORD", raising=False)
    return folder


def test_secret_is_read_from_the_folder(secrets_dir: Path) -> None:
    assert env.secret("SMTP_PASSWORD", "none") == "none"
    (secrets_dir / "SMTP_PASSWORD").write_text("tre civette\n", encoding="utf-8")
    assert env.secret("SMTP_PASSWORD", "none") == "tre civette"
    assert env.secret_files()["SMTP_PASSWORD"] == str(secrets_dir / "SMTP_PASSWORD")


def test_named_file_wins_over_the_folder(secrets_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (secrets_dir / "SMTP_PASSWORD").write_text("from the folder")
    (tmp_path / "named").write_text("from the file")
    monkeypatch.setenv("SMTP_PASSWORD_FILE", str(tmp_path / "named"))
    assert env.secret("SMTP_PASSWORD") == "from the file"
    assert env.secret_files()["SMTP_PASSWORD"] == str(tmp_path / "named")


@pytest.mark.parametrize("as_file", [True, False])
def test_secret_in_a_file_and_in_the_environment_is_refused(
    secrets_dir: Path, monkeypatch: pytest.MonkeyPatch, as_file: bool
) -> None:
    kept = secrets_dir / ("elsewhere" if as_file else "SMTP_PASSWORD")
    kept.write_text("tre civette")
    if as_file:
        monkeypatch.setenv("SMTP_PASSWORD_FILE", str(kept))
    monkeypatch.setenv("SMTP_PASSWORD", "quattro civette")
    with pytest.raises(ImproperlyConfigured, match="SMTP_PASSWORD is set, and stands in") as refused:
        env.secret("SMTP_PASSWORD")
    assert "civette" not in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"\n", b"perch\xe8"])
def test_secret_that_cannot_be_used_is_refused_with_its_place(secrets_dir: Path, content: bytes) -> None:
    (secrets_dir / "SMTP_PASSWORD").write_bytes(content)
    with pytest.raises(ImproperlyConfigured, match=f"SECRETS_DIR: SMTP_PASSWORD is in {secrets_dir}"):
        env.secret("SMTP_PASSWORD", "")


def test_secret_that_is_a_folder_is_refused(secrets_dir: Path) -> None:
    """What Docker makes of a bind mount whose file is not there."""
    (secrets_dir / "SMTP_PASSWORD").mkdir()
    with pytest.raises(ImproperlyConfigured, match="which cannot be read: Is a directory"):
        env.secret("SMTP_PASSWORD", "")


def test_whole_start_takes_its_secrets_from_the_folder(secrets_dir: Path) -> None:
    (secrets_dir / "SECRET_KEY").write_text(os.environ["SECRET_KEY"])
    (secrets_dir / "DATABASE_URL").write_text(os.environ["DATABASE_URL"])
    assert start(SECRET_KEY="", DATABASE_URL="") == "started"


def test_database_from_its_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL")
    parts = {"HOST": "db", "PASSWORD": "p w", "DB": "theatre", "USER": "azione", "PORT": "5433"}
    for name, value in parts.items():
        monkeypatch.setenv(f"POSTGRES_{name}", value)
    made = database(threads=4)
    assert (made["HOST"], made["PASSWORD"], made["NAME"], made["PORT"]) == ("db", "p w", "theatre", 5433)
    assert "lock_timeout=2000" in made["OPTIONS"]["options"]


def test_database_from_its_address_keeps_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://azione:p%20w@db.example/theatre?sslmode=verify-full")
    made = database(threads=4)
    assert (made["HOST"], made["PASSWORD"], made["OPTIONS"]["sslmode"]) == ("db.example", "p w", "verify-full")
    monkeypatch.setenv("DATABASE_URL", "mysql://x")
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        database(threads=4)


def test_pool_is_as_large_as_the_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_POOL_SIZE")
    pool = database(threads=7)["OPTIONS"]["pool"]
    # A thread for mails beside each one for requests.
    assert (pool["min_size"], pool["max_size"]) == (1, 14)
    monkeypatch.setenv("DATABASE_POOL_SIZE", "0")
    assert "pool" not in database(threads=7)["OPTIONS"]
    # As it was written in installations from before mails had threads of their own.
    monkeypatch.setenv("DATABASE_POOL_SIZE", "7")
    assert database(threads=7)["OPTIONS"]["pool"]["max_size"] == 14
    monkeypatch.setenv("DATABASE_POOL_SIZE", "8")
    with pytest.raises(ImproperlyConfigured, match="DATABASE_POOL_SIZE"):
        database(threads=7)
