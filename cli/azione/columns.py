"""Plain text in columns, and text that a terminal cannot be tricked with."""

from __future__ import annotations

from collections.abc import Collection, Sequence

_JOINERS = "\u200c\u200d"
# Between two columns.
GAP = 2


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
        lines.append((" " * GAP).join(padded).rstrip())
    return lines


def fit(
    rows: Sequence[Sequence[str]], columns: Sequence[int], *, width: int, wraps: Collection[int], spare: Sequence[int]
) -> dict[int, int]:
    """How wide each of the `columns` stands in `width` cells, so that nothing is cut off.

    Where not all fits in one line a row, the `spare` columns are left out, one after the other. Then those in `wraps`
    give way, down to their longest word; only where that is not enough are words broken, of the widest column first.
    """
    whole = {column: max(_cells(row[column]) for row in rows) for column in columns}
    for column in spare:
        if _together(whole) > width:
            whole.pop(column, None)
    least = {column: _longest_word(rows, column) if column in wraps else cells for column, cells in whole.items()}
    widths = dict(whole)
    for narrowest in (least, dict.fromkeys(whole, 1)):
        _narrow(widths, narrowest, width)
    return widths


def _narrow(widths: dict[int, int], narrowest: dict[int, int], width: int) -> None:
    """Takes one cell at a time from the widest that still can give one."""
    while _together(widths) > width:
        giving = [column for column, cells in widths.items() if cells > narrowest[column]]
        if not giving:
            return
        widths[max(giving, key=widths.__getitem__)] -= 1


def _together(widths: dict[int, int]) -> int:
    return sum(widths.values()) + GAP * (len(widths) - 1)


def _longest_word(rows: Sequence[Sequence[str]], column: int) -> int:
    return max((_cells(word) for row in rows for word in row[column].split()), default=1)


def _cells(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(printable(text))
