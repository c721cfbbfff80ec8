"""Files of phones and of paper come in together: all are read and checked before anything is written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from django.db import transaction

from azionelab.checkin.derivation import Changes
from azionelab.checkin.devices import bring_back
from azionelab.checkin.export_files import is_export, read_export
from azionelab.checkin.imported_files import Account, NamedFile, RefusedFileError, refuse_all
from azionelab.checkin.models import CheckIn, Conflict, Outcome, Scan
from azionelab.checkin.paper_lists import read_paper
from azionelab.checkin.reconciliation import Delivery, Recorded, record
from azionelab.core.database import atomic_with_retry
from azionelab.core.errors import FieldError
from azionelab.programme.models import Performance
from azionelab.reservations import capacity
from azionelab.reservations.models import WalkIn

PAPER_LIST = "Paper list"
Told = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class FileReport:
    """What became of one file. Seats for those who came in; all else is counted scan by scan."""

    file: str
    kind: str
    device: str
    performance: Performance
    scans: int
    new: int
    admitted: int
    walk_ins: int
    refused: int
    undone: int
    conflicts: int
    seats_in_conflict: int


@dataclass(kw_only=True)
class Report:
    files: list[FileReport] = field(default_factory=list)
    conflicts_opened: int = 0
    seats_in_conflict: int = 0
    conflicts_gone: int = 0

    def add(self, changes: Changes) -> None:
        self.conflicts_opened += changes.conflicts_opened
        self.seats_in_conflict += changes.seats_in_conflict
        self.conflicts_gone += changes.conflicts_gone


def reconcile_files(
    *, files: Sequence[NamedFile], list_name: str = PAPER_LIST, dry_run: bool = False, told: Told = lambda _d, _t: None
) -> Report:
    """Puts on record what the files say, or nothing at all. Doing it again changes nothing.

    `list_name` is what ticked paper lists are called. With `dry_run` it is all undone before anybody else sees it.

    Locks: the Performances by id, the Reservations by id. Raises `file_refused`, with file, line and reason.
    """
    accounts = _read(files, list_name)
    return _write(accounts, dry_run, told)


def _read(files: Sequence[NamedFile], list_name: str) -> list[Account]:
    accounts: list[Account] = []
    errors: list[FieldError] = []
    for number, file in enumerate(files):
        if any(file.name == other.name for other in files[:number]):
            errors.append(FieldError(field=file.name, code="twice", message="This file is named twice."))
            continue
        try:
            accounts.append(_read_file(file, list_name))
        except RefusedFileError as refused:
            errors.append(refused.as_field_error(file.name))
    if errors:
        raise refuse_all(errors)
    return accounts


def _read_file(file: NamedFile, list_name: str) -> Account:
    if is_export(file.content):
        return read_export(file.name, file.content)
    return read_paper(file.name, file.content, list_name)


@atomic_with_retry
def _write(accounts: Sequence[Account], dry_run: bool, told: Told) -> Report:
    ids = sorted({account.performance_id for account in accounts})
    performances = {pk: capacity.lock_performance(pk) for pk in ids}
    _bring_back_lost_phones(accounts)
    _check_paper_is_the_same(accounts)
    report, done, total = Report(), 0, sum(len(account.scans) for account in accounts)
    for pk, performance in performances.items():
        own = [account for account in accounts if account.performance_id == pk]
        deliveries = [Delivery(doorkeeper=account.doorkeeper, scans=account.scans) for account in own]
        recorded = record(performance, deliveries, partial(_tell, told, done, total))
        done += len(recorded.scans)
        report.add(recorded.changes)
        report.files += _reports(performance, own, recorded)
    order = {account.file: number for number, account in enumerate(accounts)}
    report.files.sort(key=lambda file: order[file.file])
    if dry_run:
        transaction.set_rollback(True)
    return report


def _bring_back_lost_phones(accounts: Sequence[Account]) -> None:
    for account in accounts:
        device = account.doorkeeper.device
        # Only the file of a phone that the database lost brings one which is not saved.
        if device is not None and device._state.adding:
            bring_back(device)


def _tell(told: Told, before: int, total: int, done: int) -> None:
    told(before + done, total)


def _check_paper_is_the_same(accounts: Sequence[Account]) -> None:
    """A list that says something else than it did is another list, or a mistake."""
    papers = [account for account in accounts if account.kind == "paper"]
    ids = [scan_id for account in papers for scan_id in account.lines]
    said = dict(Scan.objects.filter(scan_id__in=ids).order_by().values_list("scan_id", "seats_admitted"))
    errors = []
    for account in papers:
        errors += _paper_that_changed(account, said)
        # Two files of one name, in one go, are one list as well.
        said = {scan.scan_id: scan.seats_admitted for scan in account.scans} | said
    if errors:
        raise refuse_all(errors)


def _paper_that_changed(account: Account, said: dict[UUID, int]) -> list[FieldError]:
    return [
        FieldError(
            field=account.file,
            code="changed",
            message=f"“{account.doorkeeper.name}” said {said[scan.scan_id]} for {scan.reference} before, and now "
            f"says {scan.seats_admitted}. If this is another list, give it a name of its own with --list.",
            line=account.lines[scan.scan_id],
        )
        for scan in account.scans
        if said.get(scan.scan_id, scan.seats_admitted) != scan.seats_admitted
    ]


def _reports(performance: Performance, accounts: Sequence[Account], recorded: Recorded) -> list[FileReport]:
    reports, start = [], 0
    counted: set[int] = set()
    for account in accounts:
        scans = recorded.scans[start : start + len(account.scans)]
        start += len(account.scans)
        new = [scan for scan in scans if scan.pk in recorded.new and scan.pk not in counted]
        counted |= {scan.pk for scan in new}
        reports.append(_report(performance, account, len(scans), new))
    return reports


def _report(performance: Performance, account: Account, scans: int, new: Sequence[Scan]) -> FileReport:
    conflicts = Conflict.objects.filter(scan__in=new).order_by().values_list("seats", flat=True)
    return FileReport(
        file=account.file,
        kind=account.kind,
        device=account.doorkeeper.name,
        performance=performance,
        scans=scans,
        new=len(new),
        admitted=sum(CheckIn.objects.filter(scan__in=new).order_by().values_list("seats", flat=True)),
        walk_ins=_walk_ins([scan for scan in new if scan.seats_admitted]),
        refused=sum(scan.outcome not in (Outcome.ADMITTED, Outcome.UNDONE) for scan in new),
        undone=sum(scan.outcome == Outcome.UNDONE for scan in new),
        conflicts=len(conflicts),
        seats_in_conflict=sum(conflicts),
    )


def _walk_ins(scans: Sequence[Scan]) -> int:
    rows = WalkIn.objects.filter(scan_id__in=[scan.scan_id for scan in scans])
    return sum(rows.order_by().values_list("seats", flat=True))
