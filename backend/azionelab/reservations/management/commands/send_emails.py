"""`send_emails`: sends all mails that are due."""

from argparse import ArgumentParser
from typing import Any

from azionelab.core.commands import JsonLinesCommand
from azionelab.reservations import delivery
from azionelab.reservations.guests import masked
from azionelab.reservations.management.sending import add_rate, send
from azionelab.reservations.models import OutboundEmail


class Command(JsonLinesCommand):
    help = "Sends the mails whose turn it is, one after the other; what fails waits for its next turn."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_rate(parser)
        self.add_dry_run(parser)

    def run(self, **options: Any) -> dict[str, Any]:
        ids = delivery.due()
        if options["dry_run"]:
            for email in OutboundEmail.objects.filter(pk__in=ids).select_related("reservation").order_by("pk"):
                to = masked(email.reservation.email)
                self.record(email=email.pk, reference=email.reservation.reference, to=to, kind=email.kind)
            return {"due": len(ids)}
        return {"due": len(ids), **send(self, ids, **options)}
