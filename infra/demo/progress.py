"""Running something that takes a while, saying so, and keeping its output for when it fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

_NO_DISK = ("No space left on device", "ENOSPC")
_NO_NETWORK = (
    "Temporary failure in name resolution",
    "Name or service not known",
    "Failed to establish a new connection",
    "Network is unreachable",
    "Connection refused",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "ProxyError",
    "No matching distribution found",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ECONNRESET",
    "ETIMEDOUT",
)


class SetupError(Exception):
    """One sentence for a person; the caller prints it and ends with a non-zero exit code."""


def explain_failure(label: str, output: str, log: Path) -> str:
    """Why a command failed, in one sentence a newcomer can act on."""
    if any(sign in output for sign in _NO_DISK):
        return f"{label}: the disk is full; make room and run the same command again."
    if any(sign in output for sign in _NO_NETWORK):
        return (
            f"{label}: a download failed; check the network (and a proxy, if you use one) "
            f"and run the same command again. Details: {log}"
        )
    return f"{label} failed. Details: {log}"


def run_logged(label: str, command: list[str], *, log: Path, cwd: Path, env: dict[str, str]) -> None:
    """Run `command` with its output in `log`: a live line on a terminal, plain lines elsewhere."""
    started = time.monotonic()
    live = sys.stdout.isatty()
    if not live:
        print(f"{label} …", flush=True)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=cwd,
            env=env,
            start_new_session=True,  # npm and ng have children of their own, which must end with them
        )
        try:
            _watch(process, label, started, live=live)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    seconds = round(time.monotonic() - started)
    _finish_line(f"{label}: {'done' if process.returncode == 0 else 'failed'} after {seconds} s", live=live)
    if process.returncode != 0:
        text = log.read_text(errors="replace")
        sys.stderr.write("".join(f"    {line}\n" for line in text.splitlines()[-15:]))
        raise SetupError(explain_failure(label, text, log))


def _watch(process: subprocess.Popen[bytes], label: str, started: float, *, live: bool) -> None:
    while True:
        try:
            process.wait(1 if live else 30)
        except subprocess.TimeoutExpired:
            seconds = round(time.monotonic() - started)
            if live:
                print(f"\r{label} … {seconds} s", end="", flush=True)
            else:
                print(f"{label} … {seconds} s so far", flush=True)
        else:
            return


def _finish_line(text: str, *, live: bool) -> None:
    print(f"\r\x1b[K{text}" if live else text, flush=True)


def clean_environment() -> dict[str, str]:
    """The caller's environment without what would bend Python or pip away from `.venv`."""
    unwanted = {
        "PYTHONPATH",
        "PYTHONHOME",
        "VIRTUAL_ENV",
        "PIP_USER",
        "PIP_TARGET",
        "PIP_PREFIX",
        "__PYVENV_LAUNCHER__",
    }
    return {name: value for name, value in os.environ.items() if name not in unwanted}
