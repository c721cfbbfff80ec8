"""Staff accounts, as models. Nothing here prints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from azione.listings import Listing
from azione.wording import count, moment

HEADINGS = ("Name", "Group", "Last sign-in", "")
# As the backend's groups are called, and as the command line calls them.
GROUPS = {"Managers": "managers", "Door staff": "door"}


def read_accounts(records: Sequence[dict[str, Any]], summary: dict[str, Any]) -> Listing:
    """From what `list_accounts` says; raises KeyError, TypeError or ValueError when it says something else."""
    return Listing(
        headings=HEADINGS,
        rows=[_row(record) for record in records],
        empty="There is no account yet: azione users create NAME --group managers",
        totals=count(int(summary["accounts"]), "account") if records else "",
        wraps=(0, 1, 3),
        style=lambda row, _column: "dim" if "closed" in row[3] else "",
    )


def _row(record: dict[str, Any]) -> tuple[str, ...]:
    last = record["last_login"]
    shut = record["shut_until"] and datetime.fromisoformat(record["shut_until"])
    remarks = [
        *([] if record["is_active"] else ["closed: may not sign in"]),
        *(["superuser: may do everything"] if record["is_superuser"] else []),
        *([f"too many wrong passwords: shut until {shut:%H:%M}"] if shut else []),
    ]
    return (
        str(record["username"]),
        ", ".join(GROUPS.get(group, str(group)) for group in record["groups"]) or "none",
        moment(datetime.fromisoformat(last)) if last else "never",
        "; ".join(remarks),
    )
