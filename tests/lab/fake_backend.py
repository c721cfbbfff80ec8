"""A backend that does as it is told and remembers what it was asked; it runs in a container of its own.

Port 8000 answers nginx: `?do=close`, `?do=wait` and the like make it misbehave; `?show=do-close-…` does too, for the
site's own pages ask like that, and so does a page called `/it/pages/do-close-…`. Port 9000 is for the tests.
"""

import gzip
import json
import re
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

# What no visitor may get to see: nginx has headers of its own.
OWN_HEADERS = {
    "Content-Security-Policy": "default-src *",
    "Permissions-Policy": "camera=*",
    "Referrer-Policy": "unsafe-url",
    "Strict-Transport-Security": "max-age=1",
    "X-Content-Type-Options": "sniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Opener-Policy": "unsafe-none",
    "X-Powered-By": "curiosity",
}
PAGE = '<!doctype html><title>{title}</title><azione-root ngcspnonce="__CSP_NONCE__"></azione-root>{more}'
_PAGE = re.compile(r"/(it|en)/(?!.*\.ics$)")
requests: list[dict[str, object]] = []
may_answer = threading.Event()


def orders(path: str) -> tuple[str, int]:
    """What to do, and the status to answer with."""
    query = parse_qs(urlsplit(path).query)
    named = query["show"][0] if "show" in query else path.rpartition("/")[2] if _PAGE.match(path) else ""
    name, _, value = named.rpartition("-")[0].partition("-")
    if name:
        query[name] = [value]
    return query.get("do", [""])[0], int(query.get("status", ["200"])[0])


class Backend(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = {
            "method": self.command,
            "path": self.path,
            "headers": [[name.lower(), value] for name, value in self.headers.items()],
            "bytes": len(body),
            "backend": socket.gethostname(),
        }
        requests.append(asked)
        do, status = orders(self.path)
        if do == "close":
            self.close_connection = True
            return
        if do == "wait":
            may_answer.wait(60)
        self.tell(len(requests), do, status)

    def tell(self, number: int, do: str, status: int) -> None:
        content_type, content = "application/json", self.document(number).encode()
        if _PAGE.match(self.path):
            content_type, content = "text/html; charset=utf-8", self.page(number).encode()
        etag = f'"{number if do != "same" else "same"}"'
        is_compressed = self.headers.get("Accept-Encoding") == "gzip"
        if is_compressed:
            content, etag = gzip.compress(content), f"W/{etag}"
        if self.headers.get("If-None-Match", "").removeprefix("W/") == etag.removeprefix("W/"):
            status, content = 304, b""
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store" if do == "private" else "public, max-age=2")
        self.send_header("ETag", etag)
        if is_compressed:
            self.send_header("Content-Encoding", "gzip")
        if do == "cookie":
            self.send_header("Set-Cookie", "session=secret")
        if do == "later":
            self.send_header("Retry-After", "77")
        for name, value in OWN_HEADERS.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    @staticmethod
    def document(number: int) -> str:
        return json.dumps({"number": number, "backend": socket.gethostname(), "padding": "x" * 2000})

    def page(self, number: int) -> str:
        return PAGE.format(title=f"page {self.path}", more=f"<p>{number}</p>" + "<!-- as long as a page is -->" * 60)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_HEAD = do_OPTIONS = answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


class Control(BaseHTTPRequestHandler):
    def do_GET(self) -> None:  # noqa: N802
        content = json.dumps(requests).encode()
        if self.path == "/forget":
            requests.clear()
            may_answer.clear()
        if self.path == "/answer":
            may_answer.set()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    ThreadingHTTPServer.request_queue_size = 128
    control = ThreadingHTTPServer(("", 9000), Control)
    threading.Thread(target=control.serve_forever, daemon=True).start()
    ThreadingHTTPServer(("", 8000), Backend).serve_forever()
