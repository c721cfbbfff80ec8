"""`azione shows …`"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from azione import render
from azione.arguments import DryRun, ShowSlug, Yes
from azione.nouns import make_noun
from azione.options import Options
from azione.output import STDOUT, path_named, write_file, write_stdout
from azione.targets import Target
from azione.writing import Writing, require_somebody

if TYPE_CHECKING:
    from azione.backend import Answer
    from azione.seasons import Changes, ExportedSeason, SentSeason

app = make_noun("What plays: the season and its shows.")


@app.command("list")
def list_(
    context: typer.Context,
    all_: Annotated[bool, typer.Option("--all", help="Those that are over as well.")] = False,
) -> int:
    """List the shows, and when they play.

    Published or draft, how many performances are to come, the first and the last date.

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
    """Show all that is known of a show.

    With its performances and their seats.

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


@app.command("export")
def export(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="Where to write it; - is standard output.", metavar="FILE")],
) -> int:
    """Write the season back to the file that it was seeded from.

    `shows seed` reads it again. All shows, venues and performances are in it, drafts and what has been played too, and
    the posters in a folder beside it. Seeding the file changes nothing here, and on an empty site makes the same
    season. FILE is written whole or not at all, after its posters, whose names no other export uses. With - it goes to
    standard output, without the posters.

    \b
    Examples:
      azione shows export stagione.yaml
      azione shows export - | less
    """
    options: Options = context.obj
    from azione.seasons import check_name

    check_name(file, as_json=options.as_json)
    wants_posters = ["--posters"] if file != STDOUT else []
    answer = options.call(options.find_target(), "Reading the season …", "export_season", *wants_posters)
    if not options.as_json:
        from azione.seasons import read_export

        _write(answer.read(read_export), file)
    return answer.exit_code


def _write(season: ExportedSeason, file: str) -> None:
    if file == STDOUT:
        write_stdout(season.content)
    else:
        from azione.seasons import write_posters

        path = path_named(file)
        written = write_posters(path.parent, season.posters)
        write_file(path, season.content)
        render.done(f"{file}: {season.counts}; {written}.")
    for sentence in season.remarks(with_posters=file != STDOUT):
        render.remark(sentence)


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
    are asked before anything is written. FILE and the posters beside it are on this machine, wherever the site is.

    \b
    Examples:
      azione shows seed season/season.yaml --dry-run
      azione shows seed season/season.yaml --yes
    """
    options: Options = context.obj
    require_somebody(options, dry_run=dry_run, yes=yes)
    target = options.find_target()
    sent = _read_season(options, target, file)
    seeding = Writing(
        "seed_season",
        (*_anchor_for(target, anchor), "--", "-"),
        "Seeding …",
        question=_question,
        preview=_show,
        stdin=lambda: _pieces(sent),
    )
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


def _pieces(sent: SentSeason) -> Iterator[bytes]:
    """As `seed_season -` reads them: a line that says what follows, then one file behind the other."""
    import json

    posters = [{"name": name, "size": len(content)} for name, content in sent.posters]
    yield json.dumps({"name": sent.name, "size": len(sent.content), "posters": posters}).encode() + b"\n"
    yield sent.content
    for _name, content in sent.posters:
        yield content


def _read_season(options: Options, target: Target, file: str) -> SentSeason:
    """The file, and the posters that it names: which those are, the backend reads in it."""
    from azione.backend import call
    from azione.inputs import read_file
    from azione.seasons import MOST_BYTES, SentSeason, read_beside

    path = path_named(file)
    content = read_file(file, most=MOST_BYTES, kind="a season")
    # Not with options.call: with --json only the lines of the seeding itself go out.
    with render.progress("Reading the file …", as_json=options.as_json or options.verbose):
        answer = call(target, "list_posters", verbose=options.verbose, stdin=[content])
    names = answer.read(lambda records, _summary: [str(record["name"]) for record in records])
    return SentSeason(path.name, content, read_beside(path, names))


def _question(answer: Answer) -> str:
    writes = _changes(answer).writes
    return f"Write {f'these {writes} changes' if writes > 1 else 'this 1 change'}" if writes else ""


def _show(answer: Answer) -> None:
    render.changes(_changes(answer))


def _changes(answer: Answer) -> Changes:
    from azione.seasons import read_changes

    return answer.read(lambda records, _summary: read_changes(records))
