"""The admin site under the theatre's name, and what the admin pages of all apps share."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from azionelab.core.clock import day_bounds, theatre_time, theatre_today

# Generic for the type checker alone; at run time Django's classes take no parameters.
if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Model]
    ModelForm = forms.ModelForm[Model]
    TabularInline = admin.TabularInline[Model, Model]
else:
    ModelAdmin = admin.ModelAdmin
    ModelForm = forms.ModelForm
    TabularInline = admin.TabularInline

admin.site.site_header = admin.site.site_title = settings.THEATRE_NAME
admin.site.index_title = _("What would you like to look after?")
admin.site.site_url = settings.SITE_URL
admin.site.empty_value_display = "–"
admin.site.enable_nav_sidebar = False  # the tables need the width more than seven links do


def moment(value: datetime | None) -> str | None:
    """Day of the week, date and time as the theatre's clock shows it, without this year's number: for a column."""
    if value is None:
        return None
    is_this_year = theatre_time(value).year == theatre_today().year
    return formats.date_format(theatre_time(value), "D d/m H:i" if is_this_year else "D d/m/Y H:i")


class ReadOnlyMixin:
    """Rows that nobody changes in the admin, superusers included. Whether they are seen is the permission's."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class WhenFilter(admin.SimpleListFilter):
    """To come (from the start of the theatre's day, so that tonight is in it), past, or all."""

    title = _("when")
    parameter_name = "when"
    path = "starts_at"
    default = "upcoming"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("upcoming", _("upcoming")), ("past", _("past")), ("all", _("all"))]

    def value(self) -> str:
        return super().value() or self.default

    def choices(self, changelist: ChangeList) -> Any:
        for lookup, title in self.lookup_choices:
            yield {
                "selected": self.value() == lookup,
                "query_string": changelist.get_query_string({self.parameter_name: lookup}),
                "display": title,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        today, _tomorrow = day_bounds(theatre_today())
        spans = {"upcoming": {f"{self.path}__gte": today}, "past": {f"{self.path}__lt": today}}
        return queryset.filter(**spans.get(self.value(), {}))
