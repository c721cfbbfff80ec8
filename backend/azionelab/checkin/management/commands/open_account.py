"""`open_account NAME`: a staff account that was closed may sign in again."""

from argparse import ArgumentParser
from typing import Any

from azionelab.checkin.accounts import open_account
from azionelab.core.commands import JsonLinesCommand


class Command(JsonLinesCommand):
    help = "Opens a staff account that was closed, with the password it had."

    def add_arguments(self, parser: ArgumentParser) -> None:
        self.add_dry_run(parser)
        parser.add_argument("username")

    def run(self, **options: Any) -> dict[str, Any]:
        name, was_closed = open_account(username=options["username"], dry_run=options["dry_run"])
        self.record(username=name, action="opened" if was_closed else "unchanged")
        return {"dry_run": options["dry_run"]}
