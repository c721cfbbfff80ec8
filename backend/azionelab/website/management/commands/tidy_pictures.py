"""`tidy_pictures`: gives pictures their sizes where they lack them, and removes files that nothing names. For cron."""

from argparse import ArgumentParser
from typing import Any

from azionelab.core.commands import JsonLinesCommand
from azionelab.core.picture_files import tidy_pictures


class Command(JsonLinesCommand):
    help = "Prepares pictures that lack their sizes, and removes files of a day ago that no show and no page names."

    def add_arguments(self, parser: ArgumentParser) -> None:
        self.add_dry_run(parser)

    def run(self, **options: Any) -> dict[str, Any]:
        return {**vars(tidy_pictures(dry_run=options["dry_run"])), "dry_run": options["dry_run"]}
