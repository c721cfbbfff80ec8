"""Shows and venues. Performances are in `azionelab.checkin.admin`, as their page counts seats and admissions."""

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from azionelab.core.admin import FocusMedia, ModelAdmin, ModelForm, PictureInline, PreviewMixin, picture_preview
from azionelab.programme.models import Show, ShowPicture, Venue, VenuePicture


class VenuePictures(PictureInline):
    model = VenuePicture


@admin.register(Venue)
class VenueAdmin(ModelAdmin):
    inlines = (VenuePictures,)
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

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("poster") and not cleaned.get("poster_alt_it"):
            self.add_error("poster_alt_it", _("Say what the poster shows, for guests who cannot see it."))
        return cleaned


_TEXTS = ("title", "subtitle", "synopsis", "credits", "age_advice", "content_warnings", "spoken_language", "poster_alt")


class ShowPictures(PictureInline):
    model = ShowPicture


@admin.register(Show)
class ShowAdmin(PreviewMixin, FocusMedia, ModelAdmin):
    form = ShowForm
    inlines = (ShowPictures,)
    list_display = ("title_it", "author", "status", "duration_minutes", "has_poster")
    list_filter = ("status",)
    search_fields = ("title_it", "title_en", "author", "slug")
    prepopulated_fields = {"slug": ("title_it",)}
    readonly_fields = ("poster_preview", "on_site")
    actions = ("publish", "withdraw")
    fieldsets = (
        (None, {"fields": ("status", "author", "duration_minutes", "on_site")}),
        (_("Italian"), {"fields": tuple(f"{text}_it" for text in _TEXTS)}),
        (_("English"), {"fields": tuple(f"{text}_en" for text in _TEXTS)}),
        (_("Poster"), {"fields": ("poster", "poster_preview", ("poster_focus_x", "poster_focus_y"))}),
        (_("Address on the site"), {"fields": ("slug",)}),
    )

    @admin.display(description=_("poster"), boolean=True)
    def has_poster(self, show: Show) -> bool:
        return bool(show.poster)

    @admin.display(description=_("preview"))
    def poster_preview(self, show: Show) -> str | None:
        return picture_preview(show.poster, show.poster_alt_it)

    def address_on_site(self, row: Show) -> str:
        return f"shows/{row.slug}"

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
