"""Names in the order of a paper list, by surname; and names cut short, for the phones at the door."""

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
SHOWN_LETTERS = 3
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


def name_parts(name: str) -> tuple[str, str]:
    """The surname as `surname_sort_key` finds it, and all other words, for a list with the surname first."""
    surname, given = (part.replace(",", " ").split() for part in _split(name))
    suffixes = name.replace(",", " ").split()[len(surname) + len(given) :]
    return " ".join(surname), " ".join([*given, *suffixes])


def short_name(name: str) -> str:
    """`Anna Ros.`: given names, particles, and at most three letters of the surname's last word, never all of them.

    Enough to tell parties apart at the door; nobody's full name, in whatever script and however short it is.
    """
    words = re.sub(r"\s+,", ",", name).split()
    surname, given = _split(" ".join(word for word in words if _bare(word)))
    *particles, last = surname.split() or [""]
    elision, core = _elision(last)
    shown = " ".join([*given.split(), *particles, elision + _cut(core)]).strip()
    if _letters(shown) >= _letters(name):
        # No surname to cut: what stands before the comma was only signs.
        shown = _cut("".join(filter(str.isalnum, name)))
    return shown or "…"


def _letters(text: str) -> int:
    return sum(character.isalnum() for character in text)


def _elision(word: str) -> tuple[str, str]:
    """D'Angelo, Dell'Orto, O'Brien: what stands before the apostrophe is kept like a particle."""
    for index, letter in enumerate(word[:-1]):
        if letter in _APOSTROPHES:
            return (word[: index + 1], word[index + 1 :]) if _bare(word[:index]) in _ELISIONS else ("", word)
    return "", word


def _cut(word: str) -> str:
    """The first letters with the accents that stand on them, and a full stop; nothing of a word of one letter."""
    letters = _letters(word)
    left, kept = min(SHOWN_LETTERS, letters - 1), ""
    for character in word:
        left -= character.isalnum()
        if left < 0:
            break
        kept += character
    return f"{kept}." if letters > 1 else ""


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
