"""The only module that prints: rich on a terminal, plain text when piped, the protocol's lines with --json.

Results go to stdout; questions, progress and failures to stderr. What others wrote is never markup, and never control
characters.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from azione.columns import align, printable
from azione.failures import Failure, Problem, ReaderGone

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from azione.doors import Devices, Invitation
    from azione.guest_lists import GuestList
    from azione.protocol import Line
    from azione.seasons import Changes

MARKS = {"created": ("+", "green"), "updated": ("~", "yellow"), "missing": ("!", "red")}


def prepare(*, as_json: bool) -> None:
    """No character ends a command: the protocol is UTF-8, a terminal gets a `?` for what it cannot show."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace", **({"encoding": "utf-8"} if as_json else {}))


def is_interactive() -> bool:
    """Whether someone is there to be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()


def raw_line(line: str) -> None:
    text(f"{line}\n")


def text(content: str) -> None:
    """What is ready as it is: a line, a list in columns, the help. Raises ReaderGone."""
    try:
        sys.stdout.write(content if content.endswith("\n") else f"{content}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        raise ReaderGone from None


def done(sentence: str) -> None:
    if _is_rich(sys.stdout):
        _show(_console(), _text(("✓ ", "bold green"), sentence))
    else:
        text(printable(sentence))


def failure(problem: Failure, *, as_json: bool) -> None:
    """One sentence on what to do, then the case; with --json the last line, unless the backend's own has gone out."""
    if as_json:
        if not problem.is_told:
            import json

            raw_line(json.dumps(problem.as_line(), ensure_ascii=False))
        return
    console = _console(stderr=True)
    _show(console, _text(("Error: ", "bold red"), problem.headline))
    if problem.detail.rstrip(".") not in ("", problem.headline.rstrip(".")):
        _show(console, _text(problem.detail), indent=2)
    for case in problem.problems:
        _show(console, _describe(case), indent=2)


def _describe(case: Problem) -> Text:
    if case.code == "ambiguous" or not case.place:
        return _text(case.message)
    return _text((f"{case.place}: ", "bold"), case.message)


def guest_table(guests: GuestList) -> None:
    if _is_rich(sys.stdout):
        _guest_table_on_terminal(guests)
    else:
        from azione.guest_lists import as_text

        text(as_text(guests))


def _guest_table_on_terminal(guests: GuestList) -> None:
    from rich import box
    from rich.table import Table

    from azione.guest_lists import HEADINGS

    console = _console()
    _show(console, _text((guests.title, "bold")))
    _show(console, _text((guests.place, "dim")))
    # A column that nobody filled in only takes room.
    used = [index for index in range(len(HEADINGS)) if index < 4 or any(row[index] for row in guests.rows)]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for index in used:
        is_number, may_wrap = index in (1, 2), index in (0, 5)
        table.add_column(HEADINGS[index], justify="right" if is_number else "left", no_wrap=not may_wrap)
    for row in guests.rows:
        style = {0: "", 2: _admission_style(admitted=row[2], seats=row[1]), 3: "cyan"}
        table.add_row(*(_text((str(row[index]), style.get(index, ""))) for index in used))
    console.print()
    if guests.rows:
        console.print(table)
    else:
        _show(console, _text("Nobody has a confirmed reservation yet."))
    console.print()
    _show(console, _text((guests.totals, "bold"), f"; {guests.made}"))


def _admission_style(*, admitted: int, seats: int) -> str:
    if admitted == 0:
        return "dim"
    return "green" if admitted >= seats else "yellow"


def invitation(made: Invitation) -> None:
    """The QR code where there is room for it, and what it says in letters."""
    if not _is_rich(sys.stdout):
        lines = [made.door.title, made.door.place, "", f"Link: {made.url}", f"Code: {made.code}", made.terms]
        text("".join(f"{printable(line)}\n" for line in lines))
        return
    console = _console()
    _show(console, _text((made.door.title, "bold")))
    _show(console, _text((made.door.place, "dim")))
    console.print()
    if len(made.qr[0]) <= console.width:
        _qr_on_terminal(made.qr)
        console.print()
    _show(console, _text("Scan this with the phone's camera, or open on it:"))
    # A link that is broken into lines cannot be opened.
    console.print(_text((made.url, "underline")), soft_wrap=True)
    _show(console, _text("Code: ", (made.code, "bold")))
    _show(console, _text(made.terms))


def _qr_on_terminal(qr: Sequence[str]) -> None:
    """Black on white whatever the theme, and whatever NO_COLOR says: the other way round many phones do not read it."""
    from rich.console import Console

    from azione.doors import half_blocks

    console = Console(highlight=False, no_color=False)
    for line in half_blocks(qr):
        console.print(_text((line, "#000000 on #ffffff")))


def device_table(devices: Devices) -> None:
    from azione.doors import HEADINGS, devices_as_text

    if not _is_rich(sys.stdout):
        text(devices_as_text(devices))
        return
    from rich import box
    from rich.table import Table

    console = _console()
    _show(console, _text((devices.door.title, "bold")))
    _show(console, _text((devices.door.place, "dim")))
    console.print()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for index, heading in enumerate(HEADINGS):
        table.add_column(heading, justify="right" if index in (0, 2) else "left", no_wrap=index not in (1, 5))
    for row in devices.rows:
        style = "dim" if row[-1].startswith("sent away") else ""
        table.add_row(*(_text((cell, style)) for cell in row))
    if devices.rows:
        console.print(table)
    else:
        _show(console, _text("No phone has been paired yet."))
    console.print()
    _show(console, _text(devices.totals))


def changes(result: Changes) -> None:
    """What a season's file changes, one line a thing; what stays as it is, is only counted."""
    marked = [(*MARKS.get(row.action, ("·", "")), row) for row in result.rows]
    cells = [(mark, row.action, row.kind, row.name, row.details) for mark, _style, row in marked]
    if not cells:
        return
    if not _is_rich(sys.stdout):
        text("".join(f"{line}\n" for line in align(cells)))
        return
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    for may_wrap in (False, False, False, True, True):
        table.add_column(no_wrap=not may_wrap)
    for (_mark, style, _row), line in zip(marked, cells, strict=True):
        table.add_row(*(_text((cell, style if index < 2 else "")) for index, cell in enumerate(line)))
    _console().print(table)


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, right: Collection[int] = ()) -> None:
    """Any rows in columns; a cell may wrap on a terminal, and stands on one line elsewhere."""
    if not _is_rich(sys.stdout):
        text("".join(f"{line}\n" for line in align([headings, *rows], right=right)))
        return
    from rich import box
    from rich.table import Table

    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for index, heading in enumerate(headings):
        shown.add_column(heading, justify="right" if index in right else "left", no_wrap=index in right)
    for row in rows:
        shown.add_row(*(_text(cell) for cell in row))
    console = _console()
    console.print(shown)
    console.print()


def confirm(question: str) -> bool:
    """Asks on the terminal; anything but yes is no, Ctrl-D too."""
    console = _console(stderr=True)
    console.print(_text((question, "bold"), " [y/N] "), end="")
    try:
        answer = input()
    except EOFError:
        console.print()
        return False
    return answer.strip().casefold() in ("y", "yes", "s", "sì", "si")


@contextmanager
def progress(label: str, *, as_json: bool) -> Iterator[Callable[[Line], None]]:
    """On a terminal, what is being done, with a bar once the command says how far it is; it leaves no trace."""
    if as_json or not _is_rich(sys.stderr):
        yield lambda line: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    from azione import protocol

    waiting = (SpinnerColumn(), TextColumn("{task.description}"))
    counting = (*waiting, BarColumn(), MofNCompleteColumn())
    bar = Progress(*waiting, console=_console(stderr=True), transient=True)
    task = bar.add_task(label, total=None)

    def watch(line: Line) -> None:
        if isinstance(line, protocol.Progress):
            bar.columns = counting
            bar.update(task, completed=line.done, total=line.total)

    with bar:
        yield watch


def _is_rich(stream: Any) -> bool:
    return bool(stream.isatty()) and os.environ.get("TERM") != "dumb"


def _console(*, stderr: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=not _is_rich(sys.stderr if stderr else sys.stdout))


def _text(*parts: str | tuple[str, str]) -> Text:
    """Text that cannot be taken for markup, cleared of control characters."""
    from rich.text import Text

    cleaned = [printable(part) if isinstance(part, str) else (printable(part[0]), part[1]) for part in parts]
    return Text.assemble(*cleaned)


def _show(console: Console, shown: Text, *, indent: int = 0) -> None:
    from rich.padding import Padding

    if console.is_terminal:
        console.print(Padding(shown, (0, 0, 0, indent)) if indent else shown)
    else:
        console.print(" " * indent + shown.plain, soft_wrap=True, markup=False)
