"""What is kept of guests, for how long, and how a reservation forgets whom it was for.

An erased reservation keeps its seats, its times and its slot at the door: evenings still add up. Its name is a dash,
its links and its QR code open nothing, and mails that wait are withdrawn. `azionelab.checkin.privacy` calls this
together with what the door knows.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, Max, Q
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Greatest, Now
from django.utils.crypto import salted_hmac

from azionelab.core.database import atomic_with_retry
from azionelab.core.errors import FieldError, validation_failed
from azionelab.reservations import capacity
from azionelab.reservations.guests import RefusedError, read_email
from azionelab.reservations.models import EmailState, Erasure, OutboundEmail, Reservation, ReservationToken, Status

T = TypeVar("T")
# Stands where a name was, in every list and on every page.
ERASED_NAME = "—"
# Rows that one transaction changes, addresses that are looked at together.
BATCH, ADDRESSES_AT_ONCE = 500, 2_000
DIGEST_BYTES = 32
_SALT = "azionelab.privacy.erasure"


@dataclass(frozen=True, kw_only=True)
class Erased:
    """What one erasure changed. The reservations are as they were before, `cancelled` are the ids of some of them."""

    reservations: Sequence[Reservation]
    cancelled: frozenset[int]
    emails_withdrawn: int
    links_revoked: int


@dataclass(frozen=True, kw_only=True)
class Cleared:
    """How many reservations are gone, and how many had to stay without their guest."""

    deleted: int = 0
    erased: int = 0


def read_address(written: str) -> str:
    """An address as the site stores it; raises `validation_failed`."""
    try:
        return read_email(written)
    except RefusedError as error:
        raise validation_failed(FieldError(field="email", code=error.code, message=error.message)) from None


def in_batches(items: Sequence[T], size: int = BATCH) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


# How long -----------------------------------------------------------------------------------------------------------


def guests_kept_until(reservation: Reservation) -> datetime:
    """When the sweep takes what this reservation says of its guest. It has its performance with it."""
    if reservation.confirmed_at is None:
        made_long_ago = reservation.created_at + timedelta(hours=settings.PENDING_KEPT_HOURS)
        return max(made_long_ago, reservation.hold_expires_at)
    return reservation.performance.starts_at + timedelta(days=settings.GUESTS_KEPT_DAYS)


def never_confirmed() -> Q:
    """Nobody ever said yes, and the time in which they could have is over; cancelled ones too."""
    made_before = Now() - timedelta(hours=settings.PENDING_KEPT_HOURS)
    return Q(confirmed_at=None, created_at__lt=made_before, hold_expires_at__lte=Now())


def long_played() -> Q:
    """Confirmed once, for a performance whose guests are not needed any more; not erased yet."""
    return Q(erased_at=None, confirmed_at__isnull=False, performance__starts_at__lt=played_before())


def played_before() -> CombinedExpression:
    """The database's time, less the days that guests are kept."""
    return Now() - timedelta(days=settings.GUESTS_KEPT_DAYS)


# Forgetting ---------------------------------------------------------------------------------------------------------


def lock_reservations(wanted: Q) -> list[Reservation]:
    """Locks the reservations by id, with performance, show and venue; those that are erased are left out."""
    return list(
        Reservation.objects.select_for_update(of=("self",), no_key=True)
        # Not in the same statement: whoever waited while one was moved would join the old performance, and miss it.
        .prefetch_related("performance__show", "performance__venue")
        .filter(wanted, erased_at=None)
        .order_by("pk")
    )


def erase(reservations: Sequence[Reservation]) -> Erased:
    """Forgets whom these reservations were for; those for a performance to come are cancelled, without a mail.

    The caller has locked them (`lock_reservations`) in its transaction. The idempotency key stays: the same request
    sent once more must not bring the guest back.
    """
    ids = [reservation.pk for reservation in reservations]
    rows = Reservation.objects.filter(pk__in=ids)
    cancelled = list(rows.filter(cannot_come()).values_list("pk", flat=True))
    rows.filter(pk__in=cancelled).update(status=Status.CANCELLED, cancelled_at=Now())
    rows.update(name=ERASED_NAME, email="", phone="", notes="", request_digest=b"", erased_at=Now())
    revoked = ReservationToken.objects.filter(reservation__in=ids, revoked_at=None).update(revoked_at=Now())
    waiting = OutboundEmail.objects.filter(reservation__in=ids, state=EmailState.QUEUED)
    return Erased(
        reservations=reservations,
        cancelled=frozenset(cancelled),
        emails_withdrawn=waiting.update(state=EmailState.WITHDRAWN),
        links_revoked=revoked,
    )


def cannot_come() -> Q:
    """Without a name, a link and a QR code nobody can come; whoever is in already is in."""
    return capacity.HOLDS_SEATS & Q(admitted_since=None, performance__starts_at__gt=Now())


# Those that were never confirmed ------------------------------------------------------------------------------------


@atomic_with_retry
def clear_unconfirmed(*, performance_id: int, ids: Sequence[int], recorded: Exists) -> Cleared:
    """Deletes those of these reservations of a performance that are still unconfirmed, with tokens and mails.

    What the door has on its record (`recorded`) cannot be deleted: such a row loses its guest instead.

    Locks: the Performance, the Reservations by id.
    """
    performance = capacity.lock_performance(performance_id)
    # Not `no_key`: nobody may write a scan of a row that is about to go. Whoever confirmed it first has kept it.
    locked = Reservation.objects.select_for_update(of=("self",)).filter(never_confirmed(), pk__in=ids)
    held = list(locked.filter(performance=performance).order_by("pk").values_list("pk", flat=True))
    staying = set(Reservation.objects.filter(recorded, pk__in=held).values_list("pk", flat=True))
    going = Reservation.objects.filter(pk__in=set(held) - staying)
    highest = going.aggregate(slot=Max("slot"))["slot"]
    if highest is not None:
        # Phones at the door call reservations by their slots: none is ever given again.
        type(performance).objects.filter(pk=performance_id).update(gone_slots=Greatest(F("gone_slots"), highest + 1))
        going.delete()
    Reservation.objects.filter(pk__in=staying, status=Status.PENDING).update(status=Status.EXPIRED)
    erased = erase(lock_reservations(Q(pk__in=staying)))
    return Cleared(deleted=len(held) - len(staying), erased=len(erased.reservations))


# Remembering --------------------------------------------------------------------------------------------------------


def digest_of(email: str) -> bytes:
    """Of a normalised address. Without SECRET_KEY nobody can try addresses against it."""
    return salted_hmac(_SALT, email, algorithm="sha256").digest()


def remember(email: str) -> None:
    """Notes that this address is erased now; the caller has done it in the same transaction."""
    _write_erasures([Erasure(digest=digest_of(email), erased_at=Now())])


def erased_at(email: str) -> datetime | None:
    """When a guest with this normalised address was last erased on request."""
    return Erasure.objects.filter(digest=digest_of(email)).values_list("erased_at", flat=True).first()


def erasures() -> Iterator[tuple[bytes, datetime]]:
    """All that is remembered, the oldest first."""
    for digest, at in Erasure.objects.order_by("erased_at", "pk").values_list("digest", "erased_at").iterator():
        yield bytes(digest), at


@atomic_with_retry
def add_erasures(erasures: Mapping[bytes, datetime], *, dry_run: bool = False) -> int:
    """Takes in what another database remembered, all or nothing; gives how many were new here, or later than known."""
    changed = 0
    for digests in in_batches(list(erasures), ADDRESSES_AT_ONCE):
        known = dict(Erasure.objects.filter(digest__in=digests).values_list("digest", "erased_at"))
        at_least = {bytes(digest): erased_at for digest, erased_at in known.items()}
        later = [digest for digest in digests if digest not in at_least or at_least[digest] < erasures[digest]]
        _write_erasures([Erasure(digest=digest, erased_at=erasures[digest]) for digest in later])
        changed += len(later)
    if dry_run:
        transaction.set_rollback(True)
    return changed


def _write_erasures(rows: list[Erasure]) -> None:
    Erasure.objects.bulk_create(rows, update_conflicts=True, unique_fields=["digest"], update_fields=["erased_at"])


def returned() -> Iterator[tuple[str, datetime]]:
    """Addresses that were erased and have reservations from before that again, as a restored backup brings them.

    Whoever was erased and reserved anew is a guest like any other: only what is older than the erasure counts. Looks at
    all addresses, a few thousand at a time.
    """
    last, more = "", Erasure.objects.exists()
    while more:
        addresses = _next_addresses(last)
        by_digest = {digest_of(address): address for address in addresses}
        for digest, erased_at in Erasure.objects.filter(digest__in=by_digest).values_list("digest", "erased_at"):
            address = by_digest[bytes(digest)]
            if Reservation.objects.filter(back_from_before(address, erased_at)).exists():
                yield address, erased_at
        last, more = addresses[-1] if addresses else last, bool(addresses)


def back_from_before(email: str, erased_at: datetime) -> Q:
    return Q(email=email, erased_at=None, created_at__lte=erased_at)


def _next_addresses(last: str) -> list[str]:
    rows = Reservation.objects.filter(email__gt=last, erased_at=None).order_by("email")
    return list(rows.values_list("email", flat=True).distinct()[:ADDRESSES_AT_ONCE])
