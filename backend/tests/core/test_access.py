"""Who may do what: each view of the API says it, and so does docs/access.md."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.urls import URLResolver, get_resolver
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate
from rest_framework.views import APIView

PAGE = (Path(__file__).parents[3] / "docs" / "access.md").read_text()
# `model` | managers | door staff |
ROW = re.compile(r"^\| `(\w+)\.(\w+)` \| ([^|]*)\| ([^|]*)\|$", re.MULTILINE)


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


@pytest.mark.parametrize(("group", "column"), [("Managers", 0), ("Door staff", 1)])
def test_page_says_what_the_groups_may(db: None, group: str, column: int) -> None:
    # A test with real transactions empties every table, these too.
    for migration, give in (
        ("0003_staff_groups", "make_groups"),
        ("0005_door_permissions", "give_permissions"),
        ("0008_company_permissions", "give_permissions"),
    ):
        getattr(import_module(f"azionelab.checkin.migrations.{migration}"), give)(apps, None)
    told = {
        f"{label}.{verb.strip()}_{model}"
        for label, model, *cells in ROW.findall(PAGE)
        for verb in cells[column].split(",")
        if verb.strip()
    }
    permissions = Group.objects.get(name=group).permissions.values_list("content_type__app_label", "codename")
    assert told == {f"{label}.{codename}" for label, codename in permissions}


def test_page_says_who_may_make_each_call() -> None:
    assert [route for route, _view in views_of_the_api() if f"`{route}`" not in PAGE] == []
