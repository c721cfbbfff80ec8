"""A season's file: what it changes, and itself with its posters on the way to and from a site. Nothing here prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from azione.failures import Failure
from azione.output import STDOUT, path_named, write_file
from azione.wording import count

# What stays as it is says nothing; what left the file is told, since nothing deletes it.
UNCHANGED, MISSING = "unchanged", "missing"

# Whatever is larger was named by mistake; of a poster this is enough for the site to say that it is too large.
MOST_BYTES, MOST_POSTER_BYTES = 50_000_000, 10_000_000


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


@dataclass(frozen=True)
class SentSeason:
    """A file and the posters that it names, by their names there."""

    name: str
    content: bytes
    posters: list[tuple[str, bytes]]


def read_beside(file: Path, names: Sequence[str]) -> list[tuple[str, bytes]]:
    """Those that are in the file's folder; of the others the site says what is wrong, with the line."""
    found = []
    folder = file.parent.resolve()
    for name in names:
        try:
            path = (folder / name).resolve()
            if not (path.is_relative_to(folder) and path.is_file()):
                continue
            with path.open("rb") as poster:
                found.append((name, poster.read(MOST_POSTER_BYTES)))
        except PermissionError:
            raise Failure("usage", f"{name}: the poster cannot be read; its permissions forbid it.") from None
        except (OSError, RuntimeError, ValueError):
            continue
    return found


@dataclass(frozen=True)
class ExportedSeason:
    """`posters` by their names in the file; `left_out` are shows whose poster could not be taken along."""

    content: bytes
    counts: str
    named: int
    left_out: tuple[str, ...]
    posters: dict[str, bytes] = field(default_factory=dict)

    def remarks(self, *, with_posters: bool) -> list[str]:
        said = []
        if self.named and not with_posters:
            said.append(f"{count(self.named, 'poster')} not written: name a file to have them beside it.")
        if self.left_out:
            said.append(
                "Left out, as the picture is lost, has no description, or is none that the file may name: "
                f"the poster of {', '.join(self.left_out)}. Give it again in the admin, then export once more."
            )
        return said


def read_export(records: Sequence[dict[str, Any]], summary: dict[str, Any]) -> ExportedSeason:
    """From what `export_season` says; raises KeyError, TypeError or ValueError when it says something else."""
    import base64

    posters: dict[str, bytearray] = {}
    texts = [str(record["text"]) for record in records if record["kind"] == "season"]
    for record in records:
        if record["kind"] == "poster":
            content = posters.setdefault(_safe(str(record["name"])), bytearray())
            if len(content) != record["start"]:
                raise ValueError(f"a piece of {record['name']}")
            content += base64.b64decode(record["base64"], validate=True)
    for name, content in posters.items():
        if len(content) != summary["posters"][name]:
            raise ValueError(f"the end of {name}")
    [text] = texts
    counts = ", ".join(count(int(summary[name]), name[:-1]) for name in ("venues", "shows", "performances"))
    return ExportedSeason(
        content=text.encode(),
        counts=counts,
        named=len(summary["posters"]),
        left_out=tuple(map(str, summary["left_out"])),
        posters={name: bytes(content) for name, content in posters.items()},
    )


def _safe(name: str) -> str:
    """Nothing that a site says may be written anywhere but in the folder of the posters."""
    folder, _slash, file = name.partition("/")
    if folder != "posters" or not file or file.startswith(".") or "/" in file or not file.isprintable():
        raise ValueError(f"the name of a poster, {name!r}")
    return name


def check_name(file: str, *, as_json: bool) -> None:
    """Raises Failure for what could not be written in the end, before the site is asked for anything."""
    if not file:
        raise Failure("usage", "Name the file to write, or - for standard output.")
    if as_json and file != STDOUT:
        raise Failure("usage", "With --json the protocol's lines go to standard output: write - instead of a file.")
    # Its posters are written first, and theirs is a folder that nobody named.
    folder = path_named(file).parent
    if not folder.is_dir():
        raise Failure("not_written", f"{file}: there is no folder {folder}.")


def write_posters(folder: Path, posters: dict[str, bytes]) -> str:
    """Writes those that are not there yet, and says how many. Raises Failure."""
    written = 0
    for name, content in posters.items():
        path = folder / name
        try:
            path.parent.mkdir(exist_ok=True)
            if path.is_file() and path.read_bytes() == content:
                continue
        except OSError as error:
            raise Failure("not_written", f"{path}: {error.strerror or error}.") from None
        write_file(path, content)
        written += 1
    if not posters:
        return "no posters"
    there = len(posters) - written
    return f"{count(written, 'poster')} written beside it" + (f", {there} there already" if there else "")
