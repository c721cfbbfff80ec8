"""`azione guests …`"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from azione import render
from azione.arguments import PerformanceName
from azione.failures import Failure
from azione.guest_files.formats import BINARY, IN_WORDS, Format, Language, format_of
from azione.nouns import make_noun
from azione.options import Options
from azione.output import STDOUT, path_named, write_file, write_stdout

if TYPE_CHECKING:
    from azione.guest_lists import GuestList

app = make_noun("Who comes to a performance.")


@app.command("export")
def export(
    context: typer.Context,
    performance: PerformanceName,
    format_: Annotated[
        Format | None,
        typer.Option(
            "--format",
            help="csv or xlsx for a spreadsheet, pdf or html to print, json for a program, table to read. "
            "Without it: what FILE's name ends in, else table.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="Where to write it; - is standard output.")
    ] = STDOUT,
    language: Annotated[
        Language | None,
        typer.Option("--language", help="Of a pdf, html or xlsx: Italian, unless you say en.", show_default=False),
    ] = None,
) -> int:
    """The confirmed reservations of a performance, by surname.

    With name, seats, seats already admitted, reference, phone (not on paper), notes, totals, and when it was made. On
    paper (pdf, html) each seat has a box to tick. What was ticked in a csv, or in an xlsx that was saved as CSV, comes
    back with `azione checkin reconcile`.

    A file is written whole or not at all, and only you can read it: it holds personal data, so delete it after the
    show.

    \b
    Examples:
      azione guests export next
      azione guests export tonight --output guests.pdf
      azione guests export tonight --output guests.xlsx --language en
      azione guests export locandiera@2026-12-05 --format pdf --output - | lpr
    """
    options: Options = context.obj
    if options.as_json and (format_ is not None or output != STDOUT or language is not None):
        raise Failure(
            "usage",
            "With --json the protocol's lines go to standard output: leave out --format, --output and --language. "
            "One JSON document is --format json.",
        )
    kind = _chosen(format_, output, language)
    answer = options.call(options.find_target(), "Reading the guest list …", "export_guests", "--", performance)
    if not options.as_json:
        from azione.guest_lists import read_guest_list

        _write(answer.read(read_guest_list), kind, output, language or Language.IT)
    return answer.exit_code


def _chosen(asked: Format | None, output: str, language: Language | None) -> Format:
    """Raises Failure for what could not be written in the end, before the backend is asked for anything."""
    if not output:
        raise Failure("usage", "--output needs the name of a file, or - for standard output.")
    kind = asked or (Format.TABLE if output == STDOUT else format_of(output))
    if kind is None:
        raise Failure("usage", f"{output}: no format's name ends so. Add --format, with one of {', '.join(Format)}.")
    if output == STDOUT and kind in BINARY and sys.stdout.isatty():
        raise Failure("usage", f"A terminal cannot show a {kind}: add --output FILE, or send it through a pipe.")
    if language is not None and kind not in IN_WORDS:
        raise Failure("usage", f"--language is for {', '.join(sorted(IN_WORDS))}: a {kind} is the same in all.")
    return kind


def _write(guests: GuestList, kind: Format, output: str, language: Language) -> None:
    if output == STDOUT and kind is Format.TABLE:
        from azione.guest_lists import as_listing

        render.listing(as_listing(guests))
        return
    from azione.guest_files import content_of

    content = content_of(guests, kind, language)
    if output == STDOUT:
        write_stdout(content)
        return
    write_file(path_named(output), content)
    render.done(f"{output}: {guests.title}, {guests.place}: {guests.totals}.")
