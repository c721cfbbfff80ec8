"""The two languages guests read. Italian comes first and stands in for a missing English text."""

from typing import Any, Literal, get_args

Language = Literal["it", "en"]
CODES: tuple[Language, ...] = get_args(Language)
LANGUAGES = [("it", "Italiano"), ("en", "English")]


def text_in(language: str, source: Any, field: str) -> str:
    """`source.<field>_<language>`, or its Italian text where the other is empty."""
    translated: str = getattr(source, f"{field}_{language}")
    italian: str = getattr(source, f"{field}_it")
    return translated or italian
