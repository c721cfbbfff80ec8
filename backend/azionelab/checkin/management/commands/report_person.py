"""`report_person EMAIL`: all that is held of a person."""

from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from azionelab.checkin.personal_data import accounts_of, reservations_of
from azionelab.core.commands import JsonLinesCommand
from azionelab.reservations.privacy import erased_at, read_address


class Command(JsonLinesCommand):
    help = "Tells all that is held of the person with an address: reservations, mails, the door, staff accounts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the address, in any capitals")

    def run(self, **options: Any) -> dict[str, Any]:
        email = read_address(options["email"])
        reservations, accounts = reservations_of(email), accounts_of(email)
        for reservation in reservations:
            self.record(about="reservation", **reservation)
        for account in accounts:
            self.record(about="staff_account", **account)
        return {
            "email": email,
            "reservations": len(reservations),
            "staff_accounts": len(accounts),
            "erased_at": erased_at(email),
            "made_at": timezone.now().replace(microsecond=0),
        }
