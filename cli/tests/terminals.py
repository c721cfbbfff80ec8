"""`azione` in a real terminal: a pseudo-terminal, and what stands on it."""

import re
import sys

import pexpect
from cli.tests.conftest import Theatre, cli_env

ESCAPE = r"\x1b\[[0-9;?]*[A-Za-z]"


def open_terminal(theatre: Theatre, *arguments: str, columns: int = 80, rows: int = 40, **env: str) -> pexpect.spawn:
    return pexpect.spawn(
        sys.executable,
        ["-m", "azione", *arguments],
        env=cli_env(AZIONE_DEMO_DIR=str(theatre.directory), **{"TERM": "xterm-256color"} | env),
        dimensions=(rows, columns),
        encoding="utf-8",
        codec_errors="replace",  # the terminal's own echo of Ctrl-C may come between the bytes of one character
        timeout=120,
    )


def screen(terminal: pexpect.spawn) -> str:
    """All that was written since it was last waited for, to the end."""
    terminal.expect(pexpect.EOF)
    terminal.close()
    return str(terminal.before)


def plain(output: str) -> str:
    """In one line, without colours and what moves the cursor: a sentence is found however it was wrapped."""
    return " ".join(re.sub(ESCAPE, "", output).split())


def lines_of(output: str) -> list[str]:
    """What stands on the screen at the end, without colours and empty lines."""
    rows, row = [""], 0
    for piece in re.split(rf"({ESCAPE}|[\r\n])", output):
        if piece == "\n":
            row += 1
            rows += [""] * (row == len(rows))
        elif piece.endswith("A") and piece.startswith("\x1b"):
            row -= int(piece[2:-1])
        elif piece in ("\x1b[2K", "\r"):
            # Only ever followed by a line written anew, or by the end of this one.
            rows[row] = "" if piece != "\r" else rows[row]
        elif not piece.startswith("\x1b"):
            rows[row] += piece
    return [line.rstrip() for line in rows if line.strip()]
