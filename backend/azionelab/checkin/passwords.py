"""What a password is like, beyond Django's own rules: the same wherever one is set, and wherever one is sent."""

import re
import unicodedata
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

PASSWORD_MAX = 200
PASSWORD_MIN = 8
# What somebody tries first who guesses at a theatre's door. docs/cli.md has the same list.
THEATRE_WORDS = frozenset(
    [
        *("azionelab", "azione", "teatro", "theatre", "theater", "spettacolo", "sipario", "biglietteria"),
        *("prenota", "prenotazione", "prenotazioni", "porta", "ingresso", "door"),
        *("staff", "manager", "managers", "admin", "password"),
    ]
)
_LEAST_WORD = 4  # of a name: "di" and "del" stand in every other word


class WritableValidator:
    """No password is set that the door's form could not send: too long a one, or letters that no keyboard has."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError."""
        if len(password) > PASSWORD_MAX or not password.isprintable():
            raise ValidationError(self.get_help_text(), code="unwritable")

    def get_help_text(self) -> str:
        said = gettext("A password has at most %(most)d letters, in one line and without control characters.")
        return said % {"most": PASSWORD_MAX}


class TheatreWordsValidator:
    """Without the theatre's own words it would still be a password: `teatro2026` is none, `teatro di vetro` is."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError."""
        left = _plain(password)
        words = sorted(THEATRE_WORDS | _own_words(), key=len, reverse=True)
        left, found = re.subn("|".join(map(re.escape, words)), "", left)
        if found and len(left) < PASSWORD_MIN:
            raise ValidationError(self.get_help_text(), code="theatre_words")

    def get_help_text(self) -> str:
        said = gettext(
            "Without the theatre’s name and words such as “teatro”, %(least)d letters of a password are left."
        )
        return said % {"least": PASSWORD_MIN}


def _own_words() -> set[str]:
    """Of this theatre's name and of its site's."""
    name, host = _plain(settings.THEATRE_NAME), urlsplit(settings.SITE_URL).hostname or ""
    words = [*re.split(r"[\W_]+", name), *host.split("."), re.sub(r"[\W_]+", "", name)]
    return {word for word in words if len(word) >= _LEAST_WORD}


def _plain(text: str) -> str:
    """Capitals and accents make no other word."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
