"""Reservations with the seats that have come in."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from azionelab.checkin.models import CheckIn
from azionelab.core.admin import ReadOnlyMixin, TabularInline
from azionelab.reservations.admin import EmailInline, ReservationAdmin
from azionelab.reservations.models import Reservation


class CheckInInline(ReadOnlyMixin, TabularInline):
    model = CheckIn
    fields = ("admitted_at", "seats", "device")
    readonly_fields = fields
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("scan")

    @admin.display(description=_("device"))
    def device(self, checkin: CheckIn) -> str:
        return checkin.scan.device


@admin.register(Reservation)
class ReservationWithAdmissionsAdmin(ReservationAdmin):
    list_display: Any = (
        "reference",
        "name",
        "seats",
        "performance",
        "shown_status",
        "admitted",
        "shown_email_state",
        "reserved",
    )
    inlines = (EmailInline, CheckInInline)
    fieldsets = (
        (None, {"fields": ("reference", "shown_status", "performance", "seats", "admitted")}),
        *ReservationAdmin.fieldsets[1:],
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        admitted = (
            CheckIn.objects.filter(reservation=OuterRef("pk"))
            .order_by()
            .values("reservation")
            .annotate(seats_in=Sum("seats"))
            .values("seats_in")
        )
        reservations: QuerySet[Any] = super().get_queryset(request)
        with_admissions: QuerySet[Any] = reservations.annotate(admitted=Coalesce(Subquery(admitted), 0))
        return with_admissions

    @admin.display(description=_("admitted seats"))
    def admitted(self, reservation: Any) -> int:
        seats: int = reservation.admitted
        return seats
