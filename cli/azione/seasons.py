"""What a season's file changes, as a model. Nothing here prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# What stays as it is says nothing; what left the file is told, since nothing deletes it.
UNCHANGED, MISSING = "unchanged", "missing"


@dataclass(frozen=True)
class Change:
    action: str
    kind: str
    name: str
    details: str


@dataclass(frozen=True)
class Changes:
    """All but what stays as it is, in the file's order."""

    rows: tuple[Change, ...]
    unchanged: int

    @property
    def writes(self) -> int:
        """How many things the file changes."""
        return sum(row.action != MISSING for row in self.rows)

    @property
    def counts(self) -> str:
        counted = Counter(row.action for row in self.rows)
        parts = [f"{number} {action}" for action, number in counted.items()]
        return ", ".join([*parts, f"{self.unchanged} {UNCHANGED}"])


def read_changes(records: Sequence[dict[str, Any]]) -> Changes:
    """From what `seed_season` says; raises KeyError or TypeError when it says something else."""
    changes = [_change(record) for record in records]
    rows = tuple(change for change in changes if change.action != UNCHANGED)
    return Changes(rows, unchanged=len(changes) - len(rows))


def _change(record: dict[str, Any]) -> Change:
    action = str(record["action"])
    details = "not in the file; it stays" if action == MISSING else ", ".join(map(str, record.get("fields", ())))
    return Change(action, str(record["kind"]), str(record["name"]), details)
