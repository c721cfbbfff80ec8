"""The admin's lists, whose cells know the heading of their column."""

from typing import Any

from django import template
from django.contrib.admin.templatetags.admin_list import result_list
from django.contrib.admin.views.main import ChangeList
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

register = template.Library()


@register.inclusion_tag("admin/change_list_results.html")
def labelled_result_list(cl: ChangeList) -> dict[str, Any]:
    """Django's own table, with each cell's heading in its `data-label`: admin.css shows it where headings have no room.

    Above a checkbox stands another checkbox, which names nothing.
    """
    context: dict[str, Any] = result_list(cl)
    headings = [
        "" if "action-checkbox" in header.get("class_attrib", "") else capfirst(str(header["text"]))
        for header in context["result_headers"]
    ]
    for row in context["results"]:
        row[:] = [_labelled(cell, heading) for cell, heading in zip(row, headings, strict=True)]
    return context


def _labelled(cell: SafeString, heading: str) -> SafeString:
    opening, end, rest = cell.partition(">")
    label = format_html(' data-label="{}"', heading) if heading else ""
    return mark_safe(f"{opening}{label}{end}{rest}")  # noqa: S308 (Django's own markup, and an escaped label)
