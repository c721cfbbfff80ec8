"""Reservation and ticket tokens: made, derived, read, digested. Nothing here touches the database.

A reservation token is 16 random bytes. The ticket token is derived from it one way, so whoever finds a QR code on the
floor can open the door with it and nothing else. The database holds SHA-256 digests only: with 128 random bits behind
them no salt and no slow hash is needed (OWASP's advice on those is about passwords).
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from azionelab.core.errors import Code, DomainError

TOKEN_BYTES = 16
TOKEN_LETTERS = 26
# No letter that sounds or looks like another when it is read over the phone.
REFERENCE_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
REFERENCE_LETTERS = 6


def encode(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=")


def decode(text: str) -> bytes:
    """The 16 bytes of a token as written; raises `token_invalid`.

    The last letter carries two spare bits: a spelling that differs only there is refused, so that a token has one.
    """
    text = text.strip().upper()
    try:
        raw = base64.b32decode(text + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != TOKEN_BYTES or encode(raw) != text:
        raise DomainError(Code.TOKEN_INVALID)
    return raw


def digest(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()


@dataclass(frozen=True)
class TokenPair:
    """A reservation token with the ticket token derived from it. Its repr shows neither."""

    raw: bytes = field(repr=False)

    @classmethod
    def mint(cls) -> "TokenPair":
        return cls(secrets.token_bytes(TOKEN_BYTES))

    @classmethod
    def read(cls, text: str) -> "TokenPair":
        return cls(decode(text))

    @property
    def reservation_token(self) -> str:
        return encode(self.raw)

    @property
    def ticket_token(self) -> str:
        return encode(self._ticket_bytes())

    @property
    def reservation_digest(self) -> bytes:
        return digest(self.raw)

    @property
    def ticket_digest(self) -> bytes:
        return digest(self._ticket_bytes())

    def _ticket_bytes(self) -> bytes:
        return hmac.digest(self.raw, b"ticket", "sha256")[:TOKEN_BYTES]


def ticket_digest(text: str) -> bytes:
    """The digest under which a scanned ticket token is looked up; raises `token_invalid`."""
    return digest(decode(text))


def new_reference() -> str:
    """Six letters a guest can say aloud. Not a secret: it only names a reservation to staff."""
    return "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(REFERENCE_LETTERS))
