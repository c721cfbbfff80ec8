"""`reconcile_scans`: what comes over standard input, and what an evening costs."""

import io
import json
import sys
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from azionelab.checkin import tokens
from azionelab.checkin.imported_files import MOST_BYTES
from azionelab.checkin.models import CheckIn, Conflict, Scan
from azionelab.programme.models import Performance
from azionelab.reservations.models import Reservation
from tests.cast import make_performance, pair_phone
from tests.checkin.door_vectors import export_lines
from tests.checkin.offline import as_sent, offline
from tests.commands.test_export_guests import fill

pytestmark = pytest.mark.django_db


def reconcile(monkeypatch: pytest.MonkeyPatch, sent: bytes, *options: str) -> tuple[list[dict[str, Any]], int]:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(sent)))
    out, ended = io.StringIO(), 0
    try:
        call_command("reconcile_scans", *options, stdout=out)
    except SystemExit as stopped:
        ended = int(stopped.code or 0)
    return [json.loads(line) for line in out.getvalue().split("\n")[:-1]], ended


def announced(*sizes: object) -> bytes:
    return json.dumps({"files": [{"name": f"{n}.csv", "size": size} for n, size in enumerate(sizes)]}).encode() + b"\n"


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\n",
        b"[]\n",
        b'{"files": []}\n',
        b'{"files": [7]}\n',
        announced("many"),
        announced(-1),
        announced(4) + b"abc",
        announced(2, 2) + b"abc",
        announced(2) + b"abc",
        announced(*[0] * 101),
        announced(MOST_BYTES * 2) + b"abc",
    ],
)
def test_input_that_did_not_get_through_whole_is_refused(monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    [error], ended = reconcile(monkeypatch, sent)
    assert (error["code"], ended) == ("malformed_request", 2)


def test_file_that_is_too_large_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    [error], ended = reconcile(monkeypatch, announced(MOST_BYTES + 5) + b"x" * (MOST_BYTES + 5))
    assert ([one["code"] for one in error["errors"]], ended) == (["too_large"], 3)


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "a\x00b"])
def test_list_needs_a_name_that_can_be_read(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    [error], ended = reconcile(monkeypatch, announced(1) + b"x", "--list", name)
    assert (error["code"], ended) == ("validation_failed", 2)


def test_ten_thousand_scans_take_few_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of them let in those whom another phone has let in already. How long it takes: `bench_commands.py`."""
    sent = an_evening()
    with CaptureQueriesContext(connection) as captured:
        lines, ended = reconcile(monkeypatch, sent)
    assert (ended, Scan.objects.count(), CheckIn.objects.count(), Conflict.objects.count()) == (0, 10_000, 5_000, 5_000)
    assert [line["done"] for line in lines if line["type"] == "progress"][-1] == 10_000
    # 81 when this was written: a few for each chunk of scans, none for each scan.
    assert len(captured) < 100
    lines, _ended = reconcile(monkeypatch, sent)
    assert (lines[-1]["new"], lines[-1]["conflicts_opened"]) == (0, 0)


def an_evening() -> bytes:
    """Five thousand parties whom both of two phones have let in, as `azione` sends their files."""
    performance = make_performance(capacity=6_000)
    fill(performance, 5_000)
    files = [export(performance, name, minute) for minute, name in enumerate(["Marta", "Ugo"])]
    return announced(*map(len, files)) + b"".join(files)


def export(performance: Performance, name: str, minute: int) -> bytes:
    device = pair_phone(performance, name).device
    at = timezone.now() - timedelta(hours=1) + timedelta(minutes=minute)
    references = Reservation.objects.filter(performance=performance).values_list("reference", flat=True)
    scans = [
        {"type": "scan", **as_sent(offline(scan_id=uuid4(), reference=reference, scanned_at=at, sequence=number))}
        for number, reference in enumerate(references)
    ]
    header = {"v": 1, "type": "header", "performance": performance.pk, "device": str(device.pk), "scans": len(scans)}
    records = [header, *scans, {"type": "end", "scans": len(scans)}]
    return "".join(f"{line}\n" for line in export_lines(records, tokens.device_key(device.pk))).encode()
