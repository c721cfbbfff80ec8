"""Mails to guests: those that wait, and what came of sending many, as models. Nothing here prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from azione.listings import Listing
from azione.wording import count, moment, short_day, short_moment

HEADINGS = ("Reference", "To", "Mail", "For", "Written", "State", "Tries", "Why")
TO_SEND_HEADINGS = ("Reference", "To", "Mail")
LEFT_HEADINGS = ("Reference", "To", "State", "Why")
KINDS = {
    "confirm": "please confirm",
    "ticket": "ticket",
    "reservation_cancelled": "reservation cancelled",
    "performance_cancelled": "performance cancelled",
    "performance_moved": "performance moved",
}
STATES = {"queued": "waiting", "sent": "sent", "failed": "refused", "withdrawn": "withdrawn"}
# The classes of errors that a row keeps; what the server said in words may hold anything.
REASONS = {
    "SMTPRecipientsRefused": "address refused",
    "SMTPDataError": "mail refused",
    "SMTPSenderRefused": "our own address refused",
    "SMTPAuthenticationError": "our password refused",
    "SMTPServerDisconnected": "mail server hung up",
    "SMTPConnectError": "mail server lets nobody in",
    "SMTPNotSupportedError": "mail server cannot carry it",
    "TimeoutError": "mail server too slow",
    "ConnectionRefusedError": "mail server not there",
    "ConnectionResetError": "mail server hung up",
    "BrokenPipeError": "mail server hung up",
    "gaierror": "mail server unknown",
    "SSLCertVerificationError": "mail server not trusted",
    "SSLError": "no encryption",
}
# More rows than this push the question off the screen; the count stands below all the same.
MOST_SHOWN = 20


def read_emails(records: Sequence[dict[str, Any]], summary: dict[str, Any]) -> Listing:
    """From what `list_emails` says; raises KeyError, TypeError or ValueError when it says something else."""
    states = [f"{int(summary[state])} {words}" for state, words in STATES.items() if summary[state]]
    beyond = sum(int(summary[state]) for state in STATES) - int(summary["shown"])
    more = f"; {beyond} older ones are not shown" if beyond else ""
    return Listing(
        headings=HEADINGS,
        rows=[_row(record) for record in records],
        empty="No mail waits, and none was refused.",
        totals=f"{', '.join(states)}{more}" if states else "",
        right=(6,),
        wraps=(3, 7),
        optional=(7,),
        spare=(6, 4, 3, 2),
        style=_style,
    )


def _row(record: dict[str, Any]) -> tuple[str, ...]:
    performance = record["performance"]
    return (
        str(record["reference"]),
        str(record["to"]),
        KINDS.get(str(record["kind"]), str(record["kind"])),
        f"{performance['show']}, {short_day(datetime.fromisoformat(performance['starts_at']))}",
        short_moment(datetime.fromisoformat(record["created_at"])),
        _state(record),
        str(int(record["attempts"])),
        reason(str(record["error"])),
    )


def _state(record: dict[str, Any]) -> str:
    """What became of it, and when."""
    state = STATES.get(str(record["state"]), str(record["state"]))
    if record["state"] == "sent":
        return f"{state} {short_moment(datetime.fromisoformat(record['sent_at']))}"
    if record["next_attempt_at"]:
        return f"{state}, again {datetime.fromisoformat(record['next_attempt_at']):%H:%M}"
    return f"{state}, of a mailing" if record["state"] == "queued" else state


def _style(row: Sequence[str], column: int) -> str:
    if column != 5:
        return "cyan" if column == 0 else ""
    return {"refused": "red", "waiting": "yellow", "sent": "green"}.get(row[5].split(",")[0].split()[0], "dim")


def reason(error: str) -> str:
    return REASONS.get(error, error)


@dataclass(frozen=True, kw_only=True)
class ToSend:
    """What a sending would take on."""

    rows: Sequence[tuple[str, str, str]]
    begun_at: datetime | None = None
    sent_before: int = 0
    idle: str = "There is nothing to send."
    # What this sending leaves alone, a sentence each.
    beside: Sequence[str] = ()

    @property
    def mails(self) -> str:
        return count(len(self.rows), "mail")

    def listing(self, rate: float) -> Listing:
        beyond = len(self.rows) - MOST_SHOWN
        more = f", {beyond} of them not shown" if beyond > 0 else ""
        return Listing(
            headings=TO_SEND_HEADINGS,
            rows=self.rows[:MOST_SHOWN],
            empty=self.nothing,
            totals=f"{self.mails}{more}; {self._before}{self._time(rate)}" if self.rows else "",
            wraps=(1,),
        )

    @property
    def nothing(self) -> str:
        """Why there is nothing to do."""
        if self.begun_at is None:
            return self.idle
        return (
            f"{count(self.sent_before, 'mail')} went out since {moment(self.begun_at)}: nothing to send. "
            "With --again everybody gets another one."
        )

    @property
    def _before(self) -> str:
        """Of a run that goes on where it had stopped."""
        if self.begun_at is None:
            return ""
        return f"goes on with what began {moment(self.begun_at)}, when {self.sent_before} went out; "

    def _time(self, rate: float) -> str:
        minutes = ceil(len(self.rows) / rate)
        return f"about {count(minutes, 'minute')} at {rate:g} a minute"


def read_due(records: Sequence[dict[str, Any]], summary: dict[str, Any]) -> ToSend:
    """From what `send_emails` says; raises as `read_emails` does."""
    return ToSend(rows=[_to_send(record) for record in records], idle="No mail is due.", beside=_beside(summary))


def _beside(summary: dict[str, Any]) -> list[str]:
    mailings = [f"Of a mailing, {words}" for words in stopped_mailings(summary["mailings"])]
    number, first = int(summary["for_later"]), summary["next_attempt_at"]
    if not number:
        return mailings
    wait = "1 mail waits for its next try" if number == 1 else f"{number} mails wait for their next try"
    later = f"{wait}, at {datetime.fromisoformat(first):%H:%M}. Now: azione emails send --all"
    return [later, *mailings]


def stopped_mailings(told: Sequence[dict[str, Any]]) -> list[str]:
    """Those that have not ended, a line each; nothing but their own line goes on with them."""
    return [f"{count(int(one['left']), 'mail')} not sent yet. To go on: {one['resume']}" for one in told]


def read_run(records: Sequence[dict[str, Any]], summary: dict[str, Any]) -> ToSend:
    """From a dry run of `resend_emails`; raises as `read_emails` does."""
    begun = summary["begun_at"]
    return ToSend(
        rows=[_to_send(record) for record in records],
        begun_at=datetime.fromisoformat(begun) if begun else None,
        sent_before=int(summary["sent_before"]),
    )


def _to_send(record: dict[str, Any]) -> tuple[str, str, str]:
    return str(record["reference"]), str(record["to"]), KINDS.get(str(record["kind"]), str(record["kind"]))


@dataclass(frozen=True, kw_only=True)
class Sending:
    """What came of it. `left` are the mails that did not get through."""

    sent: int
    failed: int
    waiting: int
    withdrawn: int
    stopped: str | None
    left: Sequence[tuple[str, ...]]

    @property
    def was_stopped(self) -> bool:
        return self.stopped == "asked"

    @property
    def is_whole(self) -> bool:
        return not (self.failed or self.waiting)

    @property
    def totals(self) -> str:
        told = [
            f"{count(self.sent, 'mail')} sent",
            f"{self.failed} refused" if self.failed else "",
            f"{self.waiting} still to send" if self.waiting else "",
            f"{self.withdrawn} no longer true and withdrawn" if self.withdrawn else "",
        ]
        return ", ".join(part for part in told if part)

    @property
    def headline(self) -> str:
        """Why it ended before its end; that somebody stopped it is said last of all."""
        return "The mail server does not answer any more. " if self.stopped == "server" else ""

    @property
    def listing(self) -> Listing:
        """Those that were tried and failed; what a stop left untouched is only counted."""
        tried = [row for row in self.left if row[3]]
        return Listing(headings=LEFT_HEADINGS, rows=tried, wraps=(1, 3))


def read_sending(records: Sequence[dict[str, Any]], summary: dict[str, Any]) -> Sending:
    """From what `send_emails` or `resend_emails` says; raises as `read_emails` does."""
    stopped = summary["stopped"]
    return Sending(
        sent=int(summary["sent"]),
        failed=int(summary["failed"]),
        waiting=int(summary["waiting"]),
        withdrawn=int(summary["withdrawn"]),
        stopped=None if stopped is None else str(stopped),
        left=[
            (
                str(record["reference"]),
                str(record["to"]),
                STATES.get(str(record["state"]), str(record["state"])),
                reason(str(record["error"])),
            )
            for record in records
        ],
    )
