"""What plays, where and when. Rows only; the rules are in services and selectors."""

from dataclasses import dataclass
from datetime import datetime

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from azionelab.core.clock import theatre_time
from azionelab.core.pictures import FocusField, Picture, PictureField


class BookingState(models.TextChoices):
    """What a guest may expect of a performance's booking now."""

    OPEN = "open", _("open")
    NOT_YET = "not_yet", _("not open yet")
    CLOSED = "closed", _("closed")
    SOLD_OUT = "sold_out", _("sold out")
    CANCELLED = "cancelled", _("cancelled")


class Venue(models.Model):
    """The room."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    address = models.CharField(_("address"), max_length=200)
    map_url = models.URLField(_("map link"), max_length=500, blank=True)
    directions_it = models.TextField(_("how to get there (Italian)"), blank=True)
    directions_en = models.TextField(_("how to get there (English)"), blank=True)
    step_free_access = models.BooleanField(_("step-free access"), default=False)
    access_it = models.TextField(_("access (Italian)"), blank=True)
    access_en = models.TextField(_("access (English)"), blank=True)
    capacity = models.PositiveIntegerField(_("capacity"), validators=[MinValueValidator(1)])

    class Meta:
        verbose_name = _("venue")
        verbose_name_plural = _("venues")
        ordering = ("name",)
        constraints = [models.CheckConstraint(name="venue_capacity_positive", condition=Q(capacity__gte=1))]

    def __str__(self) -> str:
        return self.name


class Show(models.Model):
    """The work."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")

    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    title_it = models.CharField(_("title (Italian)"), max_length=120)
    title_en = models.CharField(_("title (English)"), max_length=120, blank=True)
    subtitle_it = models.CharField(_("subtitle (Italian)"), max_length=200, blank=True)
    subtitle_en = models.CharField(_("subtitle (English)"), max_length=200, blank=True)
    author = models.CharField(_("author"), max_length=120)
    synopsis_it = models.TextField(_("synopsis (Italian)"), help_text="Markdown")
    synopsis_en = models.TextField(_("synopsis (English)"), blank=True, help_text="Markdown")
    credits_it = models.TextField(_("credits (Italian)"), blank=True, help_text="Markdown")
    credits_en = models.TextField(_("credits (English)"), blank=True, help_text="Markdown")
    duration_minutes = models.PositiveIntegerField(_("duration in minutes"), validators=[MinValueValidator(1)])
    age_advice_it = models.CharField(_("age advice (Italian)"), max_length=120, blank=True)
    age_advice_en = models.CharField(_("age advice (English)"), max_length=120, blank=True)
    content_warnings_it = models.CharField(_("content warnings (Italian)"), max_length=300, blank=True)
    content_warnings_en = models.CharField(_("content warnings (English)"), max_length=300, blank=True)
    spoken_language_it = models.CharField(_("language of the show (Italian)"), max_length=120, blank=True)
    spoken_language_en = models.CharField(_("language of the show (English)"), max_length=120, blank=True)
    poster = PictureField(
        _("poster"),
        upload_to="posters/",
        blank=True,
        widths_field="poster_widths",
        width_field="poster_width",
        height_field="poster_height",
    )
    poster_widths = models.JSONField(default=list, editable=False)
    poster_width = models.PositiveIntegerField(null=True, editable=False)
    poster_height = models.PositiveIntegerField(null=True, editable=False)
    poster_focus_x = FocusField(_("focus, from the left"))
    poster_focus_y = FocusField(_("focus, from the top"))
    poster_alt_it = models.CharField(_("what the poster shows (Italian)"), max_length=300, blank=True)
    poster_alt_en = models.CharField(_("what the poster shows (English)"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("show")
        verbose_name_plural = _("shows")
        ordering = ("title_it",)
        constraints = [models.CheckConstraint(name="show_duration_positive", condition=Q(duration_minutes__gte=1))]

    def __str__(self) -> str:
        return self.title_it


class ShowPicture(Picture):
    """One of a show's gallery."""

    show = models.ForeignKey(Show, on_delete=models.CASCADE, related_name="pictures")

    class Meta(Picture.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("gallery")


class VenuePicture(Picture):
    """What the room looks like, and the door one has to find."""

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="pictures")

    class Meta(Picture.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")


@dataclass(frozen=True, kw_only=True)
class Announced:
    """When and where a performance was to be."""

    starts_at: datetime
    venue: Venue


class Performance(models.Model):
    """A Show at a time in a Venue, with its capacity.

    How many seats are left is asked of `azionelab.reservations.capacity`, never of this row.
    """

    show = models.ForeignKey(Show, on_delete=models.PROTECT, related_name="performances", verbose_name=_("show"))
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="performances", verbose_name=_("venue"))
    starts_at = models.DateTimeField(_("starts"), db_index=True)
    doors_open_at = models.DateTimeField(_("doors open"))
    booking_opens_at = models.DateTimeField(_("booking opens"))
    booking_closes_at = models.DateTimeField(_("booking closes"))
    capacity = models.PositiveIntegerField(_("capacity"))
    manually_occupied = models.PositiveIntegerField(
        _("manually occupied"), default=0, help_text=_("seats you take out of booking")
    )
    additional_seats = models.PositiveIntegerField(
        _("additional seats"), default=0, help_text=_("extra seats you put in")
    )
    max_seats_per_reservation = models.PositiveIntegerField(
        _("most seats in one reservation"), default=6, validators=[MinValueValidator(1)]
    )
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    # Where it was announced before it was moved; guests may have that in their diaries.
    moved_from_at = models.DateTimeField(_("first announced for"), null=True, blank=True)
    moved_from_venue = models.ForeignKey(
        Venue, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("first announced in")
    )
    # Reservations that have gone had slots below this one; none of those is given again.
    gone_slots = models.PositiveIntegerField(default=0, editable=False)
    note_it = models.CharField(_("note for guests (Italian)"), max_length=300, blank=True)
    note_en = models.CharField(_("note for guests (English)"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("performance")
        verbose_name_plural = _("performances")
        ordering = ("starts_at", "id")
        constraints = [
            models.UniqueConstraint(
                name="performance_once_per_show_venue_and_time",
                fields=("show", "venue", "starts_at"),
                violation_error_message=_("This show already has a performance in this venue at this time."),
            ),
            models.CheckConstraint(
                name="performance_doors_before_start",
                condition=Q(doors_open_at__lte=F("starts_at")),
                violation_error_message=_("The doors must open before the performance starts."),
            ),
            models.CheckConstraint(
                name="performance_booking_opens_before_it_closes",
                condition=Q(booking_opens_at__lt=F("booking_closes_at")),
                violation_error_message=_("Booking must open before it closes."),
            ),
            models.CheckConstraint(
                name="performance_booking_closes_before_start",
                condition=Q(booking_closes_at__lte=F("starts_at")),
                violation_error_message=_("Booking must close before the performance starts."),
            ),
            models.CheckConstraint(
                name="performance_seats_not_negative",
                condition=Q(manually_occupied__lte=F("capacity") + F("additional_seats")),
                violation_error_message=_("You cannot take out more seats than there are."),
            ),
            models.CheckConstraint(
                name="performance_max_seats_positive", condition=Q(max_seats_per_reservation__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.show} · {theatre_time(self.starts_at):%d/%m/%Y %H:%M}"

    @property
    def announced(self) -> "Announced | None":
        """Where it was before it was moved; None where it was not."""
        if self.moved_from_at is None or self.moved_from_venue is None:
            return None
        return Announced(starts_at=self.moved_from_at, venue=self.moved_from_venue)

    @property
    def bookable(self) -> int:
        """Seats that can be reserved when nobody has reserved yet."""
        return self.capacity + self.additional_seats - self.manually_occupied
