"""What the commands that send many mails have in common."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from azionelab.core.clock import read_theatre_moment, theatre_zone
from azionelab.core.commands import JsonLinesCommand
from azionelab.core.errors import Code, DomainError, ExitCode
from azionelab.core.stopping import stop_when_asked
from azionelab.reservations import mailing
from azionelab.reservations.guests import masked
from azionelab.reservations.models import EmailState, OutboundEmail

RATE, MOST_A_MINUTE = 60.0, 6_000.0


def add_rate(parser: ArgumentParser) -> None:
    parser.add_argument("--rate", type=_rate, default=RATE, help="at most so many mails a minute")
    parser.add_argument("--stop-at-eof", action="store_true", help="stop, between two mails, when stdin is closed")


def send(command: JsonLinesCommand, ids: Sequence[int], **options: Any) -> dict[str, Any]:
    """Sends them; a record for each that did not get through, and the summary's members.

    Raises `email_unavailable` where the mail server took nothing at all.
    """
    before = dict(OutboundEmail.objects.filter(pk__in=ids).values_list("pk", "attempts"))
    members = send_quietly(command, ids, **options)
    if members["stopped"] == mailing.Stopped.SERVER and not members["sent"]:
        wait = "The mail that was to leave waits" if len(ids) == 1 else f"The {len(ids)} mails that were to leave wait"
        raise DomainError(Code.EMAIL_UNAVAILABLE, f"The mail server took nothing. {wait}. Why: azione emails check")
    for email in mailing.left_over(ids):
        is_tried = email.attempts > before[email.pk]
        command.record(
            email=email.pk,
            reference=email.reservation.reference,
            to=masked(email.reservation.email),
            state=email.state,
            error=email.error if is_tried else "",
        )
    return members


def send_quietly(command: JsonLinesCommand, ids: Sequence[int], **options: Any) -> dict[str, Any]:
    """Sends them with progress; the summary's members. For commands whose own work is done whatever becomes of it."""
    with stop_when_asked(at_end_of_input=options["stop_at_eof"]) as stop:
        stopped = mailing.send_each(ids, rate=options["rate"], told=command.progress, stop=stop)
    counted = mailing.outcome(ids)
    if counted[EmailState.QUEUED] or counted[EmailState.FAILED]:
        command.exit_code = ExitCode.PARTLY_DONE
    return {
        "sent": counted[EmailState.SENT],
        "failed": counted[EmailState.FAILED],
        "waiting": counted[EmailState.QUEUED],
        "withdrawn": counted[EmailState.WITHDRAWN],
        "stopped": stopped and str(stopped),
    }


def since(written: str) -> datetime:
    """A day, or a day and a time, on the theatre's clock; for argparse."""
    try:
        day = datetime.fromisoformat(written).date() if len(written.strip()) == len("2026-12-05") else None
        return datetime.combine(day, time.min, theatre_zone()) if day else read_theatre_moment(written)
    except (ValueError, OverflowError):
        raise ArgumentTypeError(f"{written!r} is no day like 2026-12-05 and no moment like 2026-12-05 20:30") from None


def _rate(written: str) -> float:
    try:
        rate = float(written)
    except ValueError:
        rate = 0
    if not 0 < rate <= MOST_A_MINUTE:
        raise ArgumentTypeError(f"{written!r} is no number of mails a minute between 1 and {MOST_A_MINUTE:.0f}")
    return rate
