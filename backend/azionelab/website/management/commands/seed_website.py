"""`seed_website FILE`: gives a new site its first pages and pictures; what is there already stays."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from azionelab.core.commands import JsonLinesCommand
from azionelab.website.seeding import seed_website


class Command(JsonLinesCommand):
    help = "Gives a new site the company's words, pages and pictures from a file; what is there already stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        self.add_dry_run(parser)

    def run(self, **options: Any) -> dict[str, Any]:
        seeded = seed_website(file=options["file"], dry_run=options["dry_run"])
        return {**vars(seeded), "dry_run": options["dry_run"]}
