"""Two phones with one code, one phone that asks twice, and many that want a number."""

from uuid import uuid4

import pytest
from django.db.models import QuerySet

from azionelab.checkin import devices, tokens
from azionelab.checkin.models import DoorDevice, PairingCode
from azionelab.core.errors import Code, DomainError
from azionelab.programme.models import Performance
from azionelab.reservations import capacity
from tests.cast import make_performance, make_staff
from tests.concurrency.runner import NOBODY_WILL_COME, THEY_WILL_COME, Rendezvous, run_at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


@pytest.fixture
def code(db: None) -> str:
    return devices.make_pairing_code(performance_id=make_performance().pk, made_by_id=None).code


def crowd_the_code(monkeypatch: pytest.MonkeyPatch, patience: float) -> None:
    """Makes both phones hold the code before either is paired, where that can be."""
    together, look = Rendezvous(2, patience), devices.lock_pairing_code

    def lock_pairing_code(code_digest: bytes) -> PairingCode | None:
        found = look(code_digest)
        together()
        return found

    monkeypatch.setattr(devices, "lock_pairing_code", lock_pairing_code)


def pair_two(code: str) -> list[object]:
    return run_at_once([lambda: devices.pair_with_code(code=code, name="Marta", claim=uuid4())] * 2)


def unlocked_code(code_digest: bytes) -> PairingCode | None:
    return PairingCode.objects.filter(code_digest=code_digest).first()


def test_code_without_lock_pairs_two_phones(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    monkeypatch.setattr(devices, "lock_pairing_code", unlocked_code)
    crowd_the_code(monkeypatch, THEY_WILL_COME)
    pair_two(code)
    assert DoorDevice.objects.count() == 2


def test_code_opened_by_two_phones_pairs_one(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    crowd_the_code(monkeypatch, NOBODY_WILL_COME)
    results = pair_two(code)
    [refused] = [result for result in results if isinstance(result, DomainError)]
    assert refused.code == Code.PAIRING_CODE_INVALID
    assert DoorDevice.objects.count() == 1


def test_phone_that_asks_ten_times_at_once_is_one_device(code: str) -> None:
    claim = uuid4()
    results = run_at_once([lambda: devices.pair_with_code(code=code, name="Marta", claim=claim)] * 10)
    assert {tokens.device_token(device.pk, device.claim) for device in results} == {
        tokens.device_token(DoorDevice.objects.get().pk, claim)
    }


def register(performance: Performance, staff_id: int, count: int) -> list[object]:
    return run_at_once([
        lambda: devices.pair_as_staff(performance_id=performance.pk, name="x", claim=uuid4(), staff_id=staff_id)
    ] * count)  # fmt: skip


def test_phones_that_come_at_once_without_lock_want_one_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the database would refuse the second, and the phone would have to ask again."""
    together = Rendezvous(2, THEY_WILL_COME)

    def unlocked(performance_id: int) -> Performance:
        return Performance.objects.select_related("show", "venue").get(pk=performance_id)

    aggregate = QuerySet.aggregate

    def count_together(self: QuerySet, *args: object, **kwargs: object) -> dict[str, object]:
        counted = aggregate(self, *args, **kwargs)
        if self.model is DoorDevice:
            together()
        return counted

    monkeypatch.setattr(capacity, "lock_performance", unlocked)
    monkeypatch.setattr(QuerySet, "aggregate", count_together)
    results = register(make_performance(), make_staff().pk, 2)
    assert sum(isinstance(result, DoorDevice) for result in results) == 1


def test_phones_that_come_at_once_have_each_a_number() -> None:
    results = register(make_performance(), make_staff().pk, 12)
    assert sorted(device.number for device in results) == list(range(1, 13))
    assert list(DoorDevice.objects.values_list("number", flat=True)) == list(range(1, 13))


def test_staff_phone_that_asks_ten_times_at_once_is_one_device() -> None:
    performance, staff, claim = make_performance(), make_staff(), uuid4()
    run_at_once([
        lambda: devices.pair_as_staff(performance_id=performance.pk, name="x", claim=claim, staff_id=staff.pk)
    ] * 10)  # fmt: skip
    assert DoorDevice.objects.get().claim == claim


def test_codes_made_at_once_clear_old_ones_away_without_waiting_for_each_other() -> None:
    performance = make_performance()
    for _ in range(5):
        devices.make_pairing_code(performance_id=performance.pk, made_by_id=None)
    PairingCode.objects.update(expires_at="2020-01-01T00:00Z")
    results = run_at_once([
        lambda: devices.make_pairing_code(performance_id=performance.pk, made_by_id=None)
    ] * 8)  # fmt: skip
    assert len({made.code for made in results}) == PairingCode.objects.count() == 8
