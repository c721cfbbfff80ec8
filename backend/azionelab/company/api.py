"""`theatre/` and `pages/`: who we are, for anyone."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from azionelab.company import selectors
from azionelab.company.models import Page
from azionelab.core.api import LANGUAGE_PARAMETER, PREVIEW, PublicView, cached, language_of, private
from azionelab.core.languages import text_in
from azionelab.core.markdown import to_html
from azionelab.core.previews import previewed
from azionelab.core.serializers import TextField, shape_of


class BoxOfficeSerializer(serializers.Serializer[Any]):
    """How to reach people; each may be empty."""

    address = serializers.CharField()
    hours = TextField()
    email = serializers.CharField()
    phone = serializers.CharField()


class MenuPageSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    title = TextField()


class TheatreSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    tagline = serializers.CharField()
    time_zone = serializers.CharField()
    hold_minutes = serializers.IntegerField()
    pending_kept_hours = serializers.IntegerField()
    guests_kept_days = serializers.IntegerField()
    box_office = BoxOfficeSerializer()
    menu = MenuPageSerializer(many=True)


class PageSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    title = TextField()
    lead = TextField()
    body_html = serializers.SerializerMethodField()
    draft = serializers.SerializerMethodField(help_text="true only to whoever opened it by a link to the draft")

    def get_draft(self, page: Page) -> bool:
        return page.status == Page.Status.DRAFT

    def get_body_html(self, page: Page) -> str:
        language = self.context["language"]
        pictures = {picture.name: shape_of(picture, language) for picture in page.pictures.all()}
        return to_html(text_in(language, page, "body"), pictures)


class TheatreView(PublicView):
    @extend_schema(operation_id="get_theatre", parameters=[LANGUAGE_PARAMETER], responses=TheatreSerializer)
    def get(self, request: Request) -> Response:
        """The theatre itself: what it is called, how to reach it, and the pages of its menu."""
        return cached(theatre_data(language_of(request)))


def theatre_data(language: str) -> dict[str, Any]:
    company = selectors.company()
    theatre = {
        "name": settings.THEATRE_NAME,
        "tagline": text_in(language, company, "tagline"),
        "time_zone": settings.TIME_ZONE,
        "hold_minutes": settings.HOLD_MINUTES,
        "pending_kept_hours": settings.PENDING_KEPT_HOURS,
        "guests_kept_days": settings.GUESTS_KEPT_DAYS,
        "box_office": company,
        "menu": selectors.menu(),
    }
    return TheatreSerializer(theatre, context={"language": language}).data


class PageView(PublicView):
    @extend_schema(operation_id="get_page", parameters=[LANGUAGE_PARAMETER, PREVIEW], responses=PageSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """One of the company's pages; or the draft of one, for whoever was given its link."""
        context = {"language": language_of(request)}
        draft = previewed(request, lambda: selectors.draft_page(slug))
        if draft is not None:
            return private(PageSerializer(draft, context=context).data)
        return cached(PageSerializer(selectors.published_page(slug), context=context).data)
