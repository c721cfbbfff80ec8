"""What the company says of itself: its box office, once, and its pages."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from azionelab.company.models import PRIVACY, Company, Page, PagePicture
from azionelab.core.admin import ModelAdmin, PictureInline, PreviewMixin


@admin.register(Company)
class CompanyAdmin(ModelAdmin):
    """There is one of it, so there is no list: the menu leads to its form."""

    fieldsets = (
        (_("What you do"), {"fields": ("tagline_it", "tagline_en")}),
        (
            _("Box office"),
            {
                "fields": ("address", "email", "phone", "hours_it", "hours_en"),
                "description": _("In the foot of every page, and the way to you for those who cannot use the site."),
            },
        ),
    )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        row = Company.objects.first()
        verb, arguments = ("change", (row.pk,)) if row else ("add", ())
        return HttpResponseRedirect(reverse(f"admin:company_company_{verb}", args=arguments))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Company.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.pk = Company.ONLY
        super().save_model(request, obj, form, change)


class PagePictures(PictureInline):
    model = PagePicture
    fields = ("name", *PictureInline.fields)


@admin.register(Page)
class PageAdmin(PreviewMixin, ModelAdmin):
    list_display = ("title_it", "status", "in_menu", "position")
    list_filter = ("status",)
    list_editable = ("position",)
    search_fields = ("title_it", "title_en", "slug")
    prepopulated_fields = {"slug": ("title_it",)}
    readonly_fields = ("on_site",)
    inlines = (PagePictures,)
    fieldsets = (
        (None, {"fields": ("status", ("in_menu", "position"), "on_site")}),
        (_("Italian"), {"fields": ("title_it", "lead_it", "body_it")}),
        (_("English"), {"fields": ("title_en", "lead_en", "body_en")}),
        (_("Address on the site"), {"fields": ("slug",)}),
    )

    def address_on_site(self, row: Page) -> str:
        return PRIVACY if row.slug == PRIVACY else f"pages/{row.slug}"
