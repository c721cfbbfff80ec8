"""`azione shows …`"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from azione import render
from azione.arguments import DryRun, ShowSlug, Yes
from azione.failures import Failure
from azione.nouns import make_noun
from azione.options import Options
from azione.output import path_named
from azione.targets import Target
from azione.writing import Writing, require_somebody

if TYPE_CHECKING:
    from azione.backend import Answer
    from azione.seasons import Changes

app = make_noun("What plays: the season and its shows.")


@app.command("list")
def list_(
    context: typer.Context,
    all_: Annotated[bool, typer.Option("--all", help="Those that are over as well.")] = False,
) -> int:
    """List the shows: published or draft, how many performances are to come, the first and the last date.

    \b
    Examples:
      azione shows list
      azione shows list --all
    """
    options: Options = context.obj
    answer = options.call(options.find_target(), "Reading the shows …", "list_shows", *(["--all"] if all_ else []))
    if not options.as_json:
        from azione.shows import read_shows

        render.listing(answer.read(read_shows))
    return answer.exit_code


@app.command("show")
def show_(context: typer.Context, show: ShowSlug) -> int:
    """Show what is known of a show, and its performances with their seats.

    SHOW is the last part of its address on the site, or a piece of it that no other show has.

    \b
    Examples:
      azione shows show locandiera
    """
    options: Options = context.obj
    answer = options.call(options.find_target(), "Reading the show …", "show_show", "--", show)
    if not options.as_json:
        from azione.shows import read_show

        title, facts, evenings = answer.read(read_show)
        render.facts(facts, title=title)
        render.text("")
        render.listing(evenings)
    return answer.exit_code


@app.command("seed")
def seed(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="The season, as a YAML file.", metavar="FILE")],
    anchor: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            help="The day that relative dates count from. Without it: today; on a demo, the day of its first seeding.",
            show_default=False,
        ),
    ] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
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
    require_somebody(options, dry_run=dry_run, yes=yes)
    target = options.find_target()
    arguments = (*_anchor_for(target, anchor), "--", _path_for(target, file))
    seeding = Writing("seed_season", arguments, "Seeding …", question=_question, preview=_show)
    answer, is_written = seeding.run(options, dry_run=dry_run, yes=yes, target=target)
    if not options.as_json:
        changes = _changes(answer)
        if is_written:
            if yes:
                render.changes(changes)
            render.done(f"The season is on {target.name}: {changes.counts}.")
        elif changes.writes:
            render.done(f"This would change the season on {target.name}: {changes.counts}.")
        else:
            render.done(f"Nothing to change on {target.name}: {changes.counts}.")
    return answer.exit_code


def _anchor_for(target: Target, given: datetime | None) -> list[str]:
    """A demo keeps the day it was first seeded: with a later one, every relative date would be a new performance."""
    day = given.date() if given else target.season_anchor
    return ["--anchor", day.isoformat()] if day else []


def _path_for(target: Target, file: str) -> str:
    """The path as the backend knows it; a file that is not there is told before anything starts."""
    if not target.shares_files:
        return file
    path = path_named(file).absolute()
    try:
        path.open("rb").close()
    except OSError as error:
        raise Failure("usage", f"{file}: {error.strerror or error}.") from None
    return str(path)


def _question(answer: Answer) -> str:
    writes = _changes(answer).writes
    return f"Write {f'these {writes} changes' if writes > 1 else 'this 1 change'}" if writes else ""


def _show(answer: Answer) -> None:
    render.changes(_changes(answer))


def _changes(answer: Answer) -> Changes:
    from azione.seasons import read_changes

    return answer.read(lambda records, _summary: read_changes(records))
