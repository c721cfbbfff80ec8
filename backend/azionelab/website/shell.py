"""The page that the frontend's build made, one a language, with the places that are filled in for each answer."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from azionelab.core.errors import Code, DomainError

TITLE = "<title>AzioneLab</title>"
PAGE = "<!--azione:page-->"
ANSWERS = "<!--azione:answers-->"
_PLACES = (TITLE, PAGE, ANSWERS)
# A page in the background is painted when somebody looks at it; its scripts need not wait for that.
_START = """<script nonce="__CSP_NONCE__">
      let begun = false;
      const begin = async () => {
        if (begun) return;
        begun = true;
        const parts = [...document.querySelectorAll("link[rel=later]")];
        for (const part of parts) part.rel = "modulepreload";
        // One after the other, with room between them for a finger: at once they would be one long task.
        for (const part of parts) await import(part.href);
        for (const script of document.querySelectorAll("script[type=later]")) await import(script.src);
      };
      new PerformanceObserver(begin).observe({ type: "paint", buffered: true });
      setTimeout(begin, 500);
    </script>"""
# Other builds have another name for it where they make pages beforehand.
_NAMES = ("index.csr.html", "index.html")


class NotBuiltError(Exception):
    """What stands in the frontend's folder is not the page that this backend fills in."""


@dataclass(frozen=True)
class _Read:
    version: tuple[int, int]
    text: str


_shells: dict[str, _Read] = {}


def fill(language: str, *, head: str, page: str, answers: str) -> str:
    """The language's page with these three parts in it. Raises `busy` as long as no frontend is published."""
    title, rest = _shell(language).split(TITLE, 1)
    before, rest = rest.split(PAGE, 1)
    between, after = rest.split(ANSWERS, 1)
    return "".join((title, head, before, page, between, answers, after))


def _shell(language: str) -> str:
    """Read again when another build is published: the folder behind the path is another one then."""
    path = _path(language)
    try:
        stat = path.stat()
        version = (stat.st_mtime_ns, stat.st_ino)
        known = _shells.get(language)
        if known is None or known.version != version:
            text = path.read_text(encoding="utf-8")
            if not all(text.count(place) == 1 for place in _PLACES):
                raise NotBuiltError(f"{path} has not the places {', '.join(_PLACES)}, each once.")
            known = _shells[language] = _Read(version, _text_first(text))
    except OSError:
        raise DomainError(Code.BUSY, "The site's pages are not published yet.", retry_after=5) from None
    return known.text


def _text_first(text: str) -> str:
    """The page of the build, but its scripts come once the browser has painted what can be read without them."""
    later = text.replace(' rel="modulepreload"', ' rel="later"').replace(' type="module"', ' type="later"')
    return later.replace("</body>", _START + "</body>")


def _path(language: str) -> Path:
    folder = Path(settings.SITE_PAGES, language)
    return next((folder / name for name in _NAMES if (folder / name).is_file()), folder / _NAMES[-1])
