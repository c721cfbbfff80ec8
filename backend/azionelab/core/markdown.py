"""The manager's Markdown as HTML that is safe to show."""

from collections.abc import Mapping
from typing import Any

import nh3
from django.utils.html import format_html
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

# A picture as `core.serializers.PictureSerializer` describes it, by the name that a text gives it.
Pictures = Mapping[str, Mapping[str, Any]]

_TEXT_TAGS = {"p", "br", "em", "strong", "a", "ul", "ol", "li", "h2", "h3", "h4", "blockquote", "hr"}
_TAGS = _TEXT_TAGS | {"figure", "figcaption", "img"}
_ATTRIBUTES = {"a": {"href"}, "img": {"src", "srcset", "sizes", "width", "height", "alt"}}
# As wide as a column to read is at most, in rem; `theme/_theme.scss` has the same number.
_SIZES = "(min-width: 48rem) 44rem, 100vw"
_markdown = MarkdownIt("commonmark", {"html": False})


def to_html(text: str, pictures: Pictures | None = None) -> str:
    """CommonMark; raw HTML in it is shown as text, links go to http, https, mailto, tel and this site only.

    `![…](name)` shows the picture of that name, whole and with who took it; without one of that name, nothing.
    """
    html = _markdown.render(text, {"pictures": pictures or {}})
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )


def _image(self: Any, tokens: list[Token], index: int, options: Any, env: dict[str, Any]) -> str:
    token = tokens[index]
    picture = env["pictures"].get(token.attrGet("src"))
    if picture is None:
        return ""
    by_width = [f"{each['url']} {each['width']}w" for each in picture["renditions"]]
    image = format_html(
        '<img src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}">',
        picture["url"],
        ", ".join([*by_width, f"{picture['url']} {picture['width']}w"]),
        _SIZES,
        picture["width"],
        picture["height"],
        token.content or picture["alt"],
    )
    said = format_html("<figcaption>{}</figcaption>", picture["credit"]) if picture["credit"] else ""
    return f"<figure>{image}{said}</figure>"


def _on_its_own(state: StateCore) -> None:
    """A paragraph that is one picture is no paragraph; and a page has its first heading already."""
    for before, token, after in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if token.type == "inline" and [child.type for child in token.children or []] == ["image"]:
            before.hidden = after.hidden = True
    for token in state.tokens:
        if token.tag == "h1":
            token.tag = "h2"


_markdown.add_render_rule("image", _image)
_markdown.core.ruler.push("on_its_own", _on_its_own)
