"""Conflicts, for a person to settle: who let whom in, when, and on which phones."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from azionelab.checkin.admin.door import WhenScannedFilter
from azionelab.checkin.models import Conflict, Scan, Settlement
from azionelab.checkin.reconciliation import settle_conflict
from azionelab.core.admin import ModelAdmin, ModelForm, moment


class WaitingFilter(admin.SimpleListFilter):
    title = _("settlement")
    parameter_name = "settled"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("to be settled")), ("yes", _("settled ones"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(settled_at__isnull=self.value() == "no")


class SettlementForm(ModelForm):
    settlement = forms.ChoiceField(
        label=_("What happened?"),
        choices=Settlement.choices,
        widget=forms.RadioSelect,
        help_text=_("Those who all came in count as present; the same people counted twice do not."),
    )

    class Meta:
        model = Conflict
        fields = ("settlement", "note")


@admin.register(Conflict)
class ConflictAdmin(ModelAdmin):
    """Nobody makes or deletes one: it follows from the scans."""

    form = SettlementForm
    list_display = ("happened", "performance", "reference", "seats", "rule", "let_in_by", "before", "settlement")
    list_filter = (WaitingFilter, WhenScannedFilter, "rule")
    list_select_related = ("performance__show", "reservation", "scan", "first_scan")
    search_fields = ("reservation__reference",)
    search_help_text = _("By reference")
    ordering = ("settled_at", "-scan__happened_at", "-id")
    list_per_page = 50
    show_full_result_count = False
    actions = None
    readonly_fields = (
        *("performance", "reference", "seats", "rule", "let_in_by", "before", "noticed_at", "settled_at", "settled_by"),
    )
    fieldsets = (
        (None, {"fields": ("performance", "reference", "seats", "rule", "let_in_by", "before", "noticed_at")}),
        (_("Settle"), {"fields": ("settlement", "note", "settled_at", "settled_by")}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related(*self.list_select_related, "settled_by")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        settle_conflict(
            conflict_id=obj.pk,
            settlement=Settlement(form.cleaned_data["settlement"]),
            note=form.cleaned_data["note"],
            staff_id=request.user.pk,
        )

    @admin.display(description=_("happened"), ordering="scan__happened_at")
    def happened(self, conflict: Conflict) -> str | None:
        return moment(conflict.scan.happened_at)

    @admin.display(description=_("reference"), ordering="reservation__reference")
    def reference(self, conflict: Conflict) -> str | None:
        return conflict.reservation.reference if conflict.reservation else None

    @admin.display(description=_("let in by"))
    def let_in_by(self, conflict: Conflict) -> str:
        return _who_and_when(conflict.scan)

    @admin.display(description=_("before them"))
    def before(self, conflict: Conflict) -> str | None:
        return _who_and_when(conflict.first_scan) if conflict.first_scan else None


def _who_and_when(scan: Scan) -> str:
    return f"{scan.device}, {moment(scan.happened_at)} ({scan.seats_admitted})"
