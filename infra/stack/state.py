"""What an upgrade has done so far, on disk: whatever cuts it off, `make rollback` knows what to put back."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from stack.compose import Stack


@dataclass
class Upgrade:
    """One under way, or a going back, which is the same thing backwards.

    `back_to` is the tag of the images to be gone back to; `switching`, whether the backend is stopped for it; `copy`,
    the database as it was before the migrations, once it was made whole, and empty where none was needed.
    """

    back_to: str
    switching: bool = False
    copy: str = ""

    @staticmethod
    def path(stack: Stack) -> Path:
        return stack.data / "upgrade.json"

    @classmethod
    def read(cls, stack: Stack) -> Upgrade | None:
        """The upgrade that has begun and not ended; None where there is none."""
        try:
            return cls(**json.loads(cls.path(stack).read_text()))
        except (FileNotFoundError, NotADirectoryError):
            return None

    def write(self, stack: Stack) -> None:
        path = self.path(stack)
        unfinished = path.with_suffix(".new")
        with unfinished.open("w") as file:
            json.dump(asdict(self), file)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)

    @classmethod
    def forget(cls, stack: Stack) -> None:
        cls.path(stack).unlink(missing_ok=True)
