"""What happened at the door, to be read. Door staff see these pages: of a reservation they hold the reference alone."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from azionelab.checkin.models import CheckIn, Scan
from azionelab.core.admin import ModelAdmin, ReadOnlyMixin, WhenFilter, moment


class WhenScannedFilter(WhenFilter):
    path = "performance__starts_at"
    default = "all"


class WhenAdmittedFilter(WhenScannedFilter):
    path = "reservation__performance__starts_at"


@admin.register(Scan)
class ScanAdmin(ReadOnlyMixin, ModelAdmin):
    list_display = ("time", "performance", "kind", "outcome", "reference", "seats_admitted", "device", "staff")
    list_filter = ("kind", "outcome", "decided_by", WhenScannedFilter, "device")
    list_select_related = ("performance__show", "reservation", "staff")
    search_fields = ("reservation__reference", "device")
    search_help_text = _("By reference or device")
    list_per_page = 50
    show_full_result_count = False
    fields = (
        *("performance", "kind", "outcome", "reference", "seats_asked", "seats_admitted", "override", "reason"),
        *("undoes", "decided_by", "happened_at", "scanned_at", "clock_corrected", "received_at"),
        *("device", "sequence", "staff", "scan_id"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Scan]:
        return Scan.objects.select_related(*self.list_select_related)

    @admin.display(description=_("time"), ordering="happened_at")
    def time(self, scan: Scan) -> str | None:
        return moment(scan.happened_at)

    @admin.display(description=_("reference"), ordering="reservation__reference")
    def reference(self, scan: Scan) -> str | None:
        return scan.reservation.reference if scan.reservation else None


@admin.register(CheckIn)
class CheckInAdmin(ReadOnlyMixin, ModelAdmin):
    list_display = ("time", "performance", "reference", "seats", "device")
    list_filter = (WhenAdmittedFilter,)
    list_select_related = ("reservation__performance__show", "scan")
    search_fields = ("reservation__reference",)
    search_help_text = _("By reference")
    ordering = ("-admitted_at", "-id")
    list_per_page = 50
    show_full_result_count = False
    fields = ("time", "performance", "reference", "seats", "device")

    @admin.display(description=_("time"), ordering="admitted_at")
    def time(self, checkin: CheckIn) -> str | None:
        return moment(checkin.admitted_at)

    @admin.display(description=_("performance"))
    def performance(self, checkin: CheckIn) -> str:
        return str(checkin.reservation.performance)

    @admin.display(description=_("reference"), ordering="reservation__reference")
    def reference(self, checkin: CheckIn) -> str:
        return checkin.reservation.reference

    @admin.display(description=_("device"), ordering="scan__device")
    def device(self, checkin: CheckIn) -> str:
        return checkin.scan.device
