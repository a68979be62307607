"""Save and come back: a link by email and a code on the screen open a draft again, together.

The draft's key is sealed under both: the secret is in the mailed link only, the code is shown once
and stored nowhere. So neither the database, nor the mailbox, nor both open a draft without work
(docs/decisions/0011).
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import sqlalchemy as sa

from intake import outbox
from intake.app_state import clock, settings
from intake.database import db, new_id, transaction
from intake.models import Draft as DraftRow
from intake.models import Link, Resume
from intake.request_language import address_in
from intake.sealing import (
    CannotOpen,
    Context,
    LinkCapability,
    UnknownSuite,
    derive,
    mint,
    new_link_secret,
    open_body,
    read,
    seal_body,
)
from intake.sealing.holder_checks import CODE_DIGITS, code_of, new_code
from intake.sealing.weblinks import RESUME
from intake.services.holder_answers import bounded_hash
from intake.services.link_terms import LinkKind
from intake.services.mail_limits import EmailUnsafe, minutes_to_wait
from intake.services.messages import resume_message
from intake.services.sealed_drafts import Draft, OpenedDraft
from intake.services.verifying import Tried, Verdict, note_wrong_try, tries_left


@dataclass(frozen=True, slots=True)
class WayBack:
    """What became of a wish to come back: the code to note; else in how many minutes to ask."""

    code: str = field(default="", repr=False)
    minutes_to_wait: int = 0


class NoWayBack(Exception):  # noqa: N818
    """Raised if a resume link opens nothing any more: replaced, locked, or its draft is gone."""


def send_way_back(draft: Draft, email: str, *, requester: str = "") -> WayBack:
    """Send a resume link to an address and give the code that goes with it.

    ``requester`` is the network that asks. Raises EmailUnsafe, TooBusy.

    Earlier links of the draft end: only the newest code is on anybody's paper.
    """
    if draft.is_email_unsafe:
        raise EmailUnsafe
    now, capability = clock(), LinkCapability(new_id(), new_link_secret())
    if wait := minutes_to_wait(draft, email, requester, now):
        return WayBack(minutes_to_wait=wait)
    code = new_code()
    sealed = seal_body(_key(capability, code), draft.key, _context(capability))
    token = mint(settings().secret_keys, capability.link_id, capability.secret, RESUME)
    language = draft.form.definition.language
    message = resume_message(
        email,
        url=address_in(f"{settings().base_url}/r/{token}", language),
        kept_until=datetime.fromtimestamp(draft.until, UTC),
        language=language,
    )
    with transaction() as session:
        session.execute(
            sa.update(Resume).where(Resume.draft_id == draft.id).values(sealed_key=None)
        )
        session.add(
            Resume(
                id=capability.link_id,
                draft_id=draft.id,
                sealed_key=sealed,
                wrong_tries=0,
                wrong_tries_in_all=0,
                created_at=now,
            )
        )
        outbox.enqueue("email", message)
    return WayBack(code)


def reopens_by_its_link(draft: Draft) -> bool:
    """Whether the weblink that a draft was begun with opens the same draft again."""
    if draft.link_id is None:
        return False
    link = db.session.get(Link, draft.link_id)
    return link is not None and LinkKind(link.kind).has_recipient and link.uses_allowed == 1


def can_come_back(token: str) -> bool:
    """Whether a resume link may still open a draft; it changes nothing. Raises BadToken."""
    capability = read(settings().secret_keys, token, RESUME)
    query = (
        sa.select(Resume.id)
        .join(DraftRow, DraftRow.id == Resume.draft_id)
        .where(
            Resume.id == capability.link_id,
            Resume.sealed_key.is_not(None),
            DraftRow.expires_at > clock(),
        )
    )
    return db.session.scalar(query) is not None


def form_of_way_back(token: str) -> tuple[str, str]:
    """The form and version of the draft of a resume link, used up or not; else two empty words.

    Raises BadToken.
    """
    capability = read(settings().secret_keys, token, RESUME)
    query = (
        sa.select(DraftRow.form_id, DraftRow.form_version)
        .join(Resume, Resume.draft_id == DraftRow.id)
        .where(Resume.id == capability.link_id)
    )
    row = db.session.execute(query).first()
    return (row.form_id, row.form_version) if row else ("", "")


def come_back(token: str, typed: str) -> OpenedDraft | Tried:
    """The draft, for whoever has the link and its code; else what was wrong with the try.

    A wrong try is counted under the row's lock; the fifth ends the link. Raises BadToken,
    NoWayBack, TooBusy.
    """
    capability = read(settings().secret_keys, token, RESUME)
    code = code_of(typed)
    if len(code) != CODE_DIGITS:
        return Tried(Verdict.EMPTY)
    if not can_come_back(token):
        raise NoWayBack  # before the hash, which costs something
    key = _key(capability, code)
    with transaction() as session:
        row = session.get(Resume, capability.link_id, with_for_update=True, populate_existing=True)
        if row is None or row.sealed_key is None:
            raise NoWayBack
        try:
            opened = open_body(key, row.sealed_key, _context(capability))
        except (CannotOpen, UnknownSuite):
            note_wrong_try(row)
            if not tries_left(row):
                row.sealed_key = None
                return Tried(Verdict.LOCKED, 0)
            return Tried(Verdict.WRONG, tries_left(row))
        row.wrong_tries = 0
        return OpenedDraft(row.draft_id, opened)


def _key(capability: LinkCapability, code: str) -> bytes:
    """The key that a draft's key is sealed under: each guess of a code costs an argon2id hash."""
    return derive(bounded_hash(capability, code), "resume-key", capability.link_id)


def _context(capability: LinkCapability) -> Context:
    return Context("resume", subject=capability.link_id)
