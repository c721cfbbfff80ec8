"""`seed_season FILE`: brings what plays up to a season's file (`docs/season-file.md`)."""

from argparse import ArgumentParser, ArgumentTypeError
from collections import Counter
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, get_args

from azionelab.core.clock import theatre_today
from azionelab.core.commands import JsonLinesCommand
from azionelab.reservations.seeding import Action, seed_season


class Command(JsonLinesCommand):
    help = "Brings venues, shows and performances up to a season's file. What left the file is told, not deleted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the season, as a YAML file")
        parser.add_argument("--anchor", type=_day, help="the day that is `today` in the file: YYYY-MM-DD")
        self.add_dry_run(parser)

    def run(self, **options: Any) -> dict[str, Any]:
        anchor = options["anchor"] or theatre_today()
        changes = seed_season(file=options["file"], anchor=anchor, dry_run=options["dry_run"])
        for change in changes:
            self.record(**asdict(change))
        counts = Counter(change.action for change in changes)
        return {
            "anchor": anchor,
            "dry_run": options["dry_run"],
            **{action: counts[action] for action in get_args(Action)},
        }


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"`{text}` is not a day like 2026-12-05") from None
