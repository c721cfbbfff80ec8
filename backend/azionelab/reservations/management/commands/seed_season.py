"""`seed_season FILE`: brings what plays up to a season's file (`docs/season-file.md`).

With `-`, the file and its posters come over standard input, from whichever machine they are on. The first line says
what follows, `{"name": "season.yaml", "size": 1234, "posters": [{"name": "posters/a.png", "size": 5678}, …]}`; then
come the file and the posters, one behind the other.
"""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections import Counter
from dataclasses import asdict
from datetime import date
from pathlib import Path, PurePath
from typing import IO, Any, get_args

from azionelab.core.clock import theatre_today
from azionelab.core.commands import JsonLinesCommand
from azionelab.core.errors import Code, DomainError
from azionelab.core.pictures import MAX_PICTURE_BYTES
from azionelab.programme.season_files import SeasonFile, SeasonOnDisk, SentSeason
from azionelab.programme.season_yaml import MAX_BYTES
from azionelab.reservations.seeding import Action, seed_season

STDIN = "-"
MOST_POSTERS = 1_000
_FIRST_LINE_MAX = 1_000_000


class Command(JsonLinesCommand):
    help = "Brings venues, shows and performances up to a season's file. What left the file is told, not deleted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the season, as a YAML file; - is standard input")
        parser.add_argument("--anchor", type=_day, help="the day that is `today` in the file: YYYY-MM-DD")
        self.add_dry_run(parser)

    def run(self, **options: Any) -> dict[str, Any]:
        file: SeasonFile = SeasonOnDisk(Path(options["file"]))
        if options["file"] == STDIN:
            file = _read_sent(sys.stdin.buffer)
        anchor = options["anchor"] or theatre_today()
        changes = seed_season(file=file, anchor=anchor, dry_run=options["dry_run"])
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


def _read_sent(stdin: IO[bytes]) -> SentSeason:
    """Raises `malformed_request` unless all that was announced is there, and nothing more."""
    try:
        announced = json.loads(stdin.readline(_FIRST_LINE_MAX))
        name, size = PurePath(str(announced["name"])).name, int(announced["size"])
        posters = [(str(poster["name"]), int(poster["size"])) for poster in announced["posters"]]
    except (ValueError, TypeError, KeyError):
        raise DomainError(Code.MALFORMED_REQUEST, "Standard input does not begin with what follows.") from None
    if min(size, *(size for _name, size in posters), 0) < 0 or len(posters) > MOST_POSTERS:
        raise DomainError(Code.MALFORMED_REQUEST, f"Send a season with at most {MOST_POSTERS} posters.")
    text = _read(stdin, size, MAX_BYTES)
    sent = SentSeason(name, text, {name: _read(stdin, size, MAX_PICTURE_BYTES) for name, size in posters})
    if stdin.read(1):
        raise DomainError(Code.MALFORMED_REQUEST, "More came over standard input than was announced.")
    return sent


def _read(stdin: IO[bytes], size: int, most: int) -> bytes:
    """What is too large is read to its end as well, so that the sender is not cut off, but not kept."""
    content = stdin.read(min(size, most + 1))
    left = size - len(content)
    while left > 0:
        passed = len(stdin.read(min(left, 1_000_000)))
        if not passed:
            raise DomainError(Code.MALFORMED_REQUEST, "Standard input ended before the last file did.")
        left -= passed
    return content
