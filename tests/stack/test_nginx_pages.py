"""How nginx serves the frontend: as the demo does (tests/demo/test_frontend.py), and compressed."""

import gzip
import re
import secrets

import pytest

from demo.frontend import choose_language
from demo.policies import policy
from demo.responses import HARMLESS_IMAGES
from lab.front import Front, new_front
from lab.published_files import SCRIPT, UNHASHED

LANGUAGE_REQUESTS = [
    ("", ""),
    ("", "fr-FR,fr;q=0.9"),
    ("", "de, en;q=0.8, it;q=0.5"),
    ("", "en-GB,it;q=0.9"),
    ("", "EN-US,en;q=0.5"),
    ("", "it;q=0.2,en;q=0.9"),
    ("", "en;q=0.7,it"),
    ("", "fr, it;q=0.3, en;q=0.3"),
    ("", "en;q=0"),
    ("", "en;q=0.0, it;q=0.1"),
    ("", "en;q=nonsense,it"),
    ("", "italian,en;q=0.1"),
    ("language=en", "it"),
    ("language=it", "en"),
    ("other=1; language=en", "it"),
    ("language=xx", "en"),
    ("language=../..", ""),
    ("@=;;; language", "en"),
]


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/", "/en/"),
        ("/t", "/en/t"),
        ("/reservation", "/en/reservation"),
        ("/door", "/door/en/"),
        ("/door/", "/door/en/"),
        ("/door/t", "/door/en/t"),
        ("/door/pair", "/door/en/pair"),
        ("/season", "/en/season"),
        ("/shows/la-locandiera", "/en/shows/la-locandiera"),
        ("/venues/cantina", "/en/venues/cantina"),
        ("/pages/chi-siamo", "/en/pages/chi-siamo"),
        ("/performances/7", "/en/performances/7"),
    ],
)
def test_path_without_a_language_goes_to_the_guests_own(front: Front, path: str, target: str) -> None:
    answer = front.get(f"{path}?from=poster&x=%0d%0aA", Accept_Language="de, en;q=0.8, it;q=0.5")

    assert (answer.status, answer.headers["Location"]) == (302, f"{target}?from=poster&x=%0d%0aA")
    assert answer.headers["Vary"] == "Cookie, Accept-Language"
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(("cookie", "accept"), LANGUAGE_REQUESTS)
def test_language_is_chosen_as_in_the_demo(front: Front, cookie: str, accept: str) -> None:
    location = front.get("/", Cookie=cookie, Accept_Language=accept).headers["Location"]

    assert location == f"/{choose_language(cookie, accept)}/"


@pytest.mark.parametrize("path", ["/it", "/en", "/door/it", "/door/en"])
def test_folder_of_a_language_ends_with_a_slash(front: Front, path: str) -> None:
    answer = front.get(f"{path}?a=b")

    assert (answer.status, answer.headers["Location"]) == (302, f"{path}/?a=b")


@pytest.mark.parametrize("path", ["/it%0a", "/en%0A", "/door/it%0a", "/it%0d%0aX-Own:1", "/%0a", "/t%0a", "/door%0a"])
def test_line_feed_in_an_address_never_gets_into_a_header(front: Front, path: str) -> None:
    received = front.send_bytes(f"GET {path} HTTP/1.1\r\nHost: theatre.test\r\nConnection: close\r\n\r\n".encode())

    lines = received.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert lines[0] == b"HTTP/1.1 404 Not Found"
    assert not [line for line in lines if b"\n" in line or line.startswith((b"Location", b"X-Own"))]


@pytest.mark.parametrize(
    "path", ["/it/main-ABCD1234.js%0a", "/door/it/main-ABCD1234.js%0a", "/media/posters/poster.jpg%0a"]
)
def test_file_has_one_name(front: Front, path: str) -> None:
    assert front.get(path.removesuffix("%0a")).status == 200
    assert front.get(path).status == 404


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/it/", "page /it/"),
        ("/en/shows/la-locandiera", "page /en/shows/la-locandiera"),
        ("/it/performances/7/sent", "page /it/performances/7/sent"),
        ("/it/what/is/none", "page /it/what/is/none"),
        ("/door/en/", "door en"),
        ("/door/it/performances/7", "door it"),
    ],
)
def test_deep_link_gets_its_languages_page(front: Front, path: str, title: str) -> None:
    answer = front.get(path)

    assert answer.status == 200
    assert f"<title>{title}</title>" in answer.text
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"


def test_page_of_the_site_has_a_fresh_nonce(front: Front) -> None:
    seen = set()
    for encoding in ("", "gzip", "gzip, br"):
        answer = front.get("/it/shows/amleto", Accept_Encoding=encoding)
        page = (gzip.decompress(answer.body) if answer.headers["Content-Encoding"] else answer.body).decode()
        found = re.search('ngcspnonce="([0-9a-f]{32})"', page)
        assert found, page
        assert answer.headers["Content-Security-Policy"] == policy("site_policy", nonce=found[1])
        # Nothing to ask a 304 by: its new header would join an old page.
        assert answer.headers["ETag"] is None
        assert answer.headers["Last-Modified"] is None
        seen.add(found[1])
    assert len(seen) == 3


def test_page_is_asked_for_once_a_second_whatever_stands_behind_it(front: Front) -> None:
    name = secrets.token_hex(4)
    pages = {front.get(f"/it/pages/{name}{more}", Cookie="a=b").text for more in ("", "?x=1", "?preview=2")}
    asked = [request for request in front.backend.requests() if request["path"].startswith(f"/it/pages/{name}")]

    assert len(asked) == 1
    assert asked[0]["path"] == f"/it/pages/{name}"
    assert not {"cookie", "accept-language"} & {header for header, _ in asked[0]["headers"]}
    assert len({re.sub("[0-9a-f]{32}", "", page) for page in pages}) == 1


def test_page_that_is_not_there_is_a_404_of_the_backends_and_not_kept(front: Front) -> None:
    path = f"/it/pages/status-404-{secrets.token_hex(4)}"
    answers = [front.get(path) for _ in range(2)]

    assert [answer.status for answer in answers] == [404, 404]
    assert all(f"<title>page {path}</title>" in answer.text for answer in answers)
    assert all("__CSP_NONCE__" not in answer.text for answer in answers)
    assert answers[0].headers["Cache-Control"] == "no-store"
    assert len([request for request in front.backend.requests() if request["path"] == path]) == 2


@pytest.mark.parametrize(
    "path", ["/en/pages/do-close-1", "/en/pages/status-503-1", "/en/pages/status-500-1", "/en/a/do-close-1"]
)
def test_without_the_backend_the_page_is_that_of_the_build(front: Front, path: str) -> None:
    """The application says by itself what it cannot show; what has been sent a moment ago is sent again."""
    answer = front.get(path)

    assert (answer.status, "<title>site en</title>" in answer.text) == (200, True)
    nonce = re.search('ngcspnonce="([0-9a-f]{32})"', answer.text)
    assert nonce
    assert answer.headers["Content-Security-Policy"] == policy("site_policy", nonce=nonce[1])
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["/it/season", "/it/a/b"])
def test_page_takes_nothing_but_get(front: Front, path: str) -> None:
    answer = front.request("POST", path, body=b"x=1")

    assert answer.status == 405
    assert [request for request in front.backend.requests() if request["method"] == "POST"] == []


@pytest.mark.parametrize("path", ["/it/season.ics", "/en/shows/la-locandiera.ics", "/robots.txt", "/sitemap.xml"])
def test_calendars_and_what_robots_ask_for_come_from_the_backend(front: Front, path: str) -> None:
    assert front.get(path).status == 200
    assert front.backend.requests()[-1]["path"] == path


def test_frame_is_for_the_sites_that_the_operator_allows(front: Front) -> None:
    allowed = "https://www.comune.example https://festival.example:8443"
    with new_front(EMBED_ORIGINS=allowed) as embedding:
        for one, ancestors in ((front, "'none'"), (embedding, allowed)):
            answer = one.get("/it/embed/performances/7")
            nonce = re.search('ngcspnonce="([0-9a-f]{32})"', answer.text)
            assert nonce
            assert answer.headers["X-Frame-Options"] is None
            assert f"style-src 'nonce-{nonce[1]}'" in answer.headers["Content-Security-Policy"]
            assert answer.headers["Content-Security-Policy"].endswith(f"frame-ancestors {ancestors}")
        for path in ("/it/", "/it/performances/7", "/it/embed/", "/admin/"):
            answer = embedding.get(path)
            assert answer.headers["X-Frame-Options"] == "DENY" or path == "/it/embed/"
            assert allowed not in answer.headers["Content-Security-Policy"] or path == "/it/embed/"


def test_page_of_the_door_stays_as_it_was_built(front: Front) -> None:
    built = (front.directory / "frontend/current/door/it/index.html").read_bytes()

    answer = front.get("/door/it/performances/7")

    assert answer.body == built
    assert answer.headers["Content-Security-Policy"] == policy("door_policy")
    assert front.get("/door/it/", If_None_Match=answer.headers["ETag"]).status == 304


@pytest.mark.parametrize("name", ["ngsw-worker.js", "links-worker.js", "main-ABCD1234.js"])
def test_scripts_of_the_door_have_its_policy(front: Front, name: str) -> None:
    """Also where only their headers are sent: a browser keeps those with the script it has."""
    answer = front.get(f"/door/it/{name}")
    again = front.get(f"/door/it/{name}", If_None_Match=answer.headers["ETag"])

    assert (answer.status, again.status) == (200, 304)
    assert answer.headers["Content-Security-Policy"] == policy("door_policy")
    assert again.headers["Content-Security-Policy"] == policy("door_policy")
    assert answer.headers["Permissions-Policy"] == policy("door_devices")


def test_only_the_worker_of_links_reaches_beyond_its_folder(front: Front) -> None:
    assert front.get("/door/it/links-worker.js").headers["Service-Worker-Allowed"] == "/door/"
    assert front.get("/door/it/ngsw-worker.js").headers["Service-Worker-Allowed"] is None
    assert front.get("/it/links-worker.js").headers["Service-Worker-Allowed"] is None


@pytest.mark.parametrize("app", ["", "/door"])
@pytest.mark.parametrize("name", ["main-ABCD1234.js", "chunk-aB3_-x9Z.js", "media/bodoni-moda-JRCTIUTB.woff2"])
def test_hashed_file_is_immutable(front: Front, app: str, name: str) -> None:
    assert front.get(f"{app}/it/{name}").headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("name", UNHASHED)
def test_file_that_keeps_its_name_is_asked_for_each_time(front: Front, name: str) -> None:
    answer = front.get(f"/door/it/{name}")

    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-cache")
    assert front.get(f"/door/it/{name}", If_None_Match=answer.headers["ETag"]).status == 304


@pytest.mark.parametrize("app", ["", "/door"])
def test_chunk_of_the_build_before_is_still_there(front: Front, app: str) -> None:
    answer = front.get(f"{app}/it/chunk-OLDOLD12.js")

    assert (answer.status, answer.text) == (200, SCRIPT)
    assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/it/main-00000000.js", "/door/it/chunk-00000000.js", "/it/a/b.c", "/it/none.html"])
def test_missing_file_is_not_answered_with_the_application(front: Front, path: str) -> None:
    answer = front.get(path)

    assert answer.status == 404
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "/it/../../secret.txt",
        "/it/%2e%2e/%2e%2e/secret.txt",
        "/it//../../../secret.txt",
        "/it/..%2f..%2fsecret.txt",
        "/it/..\\secret.txt",
        "/secret.txt",
        "/current/secret.txt",
        "/current/site/it/index.html",
        "/media/../../frontend/current/secret.txt",
        "/static/../secret.txt",
        "/static/%2e%2e/secret.txt",
        "/-/page.html",
        "/-/not_found.json",
        "/api/once",
    ],
)
def test_nothing_outside_the_folders_is_served(front: Front, path: str) -> None:
    answer = front.get(path)

    assert answer.status in (400, 404)
    assert "not for visitors" not in answer.text
    assert front.backend.requests() == []


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/door/it/wasm/zxing_reader.wasm", "application/wasm"),
        ("/door/it/manifest.it.webmanifest", "application/manifest+json"),
        ("/it/main-ABCD1234.js", "text/javascript; charset=utf-8"),
        ("/it/styles-CHVJBX7K.css", "text/css; charset=utf-8"),
        ("/it/favicon.svg", "image/svg+xml; charset=utf-8"),
        ("/it/media/bodoni-moda-JRCTIUTB.woff2", "font/woff2"),
        ("/door/it/ngsw.json", "application/json"),
    ],
)
def test_file_is_served_as_what_it_is(front: Front, path: str, content_type: str) -> None:
    assert front.get(path).headers["Content-Type"] == content_type


@pytest.mark.parametrize(
    "path", ["/it/main-ABCD1234.js", "/door/it/wasm/zxing_reader.wasm", "/static/admin/css/base.css"]
)
def test_compressed_form_lies_beside_the_file(front: Front, path: str) -> None:
    answer = front.get(path, Accept_Encoding="gzip")
    folder = "site" if path.startswith("/it/") else ""
    beside = front.directory / "frontend/current" / folder / f"{path[1:]}.gz"

    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.body == beside.read_bytes()
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert front.get(path).headers["Content-Encoding"] is None


def test_static_files_of_the_admin(front: Front) -> None:
    plain, hashed = front.get("/static/admin/css/base.css"), front.get("/static/admin/css/base.0123456789ab.css")

    assert (plain.status, plain.headers["Cache-Control"]) == (200, "no-cache")
    assert (hashed.status, hashed.headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable")


@pytest.mark.parametrize("name", ["poster.jpg", "poster.JPEG", "poster.png", "poster.webp"])
def test_uploaded_image_is_shown_and_can_do_nothing(front: Front, name: str) -> None:
    answer = front.get(f"/media/posters/{name}")

    assert (answer.status, answer.text) == (200, "an image")
    ending = f".{name.lower().rpartition('.')[2]}"
    assert answer.headers["Content-Type"] == HARMLESS_IMAGES[ending]
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert answer.headers["Content-Security-Policy"] == policy("media_policy")


@pytest.mark.parametrize("name", ["page.html", "drawing.svg", "script.js", "noname", "", "missing.jpg"])
def test_any_other_upload_is_not_served(front: Front, name: str) -> None:
    assert front.get(f"/media/posters/{name}").status == 404


def test_other_uploads_are_taken_up_at_once(front: Front) -> None:
    """As a restore exchanges them: another folder, and the link renamed."""
    media = front.directory / "media"
    (media / "second/posters").mkdir(parents=True)
    (media / "second/posters/new.jpg").write_text("a newer image")
    (media / "next").symlink_to("second")
    (media / "next").rename(media / "current")

    assert front.get("/media/posters/new.jpg").text == "a newer image"

    (media / "next").symlink_to("first")
    (media / "next").rename(media / "current")
    assert front.get("/media/posters/new.jpg").status == 404
