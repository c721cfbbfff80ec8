"""Addresses of the site, whole: what leaves it (in a chat, a search engine, a calendar) has no page to start from."""

from urllib.parse import urlsplit

from django.conf import settings

from azionelab.core.languages import CODES


def absolute(path: str) -> str:
    """Of a path from the root, or of an address that is whole already."""
    return path if urlsplit(path).scheme else f"{settings.SITE_URL}{path}"


def in_language(language: str, path: str) -> str:
    """`https://theatre.example/it/shows/macbeth`."""
    return f"{settings.SITE_URL}/{language}/{path}"


def in_every_language(path: str) -> list[tuple[str, str]]:
    """For `hreflang`: one address a language, and the one that asks the browser."""
    return [*((code, in_language(code, path)) for code in CODES), ("x-default", f"{settings.SITE_URL}/{path}")]
