"""Names in the order of a paper list: by surname, as a person would look for them."""

import re
import unicodedata

# Words that belong to the surname that follows them, wherever they stand.
_PARTICLES = frozenset({
    "da", "dal", "dalla", "dalle", "dallo", "de", "degli", "dei", "del", "della", "delle", "dello", "des", "di", "do",
    "dos", "du", "la", "le", "li", "lo", "san", "santa", "van", "vande", "vander", "von", "zu", "zum", "zur",
})  # fmt: skip
# The same, but only after a given name: as first words these are given names (Ben, Al, Mac).
_INNER_PARTICLES = frozenset(
    {"al", "bar", "ben", "bin", "dem", "den", "der", "el", "ibn", "mac", "mc", "ter", "ten", "und", "y"}
)
# What is left of a word before an apostrophe that someone put a space after: D' Angelo, Dell' Orto, O' Brien.
_ELISIONS = frozenset({"d", "dall", "degl", "dell", "l", "o", "sant"})
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
_APOSTROPHES = "'’‘ʼ`´"
# Letters that Unicode does not take apart into a letter and an accent.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})


def surname_sort_key(name: str) -> tuple[str, str, str]:
    """Sorts by surname, then by given name, then (so that the order never wavers) by the name as written.

    The surname is the last word with the particles before it (De Luca, Di Stefano, von Trapp), or what stands before a
    comma. Letter by letter, as Italian directories do: accents, apostrophes, spaces and capitals do not count.
    """
    surname, given = _split(name)
    return _fold(surname), _fold(given), name


def _split(name: str) -> tuple[str, str]:
    surname, comma, given = name.partition(",")
    if comma and surname.strip() and _bare(given) not in _SUFFIXES:
        return surname, given
    words = name.replace(",", " ").split()
    while len(words) > 1 and _bare(words[-1]) in _SUFFIXES:
        words.pop()
    start = max(len(words) - 1, 0)
    while start > 0 and _is_particle(words[start - 1], is_first=start == 1):
        start -= 1
    return " ".join(words[start:]), " ".join(words[:start])


def _is_particle(word: str, *, is_first: bool) -> bool:
    if word[-1] in _APOSTROPHES:
        return _bare(word) in _ELISIONS
    return _bare(word) in _PARTICLES or (not is_first and _bare(word) in _INNER_PARTICLES)


def _bare(word: str) -> str:
    return re.sub(r"[\W_]", "", word).casefold()


def _fold(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text).casefold().translate(_PLAIN)
    return "".join(letter for letter in letters if letter.isalnum())
