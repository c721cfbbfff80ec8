"""How the demo serves the built frontend: languages, deep links, caching, nothing outside its folder."""

import gzip
import io
import re
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment
from wsgiref.util import setup_testing_defaults

import pytest

from demo import policies
from demo.frontend import Frontend, choose_language
from demo.responses import send_file

UNHASHED = ("ngsw-worker.js", "links-worker.js", "ngsw.json", "zxing_reader.wasm", "manifest.it.webmanifest")
Answer = tuple[int, dict[str, str], bytes] | None


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("secret")
    for app in ("site", "door"):
        for language in ("it", "en"):
            folder = tmp_path / "dist" / app / "browser" / language
            folder.mkdir(parents=True)
            (folder / "index.html").write_text(f"{app} {language}")
            (folder / "main-ABCD1234.js").write_text("script")
            (folder / "chunk-aB3_-x9Z.js").write_text("script")
            for name in (
                "ngsw-worker.js",
                "links-worker.js",
                "ngsw.json",
                "zxing_reader.wasm",
                "manifest.it.webmanifest",
            ):
                (folder / name).write_text(name)
    return tmp_path / "dist"


def backend(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    """Writes pages as the real one does: around the place of the nonce, with headers for whoever is in front, and
    compressed where that is asked for."""
    path = environ["PATH_INFO"]
    page = f'page {path} <azione-root ngcspnonce="__CSP_NONCE__">'.encode()
    if "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
        page = gzip.compress(page)
    start_response(
        "404 Not Found" if path.endswith("/nowhere") else "200 OK",
        [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(page))),
            ("Cache-Control", "public, max-age=1"),
            ("ETag", '"1"'),
            ("X-Frame-Options", "DENY"),
            ("X-Content-Type-Options", "nosniff"),
        ],
    )
    return [page]


def get(dist: Path, path: str, **environ: str) -> Answer:
    request: dict[str, object] = {"PATH_INFO": path, "REQUEST_METHOD": "GET", "wsgi.input": io.BytesIO(), **environ}
    setup_testing_defaults(request)
    seen: list[tuple[str, dict[str, str]]] = []
    body = Frontend(dist, backend).answer(request, lambda status, headers, *_: seen.append((status, dict(headers))))  # type: ignore[arg-type]
    if body is None:
        return None
    return int(seen[0][0].split()[0]), seen[0][1], b"".join(body)


def answered(answer: Answer) -> tuple[int, dict[str, str], bytes]:
    assert answer is not None
    return answer


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/", "/en/"),
        ("/t", "/en/t"),
        ("/reservation", "/en/reservation"),
        ("/door", "/door/en/"),
        ("/door/", "/door/en/"),
        ("/door/pair", "/door/en/pair"),
        ("/season", "/en/season"),
        ("/shows/la-locandiera", "/en/shows/la-locandiera"),
    ],
)
def test_path_without_a_language_goes_to_the_guests_own(dist: Path, path: str, target: str) -> None:
    status, headers, _ = answered(get(dist, path, HTTP_ACCEPT_LANGUAGE="de, en;q=0.8, it;q=0.5"))

    assert (status, headers["Location"]) == (302, target)
    assert headers["Vary"] == "Cookie, Accept-Language"


def test_page_has_its_nonce_whatever_the_browser_can_unpack(dist: Path) -> None:
    _, headers, body = answered(get(dist, "/it/season", HTTP_ACCEPT_ENCODING="gzip, br"))

    nonce = re.search(rb'ngcspnonce="([0-9a-f]{32})"', body)
    assert nonce is not None
    assert f"'nonce-{nonce[1].decode()}'" in headers["Content-Security-Policy"]


def test_redirect_keeps_the_query(dist: Path) -> None:
    _, headers, _ = answered(get(dist, "/", QUERY_STRING="from=poster&x=%0d%0aA"))

    assert headers["Location"] == "/it/?from=poster&x=%0d%0aA"


@pytest.mark.parametrize(
    ("cookie", "accept", "language"),
    [
        ("", "", "it"),
        ("", "fr-FR,fr;q=0.9", "it"),
        ("", "en-GB,it;q=0.9", "en"),
        ("", "it;q=0.2,en;q=0.9", "en"),
        ("", "en;q=0", "it"),
        ("", "en;q=nonsense,it", "it"),
        ("language=en", "it", "en"),
        ("language=xx", "en", "en"),
        ("language=../..", "", "it"),
        ("@=;;; language", "en", "en"),
    ],
)
def test_language_is_chosen_by_cookie_then_browser(cookie: str, accept: str, language: str) -> None:
    assert choose_language(cookie, accept) == language


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/door/en/", b"door en"),
        ("/door/it/performances/7", b"door it"),
    ],
)
def test_deep_link_gets_its_languages_page(dist: Path, path: str, page: bytes) -> None:
    status, headers, body = answered(get(dist, path))

    assert (status, body) == (200, page)
    assert headers["Cache-Control"] == "no-cache"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["main-ABCD1234.js", "chunk-aB3_-x9Z.js"])
def test_hashed_file_is_immutable(dist: Path, name: str) -> None:
    assert "immutable" in answered(get(dist, f"/it/{name}"))[1]["Cache-Control"]


@pytest.mark.parametrize("name", UNHASHED)
def test_file_that_keeps_its_name_is_asked_for_each_time(dist: Path, name: str) -> None:
    assert answered(get(dist, f"/door/it/{name}"))[1]["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("name", "content_type"),
    [("zxing_reader.wasm", "application/wasm"), ("manifest.it.webmanifest", "application/manifest+json")],
)
def test_file_is_served_as_what_it_is(dist: Path, name: str, content_type: str) -> None:
    assert answered(get(dist, f"/door/it/{name}"))[1]["Content-Type"] == content_type


@pytest.mark.parametrize("path", ["/door/it/", "/door/en/performances/7", "/door/it/ngsw-worker.js"])
def test_door_has_a_policy_of_its_own(dist: Path, path: str) -> None:
    policy = answered(get(dist, path))[1]["Content-Security-Policy"]

    assert "unsafe-inline" not in policy
    assert "'unsafe-eval'" not in policy
    assert "require-trusted-types-for 'script'" in policy


def test_page_of_the_site_is_the_backends_with_a_fresh_nonce(dist: Path) -> None:
    seen = set()
    for _ in range(3):
        status, headers, body = answered(get(dist, "/it/shows/amleto"))
        found = re.fullmatch(b'page /it/shows/amleto <azione-root ngcspnonce="([0-9a-f]{32})">', body)
        assert found, body
        assert headers["Content-Security-Policy"] == policies.policy("site_policy", nonce=found[1].decode())
        assert (status, headers["Cache-Control"], headers["X-Frame-Options"]) == (200, "no-cache", "DENY")
        assert headers["Content-Length"] == str(len(body))
        assert "ETag" not in headers
        seen.add(found[1])
    assert len(seen) == 3


def test_page_that_is_not_there_stays_a_404(dist: Path) -> None:
    status, headers, _ = answered(get(dist, "/it/nowhere"))

    assert (status, headers["Cache-Control"]) == (404, "no-store")


def test_frame_for_other_sites_has_its_policy(dist: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBED_ORIGINS", "https://www.comune.example")
    _, headers, _ = answered(get(dist, "/it/embed/performances/7"))

    assert headers["Content-Security-Policy"].endswith("frame-ancestors https://www.comune.example")
    assert "X-Frame-Options" not in headers


@pytest.mark.parametrize("name", sorted(policies.names()))
def test_policies_are_read_whole(name: str) -> None:
    """What nginx says by variables stands there in words."""
    text = policies.policy(name, nonce="0123")

    assert text
    assert not set('$"{}\n') & set(text)
    assert "'unsafe-inline'" not in text


@pytest.mark.parametrize("name", sorted(name for name in policies.names() if name.endswith("_policy")))
def test_every_policy_says_who_may_frame_and_where_a_base_may_lead(name: str) -> None:
    directives = [directive.split()[0] for directive in policies.policy(name).split("; ")]

    assert {"default-src", "base-uri", "form-action", "frame-ancestors"} <= set(directives)
    assert len(directives) == len(set(directives))


def test_nothing_moves_the_base_of_the_admin() -> None:
    assert "base-uri 'none'" in policies.policy("admin_policy")


def test_upload_has_the_policy_of_production(tmp_path: Path) -> None:
    (tmp_path / "poster.webp").write_bytes(b"an image")
    sent: list[list[tuple[str, str]]] = []
    body = send_file({"REQUEST_METHOD": "GET"}, lambda _status, headers: sent.append(headers), tmp_path, "poster.webp")

    assert list(body) == [b"an image"]
    assert dict(sent[0])["Content-Security-Policy"] == policies.policy("media_policy")


def test_only_the_worker_of_links_reaches_beyond_its_folder(dist: Path) -> None:
    assert answered(get(dist, "/door/it/links-worker.js"))[1]["Service-Worker-Allowed"] == "/door/"
    assert "Service-Worker-Allowed" not in answered(get(dist, "/door/it/ngsw-worker.js"))[1]


def test_missing_file_is_not_answered_with_a_page(dist: Path) -> None:
    assert answered(get(dist, "/it/main-00000000.js"))[0] == 404


@pytest.mark.parametrize("path", ["/it/../../../../secret.txt", "/it//../../../../secret.txt", "/it/..\\secret.txt"])
def test_nothing_outside_the_folder_is_served(dist: Path, path: str) -> None:
    status, _, body = answered(get(dist, path))

    assert status == 404
    assert body != b"secret"


@pytest.mark.parametrize(
    "path",
    ["/api/v1/shows/", "/admin/", "/healthz", "/italy/", "/doors", "/it/season.ics", "/robots.txt", "/sitemap.xml"],
)
def test_other_paths_are_left_to_the_backend(dist: Path, path: str) -> None:
    assert get(dist, path) is None


def test_frontend_that_is_not_built_says_what_to_do(tmp_path: Path) -> None:
    status, _, body = answered(get(tmp_path, "/door/it/"))

    assert status == 503
    assert b"make demo" in body
