"""YAML read with the line of every value, and problems collected instead of raised one by one."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

import yaml

from azionelab.core.errors import Code, DomainError, FieldError
from azionelab.programme.season_files import SeasonFile

MAX_BYTES = 2_000_000
_YES, _NO = {"yes", "true", "sì", "si"}, {"no", "false"}


class Unusable(Exception):  # noqa: N818 (never shown; it only ends the reading of one value)
    """A value that cannot be used was met (and is on the list of problems)."""


@dataclass
class Problems:
    """Everything wrong with a file, in its order, so that the manager corrects it in one go."""

    found: list[FieldError] = field(default_factory=list)

    def add(self, entry: Entry, message: str, code: str = "invalid") -> None:
        self.found.append(FieldError(field=entry.path, code=code, message=message, line=entry.line))

    def stop(self, entry: Entry, message: str, code: str = "invalid") -> Unusable:
        self.add(entry, message, code)
        return Unusable()

    def raise_if_any(self, file: SeasonFile) -> None:
        if self.found:
            found = sorted(self.found, key=lambda error: error.line or 0)
            values = "1 value" if len(found) == 1 else f"{len(found)} values"
            raise DomainError(
                Code.VALIDATION_FAILED, f"{file.name}: {values} cannot be used. Nothing was changed.", errors=found
            )


@dataclass(frozen=True)
class Entry:
    """A value of the file: where it stands, what it is called, what it holds."""

    node: yaml.Node
    path: str
    problems: Problems = field(repr=False, compare=False)
    line: int
    """Where its name stands: a long text begins below it."""

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2]

    def text(self) -> str:
        if not isinstance(self.node, yaml.ScalarNode) or not self.node.value.strip():
            raise self.problems.stop(self, f"`{self.name}` wants a text.", "required")
        value: str = self.node.value.strip()
        unusable = next(filter(_is_unusable, value), None)
        if unusable is not None:
            message = f"`{self.name}` holds a character that no text has: U+{ord(unusable):04X}. Take it out."
            raise self.problems.stop(self, message, "forbidden_characters")
        return value

    def number(self, *, least: int = 0, most: int = 10_000) -> int:
        text = self.text()
        if not re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) or not least <= int(text) <= most:
            raise self.problems.stop(self, f"`{self.name}` wants a whole number from {least} to {most}, not `{text}`.")
        return int(text)

    def yes_or_no(self) -> bool:
        text = self.text().casefold()
        if text not in _YES | _NO:
            raise self.problems.stop(self, f"`{self.name}` wants yes or no, not `{text}`.")
        return text in _YES

    def one_of(self, *choices: str) -> str:
        text = self.text()
        if text not in choices:
            raise self.problems.stop(self, f"`{self.name}` wants {' or '.join(choices)}, not `{text}`.")
        return text

    def items(self) -> list[Entry]:
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.problems.stop(self, f"`{self.name}` wants a list: one line with a dash for each.")
        return [
            Entry(node, f"{self.path}.{i}", self.problems, _line_of(node))
            for i, node in enumerate(self.node.value, start=1)
        ]

    def named(self) -> dict[str, Entry]:
        """The values by name; a name that is there twice is a problem, as YAML would silently keep the last."""
        if not isinstance(self.node, yaml.MappingNode):
            what = f"`{self.name}`" if self.name else "The file"
            raise self.problems.stop(self, f"{what} wants names, each with a colon and a value.")
        entries: dict[str, Entry] = {}
        for key, node in self.node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            here = Entry(node, f"{self.path}.{name}".lstrip("."), self.problems, _line_of(key))
            if name in entries:
                self.problems.add(here, f"`{name}` is here twice; the first is in line {entries[name].line}.", "twice")
            else:
                entries[name] = here
        return entries

    def fields(self, known: set[str], required: set[str]) -> dict[str, Entry]:
        """The values by name, where only `known` names may stand and the `required` ones must; empty ones count as
        left out."""
        entries = self.named()
        for name in entries.keys() - known:
            choices = ", ".join(sorted(known))
            self.problems.add(entries[name], f"`{name}` is not a name this file knows. It knows: {choices}.", "unknown")
        given = {name: entry for name, entry in entries.items() if not entry.is_empty}
        for name in sorted(required - given.keys()):
            missing = Entry(self.node, f"{self.path}.{name}".lstrip("."), self.problems, self.line)
            self.problems.add(missing, f"`{name}` is missing.", "required")
        return given

    @property
    def is_empty(self) -> bool:
        if not isinstance(self.node, yaml.ScalarNode):
            return False
        value = self.node.value.strip()
        # In quotes they are words like any other.
        return not value or (value in ("~", "null") and not self.node.style)


def _is_unusable(character: str) -> bool:
    """Control characters and halves of surrogate pairs, which YAML can escape: PostgreSQL refuses some of them."""
    return character not in "\n\t" and unicodedata.category(character) in ("Cc", "Cs")


def _line_of(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def read_yaml(file: SeasonFile, problems: Problems) -> Entry:
    """The whole file. Raises `validation_failed` where it is no YAML at all."""
    try:
        text = _read(file)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = f"This is not YAML here: {error.problem or error.context}."
        raise _unreadable(file, message, mark.line + 1 if mark else None) from None
    except yaml.reader.ReaderError as error:
        raise _unreadable(file, f"A character that cannot be used, after {error.position} others.", None) from None
    except yaml.YAMLError as error:
        raise _unreadable(file, f"This is not YAML: {error}.", None) from None
    except RecursionError:
        raise _unreadable(file, "This is nested far too deeply.", None) from None
    if node is None:
        raise _unreadable(file, "The file is empty.", 1)
    return Entry(node, "", problems, 1)


def _read(file: SeasonFile) -> str:
    try:
        content = file.content()
    except OSError as error:
        raise _unreadable(file, f"The file cannot be read: {error.strerror}.", None) from None
    if len(content) > MAX_BYTES:
        raise _unreadable(file, "The file is far too large for a season.", None)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _unreadable(file, "This is not UTF-8. Save the file with that encoding.", line) from None


def _unreadable(file: SeasonFile, message: str, line: int | None) -> DomainError:
    error = FieldError(field=file.name, code="invalid", message=message, line=line)
    return DomainError(
        Code.VALIDATION_FAILED, f"{file.name}: the file cannot be read. Nothing was changed.", errors=[error]
    )
