"""Shows and venues. Performances are in `azionelab.checkin.admin`, as their page counts seats and admissions."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from azionelab.core.admin import ModelAdmin, ModelForm
from azionelab.programme.models import Show, Venue
from azionelab.programme.season_files import MAX_POSTER_BYTES


@admin.register(Venue)
class VenueAdmin(ModelAdmin):
    list_display = ("name", "address", "capacity", "step_free_access")
    search_fields = ("name", "address")
    prepopulated_fields = {"slug": ("name",)}
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    fieldsets = (
        (None, {"fields": ("name", "slug", "address", "map_url", "capacity")}),
        (_("Italian"), {"fields": ("directions_it", "access_it")}),
        (_("English"), {"fields": ("directions_en", "access_en")}),
        (_("Access"), {"fields": ("step_free_access",)}),
    )

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        help_texts = {"capacity": _("For new performances; those that exist keep the capacity they have.")}
        return super().get_form(request, obj, change=change, **{"help_texts": help_texts, **kwargs})


class ShowForm(ModelForm):
    """A poster comes with the words for those who cannot see it."""

    class Meta:
        model = Show
        fields = "__all__"  # noqa: DJ007 (the fieldsets of ShowAdmin name them)

    def clean_poster(self) -> Any:
        poster = self.cleaned_data.get("poster")
        if poster and "poster" in self.changed_data and poster.size > MAX_POSTER_BYTES:
            raise forms.ValidationError(
                _("The file is larger than %(most)d MB; save the poster smaller.") % {"most": MAX_POSTER_BYTES // 10**6}
            )
        return poster

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("poster") and not cleaned.get("poster_alt_it"):
            self.add_error("poster_alt_it", _("Say what the poster shows, for guests who cannot see it."))
        return cleaned


_TEXTS = ("title", "subtitle", "synopsis", "credits", "age_advice", "content_warnings", "spoken_language", "poster_alt")


@admin.register(Show)
class ShowAdmin(ModelAdmin):
    form = ShowForm
    list_display = ("title_it", "author", "status", "duration_minutes", "has_poster")
    list_filter = ("status",)
    search_fields = ("title_it", "title_en", "author", "slug")
    prepopulated_fields = {"slug": ("title_it",)}
    readonly_fields = ("poster_preview",)
    actions = ("publish", "withdraw")
    fieldsets = (
        (None, {"fields": ("status", "author", "duration_minutes")}),
        (_("Italian"), {"fields": tuple(f"{text}_it" for text in _TEXTS)}),
        (_("English"), {"fields": tuple(f"{text}_en" for text in _TEXTS)}),
        (_("Poster"), {"fields": ("poster", "poster_preview")}),
        (_("Address on the site"), {"fields": ("slug",)}),
    )

    @admin.display(description=_("poster"), boolean=True)
    def has_poster(self, show: Show) -> bool:
        return bool(show.poster)

    @admin.display(description=_("preview"))
    def poster_preview(self, show: Show) -> str | None:
        if not show.poster:
            return None
        return format_html('<img src="{}" alt="{}" class="poster-preview">', show.poster.url, show.poster_alt_it)

    @admin.action(description=_("Publish the selected shows"), permissions=["change"])
    def publish(self, request: HttpRequest, shows: QuerySet[Show]) -> None:
        published = shows.exclude(status=Show.Status.PUBLISHED).update(status=Show.Status.PUBLISHED)
        self.message_user(
            request,
            ngettext("%(n)d show is now on the site.", "%(n)d shows are now on the site.", published)
            % {"n": published},
            messages.SUCCESS,
        )

    @admin.action(description=_("Take the selected shows off the site"), permissions=["change"])
    def withdraw(self, request: HttpRequest, shows: QuerySet[Show]) -> None:
        withdrawn = shows.exclude(status=Show.Status.DRAFT).update(status=Show.Status.DRAFT)
        self.message_user(
            request,
            ngettext(
                "%(n)d show is a draft again; guests see neither it nor its performances.",
                "%(n)d shows are drafts again; guests see neither them nor their performances.",
                withdrawn,
            )
            % {"n": withdrawn},
            messages.SUCCESS,
        )
