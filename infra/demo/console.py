"""What the demo says on the terminal, which may be gone while it still has to stop its processes."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator


def say(text: str = "", *, end: str = "\n") -> None:
    """Print; a closed terminal or pipe must not keep the demo from stopping."""
    with contextlib.suppress(OSError, ValueError):
        print(text, end=end, flush=True)


class Steps:
    """Numbered steps, each with its time."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._number = 0

    def numbered(self, label: str) -> str:
        """The label of a step that tells its own progress."""
        self._number += 1
        return f"[{self._number}/{self._total}] {label}"

    @contextlib.contextmanager
    def __call__(self, label: str) -> Iterator[None]:
        say(f"{self.numbered(label)} … ", end="")
        started = time.monotonic()
        try:
            yield
        except BaseException:
            say("stopped")
            raise
        say(f"{time.monotonic() - started:.1f} s")
