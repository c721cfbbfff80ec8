"""`azione door …`"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from azione import render
from azione.failures import ExitCode, Failure
from azione.nouns import make_noun
from azione.options import Options

if TYPE_CHECKING:
    from azione.backend import Answer
    from azione.targets import Target

app = make_noun("The phones at the door of a performance.")
Performance = Annotated[str, typer.Argument(help="An id, next, tonight, or SHOW@YYYY-MM-DD.", metavar="PERFORMANCE")]
Model = TypeVar("Model")


@app.command("pair")
def pair(
    context: typer.Context,
    performance: Performance,
    walk_ins: Annotated[
        int, typer.Option("--walk-ins", metavar="N", help="Seats the phone may give to people without a reservation.")
    ] = 0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say for what a code would be made; make none.")] = False,
) -> int:
    """Pair one phone: a QR code to scan, or a link and a code to type.

    They work for one phone and ten minutes. Whoever has them in that time gets to the door list: keep them out of logs
    and messages. The phone scans and searches at this door until three hours after the performance.

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
        from azione.doors import read_door

        render.done(f"This would make a code for {_read(lambda: read_door(answer.summary)).sentence}.")
    else:
        from azione.doors import read_invitation

        render.invitation(_read(lambda: read_invitation(answer.records, answer.summary)))
    return answer.exit_code


@app.command("devices")
def devices(context: typer.Context, performance: Performance) -> int:
    """The phones that were paired with a door, and the seats each let in.

    \b
    Examples:
      azione door devices tonight
    """
    options: Options = context.obj
    answer = options.call(options.find_target(), "Reading the phones …", "list_devices", "--", performance)
    if not options.as_json:
        from azione.doors import read_devices

        render.device_table(_read(lambda: read_devices(answer.records, answer.summary)))
    return answer.exit_code


@app.command("revoke")
def revoke(
    context: typer.Context,
    performance: Performance,
    device: Annotated[str, typer.Argument(help="Its number at this door, or its name.", metavar="DEVICE")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say which phone would go; change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking, for scripts.")] = False,
) -> int:
    """Send a phone away from the door, at once.

    It wipes its list. What it has scanned and not yet delivered it can still hand in; nothing of that is lost.

    \b
    Examples:
      azione door revoke tonight 2
      azione door revoke tonight "Marta, left door" --yes
    """
    options: Options = context.obj
    asks = not (dry_run or yes)
    if asks and (options.as_json or not render.is_interactive()):
        raise Failure(
            "usage", "Nobody is here to be asked: add --yes to send it away, or --dry-run to see which it is."
        )
    target = options.find_target()
    if asks and not _is_agreed(options, target, performance, device):
        return ExitCode.DONE
    flags = ["--dry-run"] if dry_run else []
    answer = options.call(target, "Sending it away …", "revoke_device", *flags, "--", performance, device)
    if not options.as_json:
        render.done(_told(answer, dry_run=dry_run))
    return answer.exit_code


def _is_agreed(options: Options, target: Target, performance: str, device: str) -> bool:
    """Names the phone and asks; False when it has gone already. Raises Failure on a no."""
    answer = options.call(target, "Looking …", "revoke_device", "--dry-run", "--", performance, device)
    phone, where, is_there = _phone(answer)
    if not is_there:
        render.done(_told(answer, dry_run=True))
        return False
    if not render.confirm(f"Send away {phone} from {where}, on {target.name}?"):
        raise Failure("declined")
    return True


def _told(answer: Answer, *, dry_run: bool) -> str:
    phone, where, changes = _phone(answer)
    if not changes:
        return f"{phone} had been sent away already from {where}."
    return f"This would send away {phone} from {where}." if dry_run else f"{phone} was sent away from {where}."


def _phone(answer: Answer) -> tuple[str, str, bool]:
    from azione.doors import read_door

    def read() -> tuple[str, str, bool]:
        [record] = answer.records
        return (
            f"{record['number']}, {record['name']},",
            read_door(answer.summary).sentence,
            bool(answer.summary["revoked"]),
        )

    return _read(read)


def _read(read: Callable[[], Model]) -> Model:
    try:
        return read()
    except (KeyError, TypeError, ValueError) as error:
        raise Failure("broken_answer", f"What was said of the door lacks something: {error}.") from None
