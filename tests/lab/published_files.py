"""A built frontend in small, an older one beside it, and uploads: what nginx finds in its volumes."""

import gzip
from pathlib import Path

PAGE = '<!doctype html><title>{app} {language}</title><azione-root ngcspnonce="__CSP_NONCE__"></azione-root>{more}'
SCRIPT = "console.log('a script of some length, so that it is worth compressing');" * 30
# They keep their names from one build to the next.
UNHASHED = (
    *("favicon.svg", "ngsw.json", "ngsw-worker.js", "links-worker.js", "manifest.it.webmanifest"),
    "wasm/zxing_reader.wasm",
)


def publish_frontend(folder: Path) -> None:
    """`current` and `previous`, each with a chunk that the other does not have."""
    for build, chunk in (("older", "chunk-OLDOLD12.js"), ("newer", "chunk-aB3_-x9Z.js")):
        for app in ("site", "door"):
            for language in ("it", "en"):
                _write_application(folder / build / app / language, app, language, chunk)
        _write(folder / build / "static" / "admin" / "css" / "base.css", "body { margin: 0 }" * 50)
        _write(folder / build / "static" / "admin" / "css" / "base.0123456789ab.css", "body { margin: 0 }" * 50)
    _write(folder / "newer" / "secret.txt", "not for visitors")
    (folder / "current").symlink_to("newer")
    (folder / "previous").symlink_to("older")


def publish_media(folder: Path) -> None:
    posters = folder / "first" / "posters"
    for name in ("poster.jpg", "poster.JPEG", "poster.png", "poster.webp"):
        _write(posters / name, "an image")
    for name in ("page.html", "drawing.svg", "script.js", "noname"):
        _write(posters / name, "<script>alert(1)</script>")
    (folder / "current").symlink_to("first")


def _write_application(folder: Path, app: str, language: str, chunk: str) -> None:
    more = "<!-- as long as a page is -->" * 60
    _write(folder / "index.html", PAGE.format(app=app, language=language, more=more))
    for name in ("main-ABCD1234.js", chunk, "styles-CHVJBX7K.css", "media/bodoni-moda-JRCTIUTB.woff2", *UNHASHED):
        _write(folder / name, SCRIPT)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    if path.suffix in {".js", ".css", ".svg", ".json", ".wasm"}:
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(text.encode()))
        # Python has no brotli. nginx does not look into it.
        path.with_name(path.name + ".br").write_bytes(b"brotli of " + path.name.encode())
