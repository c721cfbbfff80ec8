"""Files that phones exported: read whole, or refused with a line and a reason."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from azionelab.checkin import devices, tokens
from azionelab.checkin.answers import doorkeeper_of
from azionelab.checkin.export_files import read_scans, verified
from azionelab.checkin.imported_files import MOST_BYTES, NamedFile
from azionelab.checkin.imports import Report, reconcile_files
from azionelab.checkin.models import CheckIn, Conflict, DoorDevice, PairingCode, Scan
from azionelab.checkin.offline_scans import OfflineScan
from azionelab.checkin.reconciliation import record_offline_scans
from azionelab.checkin.selectors import attendance_of
from azionelab.core.errors import DomainError
from azionelab.programme.models import Performance
from azionelab.reservations.models import Reservation
from tests.cast import Phone, make_performance, pair_phone, reserve_and_confirm
from tests.checkin import door_vectors as golden
from tests.checkin.offline import as_sent, offline

pytestmark = pytest.mark.django_db


@pytest.fixture
def marta(tonight: Performance) -> Phone:
    return pair_phone(tonight, "Marta", walk_ins=20)


def exported(phone: Phone, *scans: OfflineScan, **changes: Any) -> bytes:
    header = {
        "v": 1,
        "type": "header",
        "performance": phone.device.performance_id,
        "device": str(phone.device.pk),
        "name": phone.device.name,
        "made_at": timezone.now().isoformat(),
        "scans": len(scans),
    }
    records = [header | changes, *({"type": "scan", **as_sent(scan)} for scan in scans)]
    records.append({"type": "end", "scans": len(scans)})
    lines = golden.export_lines(records, tokens.device_key(phone.device.pk))
    return "".join(f"{line}\n" for line in lines).encode()


def admission(reservation: Reservation, seats: int = 1, minute: int = 0) -> OfflineScan:
    at = timezone.now() - timedelta(hours=1) + timedelta(minutes=minute)
    return offline(reference=reservation.reference, seats_admitted=seats, scanned_at=at)


def lose_phones() -> None:
    """As restoring a backup from before the pairing does."""
    PairingCode.objects.all().delete()
    DoorDevice.objects.all().delete()


def take_in(*contents: bytes, **options: Any) -> Report:
    files = [NamedFile(name=f"{number}.jsonl", content=content) for number, content in enumerate(contents)]
    return reconcile_files(files=files, **options)


def refused(*contents: bytes) -> list[tuple[str, str, int | None]]:
    with pytest.raises(DomainError, match="file_refused") as error:
        take_in(*contents)
    assert not Scan.objects.exists()
    return [(one.field, one.code, one.line) for one in error.value.errors]


def test_golden_file_is_read() -> None:
    lines = (golden.FOLDER / "export.jsonl").read_bytes().splitlines()
    records = list(verified(lines, golden.DEVICE_KEY))
    scans = read_scans(records)
    assert [json.loads(line)["scans"] for line in (lines[0], lines[-1])] == [len(scans), len(scans)]
    assert [(str(scan.scan_id), scan.kind, scan.seats_admitted) for scan in scans] == [
        (one["scan_id"], one["kind"], one["seats_admitted"]) for one in golden.SCANS
    ]
    assert (scans[3].override, scans[3].reason) == (True, golden.SCANS[3]["reason"])
    assert scans[0].scanned_at - scans[0].happened_at == timedelta(milliseconds=1200)


def test_file_is_put_on_record_once(tonight: Performance, marta: Phone) -> None:
    party, content = reserve_and_confirm(tonight, 4), b""
    scan_id = admission(party).scan_id
    content = exported(
        marta,
        offline(scan_id=scan_id, reference=party.reference, seats_admitted=2),
        offline(kind="walk_in", seats_admitted=3),
        offline(kind="undo", outcome="undone", seats_admitted=0, undoes=uuid4(), reason="sbagliato"),
        offline(reference="NOBODY", outcome="unknown", seats_admitted=0),
        offline(reference=party.reference, seats_admitted=4, scanned_at=timezone.now() + timedelta(hours=1)),
    )
    [first], [again] = take_in(content).files, take_in(content).files
    assert (first.scans, first.new, first.admitted, first.walk_ins) == (5, 5, 4, 3)
    assert (first.refused, first.undone, first.conflicts) == (1, 1, 1)
    assert (again.scans, again.new, again.admitted) == (5, 0, 0)
    assert (Scan.objects.count(), attendance_of(tonight.pk).inside) == (5, 9)
    assert Scan.objects.filter(door_device=marta.device, device="Marta").count() == 5


def test_file_and_batch_are_the_same_scans(tonight: Performance, marta: Phone) -> None:
    scans = [admission(reserve_and_confirm(tonight, 2), 2), admission(reserve_and_confirm(tonight, 2), 1)]
    record_offline_scans(performance_id=tonight.pk, scans=scans[:1], doorkeeper=doorkeeper_of(marta.device))
    assert take_in(exported(marta, *scans)).files[0].new == 1
    assert attendance_of(tonight.pk).admitted == 3


def test_files_of_two_phones_bring_out_their_conflict(tonight: Performance, marta: Phone) -> None:
    party, ugo = reserve_and_confirm(tonight, 2), pair_phone(tonight, "Ugo")
    later, earlier = admission(party, 2, minute=5), admission(party, 2, minute=1)
    report = take_in(exported(marta, later), exported(ugo, earlier))
    assert ([file.conflicts for file in report.files], report.conflicts_opened) == ([1, 0], 1)
    assert (Conflict.objects.get().scan.device, CheckIn.objects.get().scan.device) == ("Marta", "Ugo")


def test_files_of_two_evenings_come_in_together(tonight: Performance, marta: Phone) -> None:
    other = make_performance(starts_in=timedelta(hours=2))
    ugo = pair_phone(other, "Ugo")
    files = [
        exported(ugo, admission(reserve_and_confirm(other))),
        exported(marta, admission(reserve_and_confirm(tonight))),
    ]
    report = take_in(*files)
    assert [(file.device, file.performance.pk, file.admitted) for file in report.files] == [
        ("Ugo", other.pk, 1),
        ("Marta", tonight.pk, 1),
    ]


def test_phone_that_was_sent_away_is_believed_up_to_then(tonight: Performance, marta: Phone) -> None:
    devices.revoke(device_id=marta.device.pk)
    party = reserve_and_confirm(tonight, 3)
    [file] = take_in(exported(marta, admission(party, 1), admission(party, 2, minute=120))).files
    assert (file.admitted, file.conflicts, Conflict.objects.get().rule) == (1, 1, "device_revoked")


def test_dry_run_tells_the_same_and_leaves_nothing(tonight: Performance, marta: Phone) -> None:
    party = reserve_and_confirm(tonight, 2)
    content = exported(marta, admission(party, 2), admission(party, 1, minute=1))
    dry = take_in(content, dry_run=True)
    assert [model.objects.count() for model in (Scan, CheckIn, Conflict)] == [0, 0, 0]
    party.refresh_from_db()
    assert party.admitted_since is None
    wet = take_in(content)
    assert (dry.files, dry.conflicts_opened) == (wet.files, wet.conflicts_opened)


def test_progress_is_told(tonight: Performance, marta: Phone) -> None:
    told: list[tuple[int, int]] = []
    take_in(exported(marta, *(offline() for _ in range(1_500))), told=lambda done, total: told.append((done, total)))
    assert told == [(1_000, 1_500), (1_500, 1_500)]


# Refused


CHANGES: list[tuple[str, Callable[[list[bytes]], list[bytes]], str, int]] = [
    (
        "a seat more",
        lambda lines: [*lines[:2], lines[2].replace(b'_admitted":1', b'_admitted":9'), *lines[3:]],
        "altered",
        3,
    ),
    ("a line left out", lambda lines: [*lines[:2], *lines[3:]], "altered", 3),
    ("two lines changed over", lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], "altered", 2),
    ("a line twice", lambda lines: [*lines[:2], *lines[1:]], "altered", 3),
    ("the header changed", lambda lines: [lines[0].replace(b"Marta", b"Carla"), *lines[1:]], "altered", 1),
    ("no end", lambda lines: lines[:-1], "cut_short", 4),
    ("cut in the middle of a line", lambda lines: [*lines[:3], lines[3][:50]], "cut_short", 4),
    ("a line with no signature", lambda lines: [*lines[:2], b'{"type":"scan"}', *lines[2:]], "altered", 3),
    ("a line behind the end", lambda lines: [*lines, lines[-1]], "altered", 6),
    ("no header", lambda lines: lines[1:], "unreadable", 1),
    ("another program's file", lambda lines: [b"{}", *lines[1:]], "unreadable", 1),
    ("endless brackets", lambda lines: [b'{"a":' + b"[" * 100_000], "cut_short", 1),
    ("Windows line ends", lambda lines: [line + b"\r" for line in lines], "altered", 1),
    ("no UTF-8", lambda lines: [*lines[:2], b"\xe0" + lines[2], *lines[3:]], "not_utf8", 3),
]


@pytest.mark.parametrize(("change", "code", "line"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_file_that_was_touched_is_refused(
    tonight: Performance,
    marta: Phone,
    change: Callable[[list[bytes]], list[bytes]],
    code: str,
    line: int,
) -> None:
    party = reserve_and_confirm(tonight, 4)
    lines = exported(marta, *(admission(party, minute=minute) for minute in range(3))).splitlines()
    good = exported(pair_phone(tonight, "Ugo"), admission(party))
    content = b"".join(one + b"\n" for one in change(lines))
    assert refused(good, content) == [("1.jsonl", code, line)]


def test_file_without_its_last_line_feed_is_whole(tonight: Performance, marta: Phone) -> None:
    content = exported(marta, admission(reserve_and_confirm(tonight)))
    assert take_in(content.rstrip(b"\n")).files[0].new == 1


def test_file_of_another_performance_than_its_phone_s(tonight: Performance, marta: Phone) -> None:
    assert refused(exported(marta, performance=make_performance().pk)) == [("0.jsonl", "wrong_performance", 1)]


def test_file_of_a_phone_that_nobody_paired(tonight: Performance, marta: Phone) -> None:
    assert refused(exported(marta, device=str(uuid4()))) == [("0.jsonl", "unknown_device", 1)]
    assert refused(exported(marta, device="Marta")) == [("0.jsonl", "unknown_device", 1)]


def test_phone_that_the_database_lost_is_brought_back_by_its_file(tonight: Performance, marta: Phone) -> None:
    party = reserve_and_confirm(tonight, 4)
    first, second = (exported(marta, admission(party, minute=minute)) for minute in (0, 1))
    lose_phones()
    ugo = pair_phone(tonight, "Ugo")
    assert take_in(first, second, dry_run=True).files[0].new == 1
    assert list(DoorDevice.objects.all()) == [ugo.device]

    report = take_in(first, second)
    back = DoorDevice.objects.exclude(pk=ugo.device.pk).get()
    assert [file.admitted for file in report.files] == [1, 1]
    assert (back.pk, back.name, back.number) == (marta.device.pk, "Marta", 2)
    assert back.paired_at == Scan.objects.earliest("happened_at").happened_at
    assert marta.client.get("/api/v1/door/device/").status_code == 401
    assert [file.new for file in take_in(first, second).files] == [0, 0]


def test_lost_phone_of_a_performance_that_is_not_there(tonight: Performance, marta: Phone) -> None:
    content = exported(marta, performance=2**40)
    lose_phones()
    assert refused(content) == [("0.jsonl", "wrong_performance", 1)]


def test_signed_scan_that_cannot_be_read(tonight: Performance, marta: Phone) -> None:
    assert refused(exported(marta, offline(), offline(sequence=-1))) == [("0.jsonl", "unreadable", 3)]


def test_every_file_that_is_refused_is_named(tonight: Performance, marta: Phone) -> None:
    good = exported(marta, admission(reserve_and_confirm(tonight)))
    assert refused(b"", good, good[:-20], b" \n", b"x" * (MOST_BYTES + 1)) == [
        ("0.jsonl", "empty", None),
        ("2.jsonl", "cut_short", 3),
        ("3.jsonl", "empty", None),
        ("4.jsonl", "too_large", None),
    ]


def test_file_named_twice_is_refused(tonight: Performance, marta: Phone) -> None:
    file = NamedFile(name="marta.jsonl", content=exported(marta))
    with pytest.raises(DomainError, match="file_refused") as error:
        reconcile_files(files=[file, file])
    assert [one.code for one in error.value.errors] == ["twice"]


def test_file_of_an_evening_when_nothing_was_scanned(tonight: Performance, marta: Phone) -> None:
    assert [(file.scans, file.new) for file in take_in(exported(marta)).files] == [(0, 0)]
