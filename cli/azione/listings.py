"""A list as every verb shows it: what stands above, the columns, what stands below. Nothing here prints."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass


def _plain(_row: Sequence[str], _column: int) -> str:
    return ""


@dataclass(frozen=True, kw_only=True)
class Listing:
    """Columns are named by their index. `style` says how a cell looks on a terminal, in rich's words."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    title: str = ""
    subtitle: str = ""
    empty: str = ""
    totals: str = ""
    # Flush right.
    right: Collection[int] = ()
    # Their words may go on in the next line.
    wraps: Collection[int] = ()
    # A terminal leaves them out while nobody filled them in.
    optional: Collection[int] = ()
    # A terminal that is too narrow leaves them out, the first one first.
    spare: Sequence[int] = ()
    style: Callable[[Sequence[str], int], str] = _plain


def as_text(listing: Listing) -> str:
    """Aligned columns, one row a line, for a file, a pipe or a printer."""
    from azione.columns import align, printable

    above = [printable(line) for line in (listing.title, listing.subtitle) if line]
    rows = align([listing.headings, *listing.rows], right=listing.right) if listing.rows else [listing.empty]
    below = [listing.totals] if listing.totals else []
    blocks = [block for block in (above, rows, below) if any(block)]
    return "\n".join("".join(f"{line}\n" for line in block) for block in blocks)
