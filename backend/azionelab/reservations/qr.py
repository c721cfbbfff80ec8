"""QR codes: of a ticket, which holds the link `https://HOST/t#TOKEN` and nothing of the guest, and of other links."""

import io

import segno
from django.conf import settings

QUIET_ZONE = 4  # modules, as ISO/IEC 18004 asks
PNG_SCALE = 8  # pixels a module


def ticket_url(ticket_token: str) -> str:
    """The token stands in the fragment, which browsers send to no server."""
    return f"{settings.SITE_URL}/t#{ticket_token}"


def _code(content: str) -> segno.QRCode:
    return segno.make_qr(content, error="m")


def svg(content: str) -> bytes:
    """Black on white whatever the page's theme: scanners are slow with inverted codes."""
    out = io.BytesIO()
    _code(content).save(out, kind="svg", border=QUIET_ZONE, light="#fff", dark="#000", omitsize=True)
    return out.getvalue()


def svg_inline(content: str) -> str:
    """The same picture to stand inside a page."""
    return str(_code(content).svg_inline(border=QUIET_ZONE, light="#fff", dark="#000", omitsize=True))


def rows(content: str) -> list[str]:
    """The modules with their quiet zone, a text of 0 and 1 for each row, for whoever draws them otherwise."""
    return ["".join(str(int(module)) for module in row) for row in _code(content).matrix_iter(border=QUIET_ZONE)]


def ticket_svg(ticket_token: str) -> bytes:
    return svg(ticket_url(ticket_token))


def ticket_png(ticket_token: str) -> bytes:
    out = io.BytesIO()
    code = _code(ticket_url(ticket_token))
    code.save(out, kind="png", border=QUIET_ZONE, scale=PNG_SCALE, light="#fff", dark="#000")
    return out.getvalue()
