"""`list_shows [--all]`: what is on, with the span in which it plays."""

from argparse import ArgumentParser
from typing import Any

from azionelab.core.commands import JsonLinesCommand
from azionelab.programme.shows import shows_with_dates


class Command(JsonLinesCommand):
    help = "Lists the shows with their performances to come; with --all, also those that are over."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="also those whose last performance has begun")

    def run(self, **options: Any) -> dict[str, Any]:
        shows = shows_with_dates(over=options["all"])
        for row in shows:
            self.record(
                slug=row.show.slug,
                title=row.show.title_it,
                state=row.show.status,
                to_come=row.to_come,
                performances=row.performances,
                first_at=row.first_at,
                last_at=row.last_at,
            )
        return {"shows": len(shows), "all": options["all"]}
