"""What the commands of the box office share: how a guest's details are read, and what is said of a reservation."""

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from azionelab.core.errors import FieldError, validation_failed
from azionelab.core.languages import CODES
from azionelab.programme.naming import members_of
from azionelab.reservations.box_office import Done
from azionelab.reservations.guests import RefusedError, masked, read_email, read_name, read_notes, read_phone
from azionelab.reservations.models import OutboundEmail, Reservation, Status
from azionelab.reservations.serializers import MOST_SEATS


def _read_seats(written: int) -> int:
    if not 1 <= written <= MOST_SEATS:
        raise RefusedError("invalid", f"Use a number from 1 to {MOST_SEATS}.")
    return written


READERS: dict[str, Callable[[Any], Any]] = {
    "seats": _read_seats,
    "name": read_name,
    "email": read_email,
    "phone": read_phone,
    "notes": read_notes,
    "language": str,
}


def add_reference(parser: ArgumentParser) -> None:
    parser.add_argument("reference", help="the six letters on the ticket, in any case, with spaces or without")


def add_guest(parser: ArgumentParser, *, is_new: bool) -> None:
    """All of a new guest; of one who is there, what changes."""
    parser.add_argument("--seats", type=int, required=is_new)
    parser.add_argument("--name", required=is_new)
    address = parser.add_mutually_exclusive_group(required=is_new)
    address.add_argument("--email")
    address.add_argument("--no-email", action="store_true", help="the guest has none: the reference is the ticket")
    parser.add_argument("--phone", default="" if is_new else None)
    parser.add_argument("--notes", default="" if is_new else None)
    parser.add_argument("--language", choices=CODES, default=CODES[0] if is_new else None)


def read_values(options: dict[str, Any]) -> dict[str, Any]:
    """What was given of a guest, normalised; raises `validation_failed` with all that cannot be used."""
    values: dict[str, Any] = {}
    errors = []
    for field, read in READERS.items():
        if options[field] is None:
            continue
        try:
            values[field] = read(options[field])
        except RefusedError as error:
            errors.append(FieldError(field=field, code=error.code, message=error.message))
    if errors:
        raise validation_failed(*errors)
    return values | ({"email": ""} if options["no_email"] else {})


def members_of_reservation(reservation: Reservation) -> dict[str, Any]:
    return {
        "reference": reservation.reference,
        "name": reservation.name,
        "seats": reservation.seats,
        "status": reservation.status,
        "hold_expires_at": reservation.hold_expires_at if reservation.status == Status.PENDING else None,
        # Whom no mail reaches, somebody must call.
        "to": masked(reservation.email),
        "phone": "" if reservation.email else reservation.phone,
        "performance": members_of(reservation.performance),
    }


def members_of_email(email: OutboundEmail | None, *, dry_run: bool) -> dict[str, Any] | None:
    """The mail that tells the guest; in a dry run, the one that would."""
    if email is None:
        return None
    return {"kind": email.kind, "state": None if dry_run else email.state}


def report(done: Done, *, dry_run: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """The record of a reservation that was looked after, and the summary's members."""
    before = dict(done.before)
    if "performance" in before:
        before["performance"] = members_of(before["performance"])
    if before.get("email"):
        before["email"] = masked(before["email"])
    record = members_of_reservation(done.reservation) | {"before": before}
    return record, {"email": members_of_email(done.email, dry_run=dry_run)}
