"""What a paired phone holds: its token, its keys, and the code that it was invited with. Nothing here reads a row.

All of it is derived from SECRET_KEY by HMAC-SHA256, each under a salt of its own, so that the database needs to hold
no more than digests, and the same pairing asked for twice has the same answer. A new SECRET_KEY ends every pairing.
"""

import base64
import re
import secrets
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

from azionelab.core.errors import Code, DomainError
from azionelab.reservations.tokens import REFERENCE_ALPHABET, TOKEN_BYTES, decode, digest, encode

CODE_LETTERS = 10
_WRITTEN_TOKEN = re.compile(r"[A-Za-z2-7]{26}")

_TOKEN, _CODE = "azionelab.door.device-token", "azionelab.door.pairing-code"  # noqa: S105 (salts, not secrets)
_DEVICE_KEY, _PERFORMANCE_KEY = "azionelab.door.device-key", "azionelab.door.performance-key"


def _derive(salt: str, *parts: bytes) -> bytes:
    return salted_hmac(salt, b"".join(parts), algorithm="sha256").digest()


def device_token(device_id: UUID, claim: UUID) -> str:
    """26 letters. Whoever knows one of the two, or both without SECRET_KEY, cannot make it."""
    return encode(_derive(_TOKEN, device_id.bytes, claim.bytes)[:TOKEN_BYTES])


def device_token_digest(token: str) -> bytes:
    """The digest under which a device is looked up; raises `token_invalid` for what cannot be a token."""
    return digest(decode(token))


def device_key(device_id: UUID) -> bytes:
    """Known to one device and the server: it signs the scans that the device exports."""
    return _derive(_DEVICE_KEY, device_id.bytes)


def performance_key(performance_id: int) -> bytes:
    """Shared by the devices of one door: it authenticates the codes that they show each other."""
    return _derive(_PERFORMANCE_KEY, str(performance_id).encode())


def text(raw: bytes) -> str:
    """Keys and digests as JSON has them: base64url without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def new_pairing_code() -> str:
    return "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(CODE_LETTERS))


def pairing_code_digest(written: str) -> bytes:
    """Of a code as somebody typed it: dashes, spaces and capitals do not count. Raises `pairing_code_invalid`.

    Fifty random bits are too few for a plain digest in a stolen dump; without SECRET_KEY this one tells nothing.
    """
    code = "".join(letter for letter in written.upper() if letter not in " -")
    if len(code) != CODE_LETTERS or not set(code) <= set(REFERENCE_ALPHABET):
        raise DomainError(Code.PAIRING_CODE_INVALID)
    return _derive(_CODE, code.encode())


def shown_code(code: str) -> str:
    """`ABCDE-FGHJK`, to be read aloud and typed."""
    return f"{code[: CODE_LETTERS // 2]}-{code[CODE_LETTERS // 2 :]}"


def pairing_url(code: str) -> str:
    """The code stands in the fragment, which browsers send to no server."""
    return f"{settings.SITE_URL}/door/pair#{code}"


def without_tokens(reason: str) -> str:
    """A scanner that is a keyboard may type a ticket into a reason; the record keeps no token."""
    return _WRITTEN_TOKEN.sub("…", reason)
