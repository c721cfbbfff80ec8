"""`create_account NAME --group managers|door`: a new staff account, with the password on standard input."""

import sys
from argparse import ArgumentParser
from typing import Any

from azionelab.checkin import accounts
from azionelab.checkin.passwords import PASSWORD_MAX
from azionelab.core.commands import JsonLinesCommand
from azionelab.core.errors import FieldError, validation_failed


class Command(JsonLinesCommand):
    help = "Makes a staff account; its password is one line on standard input, or made up (--generate)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        self.add_dry_run(parser)
        add_generate(parser)
        parser.add_argument("username")
        parser.add_argument("--group", required=True, choices=list(accounts.GROUPS))

    def run(self, **options: Any) -> dict[str, Any]:
        password = password_of(options)
        name = accounts.create_account(
            username=options["username"],
            group_name=accounts.GROUPS[options["group"]],
            password=password,
            dry_run=options["dry_run"],
        )
        self.record(username=name, group=options["group"], **shown(options, password))
        return {"dry_run": options["dry_run"]}


def add_generate(parser: ArgumentParser) -> None:
    parser.add_argument("--generate", action="store_true", help="make a password up, and say it this once")


def password_of(options: dict[str, Any]) -> str:
    """Made up, or the one line on standard input; raises `validation_failed` for anything that is not a line."""
    if options["generate"]:
        return accounts.new_password()
    # One byte more than the longest password may have in UTF-8, and its line break.
    line, *more = sys.stdin.buffer.read(4 * PASSWORD_MAX + 3).removesuffix(b"\n").split(b"\n")
    try:
        password = line.removesuffix(b"\r").decode()
    except UnicodeDecodeError:
        raise _refused("It is not written in UTF-8.") from None
    if more:
        raise _refused("Standard input holds more than one line.")
    return password


def shown(options: dict[str, Any], password: str) -> dict[str, str]:
    """What nobody knows but this line; it goes to standard output and into no log."""
    return {"password": password} if options["generate"] and not options["dry_run"] else {}


def _refused(message: str) -> Exception:
    return validation_failed(FieldError(field="password", code="invalid", message=message))
