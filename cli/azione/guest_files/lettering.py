"""Letters on paper: which ones the fonts have, how wide they are, where lines break."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from azione.columns import printable

# DejaVu Sans, cut down to the letters of Europe's languages in Latin, Greek and Cyrillic.
REGULAR, BOLD = "DejaVuSans", "DejaVuSans-Bold"
_FONTS = Path(__file__).parents[1] / "fonts"
_MISSING = "\ufffd"


class Style(NamedTuple):
    font: str
    size: float


Line = list[tuple[str, Style]]


@cache
def register() -> None:
    """Once in a process; both fonts have the same letters."""
    for name in (REGULAR, BOLD):
        pdfmetrics.registerFont(TTFont(name, str(_FONTS / f"{name}.ttf")))


@cache
def readable(text: str) -> str:
    """What the fonts can show: a letter they lack becomes a visible sign, what only joins or colours letters goes."""
    known = _face(REGULAR).charToGlyph
    letters = unicodedata.normalize("NFC", printable(text))
    return "".join(letter if ord(letter) in known else "" if _is_silent(letter) else _MISSING for letter in letters)


def _is_silent(letter: str) -> bool:
    return unicodedata.category(letter) in ("Mn", "Me", "Cf")


def _face(font: str) -> Any:
    return pdfmetrics.getFont(font).face


@cache
def width_of(text: str, style: Style) -> float:
    widths, shown = _widths(style.font), readable(text)
    return float(sum(widths.get(ord(letter), widths[ord(_MISSING)]) for letter in shown) * style.size / 1000)


@cache
def _widths(font: str) -> dict[int, float]:
    return dict(_face(font).charWidths)


def clipped(text: str, style: Style, width: float) -> str:
    """One line, which ends in an ellipsis where it does not fit."""
    if width_of(text, style) <= width:
        return text
    while text and width_of(f"{text}…", style) > width:
        text = text[:-1]
    return f"{text}…"


def wrapped(pieces: Sequence[tuple[str, Style]], width: float, most: int) -> list[Line]:
    """Broken between words, and inside one only where it is longer than a line."""
    lines: list[Line] = [[]]
    left = width
    for word, style in _words(pieces, width):
        space = width_of(" ", style) if lines[-1] else 0.0
        needed = width_of(word, style)
        if lines[-1] and space + needed > left:
            lines.append([])
            left, space = width, 0.0
        _append(lines[-1], f" {word}" if space else word, style)
        left -= space + needed
    if len(lines) > most:
        text, style = lines[most - 1][-1]
        lines[most - 1 :] = [[*lines[most - 1][:-1], (f"{text} …", style)]]
    return lines


def _append(line: Line, text: str, style: Style) -> None:
    """Together with what stands before it in the same style: each piece costs time to draw."""
    if line and line[-1][1] == style:
        line[-1] = (line[-1][0] + text, style)
    else:
        line.append((text, style))


def _words(pieces: Sequence[tuple[str, Style]], width: float) -> Iterator[tuple[str, Style]]:
    for text, style in pieces:
        for word in readable(text).split():
            yield from ((part, style) for part in _parts(word, style, width))


def _parts(word: str, style: Style, width: float) -> Iterator[str]:
    if width_of(word, style) <= width:
        yield word
        return
    part = ""
    for letter in word:
        if part and width_of(part + letter, style) > width:
            yield part
            part = ""
        part += letter
    yield part
