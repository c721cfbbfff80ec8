"""Who reserved which seats, the digests of their tokens, and the mails that tell them."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from azionelab.core.languages import LANGUAGES
from azionelab.programme.models import Performance


class Status(models.TextChoices):
    PENDING = "pending", _("pending")
    CONFIRMED = "confirmed", _("confirmed")
    CANCELLED = "cancelled", _("cancelled")
    EXPIRED = "expired", _("expired")


class EmailKind(models.TextChoices):
    CONFIRM = "confirm", _("please confirm")
    TICKET = "ticket", _("your ticket")
    RESERVATION_CANCELLED = "reservation_cancelled", _("your reservation was cancelled")
    PERFORMANCE_CANCELLED = "performance_cancelled", _("the performance is cancelled")
    PERFORMANCE_MOVED = "performance_moved", _("the performance was moved")


class EmailState(models.TextChoices):
    QUEUED = "queued", _("queued")
    SENT = "sent", _("sent")
    # The mail server refused this address for good; trying again would not help.
    FAILED = "failed", _("failed")
    # What it would tell is no longer so: the reservation was cancelled, say, before the mail could leave.
    WITHDRAWN = "withdrawn", _("withdrawn")


def _in_a_minute() -> datetime:
    return timezone.now() + timedelta(minutes=1)


class Reservation(models.Model):
    """A Guest's seats for one Performance.

    `status` is what was last written: a pending row whose hold has passed is expired whatever it says, and only
    `azionelab.reservations.selectors.current_status` knows. Seats are counted by `capacity`, from these rows alone.
    """

    performance = models.ForeignKey(
        Performance, on_delete=models.PROTECT, related_name="reservations", verbose_name=_("performance")
    )
    # Its number among the performance's reservations: what phones at the door call it. Never given to another one.
    slot = models.PositiveIntegerField(editable=False)
    reference = models.CharField(_("reference"), max_length=6, unique=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.PENDING)
    seats = models.PositiveIntegerField(_("seats"))
    name = models.CharField(_("name"), max_length=100)
    # Empty for a guest on the phone who has none.
    email = models.EmailField(_("e-mail"), max_length=254, blank=True)
    phone = models.CharField(_("phone"), max_length=25, blank=True)
    notes = models.CharField(_("notes"), max_length=500, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES)
    privacy_accepted_at = models.DateTimeField(_("privacy notice accepted"))
    created_at = models.DateTimeField(_("reserved"))
    hold_expires_at = models.DateTimeField(_("seats held until"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    # Since somebody of the party is in, written by the door: from then on nobody changes the party from home.
    admitted_since = models.DateTimeField(_("somebody in since"), null=True, editable=False)
    # Grows with each change that a guest's calendar must follow (RFC 5545, SEQUENCE).
    calendar_sequence = models.PositiveIntegerField(default=0, editable=False)
    # Since then nothing here says who the guest was.
    erased_at = models.DateTimeField(_("personal data erased"), null=True, editable=False)
    idempotency_key = models.UUIDField(unique=True, null=True, editable=False)
    # SHA-256 of the normalised request, to tell a retry from another request under the same key.
    request_digest = models.BinaryField(max_length=32, editable=False)

    # Only on rows read through `selectors.with_current_status`.
    current_status: str
    email_state: str | None

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        ordering = ("-created_at", "-id")
        constraints = [
            models.UniqueConstraint(name="reservation_slot_once", fields=("performance", "slot")),
            models.CheckConstraint(name="reservation_seats_positive", condition=Q(seats__gte=1)),
            models.CheckConstraint(name="reservation_status_known", condition=Q(status__in=Status.values)),
            models.CheckConstraint(
                name="reservation_confirmed_has_time",
                condition=~Q(status=Status.CONFIRMED) | Q(confirmed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="reservation_cancelled_has_time",
                condition=~Q(status=Status.CANCELLED) | Q(cancelled_at__isnull=False),
            ),
        ]
        indexes = [
            # The sum of taken seats reads this index alone, however many reservations have lapsed.
            models.Index(
                name="reservation_taken_seats",
                fields=("performance", "status", "hold_expires_at"),
                include=("seats", "email"),
                condition=Q(status__in=(Status.PENDING, Status.CONFIRMED)),
            ),
            models.Index(name="reservation_by_email", fields=("email",)),
        ]

    def __str__(self) -> str:
        return self.reference


class ReservationToken(models.Model):
    """SHA-256 digests of one reservation token and of the ticket token derived from it.

    One pair is minted each time a mail is sent; older pairs keep working until they are revoked.
    """

    reservation = models.ForeignKey(Reservation, on_delete=models.CASCADE, related_name="tokens")
    reservation_digest = models.BinaryField(max_length=32, unique=True)
    ticket_digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"token {self.pk}"


class WalkIn(models.Model):
    """Seats given at the door to people who had not reserved them; `capacity` counts them as taken.

    `checkin` writes them from its record; `scan_id` names the attempt they come from.
    """

    performance = models.ForeignKey(
        Performance, on_delete=models.PROTECT, related_name="walk_ins", verbose_name=_("performance")
    )
    scan_id = models.UUIDField(_("scan"), unique=True)
    seats = models.PositiveIntegerField(_("seats"))
    admitted_at = models.DateTimeField(_("admitted"))

    class Meta:
        verbose_name = _("walk-in")
        verbose_name_plural = _("walk-ins")
        ordering = ("admitted_at", "id")
        constraints = [models.CheckConstraint(name="walk_in_seats_positive", condition=Q(seats__gte=1))]

    def __str__(self) -> str:
        return f"{self.performance_id}: {self.seats}"


class EmailRun(models.Model):
    """Many mails that somebody had sent again at once; started again, it goes on with those that have not left."""

    # What was asked for, as `azionelab.reservations.mailing` writes it: the same words are the same run.
    selection = models.JSONField(_("selection"))
    made_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"mailing {self.pk}"


class Erasure(models.Model):
    """That somebody's personal data were erased, so that a restored backup erases them again.

    The digest is keyed: whoever reads this table cannot try addresses against it.
    """

    digest = models.BinaryField(max_length=32, unique=True)
    erased_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"erasure {self.pk}"


class OutboundEmail(models.Model):
    """A mail that must be sent. It holds no body and no token: both are made when it is sent."""

    reservation = models.ForeignKey(
        Reservation, on_delete=models.CASCADE, related_name="emails", verbose_name=_("reservation")
    )
    kind = models.CharField(_("kind"), max_length=24, choices=EmailKind.choices)
    # What the guest had heard before: where a mail tells of a change, its row keeps what it was changed from.
    about = models.JSONField(default=dict, editable=False)
    run = models.ForeignKey(EmailRun, null=True, on_delete=models.SET_NULL, related_name="emails", editable=False)
    state = models.CharField(_("state"), max_length=10, choices=EmailState.choices, default=EmailState.QUEUED)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    # While a lease runs, one process is talking to the mail server about this row.
    lease_expires_at = models.DateTimeField(null=True, editable=False)
    # When it is overdue: the attempt in the request that wrote it comes first.
    next_attempt_at = models.DateTimeField(_("next attempt"), default=_in_a_minute, editable=False)
    failed_at = models.DateTimeField(_("last failure"), null=True, editable=False)
    # Set where the mail server itself was at fault, not this address or this mail.
    server_failed_at = models.DateTimeField(null=True, editable=False)
    error = models.CharField(_("error"), max_length=80, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    # No column: whether whoever holds this object holds the lease of its row (`delivery.write`).
    is_taken = False

    class Meta:
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
        ordering = ("-id",)
        indexes = [models.Index(name="email_queued", fields=("next_attempt_at",), condition=Q(state=EmailState.QUEUED))]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
