"""The table of nouns, and the one place where a failure becomes words and an exit code."""

from __future__ import annotations

import os
import re
import signal
import sys
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from azione import __version__, render
from azione import completion as completing
from azione.commands import (
    backup,
    checkin,
    completion,
    doctor,
    door,
    emails,
    guests,
    performances,
    pictures,
    privacy,
    reservations,
    shows,
    status,
    users,
)
from azione.failures import ExitCode, Failure, ReaderGone
from azione.nouns import Noun
from azione.options import Options, hoist

# How Typer refuses what is no number.
_NO_NUMBER = re.compile(r"Input should be a valid (integer|number)[^.]*")
EXAMPLES = """\b
Examples:
  azione guests export next
  azione guests export locandiera@2026-12-05 --format csv --output guests.csv
  azione shows seed season/season.yaml --dry-run
  azione checkin reconcile marta.jsonl lista.csv
  azione door pair tonight

The global options may stand anywhere on the line."""


class TableOfContents(TyperGroup):
    """Nouns first, then the verbs that need none."""

    def list_commands(self, ctx: Any) -> list[str]:
        return sorted(self.commands, key=lambda name: not isinstance(self.commands[name], TyperGroup))


app = Noun(
    cls=TableOfContents,
    help="The command line of AzioneLab: shows, guests, the door and what the theatre needs before the doors open.",
    epilog=EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    # Plain help is read by everyone's terminal, and starts twice as fast.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    # `azione completion` prints the scripts: Typer's own options are wanted only to answer those.
    add_completion=completing.is_asked(),
)
app.add_typer(shows.app, name="shows")
app.add_typer(performances.app, name="performances")
app.add_typer(reservations.app, name="reservations")
app.add_typer(pictures.app, name="pictures")
app.add_typer(guests.app, name="guests")
app.add_typer(emails.app, name="emails")
app.add_typer(door.app, name="door")
app.add_typer(checkin.app, name="checkin")
app.add_typer(privacy.app, name="privacy")
app.add_typer(users.app, name="users")
app.add_typer(backup.app, name="backup")
app.command("status")(status.status)
app.command("doctor")(doctor.doctor)
app.command("completion")(completion.completion)


def _show_version(wanted: bool) -> None:
    if wanted:
        render.text(f"azione {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def azione(
    context: typer.Context,
    target: Annotated[
        str,
        typer.Option(
            envvar="AZIONE_TARGET",
            metavar="TARGET",
            help="demo, compose, or the path of a demo's directory. Without it: the running Compose stack, "
            "else the running demo.",
            show_default=False,
        ),
    ] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the protocol's JSON lines; never ask anything.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Show the backend's log as well.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    context.obj = Options(target=target, as_json=as_json, verbose=verbose)
    if context.invoked_subcommand is None:
        render.text(context.get_help())


def main() -> NoReturn:
    _open_what_is_closed()
    # As any other end: what has been begun is tidied up, and the cursor is shown again.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: sys.exit(128 + number))
    completing.prepare()
    arguments = hoist(sys.argv[1:])
    ours = arguments[: arguments.index("--") if "--" in arguments else None]
    as_json = "--json" in ours
    render.prepare(as_json=as_json)
    try:
        code = _run(arguments, as_json=as_json)
    except ReaderGone:
        code = _give_up_stdout()
    except OSError as error:
        code = _give_up_stdout()
        render.failure(Failure("output_lost", f"Standard output: {error.strerror or error}."), as_json=False)
    except Exception as bug:  # noqa: BLE001 (nobody at a theatre reads a traceback)
        if "--verbose" in ours:
            raise
        code = ExitCode.BUG
        render.failure(Failure("internal_error", f"{type(bug).__name__}: {bug}"), as_json=as_json)
    sys.exit(code)


def _open_what_is_closed() -> None:
    """To Python a closed stream (`<&-`) is None, and the next file to be opened would take its number.

    Nothing comes from such an input; such an output refuses what is written to it.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            unused = os.open(os.devnull, os.O_WRONLY if name == "stderr" else os.O_RDONLY)
            setattr(sys, name, os.fdopen(unused, mode, encoding="utf-8"))


def _run(arguments: list[str], *, as_json: bool) -> int:
    try:
        code = int(app(arguments, prog_name="azione", standalone_mode=False) or ExitCode.DONE)
        # Typer makes an exit code of Ctrl-C by itself, without a word.
        if code != ExitCode.INTERRUPTED:
            return code
        problem = Failure("interrupted")
    except Failure as failure:
        problem = failure
    except TyperException as error:
        problem = _usage_failure(error)
    render.failure(problem, as_json=as_json)
    return problem.exit_code


def _usage_failure(error: TyperException) -> Failure:
    context = getattr(error, "ctx", None)
    hint = f" Try: {context.command_path} --help" if context is not None else ""
    # Tabs and lines are for Typer's own screens, and whose error it is, is for programmers.
    said = " ".join(error.format_message().replace("Value error, ", "").split())
    said = _NO_NUMBER.sub(lambda no: "this is no whole number" if no[1] == "integer" else "this is no number", said)
    return Failure("usage", f"{said.rstrip('.')}.{hint}")


def _give_up_stdout() -> int:
    """It is full, or nobody reads it: the interpreter must not try to write the rest when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ExitCode.ENVIRONMENT
