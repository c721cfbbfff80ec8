"""The only module that prints: rich on a terminal, plain text when piped, the protocol's lines with --json.

Results go to stdout; questions, progress and failures to stderr. What others wrote is never markup, and never control
characters.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from azione.columns import GAP, align, fit, printable
from azione.failures import Failure, Problem, ReaderGone

if TYPE_CHECKING:
    from rich.console import Console, Group, RenderableType
    from rich.table import Table
    from rich.text import Text

    from azione.backups.steps import Step
    from azione.checkins import DoorView, Watch
    from azione.doors import Invitation
    from azione.health import Diagnosis
    from azione.listings import Listing
    from azione.protocol import Line
    from azione.seasons import Changes

# Of a failure's message; more would push all else off the screen.
MOST_LETTERS = 600
MARKS = {"created": ("+", "green"), "updated": ("~", "yellow"), "missing": ("!", "red")}

LEVELS = {"ok": ("✓", "green"), "warning": ("!", "bold yellow"), "failure": ("✗", "bold red")}


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


def line(sentence: str) -> None:
    """One of a running report, in words that others may have written."""
    text(printable(sentence))


def done(sentence: str) -> None:
    if _is_rich(sys.stdout):
        _show(_console(), _text(("✓ ", "bold green"), sentence))
    else:
        text(printable(sentence))


def sentence(said: str) -> None:
    """Among the results; a terminal breaks it between words."""
    if _is_rich(sys.stdout):
        _show(_console(), _text(said))
    else:
        text(printable(said))


def remark(sentence: str) -> None:
    """A word to whoever sits there, beside the results."""
    _show(_console(stderr=True), _text(sentence))


def failure(problem: Failure, *, as_json: bool) -> None:
    """One sentence on what to do, then the case; with --json the last line, unless the backend's own has gone out."""
    if as_json:
        if not problem.is_told:
            import json

            raw_line(json.dumps(problem.as_line(), ensure_ascii=False))
        return
    console = _console(stderr=True)
    if problem.is_wished:
        _show(console, _text(problem.headline))
        return
    _show(console, _text(("Error: ", "bold red"), _in_short(problem.headline)))
    if problem.detail.rstrip(".") not in ("", problem.headline.rstrip(".")):
        _show(console, _text(_in_short(problem.detail)), indent=2)
    for case in problem.problems:
        _show(console, _describe(case), indent=2)
    if problem.next_step:
        _show(console, _text(problem.next_step))


def _describe(case: Problem) -> Text:
    if case.code == "ambiguous" or not case.place:
        return _text(_in_short(case.message))
    return _text((f"{case.place}: ", "bold"), _in_short(case.message))


def _in_short(message: str) -> str:
    """Without the middle of what is far too long, such as a name that was pasted by mistake."""
    return message if len(message) <= MOST_LETTERS else f"{message[: MOST_LETTERS // 2]} … {message[-200:]}"


def listing(shown: Listing) -> None:
    """Rows in columns; on a terminal with colours and words that wrap, elsewhere one line a row."""
    if not _is_rich(sys.stdout):
        from azione.listings import as_text

        text(as_text(shown))
        return
    console = _console()
    for line, style in ((shown.title, "bold"), (shown.subtitle, "dim")):
        if line:
            _show(console, _text((line, style)))
    if shown.title:
        console.print()
    if shown.rows:
        console.print(_table(shown))
    elif shown.empty:
        _show(console, _text(shown.empty))
    if shown.totals:
        console.print()
        _show(console, _text((shown.totals, "bold")))


def _table(shown: Listing) -> Table:
    from rich import box
    from rich.table import Table

    columns = range(len(shown.headings))
    used = [column for column in columns if column not in shown.optional or any(row[column] for row in shown.rows)]
    cells = [shown.headings, *shown.rows]
    widths = fit(cells, used, width=_console().width, wraps=shown.wraps, spare=shown.spare)
    # The box has a cell of its own between two columns.
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, GAP - 1, 0, 0), show_edge=False, header_style="bold")
    for column, its_width in widths.items():
        justify: Literal["right", "left"] = "right" if column in shown.right else "left"
        table.add_column(shown.headings[column], justify=justify, width=its_width, overflow="fold")
    for row in shown.rows:
        table.add_row(*(_text((row[column], shown.style(row, column))) for column in widths))
    return table


def facts(pairs: Sequence[tuple[str, str]], *, title: str = "") -> None:
    """What is known of one thing, a line each; a fact that is empty is left out."""
    known = [(name, value) for name, value in pairs if value]
    if not _is_rich(sys.stdout):
        above = [printable(title)] if title else []
        text("".join(f"{line}\n" for line in [*above, *align([(f"{name}:", value) for name, value in known])]))
        return
    console = _console()
    if title:
        _show(console, _text((title, "bold")))
    console.print(_grid(known))


def _grid(pairs: Sequence[tuple[str, str]]) -> Table:
    from rich.table import Table

    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column()
    for name, value in pairs:
        grid.add_row(_text((name, "dim")), _text(value))
    return grid


def door(view: DoorView) -> None:
    """How an evening goes, once."""
    if _is_rich(sys.stdout):
        _console().print(_door(view, f"Made {view.moment}."))
        return
    from azione.listings import as_text

    occasion = "".join(f"{printable(line)}\n" for line in (view.occasion.title, view.occasion.place))
    facts = "".join(f"{line}\n" for line in align([(f"{name}:", value) for name, value in view.facts]))
    text("\n".join([occasion, facts, as_text(view.phones), f"Made {view.moment}.\n"]))


def _door(view: DoorView, *below: str | tuple[str, str]) -> Group:
    from rich.console import Group

    phones = _table(view.phones) if view.phones.rows else _text(view.phones.empty)
    title, place = _text((view.occasion.title, "bold")), _text((view.occasion.place, "dim"))
    return Group(title, place, "", _grid(view.facts), "", phones, "", _text(*below))


def can_redraw() -> bool:
    """Whether what was drawn can be drawn over: a terminal that knows how to move its cursor."""
    return _is_rich(sys.stdout)


@contextmanager
def watching(watch: Watch) -> Iterator[None]:
    """Draws how an evening goes, every second in the same place, until the block ends; the last state stays."""
    from rich.live import Live

    def drawn() -> RenderableType:
        view = watch.view
        if view is None:
            return _text(("Reading the door …", "dim"))
        if watch.is_silent or watch.trouble:
            why = watch.trouble or "AzioneLab does not answer; waiting."
            return _door(view, (f"As of {view.moment}. {why}", "bold red"))
        return _door(view, (f"As of {view.moment}. Ctrl-C ends this.", "dim"))

    with Live(get_renderable=drawn, console=_console(), refresh_per_second=1) as live:
        # By itself it draws for the first time after a second.
        live.refresh()
        yield


def diagnosis(found: Diagnosis, *, quiet: bool) -> None:
    """What was looked at, by topic; elsewhere than on a terminal one line each, to be searched."""
    groups = found.by_group(quiet=quiet)
    if quiet and not groups:
        return
    if not _is_rich(sys.stdout):
        cells = [(one.level, group, f"{one.message} {one.advice}") for group, rows in groups for one in rows]
        text("".join(f"{row}\n" for row in [*align(cells), found.totals]))
        return
    console = _console()
    for group, rows in groups:
        _show(console, _text((group.capitalize(), "bold")))
        for one in rows:
            mark, style = LEVELS.get(one.level, ("?", ""))
            console.print(_hanging(mark, style, one.message, one.advice))
    console.print()
    _show(console, _text((found.totals, "bold")))


def _hanging(mark: str, style: str, message: str, advice: str) -> Table:
    """A mark, and words that stay to its right however often they wrap."""
    from rich.table import Table

    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column()
    grid.add_row(_text((f"  {mark}", style)), _text(message))
    if advice:
        grid.add_row("", _text((f"→ {advice}", style.removeprefix("bold "))))
    return grid


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
    _show(console, _text("Open this on the phone, or scan the square below with its camera:"))
    # A link that is broken into lines cannot be opened.
    console.print(_text((made.url, "underline")), soft_wrap=True)
    _show(console, _text("Code: ", (made.code, "bold")))
    _show(console, _text(made.terms))
    # The last thing, as it has to stand whole on a small screen.
    if len(made.qr[0]) <= console.width:
        console.print()
        _qr_on_terminal(made.qr)


def _qr_on_terminal(qr: Sequence[str]) -> None:
    """Black on white whatever the theme, and whatever NO_COLOR says: the other way round many phones do not read it."""
    from rich.console import Console

    from azione.doors import half_blocks

    console = Console(highlight=False, no_color=False)
    for line in half_blocks(qr):
        console.print(_text((line, "#000000 on #ffffff")))


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


def confirm_by_name(question: str, name: str) -> bool:
    """As `confirm`, for what is worth more than a `y`: the name of what it is done to, typed by hand."""
    console = _console(stderr=True)
    console.print(_text((question, "bold")))
    console.print(_text("Type ", (name, "bold"), " to go on: "), end="")
    try:
        return input().strip() == name
    except EOFError:
        console.print()
        return False


def ask_secret(prompt: str) -> str:
    """What is typed without being shown. Raises EOFError for Ctrl-D."""
    from getpass import getpass

    return getpass(f"{prompt}: ", stream=sys.stderr)


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


@contextmanager
def steps(*, as_json: bool) -> Iterator[Callable[[Step], None]]:
    """The steps of a piece of work as they begin, with a bar for the bytes of one; on a terminal it leaves no trace."""
    if as_json:
        yield _step_line
        return
    if not _is_rich(sys.stderr):
        yield lambda step: None
        return
    from rich.progress import BarColumn, DownloadColumn, Progress, SpinnerColumn, TextColumn

    waiting = (SpinnerColumn(), TextColumn("{task.fields[place]} {task.description}"))
    bar = Progress(*waiting, console=_console(stderr=True), transient=True)
    task = bar.add_task("…", total=None, place="")

    def show(step: Step) -> None:
        bar.columns = (*waiting, BarColumn(), DownloadColumn()) if step.total else waiting
        place = f"{step.number + 1}/{step.steps}"
        bar.update(task, description=step.words, completed=step.done, total=step.total or None, place=place)
        if not step.done:
            # Also one that is over before the bar would be drawn by itself.
            bar.refresh()

    with bar:
        yield show


def _step_line(step: Step) -> None:
    import json

    members = {"done": step.number, "total": step.steps, "step": step.name, "bytes": step.done, "of": step.total}
    raw_line(json.dumps({"v": 1, "type": "progress", **members}))


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
