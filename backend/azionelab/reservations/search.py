"""Looking for a guest with whatever a person on the phone says: a reference, a name, an address, a number."""

import re
import unicodedata

from django.db.models import CharField, F, Func, Q, QuerySet, Value

from azionelab.core.clock import day_bounds, theatre_today
from azionelab.core.errors import FieldError, validation_failed
from azionelab.reservations.guests import RefusedError, clean_text
from azionelab.reservations.models import Reservation
from azionelab.reservations.selectors import read_reference, with_current_status

TEXT_MAX = 254
# Fewer digits would be in half of all numbers.
FEWEST_DIGITS = 4
# Accents, and what names are written with or without: apostrophes, hyphens, full stops.
_LEFT_OUT = "[\u0300-\u036f'’.-]"
_NUMBER = re.compile(r"(?:\+|00)?([\d\s()./-]+)")


class _Folded(Func):
    """A name in small letters without accents; needs no extension of PostgreSQL."""

    template = (
        "lower(regexp_replace(normalize(%(expressions)s, NFKD), '" + _LEFT_OUT.replace("'", "''") + "', '', 'g'))"
    )
    output_field = CharField()


class _Joined(Func):
    """The same without spaces: “De Luca” and “DeLuca” are one name."""

    function = "REPLACE"
    output_field = CharField()


def matching(text: str, *, performance_id: int | None = None, past: bool = False) -> QuerySet[Reservation]:
    """The reservations that `text` may mean, by performance and name; to come unless `past`, or of one performance.

    Raises `validation_failed` for what cannot be looked for.
    """
    rows = with_current_status().select_related("performance__show", "performance__venue")
    rows = rows.annotate(folded=_Folded("name")).annotate(joined=_Joined(F("folded"), Value(" "), Value("")))
    rows = rows.filter(_meaning(_read(text)))
    if performance_id is not None:
        rows = rows.filter(performance_id=performance_id)
    elif not past:
        # Tonight's until the night is over.
        rows = rows.filter(performance__starts_at__gte=day_bounds(theatre_today())[0])
    return rows.order_by("performance__starts_at", "performance_id", "folded", "reference")


def _read(text: str) -> str:
    try:
        cleaned = clean_text(text, TEXT_MAX)
    except RefusedError as error:
        raise validation_failed(FieldError(field="text", code=error.code, message=error.message)) from None
    if not cleaned:
        message = "Write a reference, a name, an e-mail address or a phone number."
        raise validation_failed(FieldError(field="text", code="blank", message=message))
    if 0 < len(_digits(cleaned)) < FEWEST_DIGITS:
        message = f"Of a phone number give {FEWEST_DIGITS} digits or more."
        raise validation_failed(FieldError(field="text", code="too_short", message=message))
    return cleaned


def _meaning(text: str) -> Q:
    wanted = Q(reference=read_reference(text))
    # Without an @ the letters of a common domain would be in everybody's.
    wanted |= Q(email__contains=text.lower()) if "@" in text else Q(email__startswith=text.lower())
    folded = fold(text)
    if folded:
        wanted |= Q(joined__contains="".join(folded.split())) | _all_words(folded.split())
    if _NUMBER.fullmatch(text):
        wanted |= Q(phone__contains=_digits(text))
    return wanted


def _digits(text: str) -> str:
    """Of a phone number, without what dials the country."""
    number = _NUMBER.fullmatch(text)
    return re.sub(r"\D", "", number[1]) if number else ""


def _all_words(words: list[str]) -> Q:
    """In any order, each the beginning of a word: “luca m” is Maria De Luca."""
    found = Q()
    for word in words:
        found &= Q(folded__startswith=word) | Q(folded__contains=f" {word}")
    return found


def fold(text: str) -> str:
    """As the database folds a name."""
    return re.sub(_LEFT_OUT, "", unicodedata.normalize("NFKD", text)).lower()
