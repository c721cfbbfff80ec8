"""Runs a management command on the target and streams its lines."""

from __future__ import annotations

import io
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO, Any, TypeVar

from azione.failures import ExitCode, Failure
from azione.protocol import Error, Line, ProtocolError, Record, Summary, read_lines
from azione.targets import Target

Model = TypeVar("Model")
STOP_SECONDS = 5
# How a command may end that said all it had to say; with the last, it found what it looked at broken.
ENDS_WITH_SUMMARY = (ExitCode.DONE, ExitCode.PARTLY_DONE, ExitCode.ENVIRONMENT)


@dataclass
class Answer:
    """All that a command said; `exit_code` is one of `ENDS_WITH_SUMMARY`."""

    records: list[dict[str, Any]] = field(default_factory=list)
    summary: dict[str, Any] = field(default_factory=dict)
    exit_code: ExitCode = ExitCode.DONE

    def read(self, reader: Callable[[list[dict[str, Any]], dict[str, Any]], Model]) -> Model:
        """What `reader` makes of the records and the summary; raises Failure where they lack what it looks for."""
        try:
            return reader(self.records, self.summary)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise Failure("broken_answer", f"The answer lacks something: {error}.") from None


class HeldOpen:
    """Standard input on which nothing ever comes, open until `close`.

    So a command is stopped that goes on until then: no signal gets through `docker compose exec`.
    """

    def __init__(self) -> None:
        self._closed = threading.Event()

    def __iter__(self) -> Iterator[bytes]:
        self._closed.wait()
        return iter(())

    def close(self) -> None:
        self._closed.set()

    @contextmanager
    def closed_by_ctrl_c(self, then: Callable[[], None] = lambda: None) -> Iterator[threading.Event]:
        """The first Ctrl-C closes it, so that all ends well, and calls `then`; the second does not wait for that.

        Gives an event that says whether there was one.
        """
        pressed = threading.Event()

        def end(_number: int, _frame: object) -> None:
            if pressed.is_set():
                raise KeyboardInterrupt
            pressed.set()
            self.close()
            then()

        before = signal.signal(signal.SIGINT, end)
        try:
            yield pressed
        finally:
            signal.signal(signal.SIGINT, before)


def call(
    target: Target,
    command: str,
    *arguments: str,
    verbose: bool = False,
    echo: Callable[[str], None] | None = None,
    watch: Callable[[Line], None] | None = None,
    stdin: Iterable[bytes] | None = None,
) -> Answer:
    """Runs `command` to its end. `echo` gets each raw line, `watch` each parsed one, as they come.

    `stdin` is what it reads, piece by piece; without it there is nothing to read.

    Raises Failure when the command refused or failed, and when its answer is broken.
    """
    with _log() as log, _running(target, [command, *arguments], None if verbose else log, stdin) as process:
        try:
            answer, error = _listen(read_lines(_raw_lines(process, echo)), watch)
        except ProtocolError as broken:
            raise _broken(broken, process, log) from None
        returncode = process.wait()
    if error is not None:
        raise _told(error.as_failure(returncode), echo)
    if returncode not in ENDS_WITH_SUMMARY:
        raise Failure("broken_answer", f"It ended with exit code {returncode} after saying that all went well.")
    answer.exit_code = ExitCode(returncode)
    return answer


def _listen(lines: Iterator[Line], watch: Callable[[Line], None] | None) -> tuple[Answer, Error | None]:
    answer = Answer()
    error: Error | None = None
    for line in lines:
        if watch is not None:
            watch(line)
        match line:
            case Record(members):
                answer.records.append(members)
            case Summary(members):
                answer.summary = members
            case Error():
                error = line
    return answer, error


def _log() -> IO[bytes]:
    """Where the backend's log goes unless it is shown; only its last line is ever used."""
    return tempfile.TemporaryFile()


def _told(failure: Failure, echo: Callable[[str], None] | None) -> Failure:
    """With `echo`, the error line has been passed on already and must not be told twice."""
    failure.is_told = echo is not None
    return failure


@contextmanager
def _running(
    target: Target, arguments: Sequence[str], log: IO[bytes] | None, stdin: Iterable[bytes] | None
) -> Iterator[subprocess.Popen[str]]:
    """The process; whatever happens here, it does not outlive this block."""
    try:
        process = subprocess.Popen(  # noqa: S603 (the target's own manage.py)
            [*target.command, *arguments],
            env=target.env,
            cwd=target.cwd,
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            encoding="utf-8",
            errors="replace",
            # What is stopped by closing its input must not hear the terminal's Ctrl-C as well.
            start_new_session=isinstance(stdin, HeldOpen),
        )
    except OSError as error:
        raise Failure("target_unusable", f"{target.command[0]}: {error.strerror or error}.") from None
    with process:
        feeder = _feed(process, stdin)
        try:
            yield process
        finally:
            _end(process)
            if isinstance(stdin, HeldOpen):
                stdin.close()
            feeder.join()


def _feed(process: subprocess.Popen[str], stdin: Iterable[bytes] | None) -> threading.Thread:
    """Beside the reading of the answer: each side's pipe may fill up while it waits for the other."""

    def write() -> None:
        if stdin is None or not isinstance(process.stdin, io.TextIOWrapper):
            return
        # A command that stops reading has said why, or its answer is broken.
        with suppress(OSError, ValueError):
            for piece in stdin:
                process.stdin.buffer.write(piece)
        with suppress(OSError, ValueError):
            process.stdin.close()

    feeder = threading.Thread(target=write, daemon=True)
    feeder.start()
    return feeder


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


def _raw_lines(process: subprocess.Popen[str], echo: Callable[[str], None] | None) -> Iterator[str]:
    assert process.stdout is not None  # noqa: S101 (Popen was asked for a pipe)
    # Not splitlines(): only a line feed ends a line of the protocol.
    for raw in process.stdout:
        if echo is not None:
            echo(raw.rstrip("\n"))
        yield raw


def _broken(error: ProtocolError, process: subprocess.Popen[str], log: IO[bytes]) -> Failure:
    """What the protocol could not say: the exit code, and the last that the command wrote to its log."""
    _end(process)
    log.seek(0)
    said = [line.strip() for line in log.read().decode(errors="replace").splitlines() if line.strip()]
    last = f" It last wrote: {said[-1][:300]}" if said else ""
    return Failure("broken_answer", f"The backend's answer is broken: {error} (exit code {process.returncode}).{last}")
