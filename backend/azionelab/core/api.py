"""What the API's views share: who may ask, in which language, how long an answer keeps."""

from typing import Any

from django.http import HttpRequest
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from azionelab.core.languages import CODES

# Kept for a second by nginx and for another by the browser: seats left may be that old, the decision is the POST's.
PUBLIC_CACHE = "public, max-age=1"

LANGUAGE_PARAMETER = OpenApiParameter(
    "language", enum=list(CODES), default="it", description="The language of the texts"
)
PREVIEW = OpenApiParameter(
    "Authorization",
    location=OpenApiParameter.HEADER,
    description="`Preview TOKEN`, with the token of a link to a draft",
)


class PublicView(APIView):
    """A view for anyone: no session is read, so none is needed and no CSRF token either."""

    authentication_classes: list[Any] = []
    permission_classes: Any = (AllowAny,)


def language_of(request: Request | HttpRequest) -> str:
    """The language asked for; Italian where it is missing or unknown."""
    asked = request.GET.get("language", "it")
    return asked if asked in CODES else "it"


def cached(data: Any) -> Response:
    """An answer for everybody; `CachingMiddleware` sees to it that it depends on nothing but its address."""
    return Response(data, headers={"Cache-Control": PUBLIC_CACHE})


def private(data: Any, status: int = 200) -> Response:
    """An answer that is somebody's own and must not be stored on the way."""
    return Response(data, status=status, headers={"Cache-Control": "no-store"})


def read(serializer: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
    """The validated body; raises `validation_failed` (by way of DRF)."""
    bound = serializer(data=data)
    bound.is_valid(raise_exception=True)
    values: dict[str, Any] = bound.validated_data
    return values
