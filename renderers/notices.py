"""A poster and a letter that carry a link as a QR code: one page of A4, in neutral words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from form_definitions.languages import words
from renderers.moments import day_in_words
from renderers.print import set_pdf
from renderers.qr_codes import qr_svg

TEMPLATE = Path(__file__).parent / "templates" / "renderers" / "notice.typ"
LONGEST_TYPED = 60  # characters of an address that somebody may be asked to type
LAYOUTS = ("poster", "letter")


@dataclass(frozen=True, slots=True)
class Notice:
    """What a poster or letter says. ``expires_at`` is None for what has no end."""

    sender: str
    title: str
    introduction: str
    url: str = field(repr=False)
    expires_at: datetime | None
    contact: tuple[str, ...]
    language: str


def notice_pdf(notice: Notice, layout: str) -> bytes:
    """The notice as a tagged PDF; ``layout`` is "poster" or "letter".

    Raises PrintingNotInstalled.
    """
    if layout not in LAYOUTS:
        raise ValueError(layout)
    return set_pdf(TEMPLATE, _data(notice, layout))


def _data(notice: Notice, layout: str) -> dict[str, Any]:
    said = words(notice.language).gettext
    parts = urlsplit(notice.url)
    steps = [
        said("Open the camera of your phone. Point it at the square."),
        said("Press the address that comes up. It begins with {address}").format(
            address=parts.netloc
        ),
        said("Press the button on the page to begin."),
    ]
    to_type = notice.url.partition("?")[0]  # the language is for the camera: each page has a switch
    is_short = len(to_type) <= LONGEST_TYPED
    until = notice.expires_at and day_in_words(notice.expires_at, notice.language)
    return {
        "layout": layout,
        "lang": notice.language,
        "sender": notice.sender,
        "title": notice.title,
        "introduction": notice.introduction,
        "steps": steps,
        "qr": qr_svg(notice.url),
        "qr_alt": said("QR code that opens the form"),
        "url": notice.url,
        "typed": said("Or type this address into a browser:") if is_short else "",
        "address": to_type.removeprefix("https://") if is_short else "",
        "until": said("You can use it until {day}.").format(day=until) if until else "",
        "help": said("Do you need help, or is there no phone with a camera?"),
        "contact": list(notice.contact),
    }
