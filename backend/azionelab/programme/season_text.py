"""A season as YAML that people read and change: texts of several lines as blocks, accents as they are.

Written by hand and not with PyYAML's emitter, which gives up on blocks where a line ends with a space, as the line
break of Markdown does.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

# Letters that YAML takes for the end of a line, that turn the reading round, or that it has no place for.
_TO_BE_ESCAPED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
_PLAIN = re.compile(r"[^\W\d_](?:[^:#\n\t]|:(?=\S)|(?<=\S)#)*(?<![\s:])")
# What programs that read YAML make something else of.
_WORDS = {"yes", "no", "on", "off", "true", "false", "null", "y", "n"}

Value = str | Mapping[str, "Value"] | Sequence[Mapping[str, "Value"]]


class Bare(str):  # noqa: SLOT000
    """Something that stands as it is: a number, a time, yes or no."""

    __slots__ = ()


def in_plain_letters(text: str) -> str:
    """The text as a season's file can say it: lines end with a line feed, and there are no control characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (letter for letter in lines if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cs"))
    return "".join(kept).strip()


def mapping_lines(values: Mapping[str, Value], indent: int = 0) -> Iterator[str]:
    """The lines of a mapping in block style. Texts are to be `in_plain_letters`."""
    for name, value in values.items():
        start = f"{' ' * indent}{_scalar(name)}:"
        if isinstance(value, str):
            yield from _text_lines(start, value, indent)
        elif not value:
            yield f"{start} {'{}' if isinstance(value, Mapping) else '[]'}"
        elif isinstance(value, Mapping):
            yield start
            yield from mapping_lines(value, indent + 2)
        else:
            yield start
            for item in value:
                first, *rest = mapping_lines(item, indent + 4)
                yield f"{' ' * (indent + 2)}- {first.lstrip(' ')}"
                yield from rest


def _text_lines(start: str, text: str, indent: int) -> Iterator[str]:
    if "\n" not in text or isinstance(text, Bare) or _TO_BE_ESCAPED.search(text):
        yield f"{start} {_scalar(text)}"
        return
    yield f"{start} |"
    inner = " " * (indent + 2)
    for line in text.split("\n"):
        yield f"{inner}{line}" if line else ""


def _scalar(text: str) -> str:
    if isinstance(text, Bare) or (_PLAIN.fullmatch(text) and text.casefold() not in _WORDS):
        return str(text) if not _TO_BE_ESCAPED.search(text) else _quoted(text)
    return _quoted(text)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return '"' + _TO_BE_ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04X}", escaped) + '"'
