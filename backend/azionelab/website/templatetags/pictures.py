"""A picture in a page that leaves the server: whole, with its renditions, its room kept free."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()
# As the show's page sets it; a rendition that is loaded once serves both.
_SIZES = "(min-width: 44rem) 23rem, 15rem"


@register.simple_tag
def picture(shown: Mapping[str, Any]) -> SafeString:
    """`shown` is in the API's shape."""
    renditions = [*shown["renditions"], {"url": shown["url"], "width": shown["width"]}]
    return format_html(
        '<img src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}" fetchpriority="high">',
        shown["url"],
        ", ".join(f"{each['url']} {each['width']}w" for each in renditions),
        _SIZES,
        shown["width"],
        shown["height"],
        shown["alt"],
    )
