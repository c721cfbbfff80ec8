"""`set_password NAME`: a new password for a staff account, from standard input."""

from argparse import ArgumentParser
from typing import Any

from azionelab.checkin.accounts import set_password
from azionelab.checkin.management.commands.create_account import add_generate, password_of, shown
from azionelab.core.commands import JsonLinesCommand


class Command(JsonLinesCommand):
    help = "Gives a staff account a new password: one line on standard input, or made up (--generate)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        self.add_dry_run(parser)
        add_generate(parser)
        parser.add_argument("username")

    def run(self, **options: Any) -> dict[str, Any]:
        password = password_of(options)
        name = set_password(username=options["username"], password=password, dry_run=options["dry_run"])
        self.record(username=name, **shown(options, password))
        return {"dry_run": options["dry_run"]}
