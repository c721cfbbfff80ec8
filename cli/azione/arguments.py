"""The arguments and options that many verbs share, each said once."""

from __future__ import annotations

from typing import Annotated

import typer

from azione import completion

PerformanceName = Annotated[
    str,
    typer.Argument(
        help="An id, next, tonight, or SHOW@YYYY-MM-DD.",
        metavar="PERFORMANCE",
        autocompletion=completion.performances,
    ),
]
ShowSlug = Annotated[
    str,
    typer.Argument(help="The show as its address on the site has it.", metavar="SHOW", autocompletion=completion.shows),
]
Reference = Annotated[
    str,
    typer.Argument(help="The six letters on the ticket.", metavar="REFERENCE", autocompletion=completion.references),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would change; change nothing.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking, for scripts.")]
RATE: float = 60
Rate = Annotated[
    float, typer.Option("--rate", metavar="N", help="At most so many mails a minute; ask your relay what it bears.")
]
