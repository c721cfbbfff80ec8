"""`export_season`: the season's file in one record, then the posters piece by piece, in base64."""

import base64
from argparse import ArgumentParser
from typing import Any

from azionelab.core.commands import JsonLinesCommand
from azionelab.core.errors import ExitCode
from azionelab.programme.season_export import export_season

# Of a line of the protocol; a multiple of three, so that each piece is base64 of its own.
PIECE = 300_000


class Command(JsonLinesCommand):
    help = "Writes the season as the file that seed_season reads; with --posters, the posters as well."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--posters", action="store_true", help="the posters' content as well")

    def run(self, **options: Any) -> dict[str, Any]:
        season = export_season()
        self.record(kind="season", text=season.text)
        for done, (name, content) in enumerate(season.posters.items() if options["posters"] else (), start=1):
            for start in range(0, len(content), PIECE):
                piece = base64.b64encode(content[start : start + PIECE]).decode()
                self.record(kind="poster", name=name, start=start, base64=piece)
            self.progress(done, len(season.posters))
        if season.left_out:
            self.exit_code = ExitCode.PARTLY_DONE
        return {
            "venues": season.venues,
            "shows": season.shows,
            "performances": season.performances,
            "posters": {name: len(content) for name, content in season.posters.items()},
            "left_out": season.left_out,
        }
