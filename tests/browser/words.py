"""The texts of the front end, read from its own catalogues: the tests look for what a person reads, not for ids."""

import json
import re
from functools import cache
from pathlib import Path

PROJECTS = Path(__file__).resolve().parents[2] / "frontend" / "projects"
_PLURAL = re.compile(r"\{VAR_PLURAL, plural,(?P<cases>.*)\}", re.DOTALL)
_CASE = re.compile(r"(=\d+|other) \{((?:[^{}]|\{[^{}]*\})*)\}")
_HOLE = re.compile(r"\{[^{}]*\}")


@cache
def _catalogue(language: str) -> dict[str, str]:
    texts: dict[str, str] = {}
    for project in ("site", "door", "shared"):
        texts |= json.loads((PROJECTS / project / "i18n" / f"{language}.json").read_text())["translations"]
    return texts


class Words:
    """`words("site.form.submit", 3)` is "Prenota 3 posti" or "Reserve 3 seats"."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, *values: object) -> str:
        """The text with its holes filled in order; the first value also chooses the plural."""
        text = _catalogue(self.language)[key]
        plural = _PLURAL.search(text)
        if plural:
            cases = dict(_CASE.findall(plural["cases"]))
            text = text.replace(plural[0], cases.get(f"={values[0]}", cases["other"]))
        left = [str(value) for value in values]
        return _HOLE.sub(lambda _hole: left.pop(0) if left else "", text).strip()

    def pattern(self, key: str) -> re.Pattern[str]:
        """The text with anything in its holes."""
        parts = [re.escape(part) for part in _HOLE.split(_catalogue(self.language)[key].strip())]
        return re.compile(".*".join(parts))
