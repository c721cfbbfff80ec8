"""What happened at the door: every attempt, and the admissions among them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from azionelab.programme.models import Performance
from azionelab.reservations.models import Reservation


class Outcome(models.TextChoices):
    ADMITTED = "admitted", _("admitted")
    REPLAY = "replay", _("answered before")
    ALREADY_ADMITTED = "already_admitted", _("already admitted")
    OVER_PARTY = "over_party", _("more than the party")
    NOT_CONFIRMED = "not_confirmed", _("not confirmed")
    CANCELLED = "cancelled", _("cancelled")
    WRONG_PERFORMANCE = "wrong_performance", _("another performance")
    UNKNOWN = "unknown", _("unknown")


class Scan(models.Model):
    """One attempt at the door, whatever its outcome. Append-only: the database refuses to change or delete a row."""

    scan_id = models.UUIDField(_("scan"), unique=True)
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
    scanned_at = models.DateTimeField(_("scanned"))
    received_at = models.DateTimeField(_("received"), auto_now_add=True)
    device = models.CharField(_("device"), max_length=60)
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
        ordering = ("-received_at", "-id")
        constraints = [
            models.CheckConstraint(
                name="scan_admits_seats_only_when_admitted",
                condition=Q(outcome=Outcome.ADMITTED, seats_admitted__gte=1)
                | (~Q(outcome=Outcome.ADMITTED) & Q(seats_admitted=0)),
            )
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.scan_id}"


class CheckIn(models.Model):
    """An admission of some or all seats of a Reservation, by one Scan."""

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
