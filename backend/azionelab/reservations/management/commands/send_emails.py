"""`send_emails`: sends all mails that are due."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from azionelab.core.commands import JsonLinesCommand
from azionelab.reservations import delivery
from azionelab.reservations.guests import masked
from azionelab.reservations.mailing import unfinished
from azionelab.reservations.management.sending import add_rate, send
from azionelab.reservations.models import OutboundEmail


class Command(JsonLinesCommand):
    help = "Sends the mails whose turn it is, one after the other; what fails waits for its next turn."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="also those whose next try is still to come")
        add_rate(parser)
        self.add_dry_run(parser)

    def run(self, **options: Any) -> dict[str, Any]:
        ids = delivery.waiting() if options["all"] else delivery.due()
        if options["dry_run"]:
            for email in OutboundEmail.objects.filter(pk__in=ids).select_related("reservation").order_by("pk"):
                to = masked(email.reservation.email)
                self.record(email=email.pk, reference=email.reservation.reference, to=to, kind=email.kind)
            return {"to_send": len(ids), **_not_sent(ids)}
        sent = send(self, ids, **options)
        return {"to_send": len(ids), **sent, **_not_sent(ids)}


def _not_sent(ids: Sequence[int]) -> dict[str, Any]:
    """What waits for another time, or for somebody who goes on with it."""
    later, first = delivery.for_later(besides=ids)
    return {
        "for_later": later,
        "next_attempt_at": first and first.replace(microsecond=0),
        "mailings": [{"left": one.left, "resume": one.resume} for one in unfinished()],
    }
