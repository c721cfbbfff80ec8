"""The terminal that a runbook is followed in: one after the other, its command blocks are run as a person would.

Each block is run by `bash -euo pipefail`. What it sets in CAPITALS and where it goes (`cd`) holds for the blocks after
it, as in one window. A block with something to type («…») gets a real terminal, any other a pipe.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pexpect

from runbooks.documents import Command
from runbooks.expected import Expected, tidy

BLOCK_SECONDS = 600
# For what goes on running to end after Ctrl-C.
PATIENCE_SECONDS = 180
# When a person sees that a question is all there is, and types.
_SETTLED_SECONDS = 0.5
# After which Ctrl-C is typed again.
_QUIET_SECONDS = 10
_MOST_CTRL_C = 5
_COLUMNS, _LINES = 120, 50
_ASSIGNED = re.compile(r"^\s*(?:export\s+)?([A-Z][A-Z0-9_]*)=", re.MULTILINE)
_YOURS = re.compile(r"^(?P<name>[A-Z][A-Z0-9_]*)=(?P<value>\S*)(?P<comment>\s+# yours\b.*)$", re.MULTILINE)


class RunbookError(AssertionError):
    """What was typed, what should have come and what came instead."""


@dataclass
class Terminal:
    """`values` are what the reader fills in (`NAME=value  # yours`); `words` what the runbook's words are here."""

    folder: Path
    cwd: Path
    env: Mapping[str, str]
    values: Mapping[str, str]
    words: Mapping[str, str]
    _names: set[str] = field(default_factory=set)
    _windows: list[tuple[subprocess.Popen[bytes], Path]] = field(default_factory=list)

    def run(self, command: Command) -> None:
        """Raises RunbookError."""
        script = self._write_script(command.source)
        expected = Expected(command.expected or "…", self.words)
        if command.stays:
            self._open_window(script, command, expected)
            return
        if expected.answers:
            output, code = self._run_answering(script, expected)
        else:
            output, code = self._run(script)
        _compare(command, expected, output, code)

    def close(self) -> None:
        """Ends by Ctrl-C what goes on running. Raises RunbookError where that does not help."""
        windows, self._windows = self._windows, []
        for process, log in windows:
            os.killpg(process.pid, signal.SIGINT)
            try:
                process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                raise RunbookError(f"Ctrl-C did not end it:\n{log.read_text(errors='replace')}") from None

    def _write_script(self, source: str) -> Path:
        source = _YOURS.sub(self._fill_in, source)
        self._names |= set(_ASSIGNED.findall(source))
        state, script = self.folder / "state.sh", self.folder / "block.sh"
        if not state.exists():
            state.write_text(f"cd '{self.cwd}'\n")
        keep = f"declare -p {' '.join(sorted(self._names))} 2>/dev/null || true; " if self._names else ""
        script.write_text(
            f"source '{state}'\n"
            f'trap \'code=$?; {{ {keep}printf "cd %q\\n" "$PWD"; }} >"{state}"; exit $code\' EXIT\n'
            f"{source}\n"
        )
        return script

    def _fill_in(self, found: re.Match[str]) -> str:
        return f"{found['name']}={self.values.get(found['name'], found['value'])}{found['comment']}"

    def _environment(self) -> dict[str, str]:
        return {**self.env, "COLUMNS": str(_COLUMNS), "LINES": str(_LINES), "NO_COLOR": "1"}

    def _run(self, script: Path) -> tuple[str, int]:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", str(script)],
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=BLOCK_SECONDS,
            check=False,
        )
        return done.stdout.decode(errors="replace"), done.returncode

    def _run_answering(self, script: Path, expected: Expected) -> tuple[str, int]:
        child = pexpect.spawn(
            "bash",
            ["-euo", "pipefail", str(script)],
            env={**self._environment(), "TERM": "xterm"},
            dimensions=(_LINES, _COLUMNS),
            encoding="utf-8",
            codec_errors="replace",
            preexec_fn=_heed_ctrl_c,
        )
        try:
            output = _answer(child, expected)
        finally:
            child.close(force=True)
        return output, child.exitstatus if child.exitstatus is not None else 128 + child.signalstatus

    def _open_window(self, script: Path, command: Command, expected: Expected) -> None:
        """Another terminal, in which it goes on until the end of the document."""
        log = self.folder / f"window-{len(self._windows)}.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                ["bash", "-euo", "pipefail", str(script)],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                # Ctrl-C reaches it and what it started, as from a terminal.
                start_new_session=True,
                preexec_fn=_heed_ctrl_c,
            )
        self._windows.append((process, log))
        deadline = time.monotonic() + BLOCK_SECONDS
        while not expected.fits(log.read_text(errors="replace")):
            if process.poll() is not None or time.monotonic() > deadline:
                output = log.read_text(errors="replace")
                raise RunbookError(f"{command.source}\n\n{expected.difference(output)}")
            time.sleep(0.2)


def _heed_ctrl_c() -> None:
    """Also where the tests themselves run in the background, and have been told to ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _compare(command: Command, expected: Expected, output: str, code: int) -> None:
    shown = f"$ {command.source.strip()}\n\n"
    if code != command.exit_code:
        raise RunbookError(f"{shown}ended with {code}, not {command.exit_code}:\n{tidy(output)}")
    if not expected.fits(output):
        raise RunbookError(
            f"{shown}printed something else (- the runbook, + what came):\n{expected.difference(output)}"
        )


def _answer(child: pexpect.spawn, expected: Expected) -> str:
    """Types each answer once its question has come and nothing more comes; all that was on the screen."""
    output, given, answers = "", 0, expected.answers
    quiet_since, again = time.monotonic(), _MOST_CTRL_C
    while True:
        is_last_typed = given == len(answers)
        try:
            output += child.read_nonblocking(4096, timeout=_QUIET_SECONDS if is_last_typed else _SETTLED_SECONDS)
            quiet_since = time.monotonic()
        except pexpect.EOF:
            return output
        except pexpect.TIMEOUT:
            if time.monotonic() - quiet_since > PATIENCE_SECONDS:
                difference = expected.difference(output)
                raise RunbookError(f"It waits for what the runbook does not say:\n{difference}") from None
            if is_last_typed and answers[-1] == "Ctrl-C" and again:
                _type(child, "Ctrl-C")  # as a person would, where the first one came before there was anything to end
                again -= 1
            elif not is_last_typed and expected.has_come(output, given):
                _type(child, answers[given])
                given += 1


def _type(child: pexpect.spawn, answer: str) -> None:
    if answer == "Ctrl-C":
        child.sendintr()
    else:
        child.sendline(answer)
