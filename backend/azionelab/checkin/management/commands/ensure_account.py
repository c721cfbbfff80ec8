"""`ensure_account NAME --group GROUP`: makes a staff account, with the password on standard input."""

import sys
from argparse import ArgumentParser
from typing import Any

from azionelab.checkin.accounts import ensure_account
from azionelab.core.commands import JsonLinesCommand


class Command(JsonLinesCommand):
    help = "Makes a staff account, or gives an existing one a new password (one line on standard input)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--group", required=True, help='"Managers" or "Door staff"')
        parser.add_argument("--keep", action="store_true", help="leave an account that is there as it is")

    def run(self, **options: Any) -> dict[str, Any]:
        made = ensure_account(
            username=options["username"],
            group_name=options["group"],
            password=sys.stdin.readline().rstrip("\n"),
            keep=options["keep"],
        )
        return {"username": options["username"], "made": made}
