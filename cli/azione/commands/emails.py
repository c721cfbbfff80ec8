"""`azione emails …`"""

from __future__ import annotations

import shlex
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from azione import completion, render
from azione.arguments import RATE, DryRun, Rate, Yes
from azione.failures import ExitCode
from azione.nouns import make_noun
from azione.options import Options
from azione.writing import Writing

if TYPE_CHECKING:
    from azione.backend import Answer
    from azione.emails import ToSend

app = make_noun("The mails to guests: what waits, and what failed.")


class State(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ListedState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    ANY = "any"


# What the protocol calls them.
STORED = {"waiting": "queued", "refused": "failed"}


References = Annotated[
    list[str],
    typer.Argument(
        help="The six letters on the ticket.",
        metavar="REFERENCE",
        show_default=False,
        autocompletion=completion.references,
    ),
]
OfPerformance = Annotated[
    str,
    typer.Option(
        "--performance",
        metavar="PERFORMANCE",
        help="Only of this one: an id, next, tonight, or SHOW@YYYY-MM-DD.",
        show_default=False,
        autocompletion=completion.performances,
    ),
]
Since = Annotated[
    str,
    typer.Option(
        "--since", metavar="WHEN", help='Only since then: 2026-12-05, "2026-12-05 20:30".', show_default=False
    ),
]


@app.command("list")
def list_(
    context: typer.Context,
    references: References = [],  # noqa: B006 (Typer never changes it)
    performance: OfPerformance = "",
    state: Annotated[
        ListedState | None, typer.Option("--state", help="Without it: waiting and refused.", show_default=False)
    ] = None,
    since: Since = "",
) -> int:
    """List the mails that wait or were refused, and why.

    Addresses are masked: azione reservations show REFERENCE has them in full. With references, all of their mails.

    \b
    Examples:
      azione emails list
      azione emails list --state any --performance tonight
    """
    options: Options = context.obj
    arguments = [*_given(performance=performance, state=_stored(state), since=since), "--", *references]
    answer = options.call(options.find_target(), "Reading the mails …", "list_emails", *arguments)
    if not options.as_json:
        from azione.emails import read_emails

        render.listing(answer.read(read_emails))
    return answer.exit_code


@app.command("send")
def send(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Also those that wait for their next try.")] = False,
    rate: Rate = RATE,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> int:
    """Send all mails that are due, one after the other.

    For cron, every few minutes, with --yes. Two at once share the work; nothing is sent twice. What fails waits longer
    each time. Ctrl-C stops between two mails. A mailing that was stopped goes on with its own line alone.

    \b
    Examples:
      azione emails send
      azione emails send --all
      azione emails send --yes --rate 30
    """
    from azione.emails import read_due

    options: Options = context.obj
    go_on = _command(options, "send", "--all", rate=rate)
    sending = Writing(
        "send_emails",
        (f"--rate={rate:g}", *(["--all"] if everything else [])),
        "Sending …",
        question=lambda answer: f"Send {answer.read(read_due).mails}" if answer.records else "",
        preview=lambda answer: _show_due(answer.read(read_due), rate),
        goes_on=go_on,
    )
    answer, is_done = sending.run(options, dry_run=dry_run, yes=yes)
    if options.as_json or not is_done:
        return answer.exit_code
    if not answer.summary.get("to_send"):
        _show_due(answer.read(read_due), rate)
        return answer.exit_code
    return _tell(answer, go_on)


def _show_due(due: ToSend, rate: float) -> None:
    render.listing(due.listing(rate))
    for left_alone in due.beside:
        render.sentence(left_alone)


@app.command("resend")
def resend(
    context: typer.Context,
    references: References = [],  # noqa: B006 (Typer never changes it)
    performance: OfPerformance = "",
    state: Annotated[
        State | None,
        typer.Option("--state", help="Only those whose newest mail is in this state.", show_default=False),
    ] = None,
    since: Since = "",
    again: Annotated[
        bool, typer.Option("--again", help="Begin anew: write also to those who have had it by this command.")
    ] = False,
    rate: Rate = RATE,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> int:
    """Send guests their mail again, each one once.

    The ticket, or the request to confirm: to live reservations of performances to come. It goes on after a failure, and
    can be stopped (Ctrl-C) and started again with the same words: it then writes only to those who have had nothing
    yet. Old links and QR codes keep working.

    \b
    Examples:
      azione emails resend K7M2QX
      azione emails resend --performance tonight --dry-run
      azione emails resend --state refused --since 2026-12-01 --rate 30
    """
    from azione.emails import read_run

    options: Options = context.obj
    typed = _given(performance=performance, state=state and state.value, since=since)
    go_on = _command(options, "resend", *references, *typed, rate=rate)
    words = _given(performance=performance, state=_stored(state), since=since)
    resending = Writing(
        "resend_emails",
        (f"--rate={rate:g}", *(["--again"] if again else []), *words, "--", *references),
        "Sending …",
        question=lambda answer: f"Send {answer.read(read_run).mails}" if answer.records else "",
        preview=lambda answer: render.listing(answer.read(read_run).listing(rate)),
        goes_on=go_on,
    )
    answer, is_done = resending.run(options, dry_run=dry_run, yes=yes)
    if options.as_json or not is_done:
        return answer.exit_code
    if not answer.summary.get("to_send"):
        render.done(answer.read(lambda _records, summary: read_run([], summary).nothing))
        return answer.exit_code
    return _tell(answer, go_on)


@app.command("check")
def check(
    context: typer.Context,
    address: Annotated[
        str,
        typer.Argument(help="Who gets a test mail; else nobody.", metavar="ADDRESS", show_default=False),
    ] = "",
    dkim_selector: Annotated[
        str, typer.Option("--dkim-selector", metavar="NAME", help="What the domain's DKIM key is called.")
    ] = "",
    dry_run: DryRun = False,
    yes: Yes = False,
) -> int:
    """Try the way of a mail, step by step.

    The mail server's name, connection, encryption and sign-in; with an address, one mail to it. Then what the domain
    of our address says of its mail (SPF, DKIM, DMARC), where a name server answers. Exit code 4 with something to look
    at, 5 where no mail can leave.

    \b
    Examples:
      azione emails check
      azione emails check direzione@example.org
    """
    options: Options = context.obj
    arguments = (
        *([f"--dkim-selector={dkim_selector}"] if dkim_selector else []),
        "--",
        *([address] if address else []),
    )
    if not address:
        answer = options.call(options.find_target(), "Trying …", "check_email", *arguments)
    else:
        trying = Writing("check_email", arguments, "Trying …", question=lambda found: _test_question(found, address))
        answer, _is_sent = trying.run(options, dry_run=dry_run, yes=yes)
    if not options.as_json:
        from azione.health import read_diagnosis

        render.diagnosis(answer.read(read_diagnosis), quiet=False)
    return answer.exit_code


def _test_question(found: Answer, address: str) -> str:
    """Nothing is asked where the server has failed already."""
    failures = found.read(lambda _records, summary: int(summary["failures"]))
    return "" if failures else f"Send one test mail to {address}"


def _stored(state: State | ListedState | None) -> str | None:
    return state and STORED.get(state.value, state.value)


def _given(**options: str | None) -> list[str]:
    return [f"--{name}={value}" for name, value in options.items() if value]


def _command(options: Options, verb: str, *words: str, rate: float) -> str:
    """The line that goes on where this one ended."""
    target = ["--target", options.target] if options.target else []
    return shlex.join(["azione", *target, "emails", verb, *words, *([f"--rate={rate:g}"] if rate != RATE else [])])


def _tell(answer: Answer, command: str) -> int:
    """What was sent, what was not and why, and the command that goes on."""
    from azione.emails import read_sending

    sending = answer.read(read_sending)
    if sending.listing.rows:
        render.listing(sending.listing)
    if sending.is_whole:
        render.done(f"{sending.headline}{sending.totals}.")
    else:
        render.text(f"{sending.headline}{sending.totals}.\nTo go on: {command}")
    return ExitCode.INTERRUPTED if sending.was_stopped else answer.exit_code
