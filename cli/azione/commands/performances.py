"""`azione performances …`"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from azione import completion, render
from azione.arguments import RATE, DryRun, PerformanceName, Rate, Yes
from azione.nouns import make_noun
from azione.options import Options
from azione.writing import Writing

if TYPE_CHECKING:
    from azione.backend import Answer
    from azione.performance_changes import Change, Seats

app = make_noun("Single evenings: when, where, and how full.")


@app.command("list")
def list_(
    context: typer.Context,
    show: Annotated[
        str,
        typer.Option("--show", metavar="SHOW", help="Only this show’s.", autocompletion=completion.shows),
    ] = "",
    since: Annotated[
        str, typer.Option("--since", metavar="YYYY-MM-DD", help="From this day on.", show_default=False)
    ] = "",
    until: Annotated[
        str, typer.Option("--until", metavar="YYYY-MM-DD", help="Up to and with this day.", show_default=False)
    ] = "",
    all_: Annotated[bool, typer.Option("--all", help="What has been played as well.")] = False,
) -> int:
    """List performances with their seats, from tonight on.

    Taken are the seats of confirmed reservations, of those that still wait for their confirmation, and of walk-ins.
    Drafts and cancelled performances are in the list; the totals leave out what is cancelled.

    \b
    Examples:
      azione performances list
      azione performances list --show locandiera --all
      azione performances list --since 2026-12-01 --until 2026-12-31
    """
    options: Options = context.obj
    arguments = [*(["--all"] if all_ else []), *([f"--show={show}"] if show else [])]
    for name, day in (("since", since), ("until", until)):
        arguments += [f"--{name}={day}"] if day else []
    answer = options.call(options.find_target(), "Reading the performances …", "list_performances", *arguments)
    if not options.as_json:
        from azione.performances import read_performances

        render.listing(answer.read(read_performances))
    return answer.exit_code


@app.command("show")
def show_(context: typer.Context, performance: PerformanceName) -> int:
    """Show all that is known of a performance.

    Its times and seats, the mails about it that wait, the phones at its door, who came.

    \b
    Examples:
      azione performances show tonight
      azione performances show locandiera@2026-12-05
    """
    options: Options = context.obj
    answer = options.call(options.find_target(), "Reading the performance …", "show_performance", "--", performance)
    if not options.as_json:
        from azione.performances import read_performance

        occasion, facts = answer.read(read_performance)
        render.facts(facts, title=occasion.title)
    return answer.exit_code


Tell = Annotated[bool, typer.Option("--tell/--no-tell", help="Write to the guests, or to nobody.")]


@app.command("cancel")
def cancel(
    context: typer.Context,
    performance: PerformanceName,
    tell: Tell = True,
    rate: Rate = RATE,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> int:
    """Cancel a performance, and tell its guests by e-mail.

    Whoever holds seats is told, once; the entry in their calendar goes. Nobody can reserve any more, and tickets are
    refused at the door. A performance that is cancelled already stays as it is, and nobody is told again.

    \b
    Examples:
      azione performances cancel locandiera@2026-12-05 --dry-run
      azione performances cancel locandiera@2026-12-05
    """
    arguments = (f"--rate={rate}", *([] if tell else ["--no-tell"]), "--", performance)
    return _change(context.obj, "cancel_performance", arguments, tell=tell, dry_run=dry_run, yes=yes)


@app.command("move")
def move(
    context: typer.Context,
    performance: PerformanceName,
    to: Annotated[str, typer.Option("--to", metavar="WHEN", help='The new start, in the theatre: "2026-12-06 21:00".')],
    venue: Annotated[str, typer.Option("--venue", metavar="SLUG", help="Another venue.")] = "",
    capacity: Annotated[
        int | None, typer.Option("--capacity", metavar="N", help="Its seats from now on.", show_default=False)
    ] = None,
    tell: Tell = True,
    rate: Rate = RATE,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> int:
    """Move a performance in time or place, and tell its guests.

    Reservations and tickets stay valid. The mail says what it was and what it is, brings the new calendar entry, and a
    link to cancel for those who cannot come. The doors and the times of booking move along; in another venue the
    capacity is the venue's, unless you say it. Once people are inside, nothing moves.

    \b
    Examples:
      azione performances move locandiera@2026-12-05 --to "2026-12-06 21:00" --dry-run
      azione performances move locandiera@2026-12-05 --to "2026-12-06 21:00" --venue cantina --capacity 40
    """
    arguments = [
        f"--rate={rate}",
        f"--to={to}",
        *([f"--venue={venue}"] if venue else []),
        *([] if tell else ["--no-tell"]),
    ]
    arguments += [] if capacity is None else [f"--capacity={capacity}"]
    return _change(
        context.obj, "move_performance", (*arguments, "--", performance), tell=tell, dry_run=dry_run, yes=yes
    )


@app.command("seats")
def seats(
    context: typer.Context,
    performance: PerformanceName,
    capacity: Annotated[
        int | None, typer.Option("--capacity", metavar="N", help="The room’s seats.", show_default=False)
    ] = None,
    additional_seats: Annotated[
        int | None,
        typer.Option("--additional-seats", metavar="N", help="Extra seats put in, in all.", show_default=False),
    ] = None,
    manually_occupied: Annotated[
        int | None,
        typer.Option("--manually-occupied", metavar="N", help="Seats out of booking, in all.", show_default=False),
    ] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> int:
    """Say how many seats can be reserved: put chairs in, take some out.

    What can be reserved is the capacity, with the additional seats, without those manually occupied. Each number is the
    whole of it: the same line twice changes nothing. Never fewer than are taken: cancel or move reservations first.
    Nobody is told.

    \b
    Examples:
      azione performances seats tonight --additional-seats 4
      azione performances seats locandiera@2026-12-05 --capacity 40 --manually-occupied 2
    """
    given = {"capacity": capacity, "additional-seats": additional_seats, "manually-occupied": manually_occupied}
    arguments = [f"--{name}={number}" for name, number in given.items() if number is not None]
    options: Options = context.obj
    changing = Writing(
        "change_seats", (*arguments, "--", performance), "Changing the seats …", question=lambda a: _seats(a).question
    )
    answer, is_done = changing.run(options, dry_run=dry_run, yes=yes)
    if not options.as_json:
        render.done(_seats(answer).told(is_done=is_done))
    return answer.exit_code


def _seats(answer: Answer) -> Seats:
    from azione.performance_changes import read_seats

    return answer.read(read_seats)


def _change(options: Options, command: str, arguments: tuple[str, ...], *, tell: bool, dry_run: bool, yes: bool) -> int:
    changing = Writing(
        command,
        arguments,
        "Changing the performance …",
        question=lambda answer: _question(_read(answer), tell=tell),
        preview=lambda answer: _show_preview(_read(answer)),
        goes_on="azione emails send --all",
    )
    answer, is_done = changing.run(options, dry_run=dry_run, yes=yes)
    if not options.as_json:
        change = _read(answer)
        render.done(_told(change, is_done=is_done))
        if change.next_step:
            render.text(change.next_step)
        if change.uncalled and is_done:
            render.listing(change.to_call)
    return answer.exit_code


def _read(answer: Answer) -> Change:
    from azione.performance_changes import read_change

    return answer.read(read_change)


def _show_preview(change: Change) -> None:
    if not change.is_nothing:
        render.listing(change.preview)


def _question(change: Change, *, tell: bool) -> str:
    if change.is_nothing:
        return ""
    todo = "Cancel" if change.action == "cancelled" else "Move"
    where = "" if change.action == "cancelled" else f" to {change.new_place}"
    return ", ".join(part for part in (f"{todo} {change.occasion}{where}", change.tells(tell=tell)) if part)


def _told(change: Change, *, is_done: bool) -> str:
    from azione.wording import count

    if change.is_nothing:
        state = "is cancelled already" if change.is_cancelled else "is there already"
        return f"{change.occasion}, {state}: nothing was changed, and nobody was told."
    guests = f"{count(change.sent if is_done else change.told, 'guest')} told by e-mail"
    if change.action == "cancelled":
        return f"{change.occasion}, {'is' if is_done else 'would be'} cancelled; {guests}."
    return f"{change.occasion}, {'is moved' if is_done else 'would move'} to {change.new_place}; {guests}."
