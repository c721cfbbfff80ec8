"""Shows, as models. Nothing here prints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from azione import performances
from azione.listings import Listing
from azione.wording import count, short_day

HEADINGS = ("Show", "Title", "To come", "First", "Last")
_NAMES = {
    "synopsis": "synopsis",
    "credits": "credits",
    "age_advice": "age advice",
    "content_warnings": "content warnings",
    "spoken_language": "language of the show",
    "poster_alt": "words for the poster",
}


def read_shows(records: Sequence[dict[str, Any]], summary: dict[str, Any]) -> Listing:
    """From what `list_shows` says; raises KeyError, TypeError or ValueError when it says something else."""
    hidden = "" if summary["all"] else "; --all lists those that are over as well"
    return Listing(
        headings=HEADINGS,
        rows=[_row(record) for record in records],
        empty="There is no show yet." if summary["all"] else "No show is to come; --all lists those that are over.",
        totals=f"{count(len(records), 'show')}{hidden}" if records else "",
        right=(2,),
        wraps=(1,),
        spare=(4,),
        style=_style,
    )


def _row(record: dict[str, Any]) -> tuple[str, ...]:
    state = "" if record["state"] == "published" else f" ({record['state']})"
    return (
        str(record["slug"]),
        f"{record['title']}{state}",
        str(int(record["to_come"])),
        _day(record["first_at"]),
        _day(record["last_at"]),
    )


def _day(moment: str | None) -> str:
    if moment is None:
        return "no date"
    return short_day(datetime.fromisoformat(moment))


def _style(_cells: Sequence[str], column: int) -> str:
    return "cyan" if column == 0 else ""


def read_show(records: Sequence[dict[str, Any]], summary: dict[str, Any]) -> tuple[str, performances.Facts, Listing]:
    """A title, what is known of it, and its performances; from what `show_show` says, raises as `read_shows`."""
    show = summary["show"]
    facts = [
        ("Address", str(show["url"] or "not on the site: it is a draft")),
        ("Show", str(show["slug"])),
        ("State", str(show["state"])),
        ("In English", str(show["title_en"])),
        ("Subtitle", str(show["subtitle"])),
        ("Author", str(show["author"])),
        ("Duration", count(int(show["duration_minutes"]), "minute")),
        ("Age", str(show["age_advice"])),
        ("Warnings", str(show["content_warnings"])),
        ("Language", str(show["spoken_language"])),
        ("Poster", "yes" if show["poster"] else "none"),
        ("Not in English", ", ".join(_NAMES.get(name, str(name)) for name in show["without_english"])),
    ]
    return str(show["title"]), facts, _performances(records)


def _performances(records: Sequence[dict[str, Any]]) -> Listing:
    """Without the show, which stands above."""

    def without_show(cells: Sequence[str]) -> tuple[str, ...]:
        return (*cells[: performances.SHOW_COLUMN], *cells[performances.SHOW_COLUMN + 1 :])

    headings = without_show(performances.HEADINGS)
    return Listing(
        headings=headings,
        rows=[without_show(performances.row(record)) for record in records],
        empty="It has no performance yet.",
        right=(0, 4, 5),
        wraps=(2,),
        style=lambda cells, column: performances.style(("", *cells), column + 1),
    )
