"""`azione door …`"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from azione import render
from azione.arguments import DryRun, PerformanceName, Yes
from azione.nouns import make_noun
from azione.options import Options
from azione.writing import Writing

if TYPE_CHECKING:
    from azione.backend import Answer

app = make_noun("The phones at the door of a performance.")


@app.command("pair")
def pair(
    context: typer.Context,
    performance: PerformanceName,
    walk_ins: Annotated[
        int, typer.Option("--walk-ins", metavar="N", help="Seats the phone may give to people without a reservation.")
    ] = 0,
    dry_run: DryRun = False,
) -> int:
    """Pair one phone: a QR code to scan, or a link and a code to type.

    They work for one phone and ten minutes, and nothing is asked first: a code that nobody uses is gone by itself.
    Whoever has them in that time gets to the door list: keep them out of logs and messages. The phone scans and
    searches at this door until three hours after the performance.

    \b
    Examples:
      azione door pair tonight
      azione door pair locandiera@2026-12-05 --walk-ins 6
    """
    options: Options = context.obj
    arguments = [*(["--dry-run"] if dry_run else []), "--walk-ins", str(walk_ins), "--", performance]
    answer = options.call(options.find_target(), "Making a code …", "pair_device", *arguments)
    if options.as_json:
        return answer.exit_code
    if dry_run:
        render.done(f"This would make a code for {_door(answer)}.")
    else:
        from azione.doors import read_invitation

        render.invitation(answer.read(read_invitation))
    return answer.exit_code


@app.command("devices")
def devices(context: typer.Context, performance: PerformanceName) -> int:
    """The phones paired with a door, and the seats each let in.

    \b
    Examples:
      azione door devices tonight
    """
    options: Options = context.obj
    answer = options.call(options.find_target(), "Reading the phones …", "list_devices", "--", performance)
    if not options.as_json:
        from azione.doors import read_devices

        render.listing(answer.read(read_devices))
    return answer.exit_code


@app.command("revoke")
def revoke(
    context: typer.Context,
    performance: PerformanceName,
    device: Annotated[str, typer.Argument(help="Its number at this door, or its name.", metavar="DEVICE")],
    dry_run: DryRun = False,
    yes: Yes = False,
) -> int:
    """Send a phone away from the door, at once.

    It wipes its list. What it has scanned and not yet delivered it can still hand in; nothing of that is lost.

    \b
    Examples:
      azione door revoke tonight 2
      azione door revoke tonight "Marta, left door" --yes
    """
    options: Options = context.obj
    revoking = Writing("revoke_device", ("--", performance, device), "Sending it away …", question=_question)
    answer, is_done = revoking.run(options, dry_run=dry_run, yes=yes)
    if not options.as_json:
        render.done(_told(answer, is_done=is_done))
    return answer.exit_code


def _question(answer: Answer) -> str:
    phone, where, changes = _phone(answer)
    return f"Send away {phone} from {where}" if changes else ""


def _told(answer: Answer, *, is_done: bool) -> str:
    phone, where, changes = _phone(answer)
    if not changes:
        return f"{phone} had been sent away already from {where}."
    return f"{phone} was sent away from {where}." if is_done else f"This would send away {phone} from {where}."


def _phone(answer: Answer) -> tuple[str, str, bool]:
    """The phone, its door, and whether it goes (or went) by this."""
    return answer.read(
        lambda records, summary: (
            f"{records[0]['number']}, {records[0]['name']},",
            _door(answer),
            bool(summary["revoked"]),
        )
    )


def _door(answer: Answer) -> str:
    from azione.wording import read_occasion

    return answer.read(lambda _records, summary: read_occasion(summary["performance"]).sentence)
