"""Performances with their seats and admissions at a glance; what changes one goes through its service."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db import Error as DatabaseError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from azionelab.checkin.admin.phones import DoorPageMixin
from azionelab.checkin.selectors import BoxOffice, box_office
from azionelab.core.admin import ModelForm, WhenFilter, moment
from azionelab.core.errors import Code, DomainError
from azionelab.core.exception_handler import as_domain_error
from azionelab.programme.defaults import usual_times
from azionelab.programme.models import Performance
from azionelab.reservations import performances

SEATS = ("capacity", "additional_seats", "manually_occupied")
TIMES = ("doors_open_at", "booking_opens_at", "booking_closes_at")


class PerformanceForm(ModelForm):
    """Fills in what is left empty, and hears from the service what cannot be while the form can still show it."""

    instance: Performance
    cancelled = forms.BooleanField(
        label=_("This performance is cancelled"),
        required=False,
    )

    class Meta:
        model = Performance
        exclude = ("cancelled_at",)  # noqa: DJ006 (the fieldsets of PerformanceAdmin name the others)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._was_cancelled = self.instance.cancelled_at is not None
        if self.instance.pk and "cancelled" in self.fields:
            self.fields["cancelled"].help_text = self._whom_it_tells()
        self.initial["cancelled"] = self._was_cancelled
        for name in ("capacity", *TIMES):
            if name in self.fields:
                self.fields[name].required = False

    def _whom_it_tells(self) -> str:
        told = performances.count_reachable(self.instance.pk)
        words = ngettext(
            "%(n)d guest is told by e-mail when you cancel it, restore it, or change its start or its venue.",
            "%(n)d guests are told by e-mail when you cancel it, restore it, or change its start or its venue.",
            told,
        )
        refused = _now("Once cancelled, nobody can reserve any more, and tickets are refused at the door.")
        return f"{refused} {words % {'n': told}}"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._fill_in(cleaned)
        if cleaned.get("cancelled") != self._was_cancelled:
            self.instance.cancelled_at = timezone.now() if cleaned.get("cancelled") else None
        if self.instance.pk and not self.errors:
            self._check_with_service(cleaned)
        return cleaned

    def changes(self) -> dict[str, Any]:
        """What the service is to write: field name to value, of those that were changed."""
        changed = {name: self.cleaned_data[name] for name in self.changed_data if name != "cancelled"}
        return changed | ({"cancelled_at": self.instance.cancelled_at} if "cancelled" in self.changed_data else {})

    def _fill_in(self, cleaned: dict[str, Any]) -> None:
        venue, starts_at = cleaned.get("venue"), cleaned.get("starts_at")
        if venue and cleaned.get("capacity") is None and "capacity" not in self.errors:
            cleaned["capacity"] = venue.capacity
        if starts_at:
            usual = usual_times(starts_at)
            for name in TIMES:
                if cleaned.get(name) is None and name not in self.errors:
                    cleaned[name] = getattr(usual, name)

    def _check_with_service(self, cleaned: dict[str, Any]) -> None:
        bookable = cleaned["capacity"] + cleaned["additional_seats"] - cleaned["manually_occupied"]
        if bookable < 0:
            return  # a constraint of the model has the words for this
        try:
            performances.check_changes(performance_id=self.instance.pk, changes=self.changes())
        except (DomainError, DatabaseError) as error:
            refusal = as_domain_error(error)
            if refusal is None:
                raise
            if refusal.code == Code.PERFORMANCE_STARTED:
                self.add_error("starts_at", _("People are inside already: this performance cannot be moved."))
                return
            if refusal.code != Code.CAPACITY_BELOW_RESERVED:
                self.add_error(None, _("Too many people are reserving right now; save again in a moment."))
                return
            field = next((name for name in SEATS if name in self.changed_data), None)
            self.add_error(field, _below_reserved(bookable, int(refusal.extra["short_by"])))


def _below_reserved(bookable: int, short_by: int) -> str:
    words = ngettext(
        "This would leave %(bookable)d seats, but %(taken)d are already reserved: %(short)d too few.",
        "This would leave %(bookable)d seats, but %(taken)d are already reserved: %(short)d too few.",
        short_by,
    )
    return words % {"bookable": bookable, "taken": bookable + short_by, "short": short_by}


class CancelledFilter(admin.SimpleListFilter):
    title = _("cancellation")
    parameter_name = "cancelled"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("not cancelled")), ("yes", _("cancelled performances"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(cancelled_at__isnull=self.value() == "no")


class BoxOfficeChangeList(ChangeList):
    """Counts the seats of all rows of the page at once."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows = list(self.result_list)
        counted = box_office(rows)
        for row in rows:
            row.box_office = counted[row.pk]
        self.result_list = rows


def _standing(performance: Performance) -> BoxOffice:
    """As counted for the list; on a performance's own page counted now, from the row and not from a refused form."""
    counted: BoxOffice | None = getattr(performance, "box_office", None)
    if counted is None:
        counted = box_office([Performance.objects.get(pk=performance.pk)])[performance.pk]
        performance.box_office = counted  # type: ignore[attr-defined]
    return counted


GLANCE = ("confirmed", "pending", "left", "admitted")


@admin.register(Performance)
class PerformanceAdmin(DoorPageMixin):
    form = PerformanceForm
    # Seats next to the show, so that they are on a phone's screen too; the venue is what one knows anyway.
    list_display = ("starts", "show", "bookable", *GLANCE, "booking", "venue")
    actions = None  # there is nothing that many performances have done to them at once
    list_filter = (WhenFilter, CancelledFilter, "venue", "show")
    list_select_related = ("show", "venue")
    search_fields = ("show__title_it", "show__title_en", "venue__name")
    search_help_text = _("By show or venue")
    date_hierarchy = "starts_at"
    list_per_page = 50
    show_full_result_count = False
    readonly_fields = (*GLANCE, "embed")
    fieldsets = (
        (None, {"fields": ("show", "venue", "starts_at", "doors_open_at")}),
        (
            _("Booking"),
            {
                "fields": ("booking_opens_at", "booking_closes_at", "max_seats_per_reservation"),
                "description": _("Left empty: doors half an hour before, booking from 30 days before until the start."),
            },
        ),
        (_("Seats"), {"fields": SEATS, "description": _("Left empty, the capacity is the venue's.")}),
        (_("Note for guests"), {"fields": ("note_it", "note_en")}),
    )
    at_a_glance = (_("At a glance"), {"fields": (GLANCE,)})
    cancellation = (_("Cancellation"), {"fields": ("cancelled",)})
    announcement = (
        _("Moved"),
        {
            "fields": ("moved_from_at", "moved_from_venue"),
            "description": _("The site says where it was announced at first. Empty them, and it says nothing of it."),
        },
    )

    elsewhere = (
        _("On other sites"),
        {
            "fields": ("embed",),
            "description": _("Whoever looks after one of those sites pastes this where the performance is to stand."),
        },
    )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Show and venue are chosen here, or added; deleting one has no place beside that."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name in ("show", "venue", "moved_from_venue"):
            field.widget.can_delete_related = False
        return field

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return BoxOfficeChangeList

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """The next first; of those past, the latest first."""
        return ("-starts_at", "-id") if request.GET.get("when") == "past" else ("starts_at", "id")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        first, *others = super().get_fieldsets(request, obj)
        return (
            (first, *others)
            if obj is None
            else (first, self.at_a_glance, *others, self.announcement, *self._elsewhere(), self.cancellation)
        )

    def get_list_display(self, request: HttpRequest) -> tuple[Any, ...]:
        may_read_guests = request.user.has_perm("reservations.view_reservation")
        return (*self.list_display, "reservations") if may_read_guests else self.list_display

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            super().save_model(request, obj, form, change)
            return
        changes = form.changes()
        if changes:
            outcome = performances.update_performance(performance_id=obj.pk, changes=changes)
            self._say_who_is_told(request, outcome, changes)

    def _say_who_is_told(self, request: HttpRequest, change: performances.Change, changes: dict[str, Any]) -> None:
        """The mails are only written here: hundreds of them would outlast the request."""
        if change.emails:
            words = ngettext(
                "%(n)d guest is told of this by e-mail; the message is in the queue.",
                "%(n)d guests are told of this by e-mail; the messages are in the queue.",
                len(change.emails),
            )
            self.message_user(request, words % {"n": len(change.emails)}, messages.INFO)
        is_told = change.action in (
            performances.Action.CANCELLED,
            performances.Action.MOVED,
            performances.Action.RESTORED,
        )
        untold = len(change.guests) - len(change.emails)
        if untold and (is_told or "doors_open_at" in changes):
            words = ngettext(
                "%(n)d reservation: its guest was not told of the change by e-mail.",
                "%(n)d reservations: their guests were not told of the change by e-mail.",
                untold,
            )
            self.message_user(request, words % {"n": untold}, messages.WARNING)

    def _elsewhere(self) -> tuple[Any, ...]:
        return (self.elsewhere,) if settings.EMBED_ORIGINS else ()

    @admin.display(description=_("frame"))
    def embed(self, performance: Performance) -> str:
        """What shows the performance in a frame; only the sites of EMBED_ORIGINS can."""
        address = f"{settings.SITE_URL}/it/embed/performances/{performance.pk}"
        title = f"{performance.show.title_it} · {settings.THEATRE_NAME}"
        code = format_html(
            '<iframe src="{}" title="{}" width="100%" height="200" loading="lazy"></iframe>', address, title
        )
        return format_html("<code>{}</code><br>{}", escape(code), " · ".join(settings.EMBED_ORIGINS))

    @admin.display(description=_("date and time"), ordering="starts_at")
    def starts(self, performance: Performance) -> str | None:
        return moment(performance.starts_at)

    @admin.display(description=_("cancelled"), boolean=True)
    def cancelled(self, performance: Performance) -> bool:
        """Shown instead of the form's checkbox to those who may only read."""
        return performance.cancelled_at is not None

    @admin.display(description=_("bookable seats"))
    def bookable(self, performance: Performance) -> int:
        return performance.bookable

    @admin.display(description=_("confirmed seats"))
    def confirmed(self, performance: Performance) -> int:
        return _standing(performance).confirmed

    @admin.display(description=_("seats to be confirmed"))
    def pending(self, performance: Performance) -> int:
        return _standing(performance).pending

    @admin.display(description=_("seats left"))
    def left(self, performance: Performance) -> int:
        return _standing(performance).left

    @admin.display(description=_("admitted seats"))
    def admitted(self, performance: Performance) -> int:
        return _standing(performance).admitted

    @admin.display(description=_("booking"))
    def booking(self, performance: Performance) -> str:
        return str(_standing(performance).state.label)

    @admin.display(description=_("guests"))
    def reservations(self, performance: Performance) -> str:
        url = reverse("admin:reservations_reservation_changelist")
        return format_html('<a href="{}?performance={}">{}</a>', url, performance.pk, _now("show the reservations"))
