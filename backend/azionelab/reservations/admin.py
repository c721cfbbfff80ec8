"""Reservations and their mails for the manager. Rows are only read here; actions go through the services.

`ReservationAdmin` is registered by `azionelab.checkin.admin`, which knows who has come in. Tokens have no page at all.
"""

from collections.abc import Callable
from typing import Any, ClassVar, Protocol

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import Error as DatabaseError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from azionelab.core.admin import ModelAdmin, ReadOnlyMixin, TabularInline, WhenFilter, moment
from azionelab.core.clock import day_bounds, theatre_today
from azionelab.core.errors import Code, DomainError
from azionelab.core.exception_handler import as_domain_error
from azionelab.programme.models import Performance
from azionelab.reservations import dispatch, selectors, services
from azionelab.reservations.models import EmailState, OutboundEmail, Reservation, Status

# Every refusal that `services.confirm`, `cancel_by_staff` and `resend` can give, in the manager's words.
REASONS: dict[Code, Any] = {
    Code.NOT_FOUND: _("it is no longer there"),
    Code.RESERVATION_CANCELLED: _("the reservation is cancelled"),
    Code.RESERVATION_NOT_CONFIRMED: _("it was not confirmed in time, and its seats are free again"),
    Code.PERFORMANCE_CANCELLED: _("the performance is cancelled"),
    Code.PERFORMANCE_CLOSED: _("booking for the performance is closed"),
    Code.PERFORMANCE_NOT_YET_OPEN: _("booking for the performance is not open yet"),
    Code.PERFORMANCE_STARTED: _("somebody of the party is already in"),
    Code.TOO_MANY_RESERVATIONS: _("this address already holds as many reservations as allowed"),
    Code.CAPACITY_EXCEEDED: _("not enough seats are left (%(seats_left)d)"),
    Code.VALIDATION_FAILED: _("it has no e-mail address"),
    Code.TOO_MANY_REQUESTS: _("its e-mail left a moment ago; try again in %(retry_after)d seconds"),
    Code.BUSY: _("too many people are reserving right now; try again in a moment"),
}
MAIL_TROUBLE: dict[str, Any] = {
    EmailState.QUEUED: _("the e-mail could not be sent yet and stays in the queue"),
    EmailState.FAILED: _("the mail server refuses the guest's address; the e-mail was not sent"),
}


def reason(error: DomainError) -> str:
    words = REASONS.get(error.code)
    return error.detail if words is None else str(words) % error.extra


class Service(Protocol):
    def __call__(self, *, reservation_id: int) -> object: ...


def run_one_by_one(
    model_admin: ModelAdmin,
    request: HttpRequest,
    reservations: QuerySet[Reservation],
    *,
    service: Service,
    summary: Callable[[int], str],
    done_already: Status | None = None,
    mails: bool = False,
) -> None:
    """Calls the service for each reservation, first come first served, and tells what became of every one."""
    done = 0
    for reservation in list(reservations.order_by("created_at", "id")):
        if done_already is not None and reservation.current_status == done_already:
            words = _now("%(reference)s: nothing to do, it is already %(status)s.")
            told = words % {"reference": reservation.reference, "status": done_already.label}
            model_admin.message_user(request, told, messages.INFO)
            continue
        trouble = _call(service, reservation.pk)
        if trouble is not None:
            model_admin.message_user(request, f"{reservation.reference}: {trouble}.", messages.ERROR)
            continue
        done += 1
        model_admin.log_change(request, reservation, summary(1))
        state = selectors.with_current_status().get(pk=reservation.pk).email_state if mails else None
        if state in MAIL_TROUBLE:
            model_admin.message_user(request, f"{reservation.reference}: {MAIL_TROUBLE[state]}.", messages.WARNING)
    if done:
        model_admin.message_user(request, summary(done), messages.SUCCESS)


def _call(service: Service, reservation_id: int) -> str | None:
    """The reason in words where the service refuses."""
    try:
        with dispatch.waiting_for_all():
            service(reservation_id=reservation_id)
    except (DomainError, DatabaseError) as error:
        refusal = as_domain_error(error)
        if refusal is None:
            raise
        return reason(refusal)
    return None


class StatusFilter(admin.SimpleListFilter):
    """By what a reservation is now: a pending one whose hold has passed is expired."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(status.value, status.label) for status in Status]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(current_status=self.value()) if self.value() in Status.values else queryset


class WhenPlayedFilter(WhenFilter):
    """Past reservations are listed too, as a guest who is looked up may have come last week."""

    path = "performance__starts_at"
    default = "all"


class PerformanceFilter(admin.SimpleListFilter):
    """One performance: those to come, and the one that is chosen."""

    title = _("upcoming performance")
    parameter_name = "performance"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        today, _tomorrow = day_bounds(theatre_today())
        wanted = Q(starts_at__gte=today)
        chosen = self.used_parameters.get(self.parameter_name, "")
        if _is_id(chosen):
            wanted |= Q(pk=chosen)
        performances = Performance.objects.filter(wanted).select_related("show").order_by("starts_at", "id")
        return [(str(performance.pk), str(performance)) for performance in performances]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value() or ""
        return queryset.filter(performance_id=chosen) if _is_id(chosen) else queryset


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


class EmailInline(ReadOnlyMixin, TabularInline):
    model = OutboundEmail
    fields = ("kind", "state", "error", "attempts", "created_at", "sent_at")
    readonly_fields = fields
    ordering = ("id",)
    extra = 0


class ReservationAdmin(ReadOnlyMixin, ModelAdmin):
    list_display: Any = (
        "reference",
        "name",
        "seats",
        "performance",
        "shown_status",
        "shown_email_state",
        "reserved",
    )
    list_filter = (StatusFilter, WhenPlayedFilter, PerformanceFilter)
    search_fields = ("reference", "name", "email")
    search_help_text = _("By name, e-mail or reference")
    list_per_page = 50
    show_full_result_count = False
    actions = ("confirm", "cancel", "resend")
    readonly_fields: ClassVar[Any] = ("erased_at",)
    inlines: ClassVar[tuple[Any, ...]] = (EmailInline,)
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("reference", "shown_status", "performance", "seats")}),
        (_("Guest"), {"fields": ("name", "email", "phone", "language", "notes")}),
        (
            _("When"),
            {
                "fields": (
                    *("created_at", "hold_expires_at", "confirmed_at", "cancelled_at"),
                    *("privacy_accepted_at", "erased_at"),
                )
            },
        ),
    )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Of no row: the fields stay as the guest left them. Of the list: whoever may run the actions."""
        return obj is None and admin.ModelAdmin.has_change_permission(self, request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return selectors.with_current_status().select_related("performance__show", "performance__venue")

    @admin.display(description=_("status"))
    def shown_status(self, reservation: Reservation) -> str:
        return str(Status(reservation.current_status).label)

    @admin.display(description=_("last e-mail"))
    def shown_email_state(self, reservation: Reservation) -> str | None:
        return str(EmailState(reservation.email_state).label) if reservation.email_state else None

    @admin.display(description=_("reserved"), ordering="created_at")
    def reserved(self, reservation: Reservation) -> str | None:
        return moment(reservation.created_at)

    @admin.action(description=_("Confirm the selected reservations"), permissions=["change"])
    def confirm(self, request: HttpRequest, reservations: QuerySet[Reservation]) -> None:
        def summary(number: int) -> str:
            return ngettext("%(n)d reservation confirmed.", "%(n)d reservations confirmed.", number) % {"n": number}

        run_one_by_one(
            self,
            request,
            reservations,
            service=services.confirm,
            summary=summary,
            done_already=Status.CONFIRMED,
            mails=True,
        )

    @admin.action(description=_("Cancel the selected reservations"), permissions=["change"])
    def cancel(self, request: HttpRequest, reservations: QuerySet[Reservation]) -> TemplateResponse | None:
        """Asks first: a cancelled reservation does not come back by itself."""
        if "post" not in request.POST:
            return self._ask_before_cancelling(request, reservations)

        def summary(number: int) -> str:
            words = ngettext(
                "%(n)d reservation cancelled; its seats are free. The guest is told by e-mail, if there is an address.",
                "%(n)d reservations cancelled; their seats are free. The guests with an address are told by e-mail.",
                number,
            )
            return words % {"n": number}

        run_one_by_one(
            self,
            request,
            reservations,
            service=services.cancel_by_staff,
            summary=summary,
            done_already=Status.CANCELLED,
            mails=True,
        )
        return None

    @admin.action(description=_("Send the e-mail of the selected reservations again"), permissions=["change"])
    def resend(self, request: HttpRequest, reservations: QuerySet[Reservation]) -> None:
        def summary(number: int) -> str:
            return ngettext(
                "E-mail made again for %(n)d reservation.", "E-mail made again for %(n)d reservations.", number
            ) % {"n": number}

        run_one_by_one(self, request, reservations, service=services.resend, summary=summary, mails=True)

    def _ask_before_cancelling(self, request: HttpRequest, reservations: QuerySet[Reservation]) -> TemplateResponse:
        context = self.admin_site.each_context(request) | {
            "title": _("Cancel these reservations?"),
            "opts": self.opts,
            "reservations": reservations,
            "checkbox_name": ACTION_CHECKBOX_NAME,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/reservations/reservation/cancel_confirmation.html", context)


@admin.register(OutboundEmail)
class OutboundEmailAdmin(ReadOnlyMixin, ModelAdmin):
    list_display = ("created", "reservation", "kind", "state", "error", "attempts", "sent")
    list_display_links = ("created",)
    list_filter = ("state", "kind")
    list_select_related = ("reservation",)
    search_fields = ("reservation__reference", "reservation__name", "reservation__email")
    search_help_text = _("By name, e-mail or reference")
    list_per_page = 50
    show_full_result_count = False
    fields = ("reservation", "kind", "state", "error", "attempts", "created_at", "failed_at", "sent_at")
    readonly_fields = ("failed_at", "sent_at")

    @admin.display(description=_("created"), ordering="created_at")
    def created(self, email: OutboundEmail) -> str | None:
        return moment(email.created_at)

    @admin.display(description=_("sent"), ordering="sent_at")
    def sent(self, email: OutboundEmail) -> str | None:
        return moment(email.sent_at)
