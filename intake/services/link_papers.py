"""A link on paper: its QR code, and a poster or letter in neutral words."""

from dataclasses import dataclass, field, replace

from form_definitions import Contact, FormDefinition
from form_definitions.languages import ENGLISH, words
from intake.app_state import clock, settings
from intake.database import db
from intake.models import Link, Team
from intake.request_language import address_in
from intake.sealing import BadToken
from intake.services.forms import (
    FormNotFound,
    Runnable,
    in_language,
    languages_of,
    open_forms,
    runnable,
    startable,
)
from intake.services.link_opening import read_token
from intake.services.messages import NEUTRAL_SUBJECT
from renderers import can_print
from renderers.notices import Notice, notice_pdf
from renderers.qr_codes import qr_png, qr_svg

SVG, PNG, POSTER, LETTER = "svg", "png", "poster", "letter"
MEDIA_TYPES = {
    SVG: "image/svg+xml",
    PNG: "image/png",
    POSTER: "application/pdf",
    LETTER: "application/pdf",
}


@dataclass(frozen=True, slots=True)
class Paper:
    """A file to be saved or printed."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


def papers_to_choose() -> tuple[str, ...]:
    """What can be made here: PDFs need Typst."""
    return (POSTER, LETTER, SVG, PNG) if can_print() else (SVG, PNG)


def paper_languages(link_id: str) -> tuple[str, ...]:
    """The languages that a link's poster can be in."""
    link = db.session.get_one(Link, link_id)
    return languages_of(runnable(link.form_id, link.form_version))


def link_paper(link_id: str, token: str, kind: str, language: str = ENGLISH) -> Paper:
    """A paper for a link, whose token whoever asks has in hand: it is stored nowhere.

    Raises BadToken if the token is not that link's, PrintingNotInstalled.
    """
    if read_token(token).link_id != link_id:
        raise BadToken
    link = db.session.get_one(Link, link_id)
    team = db.session.get_one(Team, link.team_id)
    form = runnable(link.form_id, link.form_version)
    url = f"{settings().base_url}/l/{token}"
    notice = _notice(form, url, language, sender=team.name)
    return _made(kind, replace(notice, expires_at=link.expires_at), link.form_id)


def form_paper(form_id: str, kind: str, language: str = ENGLISH) -> Paper:
    """A paper for a form that is open to all, under its own short address.

    Raises FormNotFound if it is not open, PrintingNotInstalled.
    """
    now = clock()
    if form_id not in {each.id for each in open_forms(now)}:
        raise FormNotFound(form_id)
    form = startable(form_id, None, now)
    return _made(kind, _notice(form, f"{settings().base_url}/forms/{form_id}", language), form_id)


def _made(kind: str, notice: Notice, form_id: str) -> Paper:
    makers = {
        SVG: lambda: qr_svg(notice.url, title=notice.title).encode(),
        PNG: lambda: qr_png(notice.url),
    }
    content = makers[kind]() if kind in makers else notice_pdf(notice, kind)
    ending = kind if kind in makers else "pdf"
    return Paper(f"{form_id}-{kind}.{ending}", MEDIA_TYPES[kind], content)


def _notice(form: Runnable, url: str, language: str, sender: str = "") -> Notice:
    """In neutral words where the form is marked as sensitive: others see a poster or envelope."""
    chosen = language if language in languages_of(form) else ENGLISH
    definition = in_language(form, chosen).definition
    neutral = words(chosen).gettext(NEUTRAL_SUBJECT)
    return Notice(
        sender="" if definition.sensitive else sender,
        title=definition.email.subject or neutral if definition.sensitive else definition.title,
        introduction=definition.email.introduction,
        url=address_in(url, chosen),
        expires_at=None,
        contact=_contact(definition),
        language=chosen,
    )


def _contact(definition: FormDefinition) -> tuple[str, ...]:
    contact: Contact | None = None if definition.sensitive else definition.contact
    if contact is None:
        return ()
    lines = (contact.name, contact.telephone, contact.email, contact.hours)
    return tuple(line for line in lines if line)
