"""How every verb that changes something goes about it: look, show, ask, do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from azione import render
from azione.failures import Failure
from azione.options import Options

if TYPE_CHECKING:
    from azione.backend import Answer
    from azione.protocol import Line
    from azione.targets import Target


@dataclass(frozen=True)
class Writing:
    """A management command that writes and knows --dry-run, in the words of its verb.

    `preview` shows what a dry run answered; `question` makes of it what is asked ("Cancel this performance"), or
    nothing where there is nothing to do. `stdin` is made anew for each of the two calls.
    """

    command: str
    arguments: tuple[str, ...]
    label: str
    question: Callable[[Answer], str]
    preview: Callable[[Answer], None] = lambda answer: None
    stdin: Callable[[], Iterable[bytes]] | None = None
    # The line that goes on where it was stopped, for a command that knows --stop-at-eof: the first Ctrl-C then stops it
    # between two steps, and it says how far it came.
    goes_on: str = ""

    def run(self, options: Options, *, dry_run: bool, yes: bool, target: Target | None = None) -> tuple[Answer, bool]:
        """The answer, and whether anything was written. Raises Failure, also when the person says no.

        Asks on a terminal, with the preview, the site and the database before the question; elsewhere wants --yes.
        """
        require_somebody(options, dry_run=dry_run, yes=yes)
        target = target or options.find_target()
        if not yes or dry_run:
            answer = self._call(options, target, "Looking …", "--dry-run")
            if not options.as_json:
                self.preview(answer)
            if dry_run or not self._is_agreed(answer):
                return answer, False
        if self.goes_on:
            return self._call_stoppable(options, target), True
        return self._call(options, target, self.label), True

    def _call(self, options: Options, target: Target, label: str, *flags: str) -> Answer:
        stdin = self.stdin() if self.stdin is not None else None
        return options.call(target, label, self.command, *flags, *self.arguments, stdin=stdin)

    def _call_stoppable(self, options: Options, target: Target) -> Answer:
        from azione.protocol import Progress

        came_to: list[Progress] = []

        def note(line: Line) -> None:
            if isinstance(line, Progress):
                came_to[:] = [line]

        words = (self.command, "--stop-at-eof", *self.arguments)
        try:
            return options.call_stoppable(target, self.label, *words, told=note)
        except Failure as failure:
            # Before the first step nobody knows whether there is anything to go on with.
            if came_to:
                failure.next_step = f"It came to {came_to[0].done} of {came_to[0].total}. To go on: {self.goes_on}"
            elif failure.code == "email_unavailable":
                failure.next_step = f"To go on: {self.goes_on}"
            raise
        except KeyboardInterrupt:
            render.remark(f"Cut off; nothing is lost. To go on: {self.goes_on}")
            raise

    def _is_agreed(self, answer: Answer) -> bool:
        """False where there is nothing to ask about; raises Failure on a no."""
        question = self.question(answer)
        if not question:
            return False
        if not render.confirm(f"{question}, on {_where(answer)}?"):
            raise Failure("declined")
        return True


def require_somebody(options: Options, *, dry_run: bool, yes: bool) -> None:
    """Raises Failure where a question would have to be asked and nobody is there."""
    if not (dry_run or yes) and (options.as_json or not render.is_interactive()):
        raise Failure("usage", "Nobody is here to be asked: add --yes to do it, or --dry-run to see what changes.")


def _where(answer: Answer) -> str:
    return answer.read(lambda _records, summary: f"{summary['on']['site']} (database {summary['on']['database']})")
