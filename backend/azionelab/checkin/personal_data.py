"""All that is held of one person, found by their address. Tokens are nobody's to read: there are only digests."""

from collections.abc import Sequence
from typing import Any

from axes.models import AccessAttempt
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Prefetch, QuerySet

from azionelab.checkin.models import CheckIn, Conflict, DoorDevice, Scan
from azionelab.programme.naming import members_of
from azionelab.reservations import privacy, selectors
from azionelab.reservations.models import OutboundEmail, Reservation, ReservationToken

Members = dict[str, Any]

_AS_THEY_ARE = (
    *("reference", "seats", "name", "email", "phone", "notes", "language", "privacy_accepted_at", "created_at"),
    *("hold_expires_at", "confirmed_at", "cancelled_at", "admitted_since", "calendar_sequence", "slot"),
)
_OF_A_SCAN = ("kind", "outcome", "seats_asked", "seats_admitted", "override", "reason", "scanned_at", "received_at")


def reservations_of(email: str) -> list[Members]:
    """Each reservation of a normalised address with its mails and what the door knows, the oldest first."""
    rows = list(
        selectors.with_current_status()
        .filter(email=email)
        .select_related("performance__show", "performance__venue")
        .prefetch_related("emails", "tokens", "conflicts", Prefetch("checkins", CheckIn.objects.select_related("scan")))
        .prefetch_related(Prefetch("scans", Scan.objects.select_related("door_device").order_by("happened_at", "id")))
        .order_by("created_at", "pk")
    )
    entries = _admin_entries(Reservation, [row.pk for row in rows])
    return [_reservation(row, entries.get(str(row.pk), [])) for row in rows]


def _reservation(row: Any, entries: list[Members]) -> Members:
    return {
        **{name: getattr(row, name) for name in _AS_THEY_ARE},
        "status": row.current_status,
        "performance": members_of(row.performance),
        "kept_until": privacy.guests_kept_until(row),
        "links": _links(row.tokens.all()),
        "emails": [_email(email) for email in sorted(row.emails.all(), key=lambda email: email.pk)],
        "check_ins": [_check_in(checkin) for checkin in row.checkins.all()],
        "door_attempts": [_scan(scan) for scan in row.scans.all()],
        "conflicts": [_conflict(conflict) for conflict in row.conflicts.all()],
        "admin_log": entries,
    }


def _links(tokens: Sequence[ReservationToken]) -> Members:
    return {"made": len(tokens), "revoked": sum(token.revoked_at is not None for token in tokens)}


def _email(email: OutboundEmail) -> Members:
    names = ("kind", "state", "created_at", "attempts", "sent_at", "failed_at", "error")
    return {name: getattr(email, name) for name in names}


def _check_in(checkin: CheckIn) -> Members:
    return {"admitted_at": checkin.admitted_at, "seats": checkin.seats, "device": checkin.scan.device}


def _scan(scan: Scan) -> Members:
    return {**{name: getattr(scan, name) for name in _OF_A_SCAN}, "device": scan.device}


def _conflict(conflict: Conflict) -> Members:
    return {name: getattr(conflict, name) for name in ("rule", "seats", "noticed_at", "settlement", "note")}


def accounts_of(email: str) -> list[Members]:
    """Staff accounts with this address, and what they leave behind when their people work."""
    return [_account(user) for user in User.objects.filter(email__iexact=email).order_by("pk")]


def _account(user: User) -> Members:
    return {
        **{name: getattr(user, name) for name in ("username", "first_name", "last_name", "email", "is_active")},
        "groups": sorted(group.name for group in user.groups.all()),
        "date_joined": user.date_joined,
        "last_login": user.last_login,
        "phones_paired": DoorDevice.objects.filter(staff=user).count(),
        "scans_made": Scan.objects.filter(staff=user).count(),
        "conflicts_settled": Conflict.objects.filter(settled_by=user).count(),
        "changes_in_the_admin": LogEntry.objects.filter(user=user).count(),
        "failed_sign_ins": _failed_sign_ins(user.get_username()),
        "admin_log": _admin_entries(User, [user.pk]).get(str(user.pk), []),
    }


def _failed_sign_ins(username: str) -> list[Members]:
    """The few that are kept for a day, whoever tried."""
    attempts = AccessAttempt.objects.filter(username=username).order_by("attempt_time")
    return [{"at": attempt.attempt_time, "ip_address": attempt.ip_address} for attempt in attempts]


def _admin_entries(model: type[Reservation | User], ids: Sequence[int]) -> dict[str, list[Members]]:
    """What the admin's log says about these rows, by their id as the log has it."""
    found: dict[str, list[Members]] = {}
    for entry in _entries(model, ids).select_related("user"):
        told = {"at": entry.action_time, "by": entry.user.get_username(), "what": entry.get_change_message()}
        found.setdefault(entry.object_id or "", []).append(told)
    return found


def _entries(model: type[Reservation | User], ids: Sequence[int]) -> QuerySet[LogEntry]:
    kind = ContentType.objects.get_for_model(model)
    return LogEntry.objects.filter(content_type=kind, object_id__in=map(str, ids)).order_by("action_time", "pk")
