"""What the commands of privacy print, to the letter."""

import io
import json
import re
import sys
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db.models import F

from azionelab.checkin.models import CheckIn
from azionelab.programme.models import Performance
from azionelab.reservations import services
from azionelab.reservations.models import Erasure, OutboundEmail, Reservation, ReservationToken
from azionelab.reservations.privacy import digest_of
from tests.cast import give_token, make_performance, make_staff, reserve
from tests.commands.evening import EVENING, make_evening
from tests.commands.transcripts import assert_transcript, printed

pytestmark = pytest.mark.django_db
MADE = datetime(2041, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def guests() -> Performance:
    """Maria, who has been to a performance and comes to the evening, and who looks after the door on other nights."""
    evening = make_evening()
    Reservation.objects.filter(reference="DELUCA").update(email="maria@example.org")
    played = make_performance(pk=1030, show=evening.show, venue=evening.venue)
    before = services.confirm(reservation_id=reserve(played, 2, name="Maria De Luca", email="maria@example.org").pk)
    give_token(before)
    Reservation.objects.filter(pk=before.pk).update(reference="FIRST2")
    Performance.objects.filter(pk=played.pk).update(
        starts_at=datetime(2026, 1, 5, 19, 30, tzinfo=UTC),
        **{name: datetime(2026, 1, 5, 19, tzinfo=UTC) for name in ("doors_open_at", "booking_closes_at")},
        booking_opens_at=datetime(2020, 1, 1, tzinfo=UTC),
    )
    staff = make_staff("maria")
    staff.email, staff.date_joined = "Maria@Example.org", MADE
    staff.save()
    return evening


def hold_still() -> None:
    """All times of the rows that were made just now."""
    Reservation.objects.update(
        created_at=MADE,
        privacy_accepted_at=MADE,
        hold_expires_at=MADE + timedelta(hours=1),
        confirmed_at=F("confirmed_at") - F("confirmed_at") + MADE + timedelta(minutes=3),
        admitted_since=F("admitted_since") - F("admitted_since") + EVENING,
    )
    OutboundEmail.objects.update(created_at=MADE, failed_at=None, error="", attempts=0)
    CheckIn.objects.update(admitted_at=EVENING)


@pytest.mark.usefixtures("guests")
@pytest.mark.parametrize(
    ("name", "email", "exit_code"),
    [
        ("report_person", " MARIA@example.org", 0),
        ("report_person.nobody", "nobody@example.org", 0),
        ("report_person.refused", "Maria De Luca", 2),
    ],
)
def test_report_person(name: str, email: str, exit_code: int) -> None:
    hold_still()
    Erasure.objects.create(digest=digest_of("maria@example.org"), erased_at=datetime(2040, 5, 1, 10, tzinfo=UTC))
    text, ended = printed("report_person", email)
    assert ended == exit_code
    text = re.sub(r'(?<="received_at": )"[^"]*"', '"2041-12-05T20:30:00+01:00"', text)
    assert_transcript(name, text)
    digests = [bytes(value) for row in ReservationToken.objects.values_list("reservation_digest") for value in row]
    assert not [digest for digest in digests if digest.hex() in text]


@pytest.mark.usefixtures("guests")
@pytest.mark.parametrize(
    ("name", "email", "exit_code"),
    [
        ("erase_person", "maria@example.org", 0),
        ("erase_person.nobody", "nobody@example.org", 0),
        ("erase_person.refused", "maria@", 2),
    ],
)
def test_erase_person(name: str, email: str, exit_code: int) -> None:
    CheckIn.objects.all().delete()
    Reservation.objects.update(admitted_since=None)
    if name == "erase_person":
        dry, ended = printed("erase_person", email, "--dry-run")
        assert_transcript("erase_person.dry_run", dry)
        assert Reservation.objects.filter(email=email).count() == 2
    text, ended = printed("erase_person", email)
    assert ended == exit_code
    assert_transcript(name, text)


@pytest.mark.usefixtures("guests")
def test_sweep_privacy() -> None:
    Reservation.objects.filter(name="Piero Pending").update(
        **{name: datetime(2026, 1, 1, tzinfo=UTC) for name in ("created_at", "hold_expires_at")}
    )
    for name, arguments in (
        ("sweep_privacy.dry_run", ["--dry-run"]),
        ("sweep_privacy", []),
        ("sweep_privacy.nothing", []),
    ):
        text, ended = printed("sweep_privacy", *arguments)
        assert ended == 0
        assert_transcript(name, text)


@pytest.fixture
def remembered() -> None:
    for number, email in enumerate(("anna@example.org", "maria@example.org")):
        Erasure.objects.create(digest=digest_of(email), erased_at=MADE + timedelta(days=number, microseconds=number))


@pytest.mark.usefixtures("remembered")
def test_list_erasures() -> None:
    text, ended = printed("list_erasures")
    assert ended == 0
    assert "example.org" not in text
    assert_transcript("list_erasures", text)


def remember(monkeypatch: pytest.MonkeyPatch, content: bytes, *arguments: str) -> tuple[str, int]:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))
    return printed("remember_erasures", *arguments)


@pytest.mark.usefixtures("remembered")
def test_remember_erasures_takes_in_what_was_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = printed("list_erasures")[0]
    before = list(Erasure.objects.order_by("digest").values_list("digest", "erased_at"))
    Erasure.objects.all().delete()
    for name, arguments in (
        ("remember_erasures.dry_run", ["--dry-run"]),
        ("remember_erasures", []),
        ("remember_erasures.unchanged", []),
    ):
        text, ended = remember(monkeypatch, listed.encode(), *arguments)
        assert ended == 0
        assert_transcript(name, text)
    assert list(Erasure.objects.order_by("digest").values_list("digest", "erased_at")) == before
    # Two lists one behind the other are fine as well.
    assert json.loads(remember(monkeypatch, (listed * 2).encode())[0])["read"] == 2


@pytest.mark.usefixtures("remembered")
def test_remember_erasures_refuses_what_is_not_a_whole_list(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, summary = printed("list_erasures")[0].splitlines(keepends=True)
    Erasure.objects.all().delete()
    text, ended = remember(monkeypatch, (first + second).encode())
    assert ended == 2
    assert_transcript("remember_erasures.refused", text)
    naive = first.replace("+01:00", "")
    for content, line in (
        (b"", 1),
        (b"\xff\xfe\n", 1),
        (b"[" * 100_000, 1),
        ((first + summary).encode(), 2),
        ((first + "{}\n" + summary).encode(), 2),
        ((first.replace(first[30:40], "zz") + second + summary).encode(), 1),
        ((naive + second + summary).encode(), 1),
        (b"null\n", 1),
        (b'{"v": 1, "type": "summary", "erasures": 1e999}\n', 1),
    ):
        text, ended = remember(monkeypatch, content)
        assert (ended, json.loads(text)["errors"][0]["line"]) == (2, line), content[:60]
    assert not Erasure.objects.exists()


@pytest.mark.parametrize(
    "email",
    ["", "anna", "a@b", f"{'a' * 300}@example.org", "anna\x07@example.org", "anna\udcff@example.org", "a b@c.it"],
)
@pytest.mark.parametrize("command", ["report_person", "erase_person"])
def test_what_is_no_address_is_refused(command: str, email: str) -> None:
    text, ended = printed(command, email)
    assert (ended, json.loads(text)["errors"][0]["field"]) == (2, "email")
