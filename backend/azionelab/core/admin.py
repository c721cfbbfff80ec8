"""The admin site under the theatre's name, and what the admin pages of all apps share."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, QuerySet
from django.db.models.fields.files import FieldFile
from django.http import HttpRequest
from django.utils import formats
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from azionelab.core.clock import day_bounds, theatre_time, theatre_today
from azionelab.core.languages import LANGUAGES
from azionelab.core.pictures import Picture
from azionelab.core.previews import DAYS, preview_token

# Generic for the type checker alone; at run time Django's classes take no parameters.
if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Model]
    ModelForm = forms.ModelForm[Model]
    TabularInline = admin.TabularInline[Model, Model]
    StackedInline = admin.StackedInline[Model, Model]
else:
    ModelAdmin = admin.ModelAdmin
    ModelForm = forms.ModelForm
    TabularInline = admin.TabularInline
    StackedInline = admin.StackedInline

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


def picture_preview(file: FieldFile, alt: str) -> SafeString | None:
    """As it is stored; a click on it sets the focus (focus.js)."""
    if not file:
        return None
    return format_html(
        '<span class="picture-preview"><img src="{}" alt="{}"></span><span class="help">{}</span>',
        file.url,
        alt,
        gettext("Click on what must always be seen: where there is less room, the picture is cut around it."),
    )


class FocusMedia:
    """The script by which a click on a picture's preview sets its focus."""

    class Media:
        js = ("azionelab/focus.js",)


class PictureInline(FocusMedia, StackedInline):
    """The pictures of a row, in their order."""

    extra = 0
    readonly_fields = ("preview",)
    fields: ClassVar[Any] = ("image", "preview", ("focus_x", "focus_y"), "alt_it", "alt_en", ("credit", "position"))

    @admin.display(description=_("preview"))
    def preview(self, picture: Picture) -> str | None:
        return picture_preview(picture.image, picture.alt_it)


class PreviewMixin:
    """A link to the draft, on its own page; who gets it sees the draft too."""

    def address_on_site(self, row: Any) -> str:
        """The path below the language: `pages/chi-siamo`."""
        raise NotImplementedError

    @admin.display(description=_("on the site"))
    def on_site(self, row: Any) -> str | None:
        if row.pk is None:
            return None
        is_draft = row.status == "draft"
        fragment = f"#preview={preview_token(row)}" if is_draft else ""
        links = [
            (f"{settings.SITE_URL}/{language}/{self.address_on_site(row)}{fragment}", name)
            for language, name in LANGUAGES
        ]
        said = gettext("Whoever has one of these links sees the draft, for %(days)d days.") % {"days": DAYS}
        shown = format_html_join(" · ", '<a href="{}" target="_blank" rel="noopener">{}</a>', links)
        return format_html('{}<span class="help">{}</span>', shown, said) if is_draft else shown


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
