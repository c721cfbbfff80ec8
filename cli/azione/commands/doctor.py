"""`azione doctor`"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from azione import render
from azione.options import Options


class Group(StrEnum):
    SETTINGS = "settings"
    DATABASE = "database"
    MAIL = "mail"
    SITE = "site"
    FILES = "files"
    THEATRE = "theatre"


def doctor(
    context: typer.Context,
    groups: Annotated[
        list[Group] | None,
        typer.Argument(
            help="Look only at settings, database, mail, site, files or theatre.", metavar="GROUP", show_default=False
        ),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print only what is not well; nothing if all is.")
    ] = False,
) -> int:
    """Look for what is wrong, and say what to do about it.

    It changes nothing and sends no mail. The exit code is made for monitoring: 0 all is well, 4 at least one warning,
    5 at least one failure (or nobody to ask).

    \b
    Examples:
      azione doctor
      azione doctor --quiet
      azione doctor mail site
    """
    options: Options = context.obj
    wanted = [group.value for group in groups or ()]
    answer = options.call(options.find_target(), "Looking …", "run_checks", *wanted)
    if not options.as_json:
        from azione.health import read_diagnosis

        render.diagnosis(answer.read(read_diagnosis), quiet=quiet)
    return answer.exit_code
