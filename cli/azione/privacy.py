"""What is held of a person, and what was forgotten, as models. Nothing here prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from azione.listings import Listing
from azione.wording import count, read_occasion

HEADINGS = ("Reference", "Performance", "Seats", "")
# What the numbers and names of the document mean, for the person who reads it.
EXPLANATIONS = {
    "links": "Each mail brings a link and a QR code. Of these the site keeps only digests, by which it recognises "
    "them; neither a link nor a QR code can be made from a digest. The request that made a reservation is kept as a "
    "number and a digest too, so that a repetition is not taken for a second reservation.",
    "slot": "The reservation's number on the list of the door.",
    "kept_until": "From then on the nightly sweep erases this (or deletes it, where it was never confirmed).",
    "erased_at": "When this address was last erased on request. Only a digest of the address is kept of that, so "
    "that a restored backup erases it again.",
}
_SWEPT = (
    ("deleted", "reservation never confirmed deleted", "reservations never confirmed deleted"),
    ("stripped", "more erased that the door has on its record", "more erased that the door has on its record"),
    ("erased", "guest of a past performance erased", "guests of past performances erased"),
    ("erased_again", "reservation erased again", "reservations erased again"),
    ("cancelled", "of these cancelled", "of these cancelled"),
    ("door_notes", "note of the door erased", "notes of the door erased"),
    ("sign_in_attempts", "failed sign-in forgotten", "failed sign-ins forgotten"),
    ("sessions", "ended session forgotten", "ended sessions forgotten"),
)


def read_document(records: Sequence[dict[str, Any]], summary: dict[str, Any]) -> dict[str, Any]:
    """All of `report_person` in one document; raises KeyError, TypeError or ValueError when it says something else."""
    by_kind: dict[str, list[dict[str, Any]]] = {"reservation": [], "staff_account": []}
    for record in records:
        by_kind[record["about"]].append({name: value for name, value in record.items() if name != "about"})
    return {
        "email": str(summary["email"]),
        "summary": held(records, summary),
        "made_at": summary["made_at"],
        "reservations": by_kind["reservation"],
        "staff_accounts": by_kind["staff_account"],
        "erased_at": summary["erased_at"],
        "explanations": EXPLANATIONS,
    }


def held(_records: Sequence[dict[str, Any]], summary: dict[str, Any]) -> str:
    """One sentence on what there is."""
    reservations, accounts = int(summary["reservations"]), int(summary["staff_accounts"])
    things = [count(reservations, "reservation")] if reservations else []
    things += [count(accounts, "staff account")] if accounts else []
    email = summary["email"]
    return f"Held of {email}: {' and '.join(things)}." if things else f"Nothing is held of {email}."


def read_erasure(records: Sequence[dict[str, Any]], summary: dict[str, Any]) -> Listing:
    """The reservations that `erase_person` names; raises as `read_document` does."""
    return Listing(
        title=f"Held of {summary['email']}",
        headings=HEADINGS,
        rows=[_row(record) for record in records],
        empty="Nothing is held.",
        totals=_left_over(summary),
        right=(2,),
        wraps=(1, 3),
        style=lambda row, column: "yellow" if row[3] and column == 3 else "",
    )


def _row(record: dict[str, Any]) -> tuple[str, str, str, str]:
    is_to_come = record["action"] == "cancelled"
    performance = read_occasion(record["performance"]).sentence
    end = "to be cancelled: its seats are free then" if is_to_come else ""
    return str(record["reference"]), performance, str(int(record["seats"])), end


def _left_over(summary: dict[str, Any]) -> str:
    names = ", ".join(map(str, summary["staff_accounts"]))
    return f"Staff accounts stay; delete them in the admin: {names}" if names else ""


def question(_records: Sequence[dict[str, Any]], summary: dict[str, Any]) -> str:
    """Nothing where there is nothing to erase."""
    number, cancelled = int(summary["reservations"]), int(summary["cancelled"])
    if not number:
        return ""
    also = f", and cancel {cancelled} of these" if cancelled else ""
    return f"Erase {summary['email']} from {count(number, 'reservation')}{also}, for good"


def told(_records: Sequence[dict[str, Any]], summary: dict[str, Any], *, is_done: bool) -> str:
    number, cancelled = int(summary["reservations"]), int(summary["cancelled"])
    if not number:
        return f"There is nothing to erase of {summary['email']}."
    parts = [
        f"erased from {count(number, 'reservation')}",
        f"{cancelled} of these cancelled" if cancelled else "",
        f"{count(int(summary['links_revoked']), 'link')} revoked" if summary["links_revoked"] else "",
        f"{count(int(summary['emails_withdrawn']), 'mail')} withdrawn" if summary["emails_withdrawn"] else "",
    ]
    beginning = f"{summary['email']} {'was' if is_done else 'would be'} "
    return beginning + ", ".join(part for part in parts if part) + "."


def swept(_records: Sequence[dict[str, Any]], summary: dict[str, Any]) -> str:
    """What a sweep did, in one line; empty where there was nothing to do."""
    return ", ".join(
        f"{int(summary[name])} {one if int(summary[name]) == 1 else many}"
        for name, one, many in _SWEPT
        if int(summary[name])
    )


def periods(_records: Sequence[dict[str, Any]], summary: dict[str, Any]) -> str:
    hours, days = (
        count(int(summary[name]), unit) for name, unit in (("pending_kept_hours", "hour"), ("guests_kept_days", "day"))
    )
    return f"Kept: reservations never confirmed for {hours}, guests until {days} after the performance."
