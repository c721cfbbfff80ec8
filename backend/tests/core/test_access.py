"""Who may do what: each view of the API says it, and so does docs/access.md."""

from collections.abc import Iterator

from django.contrib.auth.models import User
from django.urls import URLResolver, get_resolver
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate
from rest_framework.views import APIView


def views_of_the_api() -> Iterator[tuple[str, type[APIView]]]:
    """Each route below `api/v1/`, with its view."""
    for included in get_resolver().url_patterns:
        if isinstance(included, URLResolver) and str(included.pattern) == "api/v1/":
            for route in included.url_patterns:
                yield str(route.pattern), route.callback.cls


def test_every_view_of_the_api_says_who_may_come() -> None:
    views = list(views_of_the_api())
    silent = [
        route
        for route, view in views
        if not any("permission_classes" in vars(made_of) for made_of in view.__mro__ if made_of is not APIView)
    ]
    assert len(views) > 20
    assert silent == []


def test_view_that_says_nothing_is_shut_for_everybody() -> None:
    class SilentView(APIView):
        def get(self, request: Request) -> Response:
            return Response("open")

    for who, status in ((None, 401), (User(username="direttrice", is_superuser=True), 403)):
        request = APIRequestFactory().get("/")
        force_authenticate(request, user=who)
        assert SilentView.as_view()(request).status_code == status
