"""`list_performances`: when, where and how full; what is to come, unless a span or `--all` says otherwise."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date, datetime
from typing import Any

from azionelab.core.clock import day_bounds, theatre_today
from azionelab.core.commands import JsonLinesCommand
from azionelab.core.errors import FieldError, validation_failed
from azionelab.programme.selectors import performances
from azionelab.programme.shows import show_named
from azionelab.reservations.overview import seats_of, with_seats


class Command(JsonLinesCommand):
    help = "Lists performances with their seats, from today on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--show", help="only this show's: its slug, or a part of it")
        parser.add_argument("--since", type=_day, help="from this day on: YYYY-MM-DD")
        parser.add_argument("--until", type=_day, help="up to this day, and with it: YYYY-MM-DD")
        parser.add_argument("--all", action="store_true", help="also what has been played")

    def run(self, **options: Any) -> dict[str, Any]:
        since, until = _span(options)
        show = show_named(options["show"]) if options["show"] is not None else None
        found = with_seats(performances(show=show.slug if show else None, since=since, until=until))
        for row in found:
            self.record(**seats_of(row))
        return {
            "performances": len(found),
            "show": show and show.title_it,
            "since": since,
            "until": until,
            "bookable": sum(row.performance.bookable for row in found if row.performance.cancelled_at is None),
            "taken": sum(row.held.taken for row in found if row.performance.cancelled_at is None),
        }


def _span(options: dict[str, Any]) -> tuple[datetime | None, datetime | None]:
    """What begins tonight is still to come; a last day alone looks back as far as there is anything."""
    first, last = options["since"], options["until"]
    if first is not None and last is not None and last < first:
        raise validation_failed(FieldError(field="until", code="invalid", message="The span ends before it begins."))
    if first is None and last is None and not options["all"]:
        first = theatre_today()
    return first and day_bounds(first)[0], last and day_bounds(last)[1]


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
        day_bounds(day)
    except (ValueError, OverflowError):
        raise ArgumentTypeError(f"{text!r} is not a day like 2026-12-05") from None
    return day
