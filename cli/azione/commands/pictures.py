"""`azione pictures …`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from azione import render
from azione.arguments import DryRun, Yes
from azione.nouns import make_noun
from azione.options import Options
from azione.writing import Writing

if TYPE_CHECKING:
    from azione.backend import Answer

app = make_noun("The pictures of shows, venues and pages.")


@app.command("tidy")
def tidy(context: typer.Context, dry_run: DryRun = False, yes: Yes = False) -> int:
    """Remove files of pictures that are gone.

    Those that no show, venue or page names any more; and pictures that lack their sizes get them.

    It belongs into cron, every night: a picture that was replaced or deleted in the admin is gone from the site at
    once, and from the disk with this.

    \b
    Examples:
      azione pictures tidy --dry-run
      azione pictures tidy --yes
    """
    options: Options = context.obj
    tidying = Writing("tidy_pictures", (), "Tidying …", question=_question)
    answer, is_done = tidying.run(options, dry_run=dry_run, yes=yes)
    if not options.as_json:
        from azione.pictures import lost, tidied

        what, left = answer.read(tidied), answer.read(lost)
        verb = "Tidied" if is_done else "This would tidy"
        render.done(f"{verb}: {what}." if what else "Nothing is to be tidied.")
        if left:
            render.remark(left)
    return answer.exit_code


def _question(answer: Answer) -> str:
    from azione.pictures import tidied

    what = answer.read(tidied)
    return f"Tidy ({what})" if what else ""
