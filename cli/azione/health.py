"""Where an AzioneLab stands and what is wrong with it, as models. Nothing here prints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from azione import __version__
from azione.emails import stopped_mailings
from azione.listings import Listing
from azione.wording import count, moment

OK, WARNING, FAILURE = "ok", "warning", "failure"
KILO = 1000
# Of a show's title, on a screen of 80 columns.
MOST_LETTERS = 30
# The page of runbooks/ for what a check finds wrong.
RUNBOOKS = {
    "database": "database-down",
    "database_disk": "disk-full",
    "mail_server": "confirmations-do-not-arrive",
    "mail_queue": "confirmations-do-not-arrive",
    "site": "site-down",
    "certificate": "certificate-expiry",
    "disk": "disk-full",
    "seats": "oversold",
    "conflicts": "door-offline",
    "sign_ins": "admin-locked-out",
}
# What they warn of is a setting, and their page is about what does not work.
ONLY_FAILURES = frozenset({"database", "mail_server", "site"})

Facts = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Standing:
    """`performances` is None where the database does not tell."""

    title: str
    facts: Facts
    performances: Listing | None


def unreachable(target: str) -> Facts:
    """What can be said where nobody answers."""
    return [("Version", f"azione {__version__}"), ("Target", target or "none found")]


def read_standing(target: str) -> Callable[[Sequence[dict[str, Any]], dict[str, Any]], Standing]:
    """A reader of what `show_status` says; it raises KeyError, TypeError or ValueError when that is something else."""

    def read(records: Sequence[dict[str, Any]], summary: dict[str, Any]) -> Standing:
        made_at = datetime.fromisoformat(summary["made_at"])
        facts = [
            ("Version", _version(str(summary["version"]))),
            ("Target", target if str(summary["site"]) in target else f"{target}, {summary['site']}"),
            ("Database", _database(summary["database"])),
            ("Mails", _mails(summary["mail"], made_at)),
            *(("Mailing", words) for words in stopped_mailings((summary["mail"] or {"mailings": []})["mailings"])),
            ("Conflicts", _conflicts(summary["conflicts"])),
            ("Last backup", _backup(summary["backup"], made_at)),
        ]
        is_known = bool(summary["database"]["answers"])
        return Standing(f"{summary['theatre']}, {moment(made_at)}", facts, _performances(records) if is_known else None)

    return read


def _version(of_backend: str) -> str:
    if of_backend == __version__:
        return of_backend
    return f"azione {__version__}, but the backend is {of_backend}: install the same"


def _database(told: dict[str, Any]) -> str:
    name = str(told["name"])
    if not told["answers"]:
        return f"{name}: DOES NOT ANSWER"
    parts = [name]
    if told["server"] is not None:
        parts.append(f"PostgreSQL {told['server']}")
    if told["bytes"] is not None:
        parts.append(_size(int(told["bytes"])))
    pending = int(told["migrations_pending"])
    if pending:
        parts.append(f"{count(pending, 'migration').upper()} PENDING")
    return ", ".join(parts)


def _size(number: int) -> str:
    units = ["bytes", "kB", "MB", "GB", "TB"]
    size = float(number)
    while size >= KILO and len(units) > 1:
        size /= KILO
        units.pop(0)
    return f"{size:.0f} {units[0]}"


def _mails(told: dict[str, Any] | None, made_at: datetime) -> str:
    if told is None:
        return "not known"
    due, waiting, failed = (int(told[name]) for name in ("due", "waiting", "failed"))
    if not due + waiting + failed:
        return "none waits, none was refused"
    counted = ((due, "due"), (waiting, "waiting for later"), (failed, "refused"))
    oldest = told["oldest_waiting_at"]
    since = f"; the oldest waits for {_long(made_at, datetime.fromisoformat(oldest))}" if oldest else ""
    return ", ".join(f"{number} {words}" for number, words in counted if number) + since


def _conflicts(waiting: int | None) -> str:
    if waiting is None:
        return "not known"
    return f"{waiting} to settle: azione checkin conflicts" if waiting else "none waits"


def _backup(told: dict[str, Any], made_at: datetime) -> str:
    if told["problem"]:
        return f"cannot be read: {told['problem']}"
    if not told["configured"]:
        return "none: no place for backups is set (BACKUP_DIR)"
    if told["made_at"] is None:
        return "NONE YET"
    when = datetime.fromisoformat(told["made_at"])
    return f"{moment(when)}, {_long(made_at, when)} ago"


def _long(now: datetime, then: datetime) -> str:
    minutes = max(int((now - then).total_seconds() // 60), 0)
    hours = minutes // 60
    if not minutes:
        return "less than a minute"
    if minutes < 120:  # noqa: PLR2004
        return count(minutes, "minute")
    return count(hours, "hour") if hours < 48 else count(hours // 24, "day")  # noqa: PLR2004


def _performances(records: Sequence[dict[str, Any]]) -> Listing:
    return Listing(
        headings=("Next", "Show", "Taken", ""),
        rows=[_performance(record) for record in records],
        empty="No performance is to come.",
        right=(2,),
        optional=(3,),
        style=_style,
    )


def _performance(record: dict[str, Any]) -> tuple[str, str, str, str]:
    performance = record["performance"]
    starts_at = datetime.fromisoformat(performance["starts_at"])
    taken, bookable = int(record["taken"]), int(record["bookable"])
    notes = [
        *(["tonight"] if record["tonight"] else []),
        *(["OVERSOLD"] if taken > bookable else ["full"] if taken and taken == bookable else []),
    ]
    return (
        f"{starts_at:%a} {starts_at.day} {starts_at:%b, %H:%M}",
        _cut(str(performance["show"])),
        f"{taken}/{bookable}",
        ", ".join(notes),
    )


def _cut(title: str) -> str:
    return title if len(title) <= MOST_LETTERS else f"{title[: MOST_LETTERS - 1].rstrip()}…"


def _style(row: Sequence[str], column: int) -> str:
    if "OVERSOLD" in row[-1]:
        return "bold red"
    return "bold" if "tonight" in row[-1] else "cyan" if column == 0 else ""


# What is wrong ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Finding:
    group: str
    level: str
    message: str
    advice: str


@dataclass(frozen=True)
class Diagnosis:
    """All findings in the order of their groups."""

    findings: Sequence[Finding]
    warnings: int
    failures: int
    good: int

    def by_group(self, *, quiet: bool) -> list[tuple[str, list[Finding]]]:
        """With `quiet`, only what is not well."""
        shown = [finding for finding in self.findings if not quiet or finding.level != OK]
        return [(group, list(findings)) for group, findings in groupby(shown, key=lambda finding: finding.group)]

    @property
    def totals(self) -> str:
        if not self.warnings + self.failures:
            return f"All is well: {count(self.good, 'check')}."
        return f"{count(self.failures, 'failure')}, {count(self.warnings, 'warning')}, {self.good} ok."


def read_diagnosis(records: Sequence[dict[str, Any]], summary: dict[str, Any]) -> Diagnosis:
    """From what `run_checks` says; raises as the reader of a standing does."""
    return Diagnosis(
        [_read_finding(record) for record in records],
        warnings=int(summary["warnings"]),
        failures=int(summary["failures"]),
        good=int(summary["ok"]),
    )


def _read_finding(record: dict[str, Any]) -> Finding:
    group, level, message, advice, check = (
        str(record[name]) for name in ("group", "level", "message", "advice", "check")
    )
    page = RUNBOOKS.get(check)
    is_wrong = level == FAILURE if check in ONLY_FAILURES else level != OK
    return Finding(group, level, message, f"{advice} See runbooks/{page}.md." if page and is_wrong else advice)
