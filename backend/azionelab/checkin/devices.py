"""Phones at the door: invited with a code, or paired by staff who sign in on them; renamed, sent away."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import structlog
from django.db.models import DateTimeField, ExpressionWrapper, Max, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from azionelab.checkin import tokens
from azionelab.checkin.models import DEVICE_NAME_MAX, DoorDevice, PairingCode
from azionelab.core.database import atomic_with_retry
from azionelab.core.errors import Code, DomainError, FieldError
from azionelab.programme.models import Performance
from azionelab.programme.selectors import performance_with_id
from azionelab.reservations import capacity
from azionelab.reservations.guests import RefusedError, clean_text

log = structlog.get_logger(__name__)

CODE_LIVES = timedelta(minutes=10)
SEEN_AGAIN_AFTER = timedelta(minutes=1)
MOST_WALK_INS = 1_000


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """A pairing code as it was made: the only moment at which anybody can read it."""

    performance: Performance
    code: str
    expires_at: datetime
    walk_in_allowance: int

    def __repr__(self) -> str:
        return f"Invitation(performance={self.performance.pk})"

    @property
    def shown_code(self) -> str:
        return tokens.shown_code(self.code)

    @property
    def url(self) -> str:
        return tokens.pairing_url(self.code)


def read_device_name(written: str) -> str:
    """The name that its holder gave the phone; raises `RefusedError`."""
    name = clean_text(written, DEVICE_NAME_MAX)
    if not name:
        raise RefusedError("blank", "Write a name.")
    return name


@atomic_with_retry
def make_pairing_code(*, performance_id: int, made_by_id: int | None, walk_in_allowance: int = 0) -> Invitation:
    """Makes a code for one phone, good for ten minutes, and clears away those whose time is over.

    Locks nothing that anybody waits for. Raises `not_found`, `performance_cancelled`, and `device_expired` once the
    performance is over.
    """
    performance = performance_with_id(performance_id)
    check_may_invite(performance)
    over = PairingCode.objects.select_for_update(skip_locked=True).filter(expires_at__lte=Now())
    PairingCode.objects.filter(pk__in=over.values("pk")).delete()
    code = tokens.new_pairing_code()
    made = PairingCode.objects.create(
        code_digest=tokens.pairing_code_digest(code),
        performance=performance,
        made_by_id=made_by_id,
        walk_in_allowance=walk_in_allowance,
        expires_at=ExpressionWrapper(Now() + CODE_LIVES, output_field=DateTimeField()),
    )
    made.refresh_from_db(fields=["expires_at"])
    log.info("pairing_code_made", pairing_code=made.pk, performance=performance.pk, made_by=made_by_id)
    return Invitation(
        performance=performance, code=code, expires_at=made.expires_at, walk_in_allowance=walk_in_allowance
    )


def pair_with_code(*, code: str, name: str, claim: UUID) -> DoorDevice:
    """Pairs the phone that was invited. Asking again with the same code and claim gives the same device.

    Locks: the PairingCode, then the Performance. Raises `pairing_code_invalid`, in the same words for a code that is
    unknown, too old or another phone's, and `device_expired` once the performance is over.
    """
    try:
        device = _pair_with_code(tokens.pairing_code_digest(code), name, claim)
    except DomainError as refused:
        log.warning("pairing_refused", code=str(refused.code))
        raise
    log.info("device_paired", device=str(device.pk), performance=device.performance_id)
    return device


@atomic_with_retry
def _pair_with_code(code_digest: bytes, name: str, claim: UUID) -> DoorDevice:
    invitation = lock_pairing_code(code_digest)
    if invitation is None:
        raise DomainError(Code.PAIRING_CODE_INVALID)
    if invitation.device_id is not None:
        return _paired_before(invitation.device_id, claim)
    device = _add_device(
        capacity.lock_performance(invitation.performance_id),
        name=name,
        claim=claim,
        walk_in_allowance=invitation.walk_in_allowance,
    )
    PairingCode.objects.filter(pk=invitation.pk).update(device=device)
    return device


def lock_pairing_code(code_digest: bytes) -> PairingCode | None:
    """Without its device: a joined row would be as old as the wait for the lock."""
    codes = PairingCode.objects.select_for_update(no_key=True)
    return codes.filter(code_digest=code_digest, expires_at__gt=Now()).first()


def _paired_before(device_id: UUID, claim: UUID) -> DoorDevice:
    device = _devices().get(pk=device_id)
    if device.claim != claim:
        raise DomainError(Code.PAIRING_CODE_INVALID)
    return _not_revoked(device)


@atomic_with_retry
def pair_as_staff(*, performance_id: int, name: str, claim: UUID, staff_id: int) -> DoorDevice:
    """Pairs the phone on which staff signed in. Asking again with the same claim gives the same device.

    Locks: the Performance. Raises `not_found`, `device_expired` once it is over, `device_revoked` for a claim whose
    device was sent away.
    """
    performance = capacity.lock_performance(performance_id)
    known = _devices().filter(performance=performance, claim=claim, staff_id=staff_id).first()
    if known is not None:
        return _not_revoked(known)
    device = _add_device(performance, name=name, claim=claim, staff_id=staff_id)
    log.info("device_paired", device=str(device.pk), performance=performance.pk, staff=staff_id)
    return device


def rename(*, device: DoorDevice, name: str) -> DoorDevice:
    """What was scanned under the old name keeps it."""
    DoorDevice.objects.filter(pk=device.pk).update(name=name)
    device.name = name
    return device


def revoke(*, device_id: UUID) -> bool:
    """Sends a device away from the door, at once; True when it was not gone already."""
    revoked = DoorDevice.objects.filter(pk=device_id, revoked_at__isnull=True).update(revoked_at=Now())
    if revoked:
        log.info("device_revoked", device=str(device_id))
    return bool(revoked)


def phones_of(*, staff_id: int) -> list[DoorDevice]:
    """Those that an account was signed in on, and that are still welcome at their door."""
    phones = _devices().filter(staff_id=staff_id, revoked_at__isnull=True).order_by("paired_at")
    return [phone for phone in phones if phone.valid_until > timezone.now()]


def device_named(performance: Performance, name: str) -> DoorDevice:
    """The one phone at this door with that number or, when it is no number, that name; those still welcome first.

    Raises `not_found`, and `validation_failed` with code `ambiguous` for a name that several have.
    """
    rows = _devices().filter(performance=performance).order_by("number")
    if name.isascii() and name.isdigit():
        found = [device for device in rows if str(device.number) == name.lstrip("0")]
    else:
        found = [device for device in rows if device.name.casefold() == name.strip().casefold()]
        found = [device for device in found if device.revoked_at is None] or found[:1]
    if not found:
        raise DomainError(Code.NOT_FOUND, f"No phone at this door is {name!r}. Name it by its number or its name.")
    if len(found) > 1:
        candidates = [
            FieldError(field="device", code="ambiguous", message=f"{device.number}: {device.name}") for device in found
        ]
        raise DomainError(
            Code.VALIDATION_FAILED,
            f"{name!r} means more than one phone. Use the number of the one you mean.",
            errors=candidates,
        )
    return found[0]


def note_seen(device: DoorDevice) -> None:
    """Keeps when the device was last there, at most once a minute: hardly a reading or a scan writes it."""
    a_while_ago = timezone.now() - SEEN_AGAIN_AFTER
    if device.last_seen_at is None or device.last_seen_at < a_while_ago:
        unseen = Q(last_seen_at__isnull=True) | Q(last_seen_at__lt=a_while_ago)
        DoorDevice.objects.filter(unseen, pk=device.pk).update(last_seen_at=timezone.now())


def _devices() -> QuerySet[DoorDevice]:
    return DoorDevice.objects.select_related("performance__show", "performance__venue", "staff")


def _add_device(
    performance: Performance, *, name: str, claim: UUID, staff_id: int | None = None, walk_in_allowance: int = 0
) -> DoorDevice:
    """Under the performance's lock, which makes the next number nobody else's."""
    _check_not_over(performance)
    device_id = uuid4()
    return DoorDevice.objects.create(
        pk=device_id,
        performance=performance,
        number=_next_number(performance),
        name=name,
        token_digest=tokens.device_token_digest(tokens.device_token(device_id, claim)),
        claim=claim,
        staff_id=staff_id,
        walk_in_allowance=walk_in_allowance,
    )


def _next_number(performance: Performance) -> int:
    last = DoorDevice.objects.filter(performance=performance).aggregate(Max("number"))["number__max"]
    return int(last or 0) + 1


def bring_back(device: DoorDevice) -> None:
    """Saves a phone that the database lost, so that its scans have somebody to belong to; its token opens nothing.

    The caller holds the Performance's lock, as for every new number.
    """
    lost = DoorDevice.objects.filter(pk=device.pk)
    if lost.exists():
        return
    device.number = _next_number(device.performance)
    device.claim = uuid4()
    device.token_digest = tokens.device_token_digest(tokens.device_token(device.pk, device.claim))
    paired_at = device.paired_at
    device.save(force_insert=True)
    # It was paired before this moment, and nothing it did counts as earlier than that.
    device.paired_at = paired_at
    lost.update(paired_at=paired_at)
    log.info("device_brought_back", device=str(device.pk), performance=device.performance_id)


def check_may_invite(performance: Performance) -> None:
    """Raises `performance_cancelled` and `device_expired`.

    Who was invited before it was cancelled still comes to the door, which tells whoever stands there.
    """
    if performance.cancelled_at is not None:
        raise DomainError(Code.PERFORMANCE_CANCELLED, "This performance is cancelled: nobody is let in at its door.")
    _check_not_over(performance)


def _check_not_over(performance: Performance) -> None:
    if DoorDevice(performance=performance).valid_until <= timezone.now():
        raise DomainError(Code.DEVICE_EXPIRED, "This performance is over.")


def _not_revoked(device: DoorDevice) -> DoorDevice:
    if device.revoked_at is not None:
        raise DomainError(Code.DEVICE_REVOKED)
    return device
