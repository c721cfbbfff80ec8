"""Each check of the doctor on the real thing, well and unwell."""

import os
import signal
import smtplib
import socket
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import psutil
import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.core.checks import Warning as CheckWarning
from django.db import connection
from django.db.models import F
from django.utils import timezone

from azionelab.checkin.doctor import configuration, machine, mail, postgres, running, theatre
from azionelab.checkin.doctor.check import Check
from azionelab.checkin.models import Conflict, Scan
from azionelab.core.backups import newest_backup
from azionelab.core.findings import Finding, Level, ok, some
from azionelab.programme.models import Performance
from azionelab.reservations.mailing import Selection, prepare_run
from azionelab.reservations.models import EmailState, OutboundEmail, Reservation
from tests.cast import age_emails, let_hold_pass, make_performance, make_staff, reserve, reserve_and_confirm
from tests.postbox import Postbox


def said(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    """Level and message; whatever is not well says what to do."""
    rows = list(findings)
    assert all(bool(row.advice) == (row.level is not Level.OK) for row in rows)
    return [(str(row.level), row.message) for row in rows]


# Settings


def use_https(settings: Any) -> None:
    settings.SITE_URL, settings.IS_HTTPS = "https://teatro.example", True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.ALLOWED_HOSTS = ["teatro.example"]


def test_deployment_of_a_public_site_finds_nothing(settings: Any) -> None:
    use_https(settings)
    assert said(configuration.deployment()) == [("ok", "Django's checks for a public site find nothing.")]


def test_plain_http_is_told_once_with_all_its_causes(settings: Any) -> None:
    [(level, message)] = said(configuration.deployment())
    assert level == "warning"
    assert message.startswith("The site is plain http")
    assert all(f"security.{name}" in message for name in ("W004", "W008", "W012", "W016"))


def test_each_cause_of_its_own_is_told(settings: Any) -> None:
    use_https(settings)
    settings.X_FRAME_OPTIONS = "SAMEORIGIN"
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "Csrf" not in name]
    levels = {message.partition("(")[2]: level for level, message in said(configuration.deployment())}
    assert {"security.W003).", "security.W019)."} <= set(levels)


def test_unknown_check_speaks_in_djangos_words_and_a_silenced_one_not(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [CheckWarning("The stage\nis wet.", hint="Mop it.", id="stage.W1"), CheckWarning("Loud.", id="axes.W006")]
    monkeypatch.setattr(configuration, "run_checks", lambda **_options: found)
    [finding] = configuration.deployment()
    assert (finding.message, finding.advice) == ("The stage is wet (stage.W1).", "Mop it.")


@pytest.mark.parametrize(
    ("key", "debug", "levels"),
    [
        ("0123456789" * 5, False, ["ok"]),
        ("0123456789" * 4, False, ["warning"]),
        ("a" * 60, False, ["warning"]),
        ("0123456789" * 5, True, ["failure"]),
    ],
)
def test_secret_key_and_debug(settings: Any, key: str, debug: bool, levels: list[str]) -> None:
    settings.SECRET_KEY, settings.DEBUG = key, debug
    findings = said(configuration.secrets())
    assert [level for level, _message in findings] == levels
    assert key not in str(findings)


@pytest.mark.parametrize(("zone", "level"), [("Europe/Rome", "ok"), ("UTC", "warning"), ("Etc/GMT-1", "warning")])
def test_time_zone(settings: Any, zone: str, level: str) -> None:
    settings.TIME_ZONE = zone
    assert [found for found, _message in said(configuration.time_zone())] == [level]


@pytest.mark.parametrize(("mode", "level"), [(0o600, "ok"), (0o640, "ok"), (0o644, "failure"), (0o660, "failure")])
def test_files_with_secrets(settings: Any, tmp_path: Path, mode: int, level: str) -> None:
    settings.BASE_DIR = tmp_path / "backend"
    secret = tmp_path / "smtp"
    secret.write_text("tre civette")
    secret.chmod(mode)
    settings.SECRET_FILES = {"SMTP_PASSWORD": str(secret)}
    [(found, message)] = said(machine.secret_files())
    assert found == level
    assert "civette" not in message
    assert level == "ok" or f"SMTP_PASSWORD: {secret} is open to others (mode {mode:04o})." == message


def test_dotenv_counts_as_a_file_with_secrets(settings: Any, tmp_path: Path) -> None:
    settings.BASE_DIR, settings.SECRET_FILES = tmp_path / "backend", {}
    assert said(machine.secret_files()) == [("ok", "No secret stands in a file.")]
    (tmp_path / ".env").write_text("SECRET_KEY=x")
    (tmp_path / ".env").chmod(0o644)
    assert said(machine.secret_files())[0][0] == "failure"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_secret_of_another_user_is_a_failure(settings: Any, tmp_path: Path) -> None:
    settings.BASE_DIR = tmp_path / "backend"
    secret = tmp_path / "key"
    secret.touch(mode=0o600)
    os.chown(secret, 12345, -1)
    settings.SECRET_FILES = {"SECRET_KEY": str(secret)}
    assert said(machine.secret_files()) == [("failure", f"SECRET_KEY: {secret} belongs to another user.")]


# Database


@pytest.mark.django_db
def test_database_and_its_clock_are_well(monkeypatch: pytest.MonkeyPatch) -> None:
    for check in (postgres.database, postgres.migrations, postgres.clock, machine.database_disk):
        assert [level for level, _message in said(check())] == ["ok"]
    now = timezone.now
    for apart, level in ((3, "warning"), (90, "failure")):
        with monkeypatch.context() as patch:
            patch.setattr(timezone, "now", lambda apart=apart: now() + timedelta(seconds=apart))
            assert said(postgres.clock()) == [
                (level, f"This machine's clock and the database's are {apart} seconds apart.")
            ]


@pytest.mark.django_db
def test_old_server_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "OLDEST_SERVER", 99)
    assert [level for level, _message in said(postgres.database())] == ["failure"]


@pytest.mark.django_db
def test_migration_that_is_not_applied_is_a_failure() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'checkin' AND name LIKE '0008%%'")
    assert said(postgres.migrations()) == [("failure", "1 migration has not been applied to the database.")]


# Mail


def test_mail_server_that_takes_mails(postbox: Postbox) -> None:
    assert said(mail.server()) == [("ok", f"The mail server 127.0.0.1:{postbox.port} answers.")]
    assert postbox.mails == []


def test_public_site_that_mails_in_the_clear_is_warned(settings: Any, postbox: Postbox) -> None:
    settings.SITE_URL = "https://teatro.example"
    assert [level for level, _message in said(mail.server())] == ["ok", "warning"]


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_mail_server_that_hangs_is_given_up(settings: Any, silent_port: int) -> None:
    settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = silent_port, 1
    [(level, message)] = said(mail.server())
    assert (level, "gave no answer within 1 seconds" in message) == ("failure", True)


def test_mail_server_that_is_not_there(settings: Any) -> None:
    settings.EMAIL_PORT = 9
    assert said(mail.server()) == [("failure", "The mail server 127.0.0.1:9 does not answer: nobody listens there.")]


def test_mail_server_without_the_encryption_that_is_set(settings: Any, postbox: Postbox) -> None:
    settings.EMAIL_USE_TLS = True
    [(level, message)] = said(mail.server())
    assert (level, "does not speak the encryption" in message) == ("failure", True)


def test_refused_password_is_told_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise smtplib.SMTPAuthenticationError(535, b"tre civette")

    monkeypatch.setattr(mail, "open_session", refuse)
    [finding] = mail.server()
    assert "refuses our name or password" in finding.message
    assert "civette" not in finding.message + finding.advice


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("age", "level"),
    [
        (timedelta(0), "ok"),
        (timedelta(minutes=5), "ok"),
        (timedelta(hours=1), "warning"),
        (timedelta(days=1), "failure"),
    ],
)
def test_mails_that_wait(tonight: Performance, age: timedelta, level: str) -> None:
    reserve(tonight)
    age_emails(age)
    assert [found for found, _message in said(mail.queue())][-1] == level


@pytest.mark.django_db
def test_mail_that_failed_and_a_server_at_rest(tonight: Performance) -> None:
    for _each in range(2):
        reserve(tonight)
    OutboundEmail.objects.update(server_failed_at=None, next_attempt_at=timezone.now() + timedelta(hours=1))
    assert said(mail.queue()) == [("ok", "No mail is overdue.")]
    first = OutboundEmail.objects.order_by("pk").first()
    OutboundEmail.objects.filter(pk=first.pk).update(state=EmailState.FAILED)
    OutboundEmail.objects.exclude(pk=first.pk).update(server_failed_at=timezone.now())
    assert said(mail.queue()) == [
        ("warning", "1 mail for performances to come could not be delivered."),
        ("warning", "The mail server failed within the last half minute."),
    ]


@pytest.mark.django_db
def test_mailing_that_was_stopped_is_told_apart(tonight: Performance, postbox: Postbox) -> None:
    reserve(tonight)
    prepare_run(Selection(performance_id=tonight.pk))
    [warned] = mail.queue()
    assert (warned.level, warned.message) == ("warning", "A mailing was stopped with 1 mail left to send.")
    assert warned.advice == f"Go on: azione emails resend --performance={tonight.pk}"
    OutboundEmail.objects.update(lease_expires_at=timezone.now() + timedelta(minutes=1))
    assert said(mail.queue()) == [("ok", "No mail is overdue.")]


# Files


def test_disk_is_told_once_for_all_that_lies_on_it(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BACKUP_DIR = str(tmp_path)
    for least, enough, level in ((0, 0, "ok"), (0, 1e18, "warning"), (1e18, 1e18, "failure")):
        monkeypatch.setattr(machine, "LEAST_FREE", least)
        monkeypatch.setattr(machine, "ENOUGH_FREE", enough)
        [(found, message)] = said(machine.disk())
        assert (found, message.startswith("Disk of pictures and backups: ")) == (level, True)


def make_backup(directory: Path, name: str, manifest: str | None) -> None:
    (directory / name).mkdir()
    if manifest is not None:
        (directory / name / "manifest.json").write_text(manifest)


def test_backups(settings: Any, tmp_path: Path) -> None:
    now = timezone.now()
    assert said(machine.backups()) == [("warning", "No place for backups is set.")]
    settings.BACKUP_DIR = str(tmp_path / "gone")
    assert said(machine.backups())[0][0] == "failure"
    settings.BACKUP_DIR = str(tmp_path)
    make_backup(tmp_path, "unfinished", None)
    make_backup(tmp_path, "garbled", "{")
    make_backup(tmp_path, "timeless", "[]")
    make_backup(tmp_path, "naive", '{"made_at": "2041-12-05T20:30:00"}')
    (tmp_path / "a file").touch()
    assert said(machine.backups()) == [("failure", "There is no backup yet.")]
    make_backup(tmp_path, "old", f'{{"made_at": "{(now - timedelta(hours=30)).isoformat()}"}}')
    (level, message), _trial = said(machine.backups())
    assert (level, message.endswith(", 30 hours ago.")) == ("warning", True)
    make_backup(tmp_path, "new", f'{{"made_at": "{(now - timedelta(hours=3)).isoformat()}", "size": 12}}')
    assert said(machine.backups())[0][0] == "ok"
    make_backup(tmp_path, "to come", f'{{"made_at": "{(now + timedelta(hours=3)).isoformat()}"}}')
    assert said(machine.backups())[0][0] == "warning"


def test_backup_that_is_being_made_or_goes_is_none(settings: Any, tmp_path: Path) -> None:
    """Its folder has another name until it is complete, and from when it is being deleted."""
    settings.BACKUP_DIR = str(tmp_path)
    for name in (".partial-2041-12-05T030000Z", ".deleting-2041-12-04T030000Z"):
        make_backup(tmp_path, name, f'{{"made_at": "{timezone.now().isoformat()}"}}')
    assert said(machine.backups()) == [("failure", "There is no backup yet.")]


def test_backup_that_was_found_damaged_is_none(settings: Any, tmp_path: Path) -> None:
    settings.BACKUP_DIR = str(tmp_path)
    now = timezone.now()
    for name, hours in (("good", 5), ("bad", 1)):
        make_backup(tmp_path, name, f'{{"made_at": "{(now - timedelta(hours=hours)).isoformat()}"}}')
    checks = tmp_path / "bad" / "checks.json"
    checks.write_text(f'{{"verified_at": "{now.isoformat()}", "drilled_at": "{now.isoformat()}"}}')
    assert newest_backup() == now - timedelta(hours=1)
    checks.write_text(f'{{"damaged_at": "{now.isoformat()}", "damage": "database.dump"}}')
    assert newest_backup() == now - timedelta(hours=5)
    levels = [level for level, _message in said(machine.backups())]
    assert levels == ["failure", "ok", "warning"]
    assert said(machine.backups())[0][1].startswith("The backup of ")


@pytest.mark.parametrize(
    ("checks", "level", "words"),
    [
        (None, "warning", "No backup has been restored on trial yet."),
        ("{{", "warning", "No backup has been restored on trial yet."),
        ('{{"verified_at": "{recently}"}}', "warning", "No backup has been restored on trial yet."),
        ('{{"drilled_at": "{naive}"}}', "warning", "No backup has been restored on trial yet."),
        ('{{"drilled_at": "{long_ago}"}}', "warning", ", 40 days ago."),
        ('{{"drilled_at": "{recently}"}}', "ok", "A backup was last restored on trial "),
    ],
)
def test_backup_is_restored_on_trial_each_month(
    settings: Any, tmp_path: Path, checks: str | None, level: str, words: str
) -> None:
    """Any of them: the newest was made last night, and nobody tries out each."""
    settings.BACKUP_DIR = str(tmp_path)
    now = timezone.now()
    for name, days in (("tried", 40), ("new", 0)):
        make_backup(tmp_path, name, f'{{"made_at": "{(now - timedelta(days=days)).isoformat()}"}}')
    if checks is not None:
        moments = {"recently": now - timedelta(days=34), "long_ago": now - timedelta(days=40, minutes=1)}
        written = {name: moment.isoformat() for name, moment in moments.items()}
        (tmp_path / "tried" / "checks.json").write_text(checks.format(**written, naive=f"{now:%Y-%m-%dT%H:%M}"))
    newest, trial = said(machine.backups())
    assert newest[0] == "ok"
    assert (trial[0], words in trial[1]) == (level, True)


# The theatre


@pytest.mark.django_db
def test_oversold_performance_is_named(tonight: Performance) -> None:
    assert said(theatre.seats()) == [("ok", "No performance to come is oversold, of 1 performance.")]
    reserve_and_confirm(tonight, 4)
    Performance.objects.update(capacity=3)
    over = make_performance(starts_in=-timedelta(days=3))
    assert over.pk != tonight.pk
    [(level, message)] = said(theatre.seats())
    assert (level, f"{tonight.pk}: La locandiera" in message) == ("failure", True)
    assert message.endswith("4 seats taken of 3.")
    Performance.objects.filter(pk=tonight.pk).update(cancelled_at=timezone.now())
    assert said(theatre.seats()) == [("ok", "No performance to come is oversold, of 0 performances.")]


@pytest.mark.django_db
def test_hold_without_an_end(tonight: Performance) -> None:
    reservation = reserve(tonight)
    assert said(theatre.holds())[0][0] == "ok"
    Reservation.objects.update(hold_expires_at=F("hold_expires_at") + timedelta(days=365))
    [(level, message)] = said(theatre.holds())
    assert (level, reservation.reference in message) == ("warning", True)


@pytest.mark.django_db
def test_conflicts_that_wait(tonight: Performance) -> None:
    assert said(theatre.conflicts()) == [("ok", "No conflict of the door waits.")]
    scan = Scan.objects.create(
        scan_id="00000000-0000-0000-0000-000000000001",
        performance=tonight,
        outcome="admitted",
        seats_admitted=1,
        scanned_at=timezone.now(),
        happened_at=timezone.now(),
        device="porta",
    )
    Conflict.objects.create(performance=tonight, scan=scan, seats=1, rule="unknown")
    assert said(theatre.conflicts()) == [("warning", "1 conflict of the door waits for a decision.")]


@pytest.mark.django_db
def test_accounts() -> None:
    marta = make_staff("marta")
    assert said(theatre.accounts()) == [("ok", "Every account has a group and is in use.")]
    User.objects.filter(pk=marta.pk).update(date_joined=timezone.now() - timedelta(days=30))
    User.objects.create_superuser("direttrice")
    User.objects.create_user("lucia@teatro.example", is_staff=True)
    User.objects.create_user("gone", is_staff=True, is_active=False)
    assert said(theatre.accounts()) == [
        ("warning", "1 account may do everything, whatever its group: direttrice."),
        ("warning", "1 account may do nothing, having no group: l…@teatro.example."),
        ("warning", "1 account has never been used: marta."),
    ]


@pytest.mark.django_db
def test_sign_ins_that_are_shut() -> None:
    make_staff("marta")
    make_staff("lucia@teatro.example")
    seen = {"ip_address": "192.0.2.7", "user_agent": "", "http_accept": "", "path_info": "/admin/login/"}
    AccessAttempt.objects.create(username="marta", failures_since_start=9, **seen)
    AccessAttempt.objects.create(username="nobody", failures_since_start=10, **seen)
    assert said(theatre.sign_ins()) == [("ok", "No sign-in is shut.")]
    AccessAttempt.objects.create(username="lucia@teatro.example", failures_since_start=10, **seen)
    AccessAttempt.objects.filter(username="marta").update(failures_since_start=10)
    words = "2 sign-ins shut after too many wrong passwords: l…@teatro.example, marta."
    assert said(theatre.sign_ins()) == [("warning", words)]
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert said(theatre.sign_ins()) == [("ok", "No sign-in is shut.")]


@pytest.mark.django_db
def test_guests_who_should_have_been_forgotten(tonight: Performance, settings: Any) -> None:
    pending, confirmed = reserve(tonight), reserve_and_confirm(tonight)
    assert said(theatre.forgotten())[0][0] == "ok"
    let_hold_pass(pending)
    Reservation.objects.filter(pk=pending.pk).update(
        created_at=F("created_at") - timedelta(days=3), hold_expires_at=F("hold_expires_at") - timedelta(days=3)
    )
    Performance.objects.update(
        starts_at=F("starts_at") - timedelta(days=40),
        doors_open_at=F("doors_open_at") - timedelta(days=40),
        booking_opens_at=F("booking_opens_at") - timedelta(days=40),
        booking_closes_at=F("booking_closes_at") - timedelta(days=40),
    )
    assert confirmed.pk != pending.pk
    assert said(theatre.forgotten()) == [("warning", "2 reservations should have been forgotten by now.")]


# How they are run


def found_by(*checks: Check) -> dict[str, list[tuple[str, str]]]:
    return {check.name: [(str(row.level), row.message) for row in rows] for check, rows in running.run(checks)}


def broken() -> Iterator[Finding]:
    raise ZeroDivisionError("tre civette")


def broken_statement() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM no_such_table")
    yield ok("never")


def slow_statement() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(30)")
    yield ok("never")


def statement_without_room() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full', MESSAGE = 'No space left'; END $$")
    yield ok("never")


@pytest.mark.django_db
def test_check_that_breaks_is_a_failure_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "STATEMENT_SECONDS", 1)
    fine: Callable[[], list[Finding]] = lambda: [ok("fine")]  # noqa: E731
    found = found_by(
        Check("a", "broken", broken),
        Check("a", "broken inside", broken, asks_database=True),
        Check("a", "no table", broken_statement, asks_database=True),
        Check("a", "slow", slow_statement, asks_database=True),
        Check("a", "no room", statement_without_room, asks_database=True),
        Check("a", "outside", fine),
        Check("a", "inside", fine, asks_database=True),
    )
    assert found == {
        "broken": [("failure", "This check broke (ZeroDivisionError).")],
        "broken inside": [("failure", "This check broke (ZeroDivisionError).")],
        "no table": [("failure", "The database lacks tables or columns of this version.")],
        "slow": [("failure", "The database gave no answer in time, or went away.")],
        "no room": [("failure", "The database is out of room (SQLSTATE 53100).")],
        "outside": [("ok", "fine")],
        "inside": [("ok", "fine")],
    }


def test_check_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "SECONDS", 0.1)
    released = Event()

    def hang() -> list[Finding]:
        released.wait()
        return []

    found = found_by(Check("a", "hangs", hang), Check("a", "fine", lambda: [ok("fine")]))
    released.set()
    assert found["hangs"][0][0] == "failure"
    assert found["fine"] == [("ok", "fine")]


def test_names_are_told_up_to_a_few() -> None:
    assert some("abc") == "a, b, c"
    assert some("abcdefgh") == "a, b, c, d, e and 3 more"


def fall_over() -> Iterator[Finding]:
    """An operator ends our session, or PostgreSQL restarts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    yield ok("never")


@pytest.mark.django_db(transaction=True)
def test_killed_session_is_a_failure_and_the_others_get_a_new_one() -> None:
    found = found_by(
        Check("a", "killed", fall_over, asks_database=True),
        Check("a", "database", postgres.database, asks_database=True),
    )
    assert found["killed"] == [("failure", "The database gave no answer in time, or went away.")]
    assert found["database"][0][0] == "ok"


@pytest.mark.django_db(transaction=True)
def test_database_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "SECONDS", 0.5)
    frozen: list[int] = []

    def freeze() -> Iterator[Finding]:
        """As when its machine stops: no time-out of the server's own will ever ring."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            [pid] = cursor.fetchone()
            # A server elsewhere has numbers of its own.
            if not (psutil.pid_exists(pid) and "postgres" in psutil.Process(pid).name()):
                pytest.skip("the database is on another machine")
            frozen.append(pid)
            os.kill(frozen[0], signal.SIGSTOP)
            cursor.execute("SELECT 1")
        yield ok("never")

    try:
        found = found_by(
            Check("a", "hangs", freeze, asks_database=True),
            Check("a", "database", postgres.database, asks_database=True),
        )
    finally:
        for pid in frozen:
            os.kill(pid, signal.SIGCONT)
    assert found["hangs"] == [("failure", "The database gave no answer in time, or went away.")]
    assert found["database"][0][0] == "ok"
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
