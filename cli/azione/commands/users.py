"""`azione users …`"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from azione import render
from azione.arguments import DryRun, Yes
from azione.failures import Failure
from azione.nouns import make_noun
from azione.options import Options
from azione.writing import Writing

if TYPE_CHECKING:
    from azione.backend import Answer

app = make_noun("Accounts of the staff.")
# More than the longest password that the backend takes; whatever is longer was sent by mistake.
MOST_BYTES = 10_000
TRIES = 3


class Group(StrEnum):
    MANAGERS = "managers"
    DOOR = "door"


Name = Annotated[str, typer.Argument(help="The name to sign in with.", metavar="NAME")]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input: one line.")
]
Generate = Annotated[bool, typer.Option("--generate", help="Make a password up, and show it this once.")]


@app.command("create")
def create(
    context: typer.Context,
    name: Name,
    group: Annotated[
        Group,
        typer.Option(
            "--group", help="managers: the admin and the door. door: scanning at the door.", show_default=False
        ),
    ],
    password_stdin: PasswordStdin = False,
    generate: Generate = False,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> int:
    """Make an account for somebody of the staff.

    Its password is typed twice and not shown; in a script it comes over standard input (--password-stdin), or is made
    up (--generate). A name that would be taken for another one's (Lucia, lucia) is refused.

    \b
    Examples:
      azione users create lucia --group door
      azione users create lucia --group door --generate --yes
    """
    options: Options = context.obj
    making = Writing(
        "create_account",
        (*(["--generate"] if generate else []), "--group", group.value, "--", name),
        "Making the account …",
        question=lambda answer: f"Make the account {_name(answer)} ({group.value})",
        stdin=_password(options, generate=generate, from_stdin=password_stdin, looks_first=dry_run or not yes),
    )
    answer, is_done = making.run(options, dry_run=dry_run, yes=yes)
    if not options.as_json:
        said = "was made" if is_done else "would be made"
        render.done(f"The account {_name(answer)} ({group.value}) {said}.")
        _show_password(answer)
    return answer.exit_code


@app.command("password")
def password(
    context: typer.Context,
    name: Name,
    password_stdin: PasswordStdin = False,
    generate: Generate = False,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> int:
    """Give an account a new password.

    Whoever is signed in with it is signed out everywhere, and a sign-in that was shut after too many wrong passwords is
    open again. Phones at a door stay paired: azione door revoke sends them away.

    \b
    Examples:
      azione users password lucia
      azione users password lucia --generate --yes
    """
    options: Options = context.obj
    setting = Writing(
        "set_password",
        (*(["--generate"] if generate else []), "--", name),
        "Setting the password …",
        question=lambda answer: f"Give {_name(answer)} a new password, and sign {_name(answer)} out everywhere",
        stdin=_password(options, generate=generate, from_stdin=password_stdin, looks_first=dry_run or not yes),
    )
    answer, is_done = setting.run(options, dry_run=dry_run, yes=yes)
    if not options.as_json:
        said = "has a new password and is signed out everywhere" if is_done else "would get a new password"
        render.done(f"{_name(answer)} {said}.")
        _show_password(answer)
    return answer.exit_code


@app.command("close")
def close(context: typer.Context, name: Name, dry_run: DryRun = False, yes: Yes = False) -> int:
    """Close the account of somebody who leaves.

    Whoever is signed in with it is signed out everywhere, and the phones they were signed in on are sent away; what
    those have not delivered yet they still can. What the account did stays in the record.

    \b
    Examples:
      azione users close lucia
      azione users close lucia --yes
    """
    options: Options = context.obj
    closing = Writing("close_account", ("--", name), "Closing the account …", question=closing_question)
    answer, is_done = closing.run(options, dry_run=dry_run, yes=yes)
    if not options.as_json:
        render.done(closing_told(answer, is_done=is_done))
    return answer.exit_code


@app.command("open")
def open_(context: typer.Context, name: Name, dry_run: DryRun = False, yes: Yes = False) -> int:
    """Open an account again that was closed.

    It has the password and the group it had. Its phones have to be paired again.

    \b
    Examples:
      azione users open lucia
    """
    options: Options = context.obj
    opening = Writing("open_account", ("--", name), "Opening the account …", question=_opening_question)
    answer, is_done = opening.run(options, dry_run=dry_run, yes=yes)
    if not options.as_json:
        said = "is open again" if is_done else "would be open again"
        render.done(f"The account {_name(answer)} {said if _changes(answer) else 'is open already'}.")
    return answer.exit_code


@app.command("list")
def list_(context: typer.Context) -> int:
    """The accounts, with their groups and when each signed in last.

    \b
    Examples:
      azione users list
    """
    options: Options = context.obj
    answer = options.call(options.find_target(), "Reading the accounts …", "list_accounts")
    if not options.as_json:
        from azione.accounts import read_accounts

        render.listing(answer.read(read_accounts))
    return answer.exit_code


def _name(answer: Answer) -> str:
    from azione.columns import printable

    return printable(answer.read(lambda records, _summary: str(records[0]["username"])))


def _changes(answer: Answer) -> bool:
    return answer.read(lambda records, _summary: str(records[0]["action"])) != "unchanged"


def _phones(answer: Answer) -> str:
    """`2 phones`, or nothing."""
    from azione.wording import count

    number = answer.read(lambda records, _summary: int(records[0]["phones"]))
    return count(number, "phone") if number else ""


def closing_question(answer: Answer) -> str:
    name, phones = _name(answer), _phones(answer)
    if not _changes(answer):
        return ""
    if not phones:
        return f"Close the account {name}, and sign {name} out everywhere"
    return f"Close the account {name}, sign {name} out everywhere, and send {phones} away"


def closing_told(answer: Answer, *, is_done: bool) -> str:
    name, phones = _name(answer), _phones(answer)
    if not _changes(answer):
        return f"The account {name} is closed already."
    said = "is closed" if is_done else "would be closed"
    return f"The account {name} {said}, and {phones} sent away." if phones else f"The account {name} {said}."


def _opening_question(answer: Answer) -> str:
    return f"Open the account {_name(answer)} again" if _changes(answer) else ""


def _show_password(answer: Answer) -> None:
    made_up = answer.read(lambda records, _summary: str(records[0].get("password", "")))
    if made_up:
        render.facts([("Password", made_up)])
        render.text("It is shown this once.")


# The password -------------------------------------------------------------------------------------------------------


def _password(options: Options, *, generate: bool, from_stdin: bool, looks_first: bool) -> Callable[[], list[bytes]]:
    """Where the command gets it from, each time that it is run."""
    if generate and from_stdin:
        raise Failure("usage", "Either --generate or --password-stdin.")
    if generate:
        return list
    if from_stdin:
        given = _from_stdin()
        return lambda: [given]
    if not looks_first and (options.as_json or not render.is_interactive()):
        raise Failure("usage", "Nobody is here to type a password: add --password-stdin or --generate.")
    return _Typed(looks_first=looks_first)


def _from_stdin() -> bytes:
    """Raises Failure where there is none. Whether it is one line of text, the backend says."""
    if sys.stdin.isatty():
        raise Failure("usage", "--password-stdin wants a pipe or a file: without it the password is typed.")
    given = sys.stdin.buffer.read(MOST_BYTES)
    if not given.strip(b"\r\n"):
        raise Failure("usage", "There is no password on standard input.")
    return given


@dataclass
class _Typed:
    """Asked for when it is wanted: after a first look, which needs none, and after the question."""

    looks_first: bool

    def __call__(self) -> list[bytes]:
        if self.looks_first:
            self.looks_first = False
            return []
        return [f"{_type_twice()}\n".encode(errors="surrogateescape")]


def _type_twice() -> str:
    """Raises Failure for Ctrl-D, and after the third time that the two were not the same."""
    try:
        for _try in range(TRIES):
            typed = render.ask_secret("New password")
            if typed == render.ask_secret("Again"):
                return typed
            render.remark("The two are not the same. Once more.")
    except EOFError:
        raise Failure("declined") from None
    raise Failure("declined", "The two were never the same.")
