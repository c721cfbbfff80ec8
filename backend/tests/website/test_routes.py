"""The addresses of the site are written down twice: for the application, and for the server."""

import re
from pathlib import Path

from azionelab.website.urls import urlpatterns

ROUTES = Path(__file__).parents[3] / "frontend" / "projects" / "site" / "src" / "app" / "app.routes.ts"


def test_server_knows_the_pages_of_the_application_and_no_others() -> None:
    application = set(re.findall(r"path: '([^*']*)'", ROUTES.read_text()))
    prefix = "<language:language>/"
    server = {str(each.pattern).removeprefix(prefix) for each in urlpatterns if str(each.pattern).startswith(prefix)}
    pages = {
        re.sub(r"<(?:\w+:)?(\w+)>", r":\1", path) for path in server if not re.search(r"\.ics$|^embed/|path", path)
    }
    assert {path.replace(":performance_id", ":id") for path in pages} == application
