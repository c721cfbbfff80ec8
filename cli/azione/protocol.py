"""The lines a management command writes, read with suspicion.

`{"v": 1, "type": "record" | "progress" | "summary" | "error", …}`, one a line; the last one is `summary` or `error`,
and where it is missing the command died.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from azione.failures import ExitCode, Failure, Problem

VERSION = 1


class ProtocolError(Exception):
    """The backend does not speak this protocol, or stopped in mid-sentence."""


@dataclass(frozen=True)
class Record:
    members: dict[str, Any]


@dataclass(frozen=True)
class Progress:
    done: int
    total: int


@dataclass(frozen=True)
class Summary:
    members: dict[str, Any]


@dataclass(frozen=True)
class Error:
    code: str
    detail: str
    problems: tuple[Problem, ...]

    def as_failure(self, returncode: int) -> Failure:
        """`returncode` is the command's own: it counts, unless it claims success."""
        known = returncode in tuple(ExitCode) and returncode != ExitCode.DONE
        exit_code = ExitCode(returncode) if known else ExitCode.BUG
        return Failure(self._case(exit_code), self.detail, exit_code=exit_code, problems=self.problems)

    def _case(self, exit_code: ExitCode) -> str:
        """The code, but for the two cases that want words of their own."""
        if any(problem.code == "ambiguous" for problem in self.problems):
            return "ambiguous"
        if self.code == "internal_error" and exit_code == ExitCode.ENVIRONMENT:
            return "misconfigured"
        return self.code


Line = Record | Progress | Summary | Error


def parse_line(raw: str) -> Line:
    """Raises ProtocolError for anything but a line of this version."""
    try:
        members = json.loads(raw)
    except ValueError:
        raise ProtocolError(f"a line is not JSON: {raw.strip()[:80]!r}") from None
    if not isinstance(members, dict):
        raise ProtocolError(f"a line is not an object: {raw.strip()[:80]!r}")
    if members.pop("v", None) != VERSION:
        raise ProtocolError("it speaks another version of the protocol; update azione to the site's version")
    kind = members.pop("type", None)
    try:
        return _READERS[kind](members)
    except (KeyError, TypeError, ValueError) as error:
        raise ProtocolError(f"a line of type {kind!r} is not what it should be ({error})") from None


def read_lines(lines: Iterable[str]) -> Iterator[Line]:
    """Each line as it comes; raises ProtocolError when the last one is missing or not the last."""
    last: Line | None = None
    for raw in lines:
        if isinstance(last, Summary | Error):
            raise ProtocolError("it went on after its last line")
        last = parse_line(raw)
        yield last
    if not isinstance(last, Summary | Error):
        raise ProtocolError("it stopped before its last line")


def _error(members: dict[str, Any]) -> Error:
    code = str(members["code"])
    in_file = code == "file_refused"
    problems = tuple(
        Problem(str(p["message"]), str(p.get("field", "")), str(p.get("code", "")), _line_number(p), in_file=in_file)
        for p in members.get("errors", ())
    )
    return Error(code, str(members.get("detail", "")), problems)


def _line_number(problem: dict[str, Any]) -> int | None:
    return None if problem.get("line") is None else int(problem["line"])


_READERS: dict[Any, Callable[[dict[str, Any]], Line]] = {
    "record": Record,
    "progress": lambda members: Progress(int(members["done"]), int(members["total"])),
    "summary": Summary,
    "error": _error,
}
