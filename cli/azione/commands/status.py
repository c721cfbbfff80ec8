"""`azione status`"""

from __future__ import annotations

import typer

from azione import render
from azione.failures import ExitCode, Failure
from azione.options import Options


def status(context: typer.Context) -> int:
    """Where this AzioneLab stands, on one screen.

    Versions, target, database, mails that wait, conflicts of the door, the last backup, and the next performances with
    their seats. Without a target or a database it says what it can and ends with exit code 5; `azione doctor` says what
    is wrong.

    \b
    Examples:
      azione status
      azione status --target demo --json
    """
    options: Options = context.obj
    target_name = ""
    try:
        target = options.find_target()
        target_name = target.name
        answer = options.call(target, "Looking …", "show_status")
    except Failure as failure:
        if failure.exit_code == ExitCode.ENVIRONMENT and not options.as_json:
            from azione.health import unreachable

            render.facts(unreachable(target_name))
        raise
    if not options.as_json:
        from azione.health import read_standing

        standing = answer.read(read_standing(target_name))
        render.facts(standing.facts, title=standing.title)
        if standing.performances is not None:
            render.text("")
            render.listing(standing.performances)
    return answer.exit_code
