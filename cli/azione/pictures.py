"""What tidying the pictures did, in words. Nothing here prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from azione.wording import count


def tidied(_records: Sequence[dict[str, Any]], summary: dict[str, Any]) -> str:
    """In one line; empty where there was nothing to do. Raises KeyError or ValueError when it says something else."""
    prepared, removed = int(summary["prepared"]), int(summary["removed"])
    parts = [
        f"{count(prepared, 'picture')} prepared" if prepared else "",
        f"{count(removed, 'file')} removed that nothing names" if removed else "",
    ]
    return ", ".join(part for part in parts if part)


def lost(_records: Sequence[dict[str, Any]], summary: dict[str, Any]) -> str:
    """What cannot be put right here; empty where all is well."""
    number = int(summary["lost"])
    return f"{count(number, 'picture')} cannot be read: upload it again in the admin." if number else ""
