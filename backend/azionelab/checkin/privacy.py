"""Forgetting people: one who asks, and everybody once the time is over. Counts stay.

Small transactions one after the other: it can be stopped and started again at any time, beside running reservations.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from operator import itemgetter

import structlog
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from azionelab.checkin.models import Conflict, Scan
from azionelab.core.database import atomic_with_retry
from azionelab.reservations import privacy
from azionelab.reservations.models import Reservation
from azionelab.reservations.privacy import BATCH, Erased

log = structlog.get_logger(__name__)

ERASED_WORDS = "—"
# A failed sign-in counts for minutes; its user name and its IP address are not needed longer than this.
SIGN_INS_KEPT = timedelta(days=1)
# A scan is evidence: the database does not let its reservation go.
RECORDED = Exists(Scan.objects.filter(reservation=OuterRef("pk")))

Told = Callable[[int, int], None]


@dataclass(kw_only=True)
class Swept:
    """What a sweep did, or would do. Reservations, but for the last three."""

    deleted: int = 0
    # Never confirmed either, but on the door's record.
    stripped: int = 0
    erased: int = 0
    erased_again: int = 0
    cancelled: int = 0
    door_notes: int = 0
    sign_in_attempts: int = 0
    sessions: int = 0

    @property
    def reservations(self) -> int:
        return self.deleted + self.stripped + self.erased + self.erased_again


# One person ---------------------------------------------------------------------------------------------------------


@atomic_with_retry
def erase_person(*, email: str, dry_run: bool = False) -> Erased:
    """Forgets the guest with this normalised address, all or nothing, and remembers having done so.

    Locks: the Reservations by id.
    """
    erased = _erase_locked(Q(email=email))
    if erased.reservations:
        privacy.remember(email)
    if dry_run:
        transaction.set_rollback(True)
    else:
        log.info("person_erased", reservations=len(erased.reservations), cancelled=len(erased.cancelled))
    return erased


@atomic_with_retry
def _erase(wanted: Q) -> Erased:
    return _erase_locked(wanted)


def _erase_locked(wanted: Q) -> Erased:
    """With what the door wrote down about them."""
    erased = privacy.erase(privacy.lock_reservations(wanted))
    ids = [reservation.pk for reservation in erased.reservations]
    _forget_words(Q(reservation__in=ids))
    return erased


# Everybody ----------------------------------------------------------------------------------------------------------


def due() -> Swept:
    """What a sweep would do now. Writes nothing."""
    unconfirmed = Reservation.objects.filter(privacy.never_confirmed())
    # In the order of a sweep, each reservation counts once: the first rule that meets it takes it.
    rest = Reservation.objects.filter(~privacy.never_confirmed())
    again = [rest.filter(privacy.back_from_before(*found)) for found in privacy.returned()]
    scans, conflicts = _worded(_long_over())
    return Swept(
        deleted=unconfirmed.filter(~Q(RECORDED)).count(),
        stripped=unconfirmed.filter(RECORDED, erased_at=None).count(),
        erased=rest.filter(privacy.long_played()).count()
        - sum(rows.filter(privacy.long_played()).count() for rows in again),
        erased_again=sum(rows.count() for rows in again),
        cancelled=sum(rows.filter(privacy.cannot_come()).count() for rows in again),
        door_notes=scans.count() + conflicts.count(),
        sign_in_attempts=_old_sign_ins().count(),
        sessions=_ended_sessions().count(),
    )


def sweep(*, told: Told = lambda done, total: None) -> Swept:
    """Deletes what was never confirmed, forgets the guests of long ago and whoever came back with a restored backup.

    Locks, batch by batch: the Performance, the Reservations by id.
    """
    done = _Progress(told, due().reservations)
    _clear_unconfirmed(done)
    # Before the guests of long ago: of those nobody would see that they had been erased before.
    _erase_returned(done)
    _erase_long_played(done)
    swept = done.swept
    swept.door_notes = _forget_door_notes()
    swept.sign_in_attempts, _by_model = _old_sign_ins().delete()
    swept.sessions, _by_model = _ended_sessions().delete()
    log.info("privacy_swept", **vars(swept))
    return swept


@dataclass
class _Progress:
    told: Told
    total: int
    swept: Swept = field(default_factory=Swept)

    def add(self, **counts: int) -> None:
        for name, count in counts.items():
            setattr(self.swept, name, getattr(self.swept, name) + count)
        # Guests may have come while it went on.
        self.total = max(self.total, self.swept.reservations)
        self.told(self.swept.reservations, self.total)


def _clear_unconfirmed(done: _Progress) -> None:
    clearable = Reservation.objects.filter(privacy.never_confirmed()).filter(~Q(RECORDED) | Q(erased_at=None))
    for rows in _batches(clearable):
        by_performance = sorted((performance_id, pk) for pk, performance_id in rows)
        for performance_id, group in groupby(by_performance, key=itemgetter(0)):
            ids = [pk for _performance_id, pk in group]
            cleared = privacy.clear_unconfirmed(performance_id=performance_id, ids=ids, recorded=RECORDED)
            done.add(deleted=cleared.deleted, stripped=cleared.erased)


def _erase_long_played(done: _Progress) -> None:
    for rows in _batches(Reservation.objects.filter(privacy.long_played())):
        erased = _erase(Q(pk__in=[pk for pk, _performance_id in rows]))
        done.add(erased=len(erased.reservations))


def _erase_returned(done: _Progress) -> None:
    for email, erased_at in privacy.returned():
        erased = _erase(privacy.back_from_before(email, erased_at))
        done.add(erased_again=len(erased.reservations), cancelled=len(erased.cancelled))


def _batches(reservations: QuerySet[Reservation]) -> Iterator[list[tuple[int, int]]]:
    """Ids with their performances', in order; each batch is read when the one before it is done."""
    last, rows = 0, reservations.order_by("pk").values_list("pk", "performance_id")
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        yield batch
        last = batch[-1][0]


# What else names people ---------------------------------------------------------------------------------------------


def _long_over() -> Q:
    return Q(performance__starts_at__lt=privacy.played_before())


def _worded(wanted: Q) -> tuple[QuerySet[Scan], QuerySet[Conflict]]:
    """Reasons and notes that somebody wrote at the door or afterwards, and that may name a guest."""
    scans = Scan.objects.filter(wanted).exclude(reason__in=("", ERASED_WORDS))
    return scans, Conflict.objects.filter(wanted).exclude(note__in=("", ERASED_WORDS))


def _forget_words(wanted: Q) -> int:
    scans, conflicts = _worded(wanted)
    return scans.update(reason=ERASED_WORDS) + conflicts.update(note=ERASED_WORDS)


def _forget_door_notes() -> int:
    forgotten = 0
    for rows in _worded(_long_over()):
        while ids := list(rows.values_list("pk", flat=True)[:BATCH]):
            forgotten += _forget_words_of(rows.model, ids)
    return forgotten


def _forget_words_of(model: type[Scan | Conflict], ids: list[int]) -> int:
    column = "reason" if model is Scan else "note"
    return model.objects.filter(pk__in=ids).update(**{column: ERASED_WORDS})


def _old_sign_ins() -> QuerySet[AccessAttempt]:
    attempts: QuerySet[AccessAttempt] = AccessAttempt.objects.filter(attempt_time__lt=Now() - SIGN_INS_KEPT)
    return attempts


def _ended_sessions() -> QuerySet[Session]:
    return Session.objects.filter(expire_date__lt=Now())
