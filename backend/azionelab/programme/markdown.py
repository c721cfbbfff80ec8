"""The manager's Markdown as HTML that is safe to show."""

import nh3
from markdown_it import MarkdownIt

_TAGS = {"p", "br", "em", "strong", "a", "ul", "ol", "li", "h2", "h3", "h4", "blockquote", "hr"}
_ATTRIBUTES = {"a": {"href"}}
_markdown = MarkdownIt("commonmark", {"html": False})


def to_html(text: str) -> str:
    """CommonMark; raw HTML in it is shown as text, links go to http, https and mailto only."""
    html = _markdown.render(text)
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
