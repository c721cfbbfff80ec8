"""What the Tab key offers: performances, shows and references, from the running system.

Nothing here may ever fail loudly, ask anything or take long: whoever presses Tab is in the middle of a line.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from azione.targets import Target

VARIABLE = "_AZIONE_COMPLETE"
PATIENCE_SECONDS = 5
# Two Tabs in a row must not start the backend twice.
FRESH_SECONDS = 60
# What shells take literally, in whatever quotes; titles are the manager's, and may hold anything.
_HARMLESS = re.compile(r"[^\w .,-]+")

Candidates = list[tuple[str, str]]


def is_asked() -> bool:
    """Whether a shell runs this for its Tab key."""
    return VARIABLE in os.environ


def prepare() -> None:
    """Typer would load rich to clean the help texts, for longer than all the rest takes; ours hold no markup."""
    if is_asked():
        sys.modules["rich"] = None  # type: ignore[assignment]


def performances(context: typer.Context, incomplete: str) -> Candidates:
    return _quietly(lambda: _meant(_remembered(_target(context), "performances"), incomplete))


def shows(context: typer.Context, incomplete: str) -> Candidates:
    return _quietly(lambda: _meant(_remembered(_target(context), "shows"), incomplete))


def references(context: typer.Context, incomplete: str) -> Candidates:
    """Not remembered on this disk: a reference belongs to a guest. Typed in small letters, they come so."""
    spelled = str.lower if incomplete.islower() else str
    return _quietly(
        lambda: [(spelled(name), about) for name, about in _ask(_target(context), "references", incomplete)]
    )


def _meant(candidates: Candidates, typed: str) -> Candidates:
    """Those that begin so; where there are none, those of which a later word does, from that word on.

    `locandiera@2026-12-05` is as good a name as `la-locandiera@2026-12-05`, and what people begin to write.
    """
    begun = [(name, about) for name, about in candidates if name.startswith(typed)]
    return begun or [
        (name[at + 1 :], about) for name, about in candidates if (at := name.partition("@")[0].find(f"-{typed}")) >= 0
    ]


def _quietly(find: Callable[[], Candidates]) -> Candidates:
    try:
        return find()
    except Exception:  # noqa: BLE001 (the module's first lines say why)
        return []


def _target(context: typer.Context) -> Target:
    from azione.targets import find_target

    return find_target(str(context.find_root().params.get("target") or os.environ.get("AZIONE_TARGET", "")))


def _ask(target: Target, kind: str, prefix: str = "") -> Candidates:
    from azione.protocol import Record, read_lines

    done = subprocess.run(  # noqa: S603 (the target's own manage.py)
        [*target.command, "complete_names", kind, "--", prefix],
        env=target.env,
        cwd=target.cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    records = [line.members for line in read_lines(done.stdout.splitlines(keepends=True)) if isinstance(line, Record)]
    return [(str(members["name"]), _HARMLESS.sub(" ", str(members["about"]))) for members in records]


def _remembered(target: Target, kind: str) -> Candidates:
    """What the target said less than a minute ago, else what it says now."""
    import json
    import time

    place = _cache(target, kind)
    with suppress(OSError, ValueError):
        if 0 <= time.time() - place.stat().st_mtime < FRESH_SECONDS:
            return [(str(name), str(about)) for name, about in json.loads(place.read_text("utf-8"))]
    found = _ask(target, kind)
    from azione.failures import Failure
    from azione.output import write_file

    with suppress(OSError, Failure):
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_file(place, json.dumps(found).encode())
    return found


def _cache(target: Target, kind: str) -> Path:
    """One file a target and kind, of a name that says nothing of either's secrets."""
    import hashlib

    folder = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "azione"
    which = hashlib.sha256("\0".join([target.name, *target.command]).encode()).hexdigest()[:16]
    return folder / f"{kind}-{which}.json"
