"""`azione privacy …`"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from azione import render
from azione.arguments import DryRun, Yes
from azione.failures import Failure
from azione.nouns import make_noun
from azione.options import Options
from azione.output import STDOUT, path_named, write_file, write_stdout
from azione.writing import Writing

if TYPE_CHECKING:
    from azione.backend import Answer

app = make_noun("What is held of a person, and forgetting it.")
Email = Annotated[str, typer.Argument(help="The person's e-mail address, in any capitals.", metavar="EMAIL")]


@app.command("report")
def report(
    context: typer.Context,
    email: Email,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="Where to write it; - is standard output.")
    ] = STDOUT,
) -> int:
    """All that is held of a person, as one JSON document.

    Their reservations with mails, check-ins and every attempt at the door, when each will be erased, what staff did
    about them in the admin, and a staff account with that address. Make sure that whoever asks is that person. A file
    is written whole or not at all, and only you can read it: delete it once they have it.

    \b
    Examples:
      azione privacy report anna@example.org
      azione privacy report anna@example.org --output anna.json
    """
    options: Options = context.obj
    if options.as_json and output != STDOUT:
        raise Failure("usage", "With --json the lines go to standard output: leave out --output.")
    if not output:
        raise Failure("usage", "--output needs the name of a file, or - for standard output.")
    answer = options.call(options.find_target(), "Collecting …", "report_person", "--", email)
    if not options.as_json:
        _write(answer, output)
    return answer.exit_code


def _write(answer: Answer, output: str) -> None:
    import json

    from azione.privacy import held, read_document

    content = json.dumps(answer.read(read_document), ensure_ascii=False, indent=2).encode() + b"\n"
    if output == STDOUT:
        write_stdout(content)
        return
    write_file(path_named(output), content)
    render.done(f"{output}: {answer.read(held)}")


@app.command("erase")
def erase(context: typer.Context, email: Email, dry_run: DryRun = False, yes: Yes = False) -> int:
    """Erase a person from all their reservations, for good.

    Name, e-mail, phone and notes are blanked, and nobody can bring them back. Their links and QR codes no longer
    work. Seats and counts of past performances stay; reservations for performances to come are cancelled, without a
    mail, as nobody could come with them. The address is remembered as a digest that names nobody, so that a
    restored backup erases it again. Whoever reserves anew later is a guest like any other.

    \b
    Examples:
      azione privacy erase anna@example.org --dry-run
      azione privacy erase anna@example.org
    """
    options: Options = context.obj
    erasing = Writing("erase_person", ("--", email), "Erasing …", question=_question, preview=_preview)
    answer, is_done = erasing.run(options, dry_run=dry_run, yes=yes)
    if not options.as_json:
        from azione.privacy import told

        render.done(answer.read(lambda records, summary: told(records, summary, is_done=is_done)))
    return answer.exit_code


def _preview(answer: Answer) -> None:
    from azione.privacy import read_erasure

    render.listing(answer.read(read_erasure))


def _question(answer: Answer) -> str:
    from azione.privacy import question

    return answer.read(question)


@app.command("sweep")
def sweep(context: typer.Context, dry_run: DryRun = False, yes: Yes = False) -> int:
    """Forget what has been kept long enough.

    It belongs into cron, every night. Reservations never confirmed are deleted (after 24 hours), guests' names,
    e-mails, phones and notes are erased (30 days after the performance; seats and counts stay), and addresses that
    were erased before are erased again where a restored backup brought them. Notes of the door, failed sign-ins and
    ended sessions go as well. It can be stopped and started again at any time.

    \b
    Examples:
      azione privacy sweep --dry-run
      azione privacy sweep --yes
    """
    options: Options = context.obj
    sweeping = Writing("sweep_privacy", (), "Sweeping …", question=_sweep_question, preview=_show_periods)
    answer, is_done = sweeping.run(options, dry_run=dry_run, yes=yes)
    if not options.as_json:
        from azione.privacy import swept

        what = answer.read(swept)
        verb = "Swept" if is_done else "This would sweep"
        render.done(f"{verb}: {what}." if what else "Nothing is to be swept.")
    return answer.exit_code


def _show_periods(answer: Answer) -> None:
    from azione.privacy import periods

    render.sentence(answer.read(periods))


def _sweep_question(answer: Answer) -> str:
    from azione.privacy import swept

    what = answer.read(swept)
    return f"Sweep ({what}), for good" if what else ""
