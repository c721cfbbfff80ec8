"""What came of one part of the attack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Outcome:
    """`tried` counts what was looked at, `found` is what is wrong, `figures` what was measured.

    Of each kind of finding one example is enough: `find` keeps the first of a kind and counts the others.
    """

    name: str
    what: str
    tried: int = 0
    seconds: float = 0.0
    figures: list[str] = field(default_factory=list)
    _kinds: Counter[str] = field(default_factory=Counter)
    _examples: dict[str, str] = field(default_factory=dict)

    def find(self, kind: str, example: str = "") -> None:
        """Something is wrong: `kind` in words, and where it was seen."""
        self._kinds[kind] += 1
        self._examples.setdefault(kind, " ".join(example.split())[:300])

    def expect(self, holds: bool, kind: str, example: str = "") -> None:
        """Counts as tried, and as found where it does not hold."""
        self.tried += 1
        if not holds:
            self.find(kind, example)

    @property
    def found(self) -> list[str]:
        return [_sentence(kind, number, self._examples[kind]) for kind, number in self._kinds.items()]


def _sentence(kind: str, number: int, example: str) -> str:
    times = f" ({number} times)" if number > 1 else ""
    return f"{kind}{times}: {example}" if example else f"{kind}{times}"


def problems(outcomes: Iterable[Outcome]) -> list[str]:
    return [f"{outcome.name}: {found}" for outcome in outcomes for found in outcome.found]
