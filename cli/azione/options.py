"""The options that hold for every command, wherever on the line they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from azione import render
from azione.targets import Target, find_target

if TYPE_CHECKING:
    from azione.backend import Answer
    from azione.protocol import Line

FLAGS = ("--json", "--verbose")
TARGET = "--target"


@dataclass(frozen=True)
class Options:
    """What the caller asked for before any noun."""

    target: str = ""
    as_json: bool = False
    verbose: bool = False

    def find_target(self) -> Target:
        return find_target(self.target)

    @property
    def echo(self) -> Callable[[str], None] | None:
        return render.raw_line if self.as_json else None

    def call(
        self, target: Target, label: str, command: str, *arguments: str, stdin: Iterable[bytes] | None = None
    ) -> Answer:
        """Runs a management command; with --json its lines go straight out."""
        from azione.backend import call

        # With --verbose the backend's log shares the terminal with the bar, which would tear both.
        with render.progress(label, as_json=self.as_json or self.verbose) as watch:
            return call(target, command, *arguments, verbose=self.verbose, echo=self.echo, watch=watch, stdin=stdin)

    def call_stoppable(
        self, target: Target, label: str, command: str, *arguments: str, told: Callable[[Line], None]
    ) -> Answer:
        """As `call`, for a command that stops when its input is closed, which the first Ctrl-C does.

        `told` gets each line as it comes.
        """
        from azione.backend import HeldOpen, call

        held = HeldOpen()
        with (
            render.progress(label, as_json=self.as_json or self.verbose) as watch,
            held.closed_by_ctrl_c(lambda: render.remark("Stopping after this one …")),
        ):

            def watch_and_tell(line: Line) -> None:
                watch(line)
                told(line)

            return call(
                target, command, *arguments, verbose=self.verbose, echo=self.echo, watch=watch_and_tell, stdin=held
            )


def hoist(arguments: list[str]) -> list[str]:
    """Moves the global options to the front, so that `azione guests export next --json` means what it says."""
    front: list[str] = []
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            return [*front, *rest, argument, *waiting]
        if argument in FLAGS or argument.startswith(f"{TARGET}="):
            front.append(argument)
        elif argument == TARGET:
            front += [argument, *([value] if (value := next(waiting, None)) is not None else [])]
        else:
            rest.append(argument)
    return [*front, *rest]
