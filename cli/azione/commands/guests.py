"""`azione guests …`"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from azione import render
from azione.arguments import PerformanceName
from azione.failures import Failure
from azione.nouns import make_noun
from azione.options import Options
from azione.output import STDOUT, write_file, write_stdout

if TYPE_CHECKING:
    from azione.guest_lists import GuestList

app = make_noun("Who comes to a performance.")


class Format(StrEnum):
    CSV = "csv"
    TABLE = "table"


@app.command("export")
def export(
    context: typer.Context,
    performance: PerformanceName,
    format_: Annotated[
        Format | None,
        typer.Option(
            "--format",
            help="csv for a spreadsheet, table to read. Without it: csv for a FILE named .csv, else table.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="Where to write it; - is standard output.")
    ] = STDOUT,
) -> int:
    """The confirmed reservations of a performance, by surname.

    With name, seats, seats already admitted, reference, phone and notes. A file is written whole or not at all, and
    only you can read it: it holds personal data, so delete it after the show.

    \b
    Examples:
      azione guests export next
      azione guests export tonight --format csv --output guests.csv
      azione guests export locandiera@2026-12-05 --format table --output - | lpr
    """
    options: Options = context.obj
    if options.as_json and (format_ is not None or output != STDOUT):
        raise Failure("usage", "With --json the lines go to standard output: leave out --format and --output.")
    if not output:
        raise Failure("usage", "--output needs the name of a file, or - for standard output.")
    answer = options.call(options.find_target(), "Reading the guest list …", "export_guests", "--", performance)
    if not options.as_json:
        from azione.guest_lists import read_guest_list

        _write(answer.read(read_guest_list), format_ or _format_for(output), output)
    return answer.exit_code


def _format_for(output: str) -> Format:
    return Format.CSV if output.lower().endswith(".csv") else Format.TABLE


def _write(guests: GuestList, kind: Format, output: str) -> None:
    from azione.guest_lists import as_csv, as_listing, as_text

    if output == STDOUT and kind is Format.TABLE:
        render.listing(as_listing(guests))
        return
    content = as_csv(guests) if kind is Format.CSV else as_text(guests).encode()
    if output == STDOUT:
        write_stdout(content)
        return
    write_file(Path(output).expanduser(), content)
    render.done(f"{output}: {guests.title}, {guests.place}: {guests.totals}.")
