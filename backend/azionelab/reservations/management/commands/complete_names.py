"""`complete_names performances|shows|references [PREFIX]`: what the Tab key offers."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from azionelab.core.commands import JsonLinesCommand
from azionelab.programme.models import Show
from azionelab.programme.naming import NEXT, TONIGHT, names_to_come
from azionelab.reservations.selectors import references_starting

# Yesterday's evening is still worked upon: lists come in, conflicts are settled.
LOOKING_BACK = timedelta(days=2)

Names = list[tuple[str, str]]


def _performances(prefix: str) -> Names:
    words = [(NEXT, "what starts next"), (TONIGHT, "what plays today")]
    return _starting(prefix, [*words, *names_to_come(since=timezone.now() - LOOKING_BACK)])


def _shows(prefix: str) -> Names:
    return _starting(prefix, list(Show.objects.order_by("slug").values_list("slug", "title_it")))


def _starting(prefix: str, names: Names) -> Names:
    return [(name, about) for name, about in names if name.startswith(prefix)]


KINDS: dict[str, Callable[[str], Names]] = {
    "performances": _performances,
    "shows": _shows,
    "references": references_starting,
}


class Command(JsonLinesCommand):
    help = "Names that somebody may be typing, for the completion of shells."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=KINDS)
        parser.add_argument("prefix", nargs="?", default="", help="what has been typed of it")

    def run(self, **options: Any) -> dict[str, Any]:
        names = KINDS[options["kind"]](options["prefix"])
        for name, about in names:
            self.record(name=name, about=about)
        return {"names": len(names)}
