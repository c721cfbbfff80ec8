"""`azione checkin …`"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from azione import completion, render
from azione.arguments import DryRun, PerformanceName, Yes
from azione.failures import Failure
from azione.nouns import make_noun
from azione.options import Options
from azione.writing import Writing

if TYPE_CHECKING:
    from azione.backend import Answer

app = make_noun("Who came in, live and from files; what is to be settled.")
# An evening's scans are a few megabytes; whatever is larger was named by mistake.
MOST_BYTES = 100_000_000


OptionalPerformance = Annotated[
    str,
    typer.Argument(
        help="An id, next, tonight, or SHOW@YYYY-MM-DD.",
        metavar="PERFORMANCE",
        show_default=False,
        autocompletion=completion.performances,
    ),
]


class Settlement(StrEnum):
    CAME_IN = "came-in"
    COUNTED_TWICE = "counted-twice"


@app.command("stats")
def stats(
    context: typer.Context,
    performance: OptionalPerformance = "",
    watch: Annotated[
        bool, typer.Option("--watch", "-w", help="Go on, drawing it anew every few seconds, until Ctrl-C.")
    ] = False,
) -> int:
    """How the evening goes: who is inside, who is still to come.

    With seats left, conflicts, who came when, and each phone with what it let in and when it was last heard.

    Without PERFORMANCE, tonight's; of several tonight, the one whose door is open. Inside counts everybody: the
    expected, walk-ins, and conflicts that were not settled as counted twice. In a pipe, --watch prints a line whenever
    something has changed; with --json, a record every few seconds.

    \b
    Examples:
      azione checkin stats
      azione checkin stats tonight --watch
      azione checkin stats 21 --json
    """
    options: Options = context.obj
    if watch:
        return _follow(options, performance)
    answer = options.call(options.find_target(), "Reading the door …", "door_stats", "--", performance)
    if not options.as_json:
        from azione.checkins import read_door

        render.door(answer.read(lambda records, _summary: read_door(records[0])))
    return answer.exit_code


def _follow(options: Options, performance: str) -> int:
    """Until Ctrl-C, which is the good end of it; raises Failure when it ends by itself."""
    from azione.backend import HeldOpen, call
    from azione.checkins import Watch

    is_drawn = render.can_redraw() and not (options.as_json or options.verbose)
    says_lines = not (is_drawn or options.as_json)
    watch, held = Watch(render.line) if says_lines else Watch(), HeldOpen()
    target, arguments = options.find_target(), ("--follow", "--", performance)
    with held.closed_by_ctrl_c() as ended, render.watching(watch) if is_drawn else nullcontext():
        try:
            call(
                target,
                "door_stats",
                *arguments,
                verbose=options.verbose,
                echo=options.echo,
                watch=watch.see,
                stdin=held,
            )
        except (Failure, KeyboardInterrupt):
            # After a Ctrl-C it may have been stopped before it had anything to say.
            if not ended.is_set():
                raise
    return 0


@app.command("list")
def list_(
    context: typer.Context,
    performance: PerformanceName,
    all_: Annotated[bool, typer.Option("--all", help="What was refused or taken back as well.")] = False,
) -> int:
    """List who came in, when and by which phone.

    In the order in which they came. Seats are those that count as inside by that scan. Names are the guests' own: keep
    the list to yourself.

    \b
    Examples:
      azione checkin list tonight
      azione checkin list locandiera@2026-12-05 --all
    """
    options: Options = context.obj
    arguments = [*(["--all"] if all_ else []), "--", performance]
    answer = options.call(options.find_target(), "Reading the scans …", "list_checkins", *arguments)
    if not options.as_json:
        from azione.checkins import read_checkins

        render.listing(answer.read(read_checkins))
    return answer.exit_code


@app.command("reconcile")
def reconcile(
    context: typer.Context,
    files: Annotated[list[str], typer.Argument(help="Exports of phones, ticked guest lists (CSV).", metavar="FILE")],
    list_name: Annotated[
        str,
        typer.Option(
            "--list", metavar="NAME", help="What a ticked list is called. Without it: Paper list.", show_default=False
        ),
    ] = "",
    dry_run: DryRun = False,
    yes: Yes = False,
) -> int:
    """Take in scans made without a network.

    From the files that phones exported, and from guest lists that were ticked. All files are read and checked first;
    one that was cut short, edited or is of another performance refuses all of them. Who came in is a fact: what the
    rules would have refused becomes a conflict for you to settle. Taking a file in twice changes nothing, nor does the
    order.

    In the list, a mark (x, ✓, sì, ok) in the column Admitted lets in all that were left; a number says how many are in.

    \b
    Examples:
      azione checkin reconcile marta.jsonl ugo.jsonl --dry-run
      azione checkin reconcile guests.csv --list "Left door, on paper" --yes
    """
    from azione.inputs import read_file

    options: Options = context.obj
    contents = [(name, read_file(name, most=MOST_BYTES, kind="an evening's scans")) for name in files]
    reconciling = Writing(
        "reconcile_scans",
        ("--list", list_name) if list_name else (),
        "Reconciling …",
        question=_question,
        preview=_show_files,
        stdin=lambda: _pieces(contents),
    )
    answer, is_done = reconciling.run(options, dry_run=dry_run, yes=yes)
    if not options.as_json:
        if yes and not dry_run:
            _show_files(answer)
        _tell_result(answer, is_done=is_done)
    return answer.exit_code


def _question(answer: Answer) -> str:
    from azione.reconciliations import read_reconciliation

    result = answer.read(read_reconciliation)
    return "" if result.nothing_new else f"Take this in: {result.totals}"


def _show_files(answer: Answer) -> None:
    from azione.columns import printable
    from azione.reconciliations import read_reconciliation

    result = answer.read(read_reconciliation)
    render.text("".join(f"{printable(performance)}\n" for performance in result.performances))
    render.listing(result.files)


def _tell_result(answer: Answer, *, is_done: bool) -> None:
    from azione.reconciliations import read_reconciliation

    result = answer.read(read_reconciliation)
    said = "Reconciled" if is_done else "This would bring"
    render.done(result.nothing_new or f"{said}: {result.totals}.")
    if result.conflicts:
        render.text(result.conflicts)


@app.command("conflicts")
def conflicts(
    context: typer.Context,
    performance: OptionalPerformance = "",
    all_: Annotated[bool, typer.Option("--all", help="Those that are settled as well.")] = False,
) -> int:
    """List the people inside whom the rules would have refused.

    Of all performances, unless one is named. With the phone that let them in and when, and the one that had let in the
    same seats before.

    \b
    Examples:
      azione checkin conflicts
      azione checkin conflicts tonight --all
    """
    options: Options = context.obj
    arguments = [*(["--all"] if all_ else []), "--", *([performance] if performance else [])]
    answer = options.call(options.find_target(), "Reading the conflicts …", "list_conflicts", *arguments)
    if not options.as_json:
        from azione.reconciliations import read_conflicts

        render.listing(answer.read(read_conflicts))
    return answer.exit_code


@app.command("settle")
def settle(
    context: typer.Context,
    conflict: Annotated[str, typer.Argument(help="Its number in the list of conflicts.", metavar="CONFLICT")],
    settlement: Annotated[
        Settlement,
        typer.Argument(
            help="came-in: more people came than the rules allow. counted-twice: they did not.",
            metavar="came-in|counted-twice",
        ),
    ],
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="How you know.")] = "",
    dry_run: DryRun = False,
    yes: Yes = False,
) -> int:
    """Settle a conflict: more people, or the same counted twice?

    It says who counts as having come in; nobody's scan is changed. Settling again replaces what was said before.

    \b
    Examples:
      azione checkin settle 7 counted-twice --note "Anna showed her ticket at both doors"
      azione checkin settle 8 came-in --yes
    """
    options: Options = context.obj
    if re.fullmatch("[0-9]{1,18}", conflict) is None:
        raise Failure("usage", f"{conflict} is no conflict: use its number in azione checkin conflicts.")
    words = "they all came in" if settlement is Settlement.CAME_IN else "the same people were counted twice"
    settling = Writing(
        "settle_conflict",
        ("--note", note, "--", conflict, settlement.value),
        "Settling …",
        question=lambda answer: f"Settle conflict {conflict}: {words}",
        preview=_show_conflict,
    )
    answer, is_done = settling.run(options, dry_run=dry_run, yes=yes)
    if not options.as_json:
        said = f"Conflict {conflict} is settled" if is_done else f"This would settle conflict {conflict}"
        render.done(f"{said}: {words}.")
    return answer.exit_code


def _show_conflict(answer: Answer) -> None:
    from azione.columns import printable
    from azione.reconciliations import conflict_sentence

    render.text(printable(answer.read(lambda records, _summary: conflict_sentence(records[0]))))


def _pieces(contents: Sequence[tuple[str, bytes]]) -> Iterator[bytes]:
    """As `reconcile_scans` reads them: a line that says what follows, then one file behind the other."""
    import json

    files = [{"name": name, "size": len(content)} for name, content in contents]
    yield json.dumps({"files": files}).encode() + b"\n"
    for _name, content in contents:
        yield content
