"""`shows/`, `venues/` and `theatre/`: published content, for anyone."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from azionelab.core.api import LANGUAGE_PARAMETER, PublicView, cached, language_of
from azionelab.core.languages import text_in
from azionelab.programme import selectors
from azionelab.programme.markdown import to_html
from azionelab.programme.models import Show


class TextField(serializers.CharField):
    """The text of `<field>_it` or `<field>_en`, as the context's language says."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(source="*", read_only=True, **kwargs)

    def to_representation(self, value: Any) -> str:
        return text_in(self.context["language"], value, str(self.field_name))


class MarkdownField(TextField):
    """`<name>_html`, made from the Markdown in `<name>_it` or `<name>_en`."""

    def to_representation(self, value: Any) -> str:
        name = str(self.field_name).removesuffix("_html")
        return to_html(text_in(self.context["language"], value, name))


class PosterSerializer(serializers.Serializer[Show]):
    """Width and height in pixels, so that a page can keep the room free."""

    url = serializers.CharField(source="poster.url")
    width = serializers.IntegerField(source="poster_width")
    height = serializers.IntegerField(source="poster_height")
    alt = serializers.SerializerMethodField()

    def get_alt(self, show: Show) -> str:
        return text_in(self.context["language"], show, "poster_alt")


class WithPoster(serializers.Serializer[Any]):
    poster = serializers.SerializerMethodField()

    @extend_schema_field(PosterSerializer(allow_null=True))
    def get_poster(self, show: Show) -> dict[str, Any] | None:
        return PosterSerializer(show, context=self.context).data if show.poster else None


class ShowSummarySerializer(WithPoster):
    slug = serializers.CharField()
    title = TextField()
    subtitle = TextField()
    author = serializers.CharField()
    duration_minutes = serializers.IntegerField()
    age_advice = TextField()
    spoken_language = TextField()
    next_performance_at = serializers.DateTimeField(allow_null=True)


class ShowSerializer(ShowSummarySerializer):
    synopsis_html = MarkdownField()
    credits_html = MarkdownField()
    content_warnings = TextField()


class VenueSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()
    address = serializers.CharField()
    map_url = serializers.CharField()
    directions_html = MarkdownField()
    step_free_access = serializers.BooleanField()
    access_html = MarkdownField()
    capacity = serializers.IntegerField()


class TheatreSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    time_zone = serializers.CharField()
    hold_minutes = serializers.IntegerField()


class TheatreView(PublicView):
    @extend_schema(operation_id="get_theatre", responses=TheatreSerializer)
    def get(self, request: Request) -> Response:
        """The theatre itself."""
        return cached(
            {
                "name": settings.THEATRE_NAME,
                "time_zone": settings.TIME_ZONE,
                "hold_minutes": settings.HOLD_MINUTES,
            }
        )


class ShowListView(PublicView):
    @extend_schema(
        operation_id="list_shows",
        parameters=[LANGUAGE_PARAMETER],
        responses=ShowSummarySerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Published shows, those that play next first."""
        context = {"language": language_of(request)}
        return cached(ShowSummarySerializer(selectors.published_shows(), many=True, context=context).data)


class ShowView(PublicView):
    @extend_schema(operation_id="get_show", parameters=[LANGUAGE_PARAMETER], responses=ShowSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """One published show."""
        context = {"language": language_of(request)}
        return cached(ShowSerializer(selectors.published_show(slug), context=context).data)


class VenueListView(PublicView):
    @extend_schema(operation_id="list_venues", parameters=[LANGUAGE_PARAMETER], responses=VenueSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The rooms."""
        context = {"language": language_of(request)}
        return cached(VenueSerializer(selectors.venues(), many=True, context=context).data)


class VenueView(PublicView):
    @extend_schema(operation_id="get_venue", parameters=[LANGUAGE_PARAMETER], responses=VenueSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """One room."""
        context = {"language": language_of(request)}
        return cached(VenueSerializer(selectors.venue_named(slug), context=context).data)
