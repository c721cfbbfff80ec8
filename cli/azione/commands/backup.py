"""`azione backup …`"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from azione import render
from azione.arguments import DryRun, Yes
from azione.backups.verbs import ask_name, end, folder_named, lock, place_of, remark, settle_first, tell_line, telling
from azione.failures import Failure
from azione.nouns import make_noun
from azione.options import Options
from azione.writing import require_somebody

if TYPE_CHECKING:
    from azione.backups.layout import Shelf
    from azione.backups.prune import Verdict
    from azione.backups.restore import Outcome
    from azione.stack import Site

app = make_noun("Backups of the Compose stack: made, verified, restored.")

Name = Annotated[str, typer.Argument(help="As azione backup list has it, or latest.", metavar="NAME")]
Directory = Annotated[
    str,
    typer.Option(
        "--directory", metavar="FOLDER", help="Another folder of backups than the stack's own.", show_default=False
    ),
]
Identity = Annotated[
    str,
    typer.Option(
        "--identity", metavar="FILE", help="The private key that opens an encrypted backup.", show_default=False
    ),
]


@app.command("create")
def create(
    context: typer.Context,
    directory: Directory = "",
    recipient: Annotated[
        list[str] | None,
        typer.Option(
            "--recipient",
            metavar="KEY",
            help="Encrypt to this public key of age; may be given several times. Without it: BACKUP_AGE_RECIPIENT.",
            show_default=False,
        ),
    ] = None,
    note: Annotated[
        str, typer.Option("--note", metavar="TEXT", help="A word to find it by in the list.", show_default=False)
    ] = "",
    dry_run: DryRun = False,
) -> int:
    """Make a backup of the database, the pictures and the settings.

    It is read back whole before it counts: killed or out of room at any moment, it leaves no half backup, and older
    ones are untouched. The secrets are not in it; keep SECRET_KEY elsewhere.

    \b
    Examples:
      azione backup create
      azione backup create --note "before the premiere"
      azione backup create --recipient age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p
    """
    from azione.backups import create as creating
    from azione.backups import views
    from azione.backups.encryption import read_recipients
    from azione.backups.steps import Steps
    from azione.stack import require_site

    options: Options = context.obj
    site = require_site(options.target)
    place = folder_named(directory) if directory else site.backups
    recipients = read_recipients(recipient or (), site.written_settings)
    order = creating.Order(directory=place, recipients=recipients, note=note[:200])
    if dry_run:
        size = creating.measure(site, place)
        members = {"database": size.database, "pictures": size.media.size, "free": size.free, "dry_run": True}
        return end(options, views.would_create(size, str(place)), members)
    with lock("create", place), telling(options) as tell:
        settle_first(site, options, place)
        backup = creating.create(site, order, Steps(creating.STEPS, tell))
    return end(options, views.created(backup), views.as_record(backup))


@app.command("list")
def list_(context: typer.Context, directory: Directory = "") -> int:
    """List the backups there are, the newest first.

    It works without a running stack, too. What is no backup, or was one, is named below the list.

    \b
    Examples:
      azione backup list
      azione backup list --directory /mnt/usb/backups
    """
    from azione.backups import views
    from azione.backups.layout import read_shelf

    options: Options = context.obj
    place = place_of(options, directory)
    shelf = read_shelf(place)
    if options.as_json:
        _records(shelf)
        return end(options, "", {"backups": len(shelf.backups), "others": dict(shelf.strangers)})
    render.listing(views.shelf_listing(shelf, str(place)))
    return 0


def _records(shelf: Shelf) -> None:
    from azione.backups import views

    for backup in shelf.backups:
        tell_line("record", views.as_record(backup))


@app.command("verify")
def verify(
    context: typer.Context,
    name: Name,
    drill: Annotated[
        bool, typer.Option("--drill", help="Restore it on trial, into a database of its own, and check all of it.")
    ] = False,
    identity: Identity = "",
    directory: Directory = "",
) -> int:
    """Compare every byte of a backup with what was written.

    With --drill it is restored into a database beside the live one, brought up to this version, its rows are counted,
    the rules of the house checked (no performance over capacity, nobody admitted twice), and that database is
    dropped. The site goes on meanwhile. A backup counts once it was restored: do that every month.

    \b
    Examples:
      azione backup verify latest
      azione backup verify latest --drill
      azione backup verify 2026-11-29T204501Z --directory /mnt/usb/backups
    """
    from azione.backups import drill as drilling
    from azione.backups import verify as verifying
    from azione.backups import views
    from azione.backups.layout import read_shelf
    from azione.backups.scratch import Source
    from azione.backups.steps import Steps
    from azione.stack import require_site

    options: Options = context.obj
    site = require_site(options.target) if drill else None
    place = folder_named(directory) if directory else site.backups if site is not None else place_of(options, "")
    with lock("verify", *([site.backups] if site else []), place), telling(options) as tell:
        backup = read_shelf(place).find(name)
        was_noted = verifying.verify(backup, Steps(drilling.STEPS if site else verifying.STEPS, tell))
        if site is not None:
            settle_first(site, options, site.backups)
            backup = read_shelf(place).find(backup.name)
            was_noted = drilling.drill(site, Source(backup, identity), Steps(drilling.STEPS, tell))
    members = {"name": backup.name, "drilled": drill, "noted": was_noted}
    return end(options, views.verified(backup, was_noted=was_noted, was_drilled=drill), members)


@app.command("restore")
def restore(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(help="As azione backup list has it, or latest.", metavar="[NAME]", show_default=False)
    ] = "",
    rollback: Annotated[
        bool, typer.Option("--rollback", help="Go back to what was live before the last restore; it takes seconds.")
    ] = False,
    identity: Identity = "",
    directory: Directory = "",
    accept_other_secret_key: Annotated[
        bool,
        typer.Option(
            "--accept-other-secret-key",
            help="Though the SECRET_KEY is another: staff signs in anew, phones are paired anew.",
        ),
    ] = False,
    accept_wrong_data: Annotated[
        bool, typer.Option("--accept-wrong-data", help="Though its data breaks a rule of the house.")
    ] = False,
    no_safety_backup: Annotated[
        bool,
        typer.Option("--no-safety-backup", help="Without a backup of the live data first; it is kept all the same."),
    ] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> int:
    """Put the data of a backup in the place of the live data.

    First it is looked at whether that can work, and nothing is touched. Then the site shows its maintenance page, a
    safety backup is made, the backup is restored beside the live data, brought up to this version and checked; only
    then the two are exchanged, and the site is tried. What fails on the way leaves the live data as it was. What was
    live before is kept: --rollback brings it back. Guests erased since the backup stay erased.

    \b
    Examples:
      azione backup restore latest --dry-run
      azione backup restore 2026-11-29T204501Z
      azione backup restore --rollback
    """
    from azione.backups.restore import Wishes
    from azione.stack import require_site

    options: Options = context.obj
    if rollback == bool(name):
        raise Failure("usage", "Name a backup (azione backup list), or add --rollback without a name.")
    require_somebody(options, dry_run=dry_run, yes=yes)
    site = require_site(options.target)
    with ExitStack() as stack:
        place = folder_named(directory) if directory else site.backups
        stack.enter_context(lock("restore", site.backups))
        settle_first(site, options, site.backups)
        if rollback:
            return _roll_back(options, site, identity, dry_run=dry_run, yes=yes)
        wishes = Wishes(
            accept_other_key=accept_other_secret_key,
            accept_wrongs=accept_wrong_data,
            without_safety=no_safety_backup,
            recipients=_recipients(site),
        )
        return _restore(options, site, (place, name, identity), wishes, dry_run=dry_run, yes=yes)


def _recipients(site: Site) -> tuple[str, ...]:
    from azione.backups.encryption import read_recipients

    return read_recipients((), site.written_settings)


def _restore(
    options: Options, site: Site, which: tuple[Path, str, str], wishes: Any, *, dry_run: bool, yes: bool
) -> int:
    from azione.backups import restore as restoring
    from azione.backups import views
    from azione.backups.layout import read_shelf
    from azione.backups.scratch import Source
    from azione.backups.steps import Steps

    place, name, identity = which
    source = Source(read_shelf(place).find(name), identity)
    with telling(options) as tell:
        plan = restoring.prepare(site, source, wishes, Steps(restoring.BEFORE_STEPS, tell))
    if not options.as_json:
        render.facts(views.plan_facts(plan, site.settings.get("SITE_URL", ""), site.name))
    if dry_run:
        sentence = f"{source.backup.name} can be restored here; nothing was changed."
        return end(options, sentence, {"name": source.backup.name, "dry_run": True})
    ask_name(options, views.plan_question(plan, site.name), site.name, yes=yes)
    with telling(options) as tell:
        outcome = restoring.carry_out(site, plan, wishes, Steps(restoring.STEPS, tell))
    return _end_exchange(options, views.restored(plan, outcome), source.backup.name, outcome)


def _end_exchange(options: Options, sentence: str, name: str, outcome: Outcome) -> int:
    for said in outcome.remarks:
        remark(options, said)
    members: dict[str, Any] = {"name": name, "kept": outcome.kept, "safety": outcome.safety}
    members |= {"erased_again": outcome.erased_again, "remarks": outcome.remarks}
    return end(options, sentence, members)


def _roll_back(options: Options, site: Site, identity: str, *, dry_run: bool, yes: bool) -> int:
    from azione.backups import rollback as rolling
    from azione.backups import views
    from azione.backups.steps import Steps

    with telling(options) as tell:
        way = rolling.prepare(site, identity, Steps(rolling.STEPS, tell))
    restored = views.restored_when(way)
    if dry_run:
        return end(options, f"There is a way back from {restored}; nothing was changed.", {"dry_run": True})
    question = f"{site.name} goes back to what was live before {restored}. What was entered since is kept aside."
    ask_name(options, question, site.name, yes=yes)
    with telling(options) as tell:
        outcome = rolling.carry_out(site, way, Steps(rolling.STEPS, tell))
    return _end_exchange(options, views.rolled_back(way, outcome), way.restored.backup, outcome)


@app.command("prune")
def prune(
    context: typer.Context,
    keep_daily: Annotated[
        int, typer.Option("--keep-daily", metavar="N", min=0, help="Of the last N days with a backup, the newest.")
    ] = 7,
    keep_weekly: Annotated[
        int, typer.Option("--keep-weekly", metavar="N", min=0, help="Of the last N weeks with a backup, the newest.")
    ] = 4,
    keep_monthly: Annotated[
        int, typer.Option("--keep-monthly", metavar="N", min=0, help="Of the last N months with a backup, the newest.")
    ] = 3,
    keep_replaced: Annotated[
        int,
        typer.Option(
            "--keep-replaced",
            metavar="DAYS",
            min=0,
            help="Days for which databases stay that a restore replaced, or a failed upgrade left half done.",
        ),
    ] = 7,
    directory: Directory = "",
    dry_run: DryRun = False,
    yes: Yes = False,
) -> int:
    """Remove old backups, and databases put aside long ago.

    The last backup that was verified stays whatever the numbers say, and so does the only one. Guests' data lives as
    long as the oldest backup: the privacy page of the site has to say so.

    \b
    Examples:
      azione backup prune --dry-run
      azione backup prune --keep-daily 7 --keep-weekly 4 --keep-monthly 3 --yes
    """
    from datetime import datetime

    from azione.backups import prune as pruning
    from azione.backups import views
    from azione.backups.create import remove_leftovers
    from azione.backups.layout import read_shelf
    from azione.wording import count

    options: Options = context.obj
    require_somebody(options, dry_run=dry_run, yes=yes)
    place = place_of(options, directory)
    site = _site_of(options, place)
    keeping = pruning.Keeping(keep_daily, keep_weekly, keep_monthly)
    with lock("prune", place):
        if not dry_run:
            remove_leftovers(place)
        if site is not None:
            settle_first(site, options, place)
        verdicts = pruning.judge(read_shelf(place).backups, keeping, datetime.now().astimezone())
        replaced = _replaced_before(site, keep_replaced)
        going = [one for one in verdicts if not one.reason]
        if not options.as_json:
            render.listing(views.prune_listing(verdicts))
        if not dry_run and (going or replaced):
            what = f"Remove {count(len(going), 'backup')} and {count(len(replaced), 'replaced database')}"
            if not yes and not render.confirm(f"{what} for good?"):
                raise Failure("declined")
            _remove(site, going, replaced)
    for verdict in verdicts if options.as_json else ():
        tell_line("record", {"name": verdict.backup.name, "stays": verdict.reason})
    verb = "would go" if dry_run else "went"
    sentence = f"{count(len(going), 'backup')} and {count(len(replaced), 'replaced database')} {verb}."
    return end(options, sentence, {"backups": len(going), "databases": replaced, "dry_run": dry_run})


def _site_of(options: Options, place: Path) -> Site | None:
    """The running stack whose folder this is; None where there is none, and only folders can be pruned.

    A disk that is full takes the database down with it, and old backups are what makes room.
    """
    from azione.processes import ProgramFailed
    from azione.stack import require_site

    try:
        site = require_site(options.target)
        site.postgres.databases()
    except (Failure, ProgramFailed):
        return None
    return site if site.backups == place else None


def _replaced_before(site: Site | None, days: int) -> list[str]:
    from datetime import UTC, datetime, timedelta

    from azione.backups.exchange import kept_databases
    from azione.backups.refusals import in_words

    if site is None:
        return []
    now = datetime.now(UTC)
    with in_words():
        kept = kept_databases(site.postgres)
    # Of two in one second the later one bears the next; a moment that is still to come is now.
    return sorted(name for name, since in kept.items() if now - min(since, now) >= timedelta(days=days))


def _remove(site: Site | None, going: list[Verdict], replaced: list[str]) -> None:
    from azione.backups import prune as pruning
    from azione.backups.exchange import drop_kept
    from azione.backups.refusals import in_words

    # The oldest first: cut off in between, the newer ones are still there.
    for verdict in reversed(going):
        pruning.remove(verdict.backup)
    if site is not None:
        with in_words():
            drop_kept(site, replaced)
