"""What the API's views share: who may ask, in which language, how long an answer keeps."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from azionelab.core.languages import CODES

# Seats left may be a second or two old; the decision is the POST's.
PUBLIC_CACHE = "public, max-age=2"

LANGUAGE_PARAMETER = OpenApiParameter(
    "language", enum=list(CODES), default="it", description="The language of the texts"
)


class PublicView(APIView):
    """A view for anyone: no session is read, so none is needed and no CSRF token either."""

    authentication_classes: list[Any] = []


def language_of(request: Request) -> str:
    """The language asked for; Italian where it is missing or unknown."""
    asked = request.query_params.get("language", "it")
    return asked if asked in CODES else "it"


def cached(data: Any) -> Response:
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
