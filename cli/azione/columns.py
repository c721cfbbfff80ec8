"""Plain text in columns, and text that a terminal cannot be tricked with."""

from __future__ import annotations

from collections.abc import Collection, Sequence

_JOINERS = "\u200c\u200d"


def printable(text: str) -> str:
    """What others wrote, without anything that moves the cursor, colours the terminal or turns the reading round."""
    return "".join(
        letter if letter.isprintable() or letter in _JOINERS else " " if letter.isspace() else "\ufffd"
        for letter in text
    )


def align(rows: Sequence[Sequence[str]], *, right: Collection[int] = ()) -> list[str]:
    """One line a row; columns two spaces apart, those in `right` flush right."""
    from rich.cells import cell_len

    shown = [[printable(cell) for cell in row] for row in rows]
    widths = [max(cell_len(cell) for cell in column) for column in zip(*shown, strict=True)]
    lines = []
    for row in shown:
        padded = []
        for index, (cell, width) in enumerate(zip(row, widths, strict=True)):
            space = " " * (width - cell_len(cell))
            padded.append(space + cell if index in right else cell + space)
        lines.append("  ".join(padded).rstrip())
    return lines
