"""Many mails at once: all that are due, or those that somebody wants sent again.

Asking for mails again makes a run: its rows are written in one transaction and sent one by one afterwards. The same
words asked again, while the run is unfinished, go on with it; so nobody is written to twice however often it is
stopped. (`docs/decisions/0014-a-mailing-is-rows-first.md` has the reasons.)
"""

import hashlib
import json
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from threading import Event
from time import monotonic
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Now
from django.utils import timezone

from azionelab.core.clock import theatre_time
from azionelab.core.database import atomic_with_retry
from azionelab.reservations import capacity, delivery
from azionelab.reservations.models import EmailRun, EmailState, OutboundEmail, Reservation
from azionelab.reservations.services import present_kind

Told = Callable[[int, int], None]
# With fewer, one address that upsets the server would end a run; with more, a dead server is tried for minutes.
MOST_SERVER_FAILURES = 3
A_DAY = timedelta(days=1)
# What a mail's state is called where people read and type it.
STATES_IN_WORDS = {
    EmailState.QUEUED: "waiting",
    EmailState.SENT: "sent",
    EmailState.FAILED: "refused",
    EmailState.WITHDRAWN: "withdrawn",
}


class Stopped(StrEnum):
    """Why a sending ended before its end."""

    ASKED = "asked"
    SERVER = "server"


# Sending ------------------------------------------------------------------------------------------------------------


def send_each(
    ids: Sequence[int], *, rate: float, told: Told = lambda done, total: None, stop: Event | None = None
) -> Stopped | None:
    """Sends these mails one after the other, at most `rate` a minute, those at which the server failed once more.

    Goes on after a failure. Ends early when `stop` is set, between two mails, or when the mail server fails several
    times in a row. Never raises for trouble with mail: each row says what became of it.
    """
    round_ = delivery.Round()
    try:
        return _send_each(ids, round_, _Pace(rate, stop or Event()), told)
    finally:
        round_.end()


def _send_each(ids: Sequence[int], round_: delivery.Round, pace: "_Pace", told: Told) -> Stopped | None:
    failed: list[int] = []
    failures_in_a_row = 0
    for done, pk in enumerate(ids):
        if not pace.wait():
            return Stopped.ASKED
        if round_.send(pk):
            failures_in_a_row = 0
        else:
            failed.append(pk)
            failures_in_a_row += 1
            if failures_in_a_row >= MOST_SERVER_FAILURES:
                return Stopped.SERVER
        told(done + 1, len(ids))
    return _send_once_more(failed, round_, pace)


def _send_once_more(ids: Sequence[int], round_: delivery.Round, pace: "_Pace") -> Stopped | None:
    """Those at which the server failed; it has had its chance when it fails again at all of them."""
    gone = 0
    for pk in ids:
        if not pace.wait():
            return Stopped.ASKED
        gone += round_.send(pk)
    return Stopped.SERVER if ids and not gone else None


class _Pace:
    """So many a minute, evenly; what took long is not made up for, as a relay counts what comes together."""

    def __init__(self, rate: float, stop: Event) -> None:
        self._seconds = 60 / rate
        self._stop = stop
        self._next = monotonic()

    def wait(self) -> bool:
        """Waits for the next turn; False as soon as it is to stop."""
        if self._stop.wait(max(0.0, self._next - monotonic())):
            return False
        self._next = monotonic() + self._seconds
        return True


# Which mails --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Whose mail is to be sent again: live reservations of performances to come to which all that is given applies.

    `state` is the state of their newest mail, `since` a time after which that was written.
    """

    references: tuple[str, ...] = ()
    performance_id: int | None = None
    state: EmailState | None = None
    since: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """The words by which the run is found again."""
        return {
            "references": sorted(self.references),
            "performance": self.performance_id,
            "state": self.state and str(self.state),
            "since": self.since and self.since.astimezone(UTC).isoformat(),
        }

    def reservations(self) -> QuerySet[Reservation]:
        newest = OutboundEmail.objects.filter(reservation=OuterRef("pk")).order_by("-id")
        rows = (
            Reservation.objects.filter(
                capacity.HOLDS_SEATS,
                performance__starts_at__gt=Now(),
                performance__cancelled_at__isnull=True,
            )
            .exclude(email="")
            .annotate(
                newest_state=Subquery(newest.values("state")[:1]), newest_at=Subquery(newest.values("created_at")[:1])
            )
        )
        if self.references:
            rows = rows.filter(reference__in=self.references)
        if self.performance_id is not None:
            rows = rows.filter(performance_id=self.performance_id)
        if self.state is not None:
            rows = rows.filter(newest_state=self.state)
        if self.since is not None:
            rows = rows.filter(newest_at__gte=self.since)
        return rows.select_related("performance__show", "performance__venue").order_by("performance__starts_at", "id")


@dataclass(frozen=True, kw_only=True)
class Unfinished:
    """A run that was stopped, or is at work at this moment; `resume` is the line that goes on with it."""

    begun_at: datetime
    left: int
    is_at_work: bool
    resume: str


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a run still has to send, and since when it is at work where it had begun before."""

    reservations: Sequence[Reservation]
    email_ids: Sequence[int]
    begun_at: datetime | None
    sent_before: int
    run_id: int | None = None


@atomic_with_retry
def prepare_run(selection: Selection, *, again: bool = False, dry_run: bool = False) -> Run:
    """Goes on with the run of the same words, or begins one; with `again`, always begins one.

    A run that is finished has nothing left to send; for a day it stands in the way of another one all the same, as
    whoever repeats a line may only not have seen its end.

    Two who ask at the same moment get the same run: an advisory lock lets one in after the other.
    """
    _lock(selection)
    run = None if again else _found(selection)
    prepared = _begin(selection) if run is None else _go_on(run, selection)
    if dry_run:
        transaction.set_rollback(True)
    return prepared


def _lock(selection: Selection) -> None:
    words = json.dumps(selection.as_json(), sort_keys=True).encode()
    key = int.from_bytes(hashlib.sha256(b"emails resend" + words).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


_LEFT = Q(state__in=(EmailState.QUEUED, EmailState.FAILED))


def _found(selection: Selection) -> EmailRun | None:
    """Only the newest counts: whoever began another one since has given the older ones up."""
    run = EmailRun.objects.filter(selection=selection.as_json()).order_by("-id").first()
    if run is None:
        return None
    is_new = run.made_at > timezone.now() - A_DAY
    return run if is_new or run.emails.filter(_LEFT).exists() else None


def _go_on(run: EmailRun, selection: Selection) -> Run:
    """What is left of it, and whoever is meant by its words since then.

    What was refused is tried again as well: its address may have been mended.
    """
    run.emails.filter(state=EmailState.FAILED).update(state=EmailState.QUEUED, attempts=0)
    delivery.withdraw_untrue(run.emails.all())
    left = list(run.emails.filter(_LEFT).select_related(*delivery.WITH_ALL_IT_TELLS).order_by("pk"))
    added = _add_to(run, selection)
    return Run(
        run_id=run.pk,
        reservations=[email.reservation for email in [*left, *added]],
        email_ids=[email.pk for email in [*left, *added]],
        begun_at=run.made_at,
        sent_before=run.emails.filter(state=EmailState.SENT).count(),
    )


def _begin(selection: Selection) -> Run:
    run = EmailRun.objects.create(selection=selection.as_json())
    made = _add_to(run, selection)
    return Run(
        run_id=run.pk,
        reservations=[email.reservation for email in made],
        email_ids=[email.pk for email in made],
        begun_at=None,
        sent_before=0,
    )


def _add_to(run: EmailRun, selection: Selection) -> list[OutboundEmail]:
    """A mail for each guest who is meant and has none by this run."""
    meant = selection.reservations().exclude(emails__run=run)
    reservations = list(meant.select_for_update(of=("self",), no_key=True))
    on_their_way = _take_over_waiting(run, reservations)
    return OutboundEmail.objects.bulk_create(
        OutboundEmail(reservation=row, kind=present_kind(row), run=run)
        for row in reservations
        if row.pk not in on_their_way
    )


def _take_over_waiting(run: EmailRun, reservations: Sequence[Reservation]) -> set[int]:
    """What waits already would be a second mail beside the run's own, and is withdrawn.

    What is being sent at this moment becomes the run's; gives the reservations of those.
    """
    kinds = {present_kind(row) for row in reservations}
    waiting = OutboundEmail.objects.filter(reservation__in=reservations, kind__in=kinds, state=EmailState.QUEUED)
    # Locked first: whoever claims a mail now waits, and then finds it withdrawn.
    rows = list(
        waiting.order_by("pk").select_for_update(no_key=True).values_list("pk", "reservation_id", "lease_expires_at")
    )
    now = timezone.now()
    leased = {pk: reservation_id for pk, reservation_id, until in rows if until is not None and until > now}
    OutboundEmail.objects.filter(pk__in=[pk for pk, *_rest in rows if pk not in leased]).update(
        state=EmailState.WITHDRAWN
    )
    OutboundEmail.objects.filter(pk__in=leased).update(run=run)
    return set(leased.values())


def unfinished() -> list[Unfinished]:
    """The runs that still have something true to tell, the oldest first. Nothing else sends their mails."""
    queued = Q(emails__state=EmailState.QUEUED)
    true = OutboundEmail.objects.filter(delivery.STILL_TRUE, state=EmailState.QUEUED, run__isnull=False)
    runs = EmailRun.objects.filter(emails__in=true).annotate(
        left=Count("emails", filter=queued, distinct=True),
        leased=Count("emails", filter=queued & Q(emails__lease_expires_at__gt=Now())),
    )
    return [
        Unfinished(
            begun_at=run.made_at,
            left=run.left,
            is_at_work=run.leased > 0,
            resume=shlex.join(["azione", "emails", "resend", *_words(run.selection)]),
        )
        for run in runs.order_by("pk")
    ]


def _words(selection: dict[str, Any]) -> list[str]:
    """How `azione` is asked for this selection."""
    since = selection["since"]
    options = {
        "performance": selection["performance"],
        "state": selection["state"] and STATES_IN_WORDS[EmailState(selection["state"])],
        "since": since and f"{theatre_time(datetime.fromisoformat(since)):%Y-%m-%d %H:%M}",
    }
    return [*selection["references"], *(f"--{name}={value}" for name, value in options.items() if value)]


def outcome(ids: Sequence[int]) -> dict[str, int]:
    """How many of these mails are in which state."""
    counted = {str(state): 0 for state in EmailState}
    for state in OutboundEmail.objects.filter(pk__in=ids).values_list("state", flat=True):
        counted[state] += 1
    return counted


def left_over(ids: Sequence[int]) -> QuerySet[OutboundEmail]:
    """Those of these mails that did not get through, each with its guest."""
    return OutboundEmail.objects.filter(_LEFT, pk__in=ids).select_related("reservation").order_by("pk")


def listed(
    *, states: Sequence[str], references: Sequence[str], performance_id: int | None, since: datetime | None
) -> QuerySet[OutboundEmail]:
    """Mails to which all that is given applies, the newest first."""
    rows = OutboundEmail.objects.select_related(*delivery.WITH_ALL_IT_TELLS)
    if states:
        rows = rows.filter(state__in=states)
    if references:
        rows = rows.filter(reservation__reference__in=references)
    if performance_id is not None:
        rows = rows.filter(reservation__performance_id=performance_id)
    if since is not None:
        rows = rows.filter(created_at__gte=since)
    return rows.order_by("-id")
