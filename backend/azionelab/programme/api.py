"""`shows/` and `venues/`: published content, for anyone."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from azionelab.core.api import LANGUAGE_PARAMETER, PREVIEW, PublicView, cached, language_of, private
from azionelab.core.languages import text_in
from azionelab.core.previews import previewed
from azionelab.core.serializers import MarkdownField, PictureSerializer, TextField, picture_shape, shape_of
from azionelab.programme import selectors
from azionelab.programme.models import Show, Venue


class WithPoster(serializers.Serializer[Any]):
    poster = serializers.SerializerMethodField()

    @extend_schema_field(PictureSerializer(allow_null=True))
    def get_poster(self, show: Show) -> dict[str, Any] | None:
        return poster_shape(show, self.context["language"])


def poster_shape(show: Show, language: str) -> dict[str, Any] | None:
    if not show.poster:
        return None
    return picture_shape(
        show.poster,
        show.poster_widths,
        size=(show.poster_width, show.poster_height),
        focus=(show.poster_focus_x, show.poster_focus_y),
        alt=text_in(language, show, "poster_alt"),
    )


class WithPictures(serializers.Serializer[Any]):
    pictures = serializers.SerializerMethodField()

    @extend_schema_field(PictureSerializer(many=True))
    def get_pictures(self, row: Show | Venue) -> list[dict[str, Any]]:
        return [shape_of(picture, self.context["language"]) for picture in row.pictures.all()]


class ShowSummarySerializer(WithPoster):
    slug = serializers.CharField()
    title = TextField()
    subtitle = TextField()
    author = serializers.CharField()
    duration_minutes = serializers.IntegerField()
    age_advice = TextField()
    spoken_language = TextField()
    next_performance_at = serializers.DateTimeField(allow_null=True)
    last_performance_at = serializers.DateTimeField(allow_null=True)


class ShowSerializer(ShowSummarySerializer, WithPictures):
    synopsis_html = MarkdownField()
    credits_html = MarkdownField()
    content_warnings = TextField()
    draft = serializers.SerializerMethodField(help_text="true only to whoever opened it by a link to the draft")

    def get_draft(self, show: Show) -> bool:
        return show.status == Show.Status.DRAFT


class VenueSerializer(WithPictures):
    slug = serializers.CharField()
    name = serializers.CharField()
    address = serializers.CharField()
    map_url = serializers.CharField()
    directions_html = MarkdownField()
    step_free_access = serializers.BooleanField()
    access_html = MarkdownField()
    capacity = serializers.IntegerField()


class ShowListView(PublicView):
    @extend_schema(
        operation_id="list_shows",
        parameters=[
            LANGUAGE_PARAMETER,
            OpenApiParameter(
                "archive", bool, description="Those that have played and will not play again, instead of the others"
            ),
        ],
        responses=ShowSummarySerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Published shows, those that play next first; of the archive, those that played last."""
        context = {"language": language_of(request)}
        shows = selectors.archived_shows() if request.GET.get("archive") == "true" else selectors.current_shows()
        return cached(ShowSummarySerializer(shows, many=True, context=context).data)


class ShowView(PublicView):
    @extend_schema(operation_id="get_show", parameters=[LANGUAGE_PARAMETER, PREVIEW], responses=ShowSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """One published show; or the draft of one, for whoever was given its link."""
        context = {"language": language_of(request)}
        draft = previewed(request, lambda: selectors.draft_show(slug))
        if draft is not None:
            return private(ShowSerializer(draft, context=context).data)
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
