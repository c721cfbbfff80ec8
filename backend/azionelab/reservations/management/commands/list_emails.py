"""`list_emails [REFERENCE…]`: the mails to guests, and what became of each."""

from argparse import ArgumentParser
from collections import Counter
from datetime import datetime
from typing import Any

from azionelab.core.commands import JsonLinesCommand
from azionelab.programme.naming import members_of, performance_named
from azionelab.reservations.guests import masked
from azionelab.reservations.mailing import listed
from azionelab.reservations.management.sending import since
from azionelab.reservations.models import EmailState, OutboundEmail
from azionelab.reservations.selectors import references_named

NOT_THERE_YET = (EmailState.QUEUED, EmailState.FAILED)
MOST = 500


class Command(JsonLinesCommand):
    help = "Lists the mails to guests: without more, those that wait or were refused."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("references", nargs="*", help="of these reservations, in whatever state")
        parser.add_argument("--performance", default="", help="of this performance")
        parser.add_argument("--state", choices=[*EmailState.values, "any"], help="in this state")
        parser.add_argument("--since", type=since, help="written since then")

    def run(self, **options: Any) -> dict[str, Any]:
        references = references_named(options["references"])
        states = _states(options["state"], is_about_some=bool(references))
        performance = performance_named(options["performance"]) if options["performance"] else None
        rows = listed(
            states=states,
            references=references,
            performance_id=performance.pk if performance else None,
            since=options["since"],
        )
        counted = Counter(rows.order_by().values_list("state", flat=True))
        for email in rows[:MOST]:
            self.record(
                email=email.pk,
                kind=email.kind,
                to=masked(email.reservation.email),
                reference=email.reservation.reference,
                performance=members_of(email.reservation.performance),
                state=email.state,
                attempts=email.attempts,
                created_at=email.created_at.replace(microsecond=0),
                sent_at=email.sent_at and email.sent_at.replace(microsecond=0),
                next_attempt_at=_next_attempt(email),
                error=email.error,
            )
        return {**{str(state): counted[state] for state in EmailState}, "shown": min(MOST, counted.total())}


def _next_attempt(email: OutboundEmail) -> datetime | None:
    """Of a mailing's mail nobody knows: it goes on when somebody says so."""
    is_waiting = email.state == EmailState.QUEUED and email.run_id is None
    return email.next_attempt_at.replace(microsecond=0) if is_waiting else None


def _states(wanted: str | None, *, is_about_some: bool) -> tuple[str, ...]:
    if wanted == "any" or (wanted is None and is_about_some):
        return ()
    return (wanted,) if wanted else NOT_THERE_YET
