"""`close_account NAME`: a staff account that may not sign in any more."""

from argparse import ArgumentParser
from typing import Any

from azionelab.checkin.accounts import close_account
from azionelab.core.commands import JsonLinesCommand


class Command(JsonLinesCommand):
    help = "Closes a staff account: it is signed out everywhere, and the phones it was signed in on are sent away."

    def add_arguments(self, parser: ArgumentParser) -> None:
        self.add_dry_run(parser)
        parser.add_argument("username")

    def run(self, **options: Any) -> dict[str, Any]:
        closed = close_account(username=options["username"], dry_run=options["dry_run"])
        action = "closed" if closed.was_open or closed.phones else "unchanged"
        self.record(username=closed.username, action=action, phones=closed.phones)
        return {"dry_run": options["dry_run"]}
