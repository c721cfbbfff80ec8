"""`azione shows …`"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from azione import render
from azione.failures import ExitCode, Failure
from azione.nouns import make_noun
from azione.options import Options
from azione.targets import Target

if TYPE_CHECKING:
    from azione.backend import Answer
    from azione.seasons import Changes

app = make_noun("What plays: the season and its shows.")


@app.command("seed")
def seed(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="The season, as a YAML file.", metavar="FILE")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change; change nothing.")] = False,
    anchor: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            help="The day that relative dates count from. Without it: today; on a demo, the day of its first seeding.",
            show_default=False,
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write without asking, for scripts.")] = False,
) -> int:
    """Bring shows, venues and performances up to a season's file.

    Doing it twice changes nothing; what left the file is reported, not deleted. On a terminal you see the changes and
    are asked before anything is written. With the Compose stack, FILE is a path inside its backend's container.

    \b
    Examples:
      azione shows seed season/season.yaml --dry-run
      azione shows seed season/season.yaml --yes
    """
    options: Options = context.obj
    asks = not (dry_run or yes)
    if asks and (options.as_json or not render.is_interactive()):
        raise Failure("usage", "Nobody is here to be asked: add --yes to write, or --dry-run to see what would change.")
    target = options.find_target()
    arguments = [*_anchor_for(target, anchor), "--", _path_for(target, file)]
    if asks and not _is_agreed(options, target, arguments):
        return ExitCode.DONE
    return _seed(options, target, arguments, dry_run=dry_run, tell=not asks).exit_code


def _anchor_for(target: Target, given: datetime | None) -> list[str]:
    """A demo keeps the day it was first seeded: with a later one, every relative date would be a new performance."""
    day = given.date() if given else target.season_anchor
    return ["--anchor", day.isoformat()] if day else []


def _path_for(target: Target, file: str) -> str:
    """The path as the backend knows it; a file that is not there is told before anything starts."""
    if not target.shares_files:
        return file
    path = Path(file).expanduser().absolute()
    try:
        path.open("rb").close()
    except OSError as error:
        raise Failure("usage", f"{file}: {error.strerror or error}.") from None
    return str(path)


def _is_agreed(options: Options, target: Target, arguments: list[str]) -> bool:
    """Shows what would change and asks; False when there is nothing to ask about. Raises Failure on a no."""
    changes = _changes(options.call(target, "Comparing …", "seed_season", "--dry-run", *arguments))
    render.changes(changes)
    if not changes.writes:
        render.done(f"Nothing to change on {target.name}: {changes.counts}.")
        return False
    things = "this 1 change" if changes.writes == 1 else f"these {changes.writes} changes"
    if not render.confirm(f"Write {things} to {target.name}?"):
        raise Failure("declined")
    return True


def _seed(options: Options, target: Target, arguments: list[str], *, dry_run: bool, tell: bool) -> Answer:
    flags = ["--dry-run"] if dry_run else []
    answer = options.call(target, "Seeding …", "seed_season", *flags, *arguments)
    if not options.as_json:
        changes = _changes(answer)
        if tell:
            render.changes(changes)
        said = "This would change the season on" if dry_run else "The season is on"
        render.done(f"{said} {target.name}: {changes.counts}.")
    return answer


def _changes(answer: Answer) -> Changes:
    from azione.seasons import read_changes

    try:
        return read_changes(answer.records)
    except (KeyError, TypeError) as error:
        raise Failure("broken_answer", f"A change lacks {error}.") from None
