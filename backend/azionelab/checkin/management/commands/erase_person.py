"""`erase_person EMAIL`: forgets a guest."""

from argparse import ArgumentParser
from typing import Any

from azionelab.checkin.personal_data import accounts_of
from azionelab.checkin.privacy import erase_person
from azionelab.core.commands import JsonLinesCommand
from azionelab.programme.naming import members_of
from azionelab.reservations.privacy import read_address


class Command(JsonLinesCommand):
    help = "Erases name, e-mail, phone and notes of all reservations of an address, and cancels those to come."

    def add_arguments(self, parser: ArgumentParser) -> None:
        self.add_dry_run(parser)
        parser.add_argument("email", help="the address, in any capitals")

    def run(self, **options: Any) -> dict[str, Any]:
        email = read_address(options["email"])
        erased = erase_person(email=email, dry_run=options["dry_run"])
        for reservation in erased.reservations:
            self.record(
                reference=reservation.reference,
                seats=reservation.seats,
                performance=members_of(reservation.performance),
                action="cancelled" if reservation.pk in erased.cancelled else "erased",
            )
        return {
            "email": email,
            "reservations": len(erased.reservations),
            "cancelled": len(erased.cancelled),
            "emails_withdrawn": erased.emails_withdrawn,
            "links_revoked": erased.links_revoked,
            "staff_accounts": [account["username"] for account in accounts_of(email)],
        }
