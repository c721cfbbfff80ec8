"""What the verbs of `azione backup` have in common: where the backups are, the lock, and how it is told."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from azione import render
from azione.failures import Failure
from azione.options import Options
from azione.output import path_named

if TYPE_CHECKING:
    from azione.backups.steps import Step
    from azione.stack import Site


def folder_named(directory: str) -> Path:
    path = Path(os.path.abspath(path_named(directory)))  # noqa: PTH100 (links stay as they are)
    if not path.is_dir():
        raise Failure("usage", f"--directory: there is no folder {directory}.")
    return path


def place_of(options: Options, directory: str) -> Path:
    """The folder of the backups, of a stack that need not run."""
    from azione.stack import find_stack, require_stack
    from azione.targets import backups_by_settings

    if directory:
        return folder_named(directory)
    stack = find_stack() if options.target in ("", "compose") else require_stack(options.target)
    place = (stack.backups if stack is not None else None) or backups_by_settings()
    if place is None or not place.is_dir():
        require_stack(options.target)
        raise Failure("backups_unusable", "It is not known where the backups are: name the folder with --directory.")
    return place


@contextmanager
def lock(doing: str, *places: Path) -> Iterator[None]:
    """The only azione at work there. A folder that nobody can write to needs no lock."""
    from azione.backups.durable import locked

    with ExitStack() as stack:
        for place in dict.fromkeys(places):
            if os.access(place, os.W_OK) or doing != "verify":
                stack.enter_context(locked(place, doing))
        yield


def settle_first(site: Site, options: Options, place: Path) -> None:
    """What an earlier azione left half done is ended first, if this is where it wrote that down."""
    from azione.backups.exchange import settle

    said = settle(site) if place == site.backups else ""
    if said:
        remark(options, said)


@contextmanager
def telling(options: Options) -> Iterator[Callable[[Step], None]]:
    with render.steps(as_json=options.as_json) as tell:
        yield tell


def ask_name(options: Options, question: str, name: str, *, yes: bool) -> None:
    if not yes and not render.confirm_by_name(question, name):
        raise Failure("declined")


def remark(options: Options, said: str) -> None:
    if not options.as_json:
        render.remark(said)


def tell_line(kind: str, members: dict[str, Any]) -> None:
    import json

    render.raw_line(json.dumps({"v": 1, "type": kind, **members}, ensure_ascii=False))


def end(options: Options, sentence: str, members: dict[str, Any]) -> int:
    if options.as_json:
        tell_line("summary", members)
    else:
        render.done(sentence)
    return 0
