"""What a guest writes about themselves: each reader gives the normalised value or raises `RefusedError`."""

import re
import unicodedata
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from azionelab.core.languages import Language

NAME_MAX, EMAIL_MAX, PHONE_MAX, NOTES_MAX = 100, 254, 25, 500
WRITTEN_PHONE_MAX = 2 * PHONE_MAX  # with its spaces, dots and brackets
# Persian and several Indian names need these two; every other format character only deceives the eye.
_JOINERS = "\u200c\u200d"
_FORBIDDEN_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_LOOKS_LIKE_LINK = re.compile(r"://|\bwww\.|[<>]", re.IGNORECASE)
_PHONE = re.compile(r"\+?[0-9]{6,20}")
_valid_email = EmailValidator()


@dataclass(frozen=True, kw_only=True)
class GuestDetails:
    """A guest, each value already through its reader below."""

    name: str
    email: str
    phone: str
    notes: str
    language: Language


class RefusedError(ValueError):
    """A value that cannot be used; `code` is one of the contract's field codes."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def normalise_email(written: str) -> str:
    """The address as it is stored and compared: trimmed and in lower case."""
    return unicodedata.normalize("NFC", written).strip().lower()


def clean_text(written: str, most: int, *, lines: bool = False) -> str:
    """NFC, runs of spaces folded, nothing invisible; `lines` keeps line ends."""
    text = unicodedata.normalize("NFC", written).replace("\r\n", "\n").strip()
    if len(text) > most:
        raise RefusedError("too_long", f"Use at most {most} characters.")
    allowed = _JOINERS + ("\n\t" if lines else "")
    if any(unicodedata.category(c) in _FORBIDDEN_CATEGORIES and c not in allowed for c in text):
        raise RefusedError("forbidden_characters", "Remove the invisible or control characters.")
    return re.sub(r"[^\S\n]+", " ", text)


def read_name(written: str) -> str:
    name = clean_text(written, NAME_MAX)
    if not name:
        raise RefusedError("blank", "Write a name.")
    if _LOOKS_LIKE_LINK.search(name) or not any(unicodedata.category(c)[0] == "L" for c in name):
        raise RefusedError("invalid", "Write a name in letters.")
    return name


def read_email(written: str) -> str:
    email = normalise_email(clean_text(written, EMAIL_MAX))
    if not email:
        raise RefusedError("blank", "Write an e-mail address.")
    local, _at, domain = email.rpartition("@")
    try:
        # A mail server need not know SMTPUTF8 (RFC 6531): a domain can be written in ASCII, what stands before cannot.
        email = f"{local}@{domain.encode('idna').decode()}"
        _valid_email(email)
    except (UnicodeError, ValidationError):
        raise RefusedError("invalid", "This is not a complete e-mail address.") from None
    if not email.isascii():
        raise RefusedError("invalid", "Use an address with plain letters before the @.")
    return email


def read_phone(written: str) -> str:
    phone = clean_text(written, WRITTEN_PHONE_MAX)
    if not phone:
        return ""
    digits = re.sub(r"[\s()./-]", "", phone)
    if not _PHONE.fullmatch(digits):
        raise RefusedError("invalid", "Write a phone number in digits.")
    return digits


def read_notes(written: str) -> str:
    return clean_text(written, NOTES_MAX, lines=True)


def masked(address: str) -> str:
    """An address that its owner recognises and nobody else can write to, for lists that are seen by many."""
    local, _at, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}" if local else ""
