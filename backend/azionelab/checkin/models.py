"""What happened at the door: the devices that stood there, every attempt, and what follows from them.

`Scan` is the record and only ever grows. `CheckIn` and `Conflict` (and the walk-ins that `reservations` counts) are
worked out from it by `checkin.record`, so that whatever is delivered late, twice or out of order ends the same.
"""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from azionelab.programme.models import Performance
from azionelab.reservations.models import Reservation

DEVICE_NAME_MAX = 60
REASON_MAX = 200
# A phone may go on delivering and looking things up while the house empties.
DEVICE_OUTLASTS_THE_SHOW = timedelta(hours=3)


class Outcome(models.TextChoices):
    ADMITTED = "admitted", _("admitted")
    REPLAY = "replay", _("answered before")
    ALREADY_ADMITTED = "already_admitted", _("already admitted")
    OVER_PARTY = "over_party", _("more than the party")
    NOT_CONFIRMED = "not_confirmed", _("not confirmed")
    CANCELLED = "cancelled", _("cancelled")
    WRONG_PERFORMANCE = "wrong_performance", _("another performance")
    UNKNOWN = "unknown", _("unknown")
    CONFLICT = "conflict", _("conflict")
    UNDONE = "undone", _("undone")
    NO_SEATS_LEFT = "no_seats_left", _("no seats left")
    NOT_ALLOWED = "not_allowed", _("not allowed")


class ScanKind(models.TextChoices):
    TICKET = "ticket", _("ticket")
    WALK_IN = "walk_in", _("walk-in")
    UNDO = "undo", _("undo")


class DecidedBy(models.TextChoices):
    SERVER = "server", _("the server")
    DEVICE = "device", _("the device, without a network")


class Settlement(models.TextChoices):
    CAME_IN = "came_in", _("they all came in")
    COUNTED_TWICE = "counted_twice", _("the same people, counted twice")


class ConflictRule(models.TextChoices):
    """Why a live scan would have been refused."""

    ALREADY_ADMITTED = "already_admitted", _("already admitted")
    OVER_PARTY = "over_party", _("more than the party")
    NOT_CONFIRMED = "not_confirmed", _("not confirmed")
    CANCELLED = "cancelled", _("cancelled")
    UNKNOWN = "unknown", _("unknown")
    WRONG_PERFORMANCE = "wrong_performance", _("another performance")
    NO_SEATS_LEFT = "no_seats_left", _("no seats left")
    DEVICE_REVOKED = "device_revoked", _("the device had been revoked")
    NOT_ALLOWED = "not_allowed", _("more than the device was allowed")


class DoorDevice(models.Model):
    """A phone at the door of one performance. Its token is known by its digest alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    performance = models.ForeignKey(
        Performance, on_delete=models.PROTECT, related_name="door_devices", verbose_name=_("performance")
    )
    # Short and unique at its door, for the codes that phones show each other; 0 stands for no device.
    number = models.PositiveIntegerField(_("number"))
    name = models.CharField(_("name"), max_length=DEVICE_NAME_MAX)
    token_digest = models.BinaryField(max_length=32, unique=True, editable=False)
    # The phone's own name for its pairing: asking again with it gives the same device.
    claim = models.UUIDField(editable=False)
    # Who signed in on it; empty for a phone that was paired with a code.
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("staff")
    )
    walk_in_allowance = models.PositiveIntegerField(
        _("walk-ins allowed"), default=0, help_text=_("seats it may give to people without a reservation")
    )
    paired_at = models.DateTimeField(_("paired"), auto_now_add=True)
    last_seen_at = models.DateTimeField(_("last seen"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    class Meta:
        verbose_name = _("door device")
        verbose_name_plural = _("door devices")
        ordering = ("performance", "number")
        constraints = [
            models.UniqueConstraint(name="door_device_number", fields=("performance", "number")),
            models.CheckConstraint(name="door_device_number_positive", condition=Q(number__gte=1)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def valid_until(self) -> datetime:
        """Three hours after the end; it follows the performance when that is moved."""
        duration = timedelta(minutes=self.performance.show.duration_minutes)
        return self.performance.starts_at + duration + DEVICE_OUTLASTS_THE_SHOW


class PairingCode(models.Model):
    """One phone's invitation to a door. It works once, for ten minutes, and is kept as a digest."""

    code_digest = models.BinaryField(max_length=32, unique=True, editable=False)
    performance = models.ForeignKey(Performance, on_delete=models.CASCADE, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    walk_in_allowance = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    device = models.OneToOneField(DoorDevice, on_delete=models.PROTECT, null=True, related_name="pairing_code")

    def __str__(self) -> str:
        return f"pairing code {self.pk}"


class Scan(models.Model):
    """One attempt at the door, whatever its outcome. Append-only: the database refuses to change or delete a row.

    One `scan_id` can have two rows: what the server decided, and what the device decided alone because the server's
    answer never reached it. People followed the device, so its row is what happened.
    """

    scan_id = models.UUIDField(_("scan"))
    decided_by = models.CharField(_("decided by"), max_length=10, choices=DecidedBy.choices, default=DecidedBy.SERVER)
    kind = models.CharField(_("kind"), max_length=10, choices=ScanKind.choices, default=ScanKind.TICKET)
    performance = models.ForeignKey(
        Performance, on_delete=models.PROTECT, related_name="scans", verbose_name=_("performance")
    )
    reservation = models.ForeignKey(
        Reservation,
        on_delete=models.PROTECT,
        null=True,
        related_name="scans",
        verbose_name=_("reservation"),
    )
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices)
    # What the door asked for; empty for "all that are left of the party".
    seats_asked = models.PositiveIntegerField(_("seats asked"), null=True)
    seats_admitted = models.PositiveIntegerField(_("seats admitted"), default=0)
    # A manager let them in against the rule, and said why.
    override = models.BooleanField(_("a manager's exception"), default=False)
    reason = models.CharField(_("reason"), max_length=REASON_MAX, blank=True)
    # The scan_id that an undo takes back; it may still be on its way.
    undoes = models.UUIDField(_("takes back"), null=True)
    # By the device's own clock.
    scanned_at = models.DateTimeField(_("scanned"))
    # The server's clock less the device's, as the device last knew it; empty if it never heard the server's time, and
    # then it is taken at its word.
    clock_offset_ms = models.BigIntegerField(_("clock offset"), null=True)
    clock_corrected = models.BooleanField(_("clock corrected"), default=False)
    # When it happened: what the order of admissions follows.
    happened_at = models.DateTimeField(_("happened"))
    received_at = models.DateTimeField(_("received"), auto_now_add=True)
    device = models.CharField(_("device"), max_length=DEVICE_NAME_MAX)
    door_device = models.ForeignKey(
        DoorDevice, on_delete=models.PROTECT, null=True, related_name="scans", verbose_name=_("door device")
    )
    # The device counts what it records, so that two accounts of it can be compared.
    sequence = models.PositiveIntegerField(_("sequence"), null=True)
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("staff"),
    )

    class Meta:
        verbose_name = _("scan")
        verbose_name_plural = _("scans")
        ordering = ("-happened_at", "-id")
        constraints = [
            models.UniqueConstraint(name="scan_decided_once", fields=("scan_id", "decided_by")),
            models.CheckConstraint(
                name="scan_admits_seats_only_when_admitted",
                condition=Q(outcome=Outcome.ADMITTED, seats_admitted__gte=1)
                | (~Q(outcome=Outcome.ADMITTED) & Q(seats_admitted=0)),
            ),
            models.CheckConstraint(
                name="scan_undo_names_a_scan",
                condition=Q(kind=ScanKind.UNDO, undoes__isnull=False)
                | (~Q(kind=ScanKind.UNDO) & Q(undoes__isnull=True)),
            ),
            models.CheckConstraint(name="scan_override_has_reason", condition=Q(override=False) | ~Q(reason="")),
        ]
        indexes = [
            models.Index(name="scan_undone", fields=("undoes",), condition=Q(undoes__isnull=False)),
            models.Index(name="scan_of_device", fields=("door_device", "sequence")),
            models.Index(name="scan_at_door", fields=("performance", "-happened_at", "-id")),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.scan_id}"

    @property
    def sent_away_at(self) -> datetime | None:
        """What the server decided, it decided while the device was welcome."""
        if self.decided_by != DecidedBy.DEVICE or self.door_device is None:
            return None
        return self.door_device.revoked_at


class CheckIn(models.Model):
    """An admission of some or all seats of a Reservation, by one Scan. Worked out from the scans."""

    reservation = models.ForeignKey(
        Reservation, on_delete=models.PROTECT, related_name="checkins", verbose_name=_("reservation")
    )
    scan = models.OneToOneField(Scan, on_delete=models.PROTECT, related_name="checkin", verbose_name=_("scan"))
    seats = models.PositiveIntegerField(_("seats"))
    admitted_at = models.DateTimeField(_("admitted"))

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        ordering = ("admitted_at", "id")
        constraints = [models.CheckConstraint(name="checkin_seats_positive", condition=Q(seats__gte=1))]

    def __str__(self) -> str:
        return f"{self.reservation_id}: {self.seats}"


class Conflict(models.Model):
    """People a door let in whom the rules would have refused: a fact, for a person to settle. Worked out likewise."""

    scan = models.OneToOneField(Scan, on_delete=models.PROTECT, related_name="conflict", verbose_name=_("scan"))
    performance = models.ForeignKey(
        Performance, on_delete=models.PROTECT, related_name="conflicts", verbose_name=_("performance")
    )
    reservation = models.ForeignKey(
        Reservation, on_delete=models.PROTECT, null=True, related_name="conflicts", verbose_name=_("reservation")
    )
    # Those beyond what the rules allow, not all that the scan let in.
    seats = models.PositiveIntegerField(_("seats"))
    rule = models.CharField(_("rule"), max_length=20, choices=ConflictRule.choices)
    # The scan that had let in the same seats before.
    first_scan = models.ForeignKey(
        Scan, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("first admission")
    )
    noticed_at = models.DateTimeField(_("noticed"), auto_now_add=True)
    settlement = models.CharField(_("settled as"), max_length=20, choices=Settlement.choices, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, editable=False)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("settled by")
    )
    note = models.CharField(_("note"), max_length=REASON_MAX, blank=True)

    class Meta:
        verbose_name = _("conflict")
        verbose_name_plural = _("conflicts")
        ordering = ("-noticed_at", "-id")
        constraints = [
            models.CheckConstraint(name="conflict_seats_positive", condition=Q(seats__gte=1)),
            models.CheckConstraint(
                name="conflict_settled_has_time",
                condition=Q(settlement="", settled_at__isnull=True) | (~Q(settlement="") & Q(settled_at__isnull=False)),
            ),
        ]
        indexes = [models.Index(name="conflict_waiting", fields=("performance",), condition=Q(settled_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.rule}: {self.seats}"
