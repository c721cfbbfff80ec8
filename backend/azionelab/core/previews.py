"""Links to drafts. Who has one sees that draft for two weeks, signed in or not; so a manager can send it round.

The token stands in the link's #fragment and comes to the API in a header, as those of reservations do.
"""

from collections.abc import Callable
from typing import TypeVar

from django.core.signing import BadSignature, TimestampSigner
from django.db.models import Model
from django.http import HttpRequest

Row = TypeVar("Row", bound=Model)

SCHEME = "Preview"
DAYS = 14
_signer = TimestampSigner(salt="azionelab.preview")


def preview_token(row: Model) -> str:
    return _signer.sign(_subject(row))


def previewed(request: HttpRequest, find_draft: Callable[[], Row | None]) -> Row | None:
    """The draft, where the request's `Authorization: Preview TOKEN` is for this very row; else None."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    draft = find_draft() if scheme == SCHEME else None
    if draft is None:
        return None
    try:
        subject = _signer.unsign(token.strip(), max_age=DAYS * 24 * 60 * 60)
    except BadSignature:
        return None
    return draft if subject == _subject(draft) else None


def _subject(row: Model) -> str:
    return f"{row._meta.label_lower}.{row.pk}"
