"""A page of the site as it leaves the server: what it is called, what it shows without JavaScript, what goes with it.

The application takes over once it is loaded. Until then, and where it never is, people read this; search engines and
chats read nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Link:
    """`path` is below the language: `shows/macbeth`."""

    text: str
    path: str
    more: str = ""


@dataclass(frozen=True, kw_only=True)
class SitePage:
    """`path` is below the language; `heading` also names the browser's window.

    `picture` is in the API's shape. `answers` are what the API would say to the questions that the page begins with, by
    address, so that it need not ask. `html` is safe already.
    """

    path: str
    heading: str
    description: str = ""
    overline: str = ""
    picture: Mapping[str, Any] | None = None
    share_url: str = ""
    facts: Sequence[tuple[str, str]] = ()
    dates: Sequence[Link] = ()
    links: Sequence[Link] = ()
    html: str = ""
    structured: Sequence[Mapping[str, Any]] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    is_indexed: bool = True
