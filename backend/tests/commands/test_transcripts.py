"""What the commands of the season and the door print, to the letter."""

import io
import json
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.core.management import get_commands

from azionelab.checkin import tokens
from azionelab.checkin.models import CheckIn, Conflict, DoorDevice, Scan
from azionelab.programme.models import Performance
from azionelab.reservations.models import Reservation
from tests.cast import PASSWORD, make_performance, pair_phone
from tests.checkin.door_vectors import export_lines
from tests.checkin.offline import as_sent, offline
from tests.commands.evening import make_evening
from tests.commands.transcripts import TRANSCRIPTS, assert_transcript, printed

pytestmark = pytest.mark.django_db
SEASON = Path(__file__).parent / "season.yaml"
EVENING = datetime(2041, 12, 5, 19, 30, tzinfo=UTC)


@pytest.fixture
def evening() -> Performance:
    return make_evening()


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


@pytest.fixture
def phones(evening: Performance) -> None:
    """Two at the door, of which Marta's has let somebody in without a network, and one that was sent away."""
    made = [pair_phone(evening, name, walk_ins=walk_ins) for name, walk_ins in (("Marta, left door", 6), ("Luca", 0))]
    gone = pair_phone(evening, "Luca").device
    DoorDevice.objects.update(paired_at=EVENING, last_seen_at=EVENING + timedelta(minutes=5))
    DoorDevice.objects.filter(pk=gone.pk).update(revoked_at=EVENING + timedelta(minutes=7), last_seen_at=None)
    scan = Scan.objects.create(
        scan_id=UUID(int=99),
        performance=evening,
        reservation=Reservation.objects.get(reference="DANGEL"),
        outcome="admitted",
        seats_admitted=2,
        scanned_at=EVENING,
        happened_at=EVENING,
        device="Marta, left door",
        door_device=made[0].device,
        sequence=1,
    )
    CheckIn.objects.create(reservation=scan.reservation, scan=scan, seats=2, admitted_at=EVENING)


@pytest.mark.usefixtures("evening")
@pytest.mark.parametrize(
    ("name", "arguments", "exit_code"),
    [
        ("pair_device", ["1042", "--walk-ins", "6"], 0),
        ("pair_device.refused", ["1042", "--walk-ins", "-1"], 2),
        ("pair_device.over", ["1040"], 3),
        ("pair_device.cancelled", ["1039"], 3),
    ],
)
def test_pair_device(monkeypatch: pytest.MonkeyPatch, name: str, arguments: list[str], exit_code: int) -> None:
    show = Performance.objects.get(pk=1042).show
    make_performance(pk=1040, show=show, starts_at=datetime(2025, 1, 1, tzinfo=UTC))
    make_performance(pk=1039, show=show, cancelled_at=datetime(2025, 1, 1, tzinfo=UTC))
    monkeypatch.setattr(tokens, "new_pairing_code", lambda: "ABCDEFGHJK")
    text, ended = printed("pair_device", *arguments)
    assert ended == exit_code
    assert_transcript(name, re.sub(r'(?<="expires_at": )"[0-9T:+-]{25}"', '"2041-12-05T20:10:00+01:00"', text))


@pytest.mark.usefixtures("phones")
def test_list_devices() -> None:
    text, ended = printed("list_devices", "1042")
    assert ended == 0
    assert_transcript("list_devices", text)


@pytest.mark.usefixtures("phones")
@pytest.mark.parametrize(
    ("name", "device", "exit_code"),
    [("revoke_device", "marta, LEFT door", 0), ("revoke_device.unknown", "9", 2), ("revoke_device.unchanged", "3", 0)],
)
def test_revoke_device(name: str, device: str, exit_code: int) -> None:
    for dry_run in (["--dry-run"], []):
        text, ended = printed("revoke_device", "1042", device, *dry_run)
        assert ended == exit_code
        # But for where it looked, a dry run says the same.
        assert_transcript(name, re.sub(r', "on": {[^}]*}', "", text))
        assert DoorDevice.objects.filter(revoked_at=None).count() == (
            1 if name == "revoke_device" and not dry_run else 2
        )


MARTA = UUID(int=41)
UGO = UUID(int=42)


@pytest.fixture
def exports(evening: Performance, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Puts files on standard input, as `azione` does; those of Marta and Ugo by default, which tell of one party."""
    for number, (pk, name) in enumerate([(MARTA, "Marta"), (UGO, "Ugo")], start=1):
        DoorDevice.objects.create(
            pk=pk, performance=evening, number=number, name=name, token_digest=bytes([number] * 32), claim=pk
        )

    def give(**files: bytes) -> None:
        contents = files or {"marta.jsonl": export_of(MARTA, 2), "ugo.jsonl": export_of(UGO, 9)}
        announced = {"files": [{"name": name, "size": len(content)} for name, content in contents.items()]}
        sent = json.dumps(announced).encode() + b"\n" + b"".join(contents.values())
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(sent)))

    give()
    return give


def export_of(device: UUID, minute: int) -> bytes:
    scan = offline(
        scan_id=UUID(int=device.int * 100),
        reference="DANGEL",
        seats_admitted=2,
        scanned_at=EVENING + timedelta(minutes=minute),
        clock_offset_ms=-65_000 if device == UGO else 0,
    )
    header = {"v": 1, "type": "header", "performance": 1042, "device": str(device), "scans": 1}
    records = [header, {"type": "scan", **as_sent(scan)}, {"type": "end", "scans": 1}]
    return "".join(f"{line}\n" for line in export_lines(records, tokens.device_key(device))).encode()


def test_reconcile_scans(exports: Callable[..., None]) -> None:
    for name, dry_run in (("reconcile_scans.dry_run", ["--dry-run"]), ("reconcile_scans", [])):
        exports()
        text, ended = printed("reconcile_scans", *dry_run)
        assert ended == 0
        assert_transcript(name, text)


def test_reconcile_scans_refuses_all_files_for_one_line(exports: Callable[..., None]) -> None:
    altered = export_of(UGO, 9).replace(b'"seats_admitted":2', b'"seats_admitted":1')
    exports(**{"marta.jsonl": export_of(MARTA, 2), "ugo.jsonl": altered, "lista.csv": b"Nome;Anni\n"})
    text, ended = printed("reconcile_scans")
    assert (ended, Scan.objects.filter(decided_by="device").count()) == (3, 0)
    assert_transcript("reconcile_scans.refused", text)


@pytest.mark.usefixtures("exports")
def test_conflicts_are_listed_and_settled() -> None:
    printed("reconcile_scans")
    pk = Conflict.objects.get().pk
    for name, command, exit_code in (
        ("list_conflicts", ["list_conflicts", "1042"], 0),
        ("settle_conflict", ["settle_conflict", str(pk), "counted-twice", "--note", "Gianni, due volte"], 0),
        ("list_conflicts.all", ["list_conflicts", "--all"], 0),
        ("settle_conflict.unknown", ["settle_conflict", "0", "came-in"], 2),
    ):
        text, ended = printed(*command)
        assert ended == exit_code
        assert_transcript(name, text.replace(f'"conflict": {pk},', '"conflict": 7,'))


def test_every_command_has_a_transcript() -> None:
    # `migrate` is Django's own, and speaks to people.
    ours = {name for name, app in get_commands().items() if app.startswith("azionelab.")} - {"migrate"}
    assert {path.name.split(".")[0] for path in TRANSCRIPTS.glob("*.jsonl")} == ours
