"""`list_posters`: the posters that a season's file names (standard input), so that they can be sent along."""

import sys
from typing import Any

from azionelab.core.commands import JsonLinesCommand
from azionelab.programme.season import poster_names
from azionelab.programme.season_files import SentSeason
from azionelab.programme.season_yaml import MAX_BYTES


class Command(JsonLinesCommand):
    help = "Lists the posters that a season's file names; none where the file cannot be read, as seed_season will say."

    def run(self, **options: Any) -> dict[str, Any]:
        content = sys.stdin.buffer.read(MAX_BYTES + 1)
        names = list(dict.fromkeys(poster_names(SentSeason("season.yaml", content))))
        for name in names:
            self.record(name=name)
        return {"posters": len(names)}
