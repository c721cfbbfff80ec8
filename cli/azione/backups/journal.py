"""What a restore is about to do, written down before it does it, so that another azione can end what this one began.

The exchange of the live data is two steps, the database's and the pictures'. Which of them was taken is never read from
here but from the database itself: this only says what was meant.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from azione.backups.durable import sync_directory, write_beside

UNDER_WAY, LAST = ".restore.json", ".restored.json"


class Kind(StrEnum):
    RESTORE = "restore"
    ROLLBACK = "rollback"
    # Of an exchange whose data did not work.
    UNDO = "undo"


class Phase(StrEnum):
    PREPARING = "preparing"
    EXCHANGING = "exchanging"


@dataclass(frozen=True, kw_only=True)
class Journal:
    """`incoming` becomes `live`, and what was live becomes `aside`; the pictures' link turns to `media_to`."""

    kind: Kind
    backup: str
    live: str
    incoming: str
    aside: str
    media_from: str
    media_to: str
    # False where there was no live database to put aside.
    has_live: bool
    begun_at: str
    phase: Phase = Phase.PREPARING

    @property
    def began(self) -> datetime:
        return datetime.fromisoformat(self.begun_at).astimezone()

    def exchanging(self) -> Journal:
        return replace(self, phase=Phase.EXCHANGING)

    def undone(self) -> Journal:
        """The way back, once exchanged. What was restored is kept aside, for guests may have been in it; what was gone
        back to gets its old name, so that one can try that again."""
        restored = f"{self.live}{UNDONE}{self.incoming.rpartition('_')[2]}"
        return replace(
            self,
            kind=Kind.UNDO,
            incoming=self.aside,
            aside=restored if self.kind is Kind.RESTORE else self.incoming,
            media_from=self.media_to,
            media_to=self.media_from,
            has_live=True,
            phase=Phase.EXCHANGING,
        )

    def write(self, directory: Path, name: str = UNDER_WAY) -> None:
        write_beside(directory / name, json.dumps(asdict(self), indent=2) + "\n", beside=directory)


# What they are called that were live: the one before a restore, and the one that a rollback took away.
BEFORE, UNDONE = "_before_restore_", "_undone_"


def read_journal(directory: Path, name: str = UNDER_WAY) -> Journal | None:
    """None where nothing was begun. Raises ValueError where the file is none of azione's, and OSError."""
    try:
        members: Mapping[str, Any] = json.loads((directory / name).read_bytes())
        datetime.fromisoformat(members["begun_at"])
        return Journal(**{**members, "kind": Kind(members["kind"]), "phase": Phase(members["phase"])})
    except FileNotFoundError:
        return None
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(str(error)) from None


def forget(directory: Path, name: str = UNDER_WAY) -> None:
    (directory / name).unlink(missing_ok=True)
    sync_directory(directory)
