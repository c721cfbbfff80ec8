"""Sends the mails that services have written down, and remembers what became of each.

A mail that cannot be sent never undoes what it tells of: its row stays `queued` with the error's class. Two kinds of
failure are told apart. Where the *server* is at fault, nobody tries in a request for a short while, so that a dead
mail server does not tie up the web workers. Where one *address* or one *mail* is refused, only that row waits, longer
each time. Logs name the row, never the address, the token or the server's words.
"""

import smtplib
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from azionelab.reservations.emails import compose
from azionelab.reservations.models import (
    EmailKind,
    EmailState,
    OutboundEmail,
    Reservation,
    ReservationToken,
    Status,
)
from azionelab.reservations.tokens import TokenPair

log = structlog.get_logger(__name__)

# After a failure of the server the attempt in a request is skipped for so long, and a mail that failed is left alone.
REST = timedelta(seconds=30)
OVERDUE_TAKEN_ALONG = 3
# For so many seconds a process believes what it last saw of the queue; each reservation would ask anew.
GLANCE_SECONDS = 1.0
FIRST_DELAY, LONGEST_DELAY = timedelta(minutes=1), timedelta(hours=4)
# With these delays the last attempt comes after about a day and a half.
MOST_ATTEMPTS = 16
# Connect, greet, TLS, greet, sign in, MAIL, RCPT, DATA, the end of it, QUIT: each may take the whole time-out.
STEPS_OF_A_DIALOGUE = 12
SHUTTING_DOWN = 421
# Many relays end a connection after a hundred.
MOST_PER_CONNECTION = 50
A_NIGHT = timedelta(hours=12)
WITH_ALL_IT_TELLS = ("reservation__performance__show", "reservation__performance__venue")

_RESTING = Q(state=EmailState.QUEUED, server_failed_at__gt=Now() - REST)
_UNLEASED = Q(lease_expires_at=None) | Q(lease_expires_at__lt=Now())
_FREE = _UNLEASED & (Q(failed_at=None) | Q(failed_at__lt=Now() - REST))
# A change of the performance is told by the newest mail about it.
_NEWER = Exists(
    OutboundEmail.objects.filter(reservation=OuterRef("reservation"), kind=OuterRef("kind"), pk__gt=OuterRef("pk"))
)
_TO_COME = Q(reservation__performance__cancelled_at=None, reservation__performance__starts_at__gt=Now())
_HELD = Q(reservation__status=Status.PENDING, reservation__hold_expires_at__gt=Now())
_CONFIRMED = Q(reservation__status=Status.CONFIRMED)
# Of whoever has been erased, or gave no address, nothing waits any more.
STILL_TRUE = ~Q(reservation__email="") & (
    Q(_HELD, kind=EmailKind.CONFIRM, reservation__performance__cancelled_at=None)
    | Q(_CONFIRMED, _TO_COME, kind=EmailKind.TICKET)
    | Q(_HELD | _CONFIRMED, _TO_COME, ~Q(_NEWER), kind=EmailKind.PERFORMANCE_MOVED)
    # Whose hold has passed since, had seats when it was cancelled. On the evening itself it is still worth telling.
    | Q(
        ~Q(_NEWER),
        ~Q(reservation__status=Status.CANCELLED),
        kind=EmailKind.PERFORMANCE_CANCELLED,
        reservation__performance__cancelled_at__isnull=False,
        reservation__performance__starts_at__gt=Now() - A_NIGHT,
    )
    | Q(
        kind=EmailKind.RESERVATION_CANCELLED,
        reservation__status=Status.CANCELLED,
        reservation__performance__starts_at__gt=Now(),
    )
)


class MailServerError(Exception):
    """The mail server is at fault: the next mail would fare no better."""


def write(reservation: Reservation, kind: EmailKind) -> OutboundEmail:
    """Writes a mail down in the transaction of what it tells, and takes it at once: the writer sends it afterwards.

    So nobody has to claim it; where the writer dies, its lease runs out. While the mail server rests nobody takes it,
    as far as this process has seen: the transaction is no place to look.
    """
    glance = _last_glance
    if glance is not None and glance.resting:
        return OutboundEmail.objects.create(reservation=reservation, kind=kind)
    email = OutboundEmail.objects.create(
        reservation=reservation, kind=kind, attempts=1, lease_expires_at=Now() + _lease()
    )
    email.is_taken = True
    return email


def let_go(email: OutboundEmail) -> None:
    """Gives a mail back that was taken when it was written, and that is not to be tried just now. Never raises."""
    if not email.is_taken:
        return
    try:
        _update(email, EmailState.QUEUED, attempts=F("attempts") - 1)
    except Exception as error:  # noqa: BLE001 (what it tells of is done; its lease runs out by itself)
        log.error("email_not_let_go", email=email.pk, exc_info=error)


def deliver_now(email: OutboundEmail) -> None:
    """Tries once, after the commit; sets `email.state`. A good send takes a few overdue mails along.

    Never raises: what the mail tells of is already done.
    """
    try:
        if _glance().resting:
            let_go(email)
        elif email.is_taken or _claim(email):
            _send_with_overdue(email)
    except Exception as error:  # noqa: BLE001 (the docstring says why; the row's lease runs out by itself)
        log.error("email_attempt_broke", email=email.pk, exc_info=error)


def _send_with_overdue(email: OutboundEmail) -> None:
    try:
        server = _connect()
    except Exception as error:  # noqa: BLE001 (a name or a password that smtplib cannot encode is a ValueError)
        _note_server_failure(email, error)
        return
    with closing(server), suppress(MailServerError):
        _send(server, email)
        for overdue in _claim_overdue(OVERDUE_TAKEN_ALONG):
            _send(server, overdue)


# A look at the queue ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Glance:
    """What one look told: whether the mail server rests, and whether any mail is overdue. Good until `ends`."""

    resting: bool
    overdue: bool
    # Of the process's own clock, which only goes forward.
    ends: float


_last_glance: _Glance | None = None


def _glance() -> _Glance:
    """Threads may look at the same time; each of them is right."""
    global _last_glance
    glance = _last_glance
    if glance is None or time.monotonic() >= glance.ends:
        resting = OutboundEmail.objects.filter(_RESTING).exists()
        glance = _Glance(resting, _overdue().exists(), time.monotonic() + GLANCE_SECONDS)
        _last_glance = glance
    return glance


def _look_again() -> None:
    global _last_glance
    _last_glance = None


# Which mail, and whose turn -----------------------------------------------------------------------------------------


def _lease() -> timedelta:
    return timedelta(seconds=STEPS_OF_A_DIALOGUE * settings.EMAIL_TIMEOUT + 30)


def _claim(email: OutboundEmail, *, free: Q = _FREE) -> bool:
    """Takes a queued mail for this process, if it is still true and nobody else has it. One statement, so one wins."""
    wanted = OutboundEmail.objects.filter(free, _is_true(), pk=email.pk, state=EmailState.QUEUED)
    email.is_taken = bool(wanted.update(lease_expires_at=Now() + _lease(), attempts=F("attempts") + 1))
    email.attempts += email.is_taken
    return email.is_taken


def _overdue() -> QuerySet[OutboundEmail]:
    """Those whose turn it is. A run's leave at the run's own pace, and wait where somebody stopped it."""
    return OutboundEmail.objects.filter(_FREE, run=None, state=EmailState.QUEUED, next_attempt_at__lt=Now())


def due() -> list[int]:
    """The queued mails whose turn it is, the longest waiting first."""
    return list(_overdue().order_by("next_attempt_at", "id").values_list("pk", flat=True))


def waiting() -> list[int]:
    """All queued mails but a run's, also those whose next try is still to come; whoever asks wants them sent now."""
    rows = OutboundEmail.objects.filter(_UNLEASED, run=None, state=EmailState.QUEUED)
    return list(rows.order_by("next_attempt_at", "id").values_list("pk", flat=True))


def for_later(*, besides: Sequence[int] = ()) -> tuple[int, datetime | None]:
    """How many queued mails wait for a try that is still to come, and when the first of them is."""
    rows = OutboundEmail.objects.filter(STILL_TRUE, run=None, state=EmailState.QUEUED, next_attempt_at__gte=Now())
    counted = rows.exclude(pk__in=besides).aggregate(number=Count("pk"), first=Min("next_attempt_at"))
    return counted["number"], counted["first"]


def _is_true() -> Exists:
    """`STILL_TRUE` for an UPDATE, beside the conditions on its own row.

    An UPDATE whose conditions reach over a join becomes one of `id IN (SELECT …)`. Whoever waits there for a row that
    another process is taking would take it once more: PostgreSQL looks again at the row itself, not at that list.
    """
    return Exists(OutboundEmail.objects.filter(STILL_TRUE, pk=OuterRef("pk")))


def withdraw_untrue(rows: QuerySet[OutboundEmail]) -> None:
    """Of these mails those that wait for something that is no longer so, and that nobody is sending."""
    rows.filter(_UNLEASED, ~_is_true(), state=EmailState.QUEUED).update(state=EmailState.WITHDRAWN)


def _claim_by_hand(pk: int) -> OutboundEmail | None:
    """A mail that somebody wants sent now, though it failed a moment ago; None where there is nothing to send.

    What it would tell may be true no longer: then it is withdrawn.
    """
    withdraw_untrue(OutboundEmail.objects.filter(pk=pk))
    email = OutboundEmail.objects.select_related(*WITH_ALL_IT_TELLS).filter(pk=pk).first()
    return email if email is not None and _claim(email, free=_UNLEASED) else None


def _claim_overdue(most: int) -> Iterator[OutboundEmail]:
    """Withdraws what is no longer true, then claims overdue mails one at a time, just before each is sent."""
    if not _glance().overdue:
        return
    withdraw_untrue(_overdue())
    candidates = _overdue().select_related(*WITH_ALL_IT_TELLS).order_by("next_attempt_at", "id")[:most]
    for email in candidates:
        if _claim(email):
            yield email


# The conversation ---------------------------------------------------------------------------------------------------


def connect() -> smtplib.SMTP:
    """Greeted; encrypted from the first byte where the settings say so. Raises what smtplib and the network raise."""
    host, port, timeout = settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT
    if settings.EMAIL_USE_SSL:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port, local_hostname=_own_name(), timeout=timeout, context=context)
    return smtplib.SMTP(host, port, local_hostname=_own_name(), timeout=timeout)


def _own_name() -> str | None:
    """How we greet: a container's own name means nothing to a relay, and looking for a better one asks the network."""
    return urlsplit(settings.SITE_URL).hostname


def encrypt(server: smtplib.SMTP) -> None:
    if settings.EMAIL_USE_TLS:
        server.starttls(context=ssl.create_default_context())


def sign_in(server: smtplib.SMTP) -> None:
    if settings.EMAIL_HOST_USER:
        server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)


def _connect() -> smtplib.SMTP:
    server = connect()
    encrypt(server)
    sign_in(server)
    return server


@contextmanager
def closing(server: smtplib.SMTP) -> Iterator[None]:
    try:
        yield
    finally:
        try:
            server.quit()
        except (OSError, smtplib.SMTPException):
            server.close()


@contextmanager
def open_session() -> Iterator[smtplib.SMTP]:
    """Connected, encrypted and signed in as for a mail; raises whatever the mail server or the network does."""
    server = _connect()
    with closing(server):
        yield server


class Round:
    """Mails one after the other over one connection, which is opened again when it breaks or has carried many."""

    def __init__(self) -> None:
        self._server: smtplib.SMTP | None = None
        self._carried = 0

    def send(self, pk: int) -> bool:
        """Tries one mail now, if it is to be sent at all; False where the mail server was at fault."""
        email = _claim_by_hand(pk)
        if email is None:
            return True
        try:
            _send(self._connected(), email)
        except MailServerError:
            self.end()
            return False
        except Exception as error:  # noqa: BLE001 (no connection: smtplib's errors, the network's, ValueError)
            _note_server_failure(email, error)
            self.end()
            return False
        return True

    def _connected(self) -> smtplib.SMTP:
        if self._carried >= MOST_PER_CONNECTION:
            self.end()
        if self._server is None:
            self._server, self._carried = _connect(), 0
        self._carried += 1
        return self._server

    def end(self) -> None:
        if self._server is not None:
            with closing(self._server):
                self._server = None


def _send(server: smtplib.SMTP, email: OutboundEmail) -> None:
    """Mints a token pair, composes and sends; raises MailServerError where the server is at fault."""
    try:
        pair = TokenPair.mint()
        message = compose(email, pair)
        _remember(pair, email)
        server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        _note_refusal(email, error, for_good=_is_unknown_address(error))
    except smtplib.SMTPNotSupportedError as error:
        _note_refusal(email, error, for_good=True)
    except (OSError, smtplib.SMTPException) as error:
        if isinstance(error, smtplib.SMTPDataError) and error.smtp_code != SHUTTING_DOWN:
            _note_refusal(email, error)
            return
        _note_server_failure(email, error)
        raise MailServerError from error
    except Exception as error:  # noqa: BLE001 (a mail that cannot be composed must not hold up the others)
        log.error("email_not_composed", email=email.pk, exc_info=error)
        _note_refusal(email, error)
    else:
        _update(email, EmailState.SENT, sent_at=Now(), error="", server_failed_at=None)


def _remember(pair: TokenPair, email: OutboundEmail) -> None:
    """Before the mail leaves, as its links must work the moment it arrives."""
    ReservationToken.objects.create(
        reservation=email.reservation,
        reservation_digest=pair.reservation_digest,
        ticket_digest=pair.ticket_digest,
    )


def _is_unknown_address(error: smtplib.SMTPRecipientsRefused) -> bool:
    """A 5xx, unless its enhanced code (RFC 3463) says "policy": a relay that is set up wrong says that of everybody."""
    code, words = next(iter(error.recipients.values()))
    return code >= 500 and not words.startswith(b"5.7.")


# What became of it --------------------------------------------------------------------------------------------------


def _note_server_failure(email: OutboundEmail, error: Exception) -> None:
    _fail(email, EmailState.QUEUED, error, next_attempt_at=Now() + FIRST_DELAY, server_failed_at=Now())
    _look_again()


def _note_refusal(email: OutboundEmail, error: Exception, *, for_good: bool = False) -> None:
    """One address or one mail: it waits twice as long each time, and in the end nobody tries again."""
    over = for_good or email.attempts >= MOST_ATTEMPTS
    delay = min(FIRST_DELAY * 2 ** min(email.attempts - 1, 10), LONGEST_DELAY)
    state = EmailState.FAILED if over else EmailState.QUEUED
    _fail(email, state, error, next_attempt_at=Now() + delay, server_failed_at=None)


def _fail(email: OutboundEmail, state: EmailState, error: Exception, **changes: object) -> None:
    name = type(error).__name__
    _update(email, state, error=name, failed_at=Now(), **changes)
    log.warning("email_not_sent", email=email.pk, kind=email.kind, state=str(state), error=name)


def _update(email: OutboundEmail, state: EmailState, **changes: object) -> None:
    """Writes the outcome and lets go of the row."""
    OutboundEmail.objects.filter(pk=email.pk).update(state=state, lease_expires_at=None, **changes)
    email.state, email.is_taken = state, False
