"""Programs at work: what goes into them, what comes out, and what they say when they fail.

None outlives its block, unless azione itself is killed: then it ends because nobody reads or feeds it any more.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from azione.failures import Failure

CHUNK = 1 << 18
STOP_SECONDS = 5
# Of what a program said, as much as helps a person.
_LAST_LINES, _MOST_LETTERS = 3, 400
# What Docker Compose would take from the caller's shell: which file, which profiles. The project's name is enough.
_FOREIGN = "COMPOSE_"
# In a container: the program ends with its standard input, which it does not read itself. No signal gets there. The
# shell waits for both of its children: one that outlived it would be PostgreSQL's, process 1 there, which restarts
# itself when a stranger among its children is killed (seen).
_GUARD = (
    'exec 3<&0; "$@" </dev/null & child=$!; '
    '{ read -r _ <&3; kill "$child"; } >/dev/null 2>&1 & guard=$!; '
    'wait "$child"; code=$?; kill "$guard" 2>/dev/null; wait "$guard" 2>/dev/null; exit "$code"'
)


class ProgramFailed(Exception):  # noqa: N818 (whoever runs the program says what it means that it failed)
    """`said` are the last lines of what it wrote on stderr."""

    def __init__(self, program: str, returncode: int, said: str) -> None:
        super().__init__(f"{program}: {said or f'exit code {returncode}'}")
        self.program = program
        self.returncode = returncode
        self.said = said

    @property
    def is_full_disk(self) -> bool:
        return "No space left on device" in self.said

    def as_failure(self, code: str = "stack_failed") -> Failure:
        return Failure("no_space" if self.is_full_disk else code, f"{self}")


def guarded(*words: str) -> list[str]:
    """A command for a container that must not go on there once azione is gone."""
    return ["sh", "-c", _GUARD, "sh", *words]


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}


@contextmanager
def running(
    command: Sequence[str], *, name: str, reads: bool = False, stdin: int | IO[bytes] = subprocess.PIPE
) -> Iterator[subprocess.Popen[bytes]]:
    """The program, with pipes to it and from it. Raises ProgramFailed at the end of the block if it failed.

    `reads` says that it is fed: its input is closed at the end, and else kept open while it works.
    """
    with tempfile.TemporaryFile() as log:
        process = _start(command, name, stdin, log)
        try:
            yield process
            _let_end(process, closes_input=reads)
        except BrokenPipeError:
            # It stopped reading, and says why on its stderr.
            with suppress(subprocess.TimeoutExpired):
                process.wait(STOP_SECONDS)
        finally:
            _end(process)
        if process.returncode != 0:
            raise ProgramFailed(name, process.returncode, _last_words(log))


def run(command: Sequence[str], *, name: str, feed: bytes = b"") -> str:
    """What a program said that is fed little and says little. Raises ProgramFailed."""
    with running(command, name=name, reads=True) as process:
        pipes = process.stdin, process.stdout
        assert pipes[0] is not None and pipes[1] is not None  # noqa: S101, PT018 (Popen was asked for pipes)
        pipes[0].write(feed)
        pipes[0].close()
        said = pipes[1].read()
    return said.decode(errors="replace")


def _start(command: Sequence[str], name: str, stdin: int | IO[bytes], log: IO[bytes]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 (docker, or a program named by this package)
            list(command),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=log,
            env=environment(),
            # Not a folder whose compose.yml is none of our business.
            cwd=Path("/"),
            # The terminal's Ctrl-C is for azione, which then ends it in good order.
            start_new_session=True,
        )
    except OSError as error:
        raise ProgramFailed(name, 127, error.strerror or str(error)) from None


def _let_end(process: subprocess.Popen[bytes], *, closes_input: bool) -> None:
    if closes_input and process.stdin is not None:
        process.stdin.close()
    # Whatever it still says; a full pipe would keep it from ending.
    while process.stdout is not None and process.stdout.read(CHUNK):
        pass
    process.wait()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Without input and readers it ends by itself, in good order; else it is told to, and at last made to."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
    for insist in (process.terminate, process.kill):
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            insist()
    process.wait()


def _last_words(log: IO[bytes]) -> str:
    log.seek(0)
    lines = [line.strip() for line in log.read().decode(errors="replace").splitlines() if line.strip()]
    return " / ".join(lines[-_LAST_LINES:])[:_MOST_LETTERS]
