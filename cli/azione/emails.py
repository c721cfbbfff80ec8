"""Mails to guests: those that wait, and what came of sending many, as models. Nothing here prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from azione.listings import Listing
from azione.wording import count, moment

HEADINGS = ("Mail", "To", "Reference", "For", "State", "Tries", "Next try", "Why")
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
    "SMTPRecipientsRefused": "the mail server refuses this address",
    "SMTPDataError": "the mail server refuses this mail",
    "SMTPSenderRefused": "the mail server refuses the theatre's address",
    "SMTPAuthenticationError": "the mail server refuses the name or the password",
    "SMTPServerDisconnected": "the mail server hung up",
    "SMTPConnectError": "the mail server does not take the connection",
    "SMTPNotSupportedError": "the mail server cannot carry this address",
    "TimeoutError": "the mail server did not answer in time",
    "ConnectionRefusedError": "nobody listens at the mail server's address",
    "ConnectionResetError": "the mail server hung up",
    "BrokenPipeError": "the mail server hung up",
    "gaierror": "the mail server's name is unknown",
    "SSLCertVerificationError": "the mail server's certificate is not to be trusted",
    "SSLError": "the mail server's encryption does not work",
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
        right=(5,),
        wraps=(0, 3, 7),
        optional=(6, 7),
        spare=(5,),
        style=_style,
    )


def _row(record: dict[str, Any]) -> tuple[str, ...]:
    performance, next_try = record["performance"], record["next_attempt_at"]
    starts_at = datetime.fromisoformat(performance["starts_at"])
    return (
        KINDS.get(str(record["kind"]), str(record["kind"])),
        str(record["to"]),
        str(record["reference"]),
        f"{performance['show']}, {starts_at.day} {starts_at:%b}",
        STATES.get(str(record["state"]), str(record["state"])),
        str(int(record["attempts"])),
        f"{datetime.fromisoformat(next_try):%H:%M}" if next_try else "",
        reason(str(record["error"])),
    )


def _style(row: Sequence[str], column: int) -> str:
    if column != 4:
        return "cyan" if column == 2 else ""
    return {"refused": "red", "waiting": "yellow", "sent": "green"}.get(row[4], "dim")


def reason(error: str) -> str:
    return REASONS.get(error, error)


@dataclass(frozen=True, kw_only=True)
class ToSend:
    """What a sending would take on."""

    rows: Sequence[tuple[str, str, str]]
    begun_at: datetime | None = None
    sent_before: int = 0

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
            return "There is nothing to send."
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


def read_due(records: Sequence[dict[str, Any]], _summary: dict[str, Any]) -> ToSend:
    """From a dry run of `send_emails`; raises as `read_emails` does."""
    return ToSend(rows=[_to_send(record) for record in records])


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
