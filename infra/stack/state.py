"""What an upgrade has done so far, on disk: whatever cuts it off, `make rollback` knows what to put back."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from stack.compose import Stack


@dataclass
class Upgrade:
    """`copy` is the database as it was before the migrations, once it was made whole; empty where none was needed."""

    copy: str = ""

    @staticmethod
    def path(stack: Stack) -> Path:
        return stack.folder("nginx", "/srv/acme").parent / "upgrade.json"

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
