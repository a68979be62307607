"""An address as a QR code, as SVG or PNG: made here, no other service learns of it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import segno

QUIET_ZONE = 4  # modules of white around it. Source: ISO/IEC 18004, 6.3.8
PNG_SCALE = 12  # pixels a module: sharp on paper at 300 dots an inch and 6 cm


def qr_svg(address: str, *, title: str = "") -> str:
    """The code as an SVG document that scales to its place. ``title`` is read to the blind."""
    out = io.BytesIO()
    _code(address).save(
        out, kind="svg", border=QUIET_ZONE, omitsize=True, title=title or None, xmldecl=False,
        svgclass=None, lineclass=None, light="#ffffff", nl=False,
    )  # fmt: skip
    return out.getvalue().decode()


def qr_png(address: str) -> bytes:
    """The code as a PNG in black and white."""
    out = io.BytesIO()
    _code(address).save(out, kind="png", border=QUIET_ZONE, scale=PNG_SCALE)
    return out.getvalue()


def _code(address: str) -> segno.QRCode:
    import segno  # commands that draw nothing need not wait for it

    # medium error correction: a fold or a drawing pin may hide a seventh of it
    return segno.make(address, error="m", micro=False, boost_error=False)
