"""`pair_device`, `list_devices` and `revoke_device`, where the transcripts do not show it."""

import json
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from azionelab.checkin import devices
from azionelab.checkin.models import DoorDevice, PairingCode
from azionelab.programme.models import Performance
from azionelab.reservations import qr
from tests.cast import make_performance, pair_phone

pytestmark = pytest.mark.django_db(transaction=True)


def run(*command: object) -> tuple[list[dict[str, object]], int]:
    out, ended = StringIO(), 0
    try:
        call_command(*map(str, command), stdout=out)
    except SystemExit as error:
        ended = int(error.code)
    return [json.loads(line) for line in out.getvalue().split("\n")[:-1]], ended


def test_code_pairs_a_phone_with_the_allowance(tonight: Performance, capsys: pytest.CaptureFixture[str]) -> None:
    [made, summary], _ended = run("pair_device", tonight.pk, "--walk-ins", 4)
    device = devices.pair_with_code(code=made["code"], name="Marta", claim=uuid4())
    assert (device.performance, device.walk_in_allowance, summary["codes"]) == (tonight, 4, 1)
    assert made["url"].endswith(f"/door/pair#{made['code'].replace('-', '')}")
    assert made["qr"] == qr.rows(made["url"])
    # It goes to standard output and nowhere else.
    assert made["url"].split("#")[1] not in capsys.readouterr().err


def test_dry_run_makes_no_code(tonight: Performance) -> None:
    [summary], ended = run("pair_device", tonight.pk, "--dry-run")
    assert (summary["codes"], ended) == (0, 0)
    assert not PairingCode.objects.exists()
    cancelled = make_performance(cancelled_at=timezone.now())
    [error], ended = run("pair_device", cancelled.pk, "--dry-run")
    assert (error["code"], ended) == ("performance_cancelled", 3)
    over = make_performance(starts_at=timezone.now() - timedelta(days=1))
    [error], ended = run("pair_device", over.pk, "--dry-run")
    assert (error["code"], ended) == ("device_expired", 3)


def test_name_that_two_phones_have_means_neither_and_their_numbers_do(tonight: Performance) -> None:
    luca, other = pair_phone(tonight, "Luca").device, pair_phone(tonight, "Luca").device
    [error], ended = run("revoke_device", tonight.pk, "luca")
    assert (ended, [problem["message"] for problem in error["errors"]]) == (2, ["1: Luca", "2: Luca"])
    assert run("revoke_device", tonight.pk, other.number)[1] == 0
    # Of two of one name, the one that was sent away is not meant any more.
    assert run("revoke_device", tonight.pk, "Luca")[0][0]["number"] == luca.number
    assert not DoorDevice.objects.filter(revoked_at=None).exists()


def test_phone_of_another_door_is_not_sent_away(tonight: Performance) -> None:
    pair_phone(make_performance(), "Luca")
    assert run("revoke_device", tonight.pk, "Luca")[1] == 2
    assert run("revoke_device", tonight.pk, "1")[1] == 2
    assert DoorDevice.objects.get().revoked_at is None


@pytest.mark.parametrize("count", [1, 30])
def test_list_takes_three_statements(tonight: Performance, django_assert_num_queries: object, count: int) -> None:
    for _ in range(count):
        pair_phone(tonight)
    with django_assert_num_queries(3):
        assert len(run("list_devices", tonight.pk)[0]) == count + 1
