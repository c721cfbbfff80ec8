"""`resend_emails [REFERENCE…]`: sends guests their mail again, each one once, however often it is stopped."""

from argparse import ArgumentParser
from typing import Any

from azionelab.core.commands import JsonLinesCommand
from azionelab.core.errors import FieldError, validation_failed
from azionelab.programme.naming import performance_named
from azionelab.reservations.guests import masked
from azionelab.reservations.mailing import Run, Selection, prepare_run
from azionelab.reservations.management.sending import add_rate, send, since
from azionelab.reservations.models import EmailState
from azionelab.reservations.selectors import references_named
from azionelab.reservations.services import present_kind


class Command(JsonLinesCommand):
    help = "Sends the mail of live reservations again. Started again with the same words, it goes on where it stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("references", nargs="*", help="of these reservations")
        parser.add_argument("--performance", default="", help="of this performance")
        parser.add_argument("--state", choices=EmailState.values, help="whose newest mail is in this state")
        parser.add_argument("--since", type=since, help="whose newest mail was written since then")
        parser.add_argument("--again", action="store_true", help="begin anew: also those who have had it")
        add_rate(parser)
        self.add_dry_run(parser)

    def run(self, **options: Any) -> dict[str, Any]:
        selection = _selection(**options)
        run = prepare_run(selection, again=options["again"], dry_run=options["dry_run"])
        members = {"to_send": len(run.email_ids), "sent_before": run.sent_before, "begun_at": run.begun_at}
        if options["dry_run"]:
            self._preview(run)
            return {**members, "rate": options["rate"]}
        return {**members, **send(self, run.email_ids, **options)}

    def _preview(self, run: Run) -> None:
        for row in run.reservations:
            self.record(reference=row.reference, to=masked(row.email), seats=row.seats, kind=present_kind(row))


def _selection(**options: Any) -> Selection:
    references = references_named(options["references"])
    chosen = options["performance"] and performance_named(options["performance"])
    if not (references or chosen or options["state"] or options["since"]):
        how = "Say whose: references, --performance, --state or --since."
        raise validation_failed(FieldError(field="references", code="required", message=how))
    return Selection(
        references=references,
        performance_id=chosen.pk if chosen else None,
        state=options["state"] and EmailState(options["state"]),
        since=options["since"],
    )
