"""`azione reservations …`"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from azione import completion, render
from azione.arguments import DryRun, PerformanceName, Reference, Yes
from azione.failures import Failure
from azione.nouns import make_noun
from azione.options import Options
from azione.writing import Writing

if TYPE_CHECKING:
    from azione.backend import Answer
    from azione.reservations import Written

app = make_noun("Who reserved which seats.")


class Language(StrEnum):
    IT = "it"
    EN = "en"


@app.command("find")
def find(
    context: typer.Context,
    words: Annotated[
        list[str], typer.Argument(help="A reference, a name, an e-mail address, or a phone number.", metavar="TEXT")
    ],
    performance: Annotated[
        str,
        typer.Option(
            "--performance",
            metavar="PERFORMANCE",
            help="Only of this one: an id, next, tonight, or SHOW@YYYY-MM-DD.",
            autocompletion=completion.performances,
        ),
    ] = "",
    all_: Annotated[bool, typer.Option("--all", help="Of what has been played as well.")] = False,
) -> int:
    """Find a guest's reservation by what they say on the phone.

    Accents, capitals and apostrophes do not matter, nor does the order of the words; of an address or a number a part
    is enough. Only performances from tonight on, unless you say --all or name one.

    \b
    Examples:
      azione reservations find de luca
      azione reservations find 3331234567
      azione reservations find anna --performance tonight
    """
    options: Options = context.obj
    arguments = [*(["--all"] if all_ else []), *([f"--performance={performance}"] if performance else [])]
    text = " ".join(words)
    answer = options.call(options.find_target(), "Looking …", "find_reservations", *arguments, "--", text)
    if not options.as_json:
        from azione.reservations import read_found

        render.listing(answer.read(read_found))
    return answer.exit_code


@app.command("show")
def show(context: typer.Context, reference: Reference) -> int:
    """Show all that is known of a reservation.

    Its guest, when it was made and confirmed, each mail with what became of it, and who of the party is in.

    \b
    Examples:
      azione reservations show K7MQ2X
      azione reservations show "k7m q2x"
    """
    options: Options = context.obj
    answer = options.call(options.find_target(), "Reading the reservation …", "show_reservation", "--", reference)
    if not options.as_json:
        from azione.reservations import read_reservation

        heading, facts = answer.read(read_reservation)
        render.facts(facts, title=heading)
    return answer.exit_code


@app.command("create")
def create(
    context: typer.Context,
    performance: PerformanceName,
    seats: Annotated[int, typer.Option("--seats", metavar="N", help="How many.")],
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="The guest’s.")],
    email: Annotated[
        str | None, typer.Option("--email", metavar="ADDRESS", help="Where the ticket goes.", show_default=False)
    ] = None,
    no_email: Annotated[bool, typer.Option("--no-email", help="There is none: the reference is the ticket.")] = False,
    phone: Annotated[str, typer.Option("--phone", metavar="NUMBER", help="To call the guest.")] = "",
    notes: Annotated[str, typer.Option("--notes", metavar="TEXT", help="A wheelchair, say.")] = "",
    language: Annotated[Language, typer.Option("--language", help="Of the guest’s mails.")] = Language.IT,
    hold: Annotated[bool, typer.Option("--hold", help="Hold the seats, and ask the guest by mail to confirm.")] = False,
    key: Annotated[
        str, typer.Option("--key", metavar="UUID", help="For scripts: the same key reserves once.", show_default=False)
    ] = "",
    dry_run: DryRun = False,
    yes: Yes = False,
) -> int:
    """Reserve for a guest on the phone or at the counter.

    It is confirmed at once, and the ticket goes out by e-mail. To a guest without an address say the reference: at the
    door it is as good as a ticket. You can reserve until the performance begins, also before and after booking on the
    site, and for large parties; never more seats than there are.

    \b
    Examples:
      azione reservations create locandiera@2026-12-05 --seats 2 --name "Anna Bianchi" --email anna@example.org
      azione reservations create tonight --seats 4 --name "Maria De Luca" --no-email --phone "333 1234567"
    """
    if (email is None) == (not no_email):
        raise Failure("usage", "Say where the ticket goes: --email ADDRESS, or --no-email for a guest who has none.")
    arguments = [f"--seats={seats}", f"--name={name}", f"--phone={phone}", f"--notes={notes}"]
    arguments += ["--no-email" if email is None else f"--email={email}", f"--language={language.value}"]
    arguments += [f"--key={key or _new_key()}", *(["--hold"] if hold else []), "--", performance]
    return _write(
        context.obj,
        "create_reservation",
        tuple(arguments),
        dry_run=dry_run,
        yes=yes,
        question=lambda one: f"{'Hold' if hold else 'Reserve'} {one.party}, for {one.occasion}; {one.telling}",
        told=_created,
    )


def _new_key() -> str:
    """One for the question and the answer: whoever tries again by hand means another reservation."""
    from uuid import uuid4

    return str(uuid4())


def _created(one: Written, *, is_done: bool) -> str:
    if not is_done and not one.reference:
        return f"This would reserve: {one.party}, for {one.occasion}; {one.telling}."
    if one.status == "pending":
        return f"{one.party}: held until {one.held_until} for {one.occasion}; {one.telling}."
    ticket = "" if one.to else f" The reference is the ticket: say {' '.join(one.reference)}."
    return f"{one.party}: {one.status} for {one.occasion}; {one.telling}.{ticket}"


@app.command("confirm")
def confirm(context: typer.Context, reference: Reference, dry_run: DryRun = False, yes: Yes = False) -> int:
    """Confirm for a guest who cannot, and send the ticket.

    Also after the hold has passed, while the seats are there, until the performance begins.

    \b
    Examples:
      azione reservations confirm K7MQ2X
      azione reservations confirm K7MQ2X --dry-run
    """
    return _write(
        context.obj,
        "confirm_reservation",
        ("--", reference),
        dry_run=dry_run,
        yes=yes,
        question=lambda one: f"Confirm {one.party}, for {one.occasion}; {one.telling}",
        told=lambda one, is_done: _told(one, "confirmed", is_done=is_done),
    )


@app.command("change")
def change(
    context: typer.Context,
    reference: Reference,
    seats: Annotated[int | None, typer.Option("--seats", metavar="N", help="How many.", show_default=False)] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", show_default=False)] = None,
    email: Annotated[
        str | None, typer.Option("--email", metavar="ADDRESS", help="The ticket goes there anew.", show_default=False)
    ] = None,
    no_email: Annotated[bool, typer.Option("--no-email", help="There is none any more.")] = False,
    phone: Annotated[str | None, typer.Option("--phone", metavar="NUMBER", show_default=False)] = None,
    notes: Annotated[str | None, typer.Option("--notes", metavar="TEXT", show_default=False)] = None,
    language: Annotated[
        Language | None, typer.Option("--language", help="Of the guest’s mails.", show_default=False)
    ] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> int:
    """Change a reservation's seats, or its guest's details.

    The ticket stays the same. Only to another address it is sent anew, and what was sent before opens nothing any more.
    Seats and address change until the performance begins, and not once somebody of the party is in.

    \b
    Examples:
      azione reservations change K7MQ2X --seats 3
      azione reservations change K7MQ2X --email anna.bianchi@example.org --phone "333 1234567"
    """
    if email is not None and no_email:
        raise Failure("usage", "Give --email ADDRESS or --no-email, not both.")
    given = {"seats": seats, "name": name, "email": email, "phone": phone, "notes": notes}
    given["language"] = language.value if language else None
    arguments = [f"--{option}={value}" for option, value in given.items() if value is not None]
    return _write(
        context.obj,
        "change_reservation",
        (*arguments, *(["--no-email"] if no_email else []), "--", reference),
        dry_run=dry_run,
        yes=yes,
        question=lambda one: f"Change {one.reference}, {one.name}: {one.changes}{_and_mail(one)}",
        told=_changed,
    )


def _changed(one: Written, *, is_done: bool) -> str:
    if not one.is_changed:
        return f"{one.reference}, {one.name}: all of that is so already; nothing was changed."
    said = "changed" if is_done else "would change"
    return f"{one.reference}, {one.name}: {said}: {one.changes}{_and_mail(one)}."


def _and_mail(one: Written) -> str:
    return f"; {one.telling}" if one.mail or "email" in one.before else ""


@app.command("renew")
def renew(context: typer.Context, reference: Reference, dry_run: DryRun = False, yes: Yes = False) -> int:
    """Send a guest a new link and QR code; the old ones open nothing.

    For a link or a QR code that got into other hands. All that was ever sent for this reservation becomes worthless at
    once, and the guest gets a new mail. Seats and reference stay. A phone without a network learns of it when it
    fetches its list again.

    \b
    Examples:
      azione reservations renew K7MQ2X
      azione reservations renew K7MQ2X --dry-run
    """
    return _write(
        context.obj,
        "renew_reservation",
        ("--", reference),
        dry_run=dry_run,
        yes=yes,
        question=lambda one: f"Renew {one.party}, for {one.occasion}: {one.revocation}; {one.telling}",
        told=lambda one, is_done: (
            f"{one.party}, for {one.occasion}: {'renewed' if is_done else 'would be renewed'}: "
            f"{one.revocation}; {one.telling}."
        ),
    )


@app.command("cancel")
def cancel(
    context: typer.Context,
    reference: Reference,
    tell: Annotated[bool, typer.Option("--tell/--no-tell", help="Write to the guest, or not.")] = True,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> int:
    """Cancel a reservation, and tell its guest by e-mail.

    Its seats are free at once, and its ticket opens nothing any more. Not once somebody of the party is in.

    \b
    Examples:
      azione reservations cancel K7MQ2X
      azione reservations cancel K7MQ2X --no-tell --yes
    """
    return _write(
        context.obj,
        "cancel_reservation",
        (*([] if tell else ["--no-tell"]), "--", reference),
        dry_run=dry_run,
        yes=yes,
        question=lambda one: f"Cancel {one.party}, for {one.occasion}; {one.telling}",
        told=lambda one, is_done: _told(one, "cancelled", is_done=is_done),
    )


@app.command("move")
def move(
    context: typer.Context,
    reference: Reference,
    performance: PerformanceName,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> int:
    """Move a reservation to another performance.

    The ticket is sent anew with the new date; the one that the guest has stays good, for the new evening. Also away
    from a performance that was cancelled. Not once somebody of the party is in.

    \b
    Examples:
      azione reservations move K7MQ2X locandiera@2026-12-06
      azione reservations move K7MQ2X next --dry-run
    """
    return _write(
        context.obj,
        "move_reservation",
        ("--", reference, performance),
        dry_run=dry_run,
        yes=yes,
        question=lambda one: f"Move {one.party}, from {one.before['performance']} to {one.occasion}; {one.telling}",
        told=_moved,
    )


def _moved(one: Written, *, is_done: bool) -> str:
    if not one.is_changed:
        return f"{one.party}, is for {one.occasion} already: nothing was changed."
    return f"{one.party}: {'moved' if is_done else 'would move'} to {one.occasion}; {one.telling}."


def _told(one: Written, state: str, *, is_done: bool) -> str:
    if not one.is_changed:
        return f"{one.party}, for {one.occasion}, is {state} already: nothing was changed."
    return f"{one.party}, for {one.occasion}: {state if is_done else f'would be {state}'}; {one.telling}."


def _write(
    options: Options,
    command: str,
    arguments: tuple[str, ...],
    *,
    dry_run: bool,
    yes: bool,
    question: Callable[[Written], str],
    told: Callable[..., str],
) -> int:
    """The sentence says all there is to preview: it is one reservation."""

    def ask(answer: Answer) -> str:
        one = _read(answer)
        return question(one) if one.is_changed else ""

    writing = Writing(command, arguments, "Looking after the reservation …", question=ask)
    answer, is_done = writing.run(options, dry_run=dry_run, yes=yes)
    if not options.as_json:
        render.done(told(_read(answer), is_done=is_done))
    return answer.exit_code


def _read(answer: Answer) -> Written:
    from azione.reservations import read_written

    return answer.read(read_written)
