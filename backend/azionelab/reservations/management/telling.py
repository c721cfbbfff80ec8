"""What the commands that cancel or move a performance say of it, and of the guests they tell."""

from argparse import ArgumentParser
from typing import Any

from azionelab.core.commands import JsonLinesCommand
from azionelab.programme.naming import members_of
from azionelab.reservations.guests import masked
from azionelab.reservations.management.sending import add_rate, send_quietly
from azionelab.reservations.performances import Action, Change

_NOTHING_SENT = {"sent": 0, "failed": 0, "waiting": 0, "withdrawn": 0, "stopped": None}


def add_telling(parser: ArgumentParser) -> None:
    parser.add_argument("--no-tell", dest="tell", action="store_false", help="write to nobody")
    add_rate(parser)


def report(command: JsonLinesCommand, change: Change, **options: Any) -> dict[str, Any]:
    """A record for each reservation that holds seats, unless nothing changes; sends the mails; the summary's members.

    What has not left stays queued: the change itself is done.
    """
    told = {email.reservation_id for email in change.emails}
    guests = [] if change.action is Action.UNCHANGED else change.guests
    for guest in guests:
        command.record(
            reference=guest.reference,
            name=guest.name,
            seats=guest.seats,
            status=guest.status,
            to=masked(guest.email),
            # Whom no mail reaches, somebody must call.
            phone="" if guest.email else guest.phone,
            told=guest.pk in told,
        )
    performance, before = change.performance, change.before
    return {
        "performance": members_of(performance) | {"capacity": performance.capacity},
        "before": {"starts_at": before.starts_at, "venue": before.venue, "capacity": change.capacity_before},
        "action": str(change.action),
        "reservations": len(guests),
        "seats": sum(guest.seats for guest in guests),
        "told": len(told),
        **(_NOTHING_SENT if options["dry_run"] else send_quietly(command, [e.pk for e in change.emails], **options)),
    }
