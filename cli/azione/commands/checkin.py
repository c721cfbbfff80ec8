"""`azione checkin …`"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from azione import render
from azione.arguments import DryRun, Yes
from azione.failures import Failure
from azione.nouns import make_noun
from azione.options import Options
from azione.writing import Writing

if TYPE_CHECKING:
    from azione.backend import Answer

app = make_noun("Who came in: scans made without a network, and what is to be settled.")
# An evening's scans are a few megabytes; whatever is larger was named by mistake.
MOST_BYTES = 100_000_000


class Settlement(StrEnum):
    CAME_IN = "came-in"
    COUNTED_TWICE = "counted-twice"


@app.command("reconcile")
def reconcile(
    context: typer.Context,
    files: Annotated[list[str], typer.Argument(help="Exports of phones, ticked guest lists (CSV).", metavar="FILE…")],
    list_name: Annotated[
        str,
        typer.Option(
            "--list", metavar="NAME", help="What a ticked list is called. Without it: Paper list.", show_default=False
        ),
    ] = "",
    dry_run: DryRun = False,
) -> int:
    """Take in scans made without a network: a phone's export, or a ticked guest list.

    All files are read and checked first; one that was cut short, edited or is of another performance refuses all of
    them. Who came in is a fact: what the rules would have refused becomes a conflict for you to settle. Taking a file
    in twice changes nothing, nor does the order.

    In the list, a mark (x, ✓, sì, ok) in the column Admitted lets in all that were left; a number says how many are in.

    \b
    Examples:
      azione checkin reconcile marta.jsonl ugo.jsonl --dry-run
      azione checkin reconcile guests.csv --list "Left door, on paper"
    """
    options: Options = context.obj
    contents = [(name, _content(name)) for name in files]
    named = ["--list", list_name] if list_name else []
    arguments = [*(["--dry-run"] if dry_run else []), *named]
    answer = options.call(
        options.find_target(), "Reconciling …", "reconcile_scans", *arguments, stdin=_pieces(contents)
    )
    if not options.as_json:
        from azione.columns import printable
        from azione.reconciliations import read_reconciliation

        result = answer.read(read_reconciliation)
        render.text("".join(f"{printable(performance)}\n" for performance in result.performances))
        render.listing(result.files)
        render.done(f"{'This would bring' if dry_run else 'Reconciled'}: {result.totals}.")
        if result.conflicts:
            render.text(result.conflicts)
    return answer.exit_code


@app.command("conflicts")
def conflicts(
    context: typer.Context,
    performance: Annotated[
        str,
        typer.Argument(
            help="An id, next, tonight, or SHOW@YYYY-MM-DD. Without it: all.", metavar="PERFORMANCE", show_default=False
        ),
    ] = "",
    all_: Annotated[bool, typer.Option("--all", help="Those that are settled as well.")] = False,
) -> int:
    """List the people who are inside and whom the rules would have refused.

    With the phone that let them in and when, and the one that had let in the same seats before.

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
    conflict: Annotated[int, typer.Argument(help="Its number in the list of conflicts.", metavar="CONFLICT")],
    settlement: Annotated[
        Settlement, typer.Argument(help="came-in: more people came than the rules allow. counted-twice: they did not.")
    ],
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="How you know.")] = "",
    dry_run: DryRun = False,
    yes: Yes = False,
) -> int:
    """Settle a conflict: did those people come in as well, or were the same people scanned twice?

    It says who counts as having come in; nobody's scan is changed. Settling again replaces what was said before.

    \b
    Examples:
      azione checkin settle 7 counted-twice --note "Anna showed her ticket at both doors"
      azione checkin settle 8 came-in --yes
    """
    options: Options = context.obj
    words = "they all came in" if settlement is Settlement.CAME_IN else "the same people were counted twice"
    settling = Writing(
        "settle_conflict",
        ("--note", note, "--", str(conflict), settlement.value),
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


def _content(name: str) -> bytes:
    """Read here, since with the Compose stack the file is not where the backend is."""
    path = Path(name).expanduser()
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Failure("usage", f"{name} is far too large to be an evening's scans.")
        return path.read_bytes()
    except OSError as error:
        raise Failure("usage", f"{name}: {error.strerror or error}.") from None


def _pieces(contents: Sequence[tuple[str, bytes]]) -> Iterator[bytes]:
    """As `reconcile_scans` reads them: a line that says what follows, then one file behind the other."""
    import json

    files = [{"name": name, "size": len(content)} for name, content in contents]
    yield json.dumps({"files": files}).encode() + b"\n"
    for _name, content in contents:
        yield content
