"""The golden transcripts of contracts/jsonl/: what each management command prints, to the letter.

`azione` is tested against the same files. After a change that is meant, AZIONE_WRITE_TRANSCRIPTS=1 writes them anew.
"""

import io
import os
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.core.management import call_command, get_commands

from azionelab.checkin.services import ScanRequest, register_scan
from azionelab.programme.models import Performance
from azionelab.reservations.models import Reservation
from tests.cast import PASSWORD, make_performance, make_show, make_venue, reserve, reserve_and_confirm

pytestmark = pytest.mark.django_db
TRANSCRIPTS = Path(__file__).parents[3] / "contracts" / "jsonl"
SEASON = Path(__file__).parent / "season.yaml"
EVENING = datetime(2041, 12, 5, 19, 30, tzinfo=UTC)
GUESTS = [
    ("Zoë Àlvarez", "ALVARE", 1, 1, "", ""),
    ("Maria De Luca", "DELUCA", 4, 2, "+393331234567", "Due in carrozzina"),
    ("Gianni D'Angelo", "DANGEL", 2, 0, "", "=1+1"),
    ("Anna Bianchi", "BIANCH", 2, 2, "050123456", "Prima fila,\nse si può"),
]


@pytest.fixture
def evening() -> Performance:
    """Four confirmed reservations in the evening, none in the afternoon. All ids are fixed."""
    play = {"show": make_show(slug="la-locandiera"), "venue": make_venue(slug="cantina")}
    make_performance(**play, pk=1041, starts_at=EVENING - timedelta(hours=4), capacity=20)
    evening = make_performance(
        **play, pk=1042, starts_at=EVENING, capacity=20, booking_opens_at=datetime(2020, 1, 1, tzinfo=UTC)
    )
    for number, (name, reference, seats, admitted, phone, notes) in enumerate(GUESTS):
        reservation = reserve_and_confirm(evening, seats, name=name, phone=phone, notes=notes)
        Reservation.objects.filter(pk=reservation.pk).update(reference=reference)
        if admitted:
            scan = ScanRequest(
                scan_id=UUID(int=number), reference=reference, seats=admitted, scanned_at=EVENING, device="porta"
            )
            register_scan(performance_id=evening.pk, request=scan, staff_id=None)
    reserve(evening, 1, name="Piero Pending")
    return evening


def printed(*command: str) -> tuple[str, int]:
    out = io.StringIO()
    try:
        call_command(*command, stdout=out)
    except SystemExit as ended:
        return out.getvalue(), int(ended.code or 0)
    return out.getvalue(), 0


def assert_transcript(name: str, text: str) -> None:
    """Only the moment at which it was made is not fixed."""
    text = re.sub(r'"made_at": "[0-9T:+-]{25}"', '"made_at": "2041-12-05T19:45:00+01:00"', text)
    path = TRANSCRIPTS / f"{name}.jsonl"
    if os.environ.get("AZIONE_WRITE_TRANSCRIPTS"):
        path.write_text(text)
    assert text == path.read_text()


@pytest.mark.usefixtures("evening")
@pytest.mark.parametrize(
    ("name", "performance", "exit_code"),
    [
        ("export_guests", "1042", 0),
        ("export_guests.ambiguous", "locandiera@2041-12-05", 2),
        ("export_guests.unknown", "1999", 2),
    ],
)
def test_export_guests(name: str, performance: str, exit_code: int) -> None:
    text, ended = printed("export_guests", performance)
    assert ended == exit_code
    assert_transcript(name, text)


@pytest.mark.parametrize(
    ("name", "group", "exit_code"),
    [("ensure_account", "Door staff", 0), ("ensure_account.unknown", "Ushers", 2)],
)
def test_ensure_account(monkeypatch: pytest.MonkeyPatch, name: str, group: str, exit_code: int) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\n"))
    text, ended = printed("ensure_account", "lucia", "--group", group)
    assert ended == exit_code
    assert_transcript(name, text)


def test_seed_season_makes_a_season() -> None:
    text, ended = printed("seed_season", str(SEASON), "--anchor", "2041-11-20")
    assert ended == 0
    assert_transcript("seed_season", text)


def test_seed_season_changes_what_the_file_changes(tmp_path: Path) -> None:
    printed("seed_season", str(SEASON), "--anchor", "2041-11-20")
    changed = tmp_path / "season.yaml"
    changed.write_text(SEASON.read_text().replace("duration: 110", "duration: 115").replace("05 20:30", "05 21:00"))
    text, ended = printed("seed_season", str(changed), "--anchor", "2041-11-20", "--dry-run")
    assert ended == 0
    assert_transcript("seed_season.changed", text)


def test_seed_season_refuses_a_file_by_line(tmp_path: Path) -> None:
    broken = tmp_path / "season.yaml"
    broken.write_text(
        SEASON.read_text().replace("duration: 110", "duration: long").replace("venue: cantina", "venue: cave", 1)
    )
    text, ended = printed("seed_season", str(broken), "--anchor", "2041-11-20")
    assert ended == 2
    assert_transcript("seed_season.refused", text)


def test_every_command_has_a_transcript() -> None:
    ours = {name for name, app in get_commands().items() if app.startswith("azionelab.")}
    assert {path.name.split(".")[0] for path in TRANSCRIPTS.glob("*.jsonl")} == ours
