"""A QR code in a terminal, two modules a character."""

from __future__ import annotations

import segno

_QUIET_ZONE = 2
# (upper module dark, lower module dark) drawn in the dark colour
_BLOCKS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
# Black on white whatever the terminal's own colours are: an inverted code is one that not every phone reads.
_COLOURS, _RESET = "\x1b[38;5;16;48;5;231m", "\x1b[0m"


def terminal_lines(text: str) -> list[str]:
    rows = [[bool(module) for module in row] for row in segno.make_qr(text, error="l").matrix_iter(border=_QUIET_ZONE)]
    if len(rows) % 2:
        rows.append([False] * len(rows[0]))
    return [
        _COLOURS + "".join(_BLOCKS[pair] for pair in zip(upper, lower, strict=True)) + _RESET
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    ]
