"""What clients asked for and what they were told, in the manner of Jepsen: without an answer it may be either way."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import uuid4


class Verdict(StrEnum):
    DONE = "done"
    # By a problem document that the API declares: nothing was changed.
    REFUSED = "refused"
    # No answer, one of a gateway, or "try again in a moment": it may have been done, or not.
    UNKNOWN = "unknown"
    # What the API does not declare.
    WRONG = "wrong"


# Nobody can tell from these whether anything works.
UNCLEAR = (Verdict.UNKNOWN, Verdict.WRONG)


@dataclass
class Operation:
    """`key` names it across attempts: an Idempotency-Key, a scan_id, or a token with what was asked. Times are of
    `time.monotonic()`."""

    kind: str
    key: str
    asked: dict[str, Any]
    began: float
    ended: float = 0.0
    verdict: Verdict = Verdict.UNKNOWN
    told: Any = None

    @property
    def seconds(self) -> float:
        return self.ended - self.began


@dataclass
class History:
    """Of one trial. All of its guests' addresses begin with `name`: so the checker knows its own."""

    name: str
    operations: list[Operation] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def new_address(self) -> str:
        return f"{self.name}{uuid4().hex}@example.org"

    @contextmanager
    def invoke(self, kind: str, key: str, **asked: Any) -> Iterator[Operation]:
        """Written down before it is sent, so that whoever dies in between leaves a trace."""
        operation = Operation(kind, key, asked, began=time.monotonic())
        with self._lock:
            self.operations.append(operation)
        try:
            yield operation
        finally:
            operation.ended = time.monotonic()

    def of(self, kind: str, *verdicts: Verdict) -> list[Operation]:
        with self._lock:
            return [one for one in self.operations if one.kind == kind and (not verdicts or one.verdict in verdicts)]

    def since(self, moment: float) -> list[Operation]:
        """Those that were begun after it."""
        with self._lock:
            return [one for one in self.operations if one.began >= moment]
