"""The QR code of a ticket: the link `https://HOST/t#TOKEN`, and nothing of the guest."""

import io

import segno
from django.conf import settings

QUIET_ZONE = 4  # modules, as ISO/IEC 18004 asks
PNG_SCALE = 8  # pixels a module


def ticket_url(ticket_token: str) -> str:
    """The token stands in the fragment, which browsers send to no server."""
    return f"{settings.SITE_URL}/t#{ticket_token}"


def _code(ticket_token: str) -> segno.QRCode:
    return segno.make_qr(ticket_url(ticket_token), error="m")


def ticket_svg(ticket_token: str) -> bytes:
    """Black on white whatever the page's theme: scanners are slow with inverted codes."""
    out = io.BytesIO()
    _code(ticket_token).save(out, kind="svg", border=QUIET_ZONE, light="#fff", dark="#000", omitsize=True)
    return out.getvalue()


def ticket_png(ticket_token: str) -> bytes:
    out = io.BytesIO()
    _code(ticket_token).save(out, kind="png", border=QUIET_ZONE, scale=PNG_SCALE, light="#fff", dark="#000")
    return out.getvalue()
