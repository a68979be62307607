"""A copy of one's own answers, as a PDF: before they are sent, and for an hour afterwards.

What was sent is sealed to its teams, and its sender cannot open that. So the answers are sealed
once more under the draft's key, which only the visitor has, and the worker deletes that after an
hour (docs/decisions/0017).
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import BoundedSemaphore
from typing import Any

import sqlalchemy as sa

from intake.database import db, transaction
from intake.models import Draft as DraftRow
from intake.sealing import CannotOpen, Context, canonical_json, open_body, seal_body
from intake.services.files import files_of_draft
from intake.services.places import TooBusy, a_place
from intake.services.receipts import KeptCopy, Receipt
from intake.services.sealed_drafts import Draft
from renderers import GivenFile, NotSet, answers_pdf, can_print, set_pdf_apart

KEPT_FOR = timedelta(hours=1)  # long enough to find a printer, short on a device that is shared
AT_ONCE = 2  # PDFs that are set at the same time: each takes a processor and 60 MiB
LONGEST_WAIT = 10  # seconds for a place

_places = BoundedSemaphore(AT_ONCE)


class NoCopy(Exception):  # noqa: N818
    """Raised if there is no copy to be had: not offered, not there any more, or damaged."""


def may_have_copy(draft: Draft) -> bool:
    """Whether whoever fills this in is offered a copy.

    Not staff, who have the case; nor whoever says that an email could put them in danger: a file
    on a device that is shared could, too.
    """
    return can_print() and draft.staff_id is None and not draft.is_email_unsafe


def copy_to_keep(draft: Draft, answers: Mapping[str, Any], receipt: Receipt) -> KeptCopy | None:
    """The answers that are about to be sent, sealed for their sender; None if none is offered.

    Files are named, not kept: their content is the teams' from now on.
    """
    if receipt.no_email or not may_have_copy(draft):
        return None
    until = receipt.submitted_at + KEPT_FOR
    files = {one: [file.name, file.size] for one, file in _files(draft).items()}
    body = {"answers": answers, "files": files, "until": until.isoformat()}
    return KeptCopy(seal_body(draft.key, canonical_json(body), _context(draft)), until)


def has_copy(draft: Draft, now: datetime) -> bool:
    """Whether the answers of a draft that was sent can still be had."""
    query = sa.select(DraftRow.copy_until).where(DraftRow.id == draft.id)
    until = db.session.scalar(query)
    return until is not None and until > now and may_have_copy(draft)


def own_copy(draft: Draft, now: datetime) -> bytes:
    """The draft's answers as a tagged PDF, in its language. Raises NoCopy, TooBusy."""
    if not may_have_copy(draft):
        raise NoCopy
    answers, files = _kept(draft, now) if draft.receipt else (draft.answers, _files(draft))
    try:
        with a_place(_places, LONGEST_WAIT):
            return answers_pdf(
                draft.form.definition,
                answers,
                reference=draft.receipt.reference if draft.receipt else "",
                moment=draft.receipt.submitted_at if draft.receipt else now,
                files=files,
                set_with=set_pdf_apart,
            )
    except NotSet as error:
        raise TooBusy from error


def purge_copies(now: datetime) -> None:
    """Delete the copies whose hour is over."""
    with transaction() as session:
        session.execute(
            sa.update(DraftRow)
            .where(DraftRow.copy_until <= now)
            .values(sealed_copy=None, copy_until=None)
        )


def _kept(draft: Draft, now: datetime) -> tuple[Mapping[str, Any], Mapping[str, GivenFile]]:
    sealed = db.session.scalar(sa.select(DraftRow.sealed_copy).where(DraftRow.id == draft.id))
    if sealed is None:
        raise NoCopy
    try:
        body = json.loads(open_body(draft.key, sealed, _context(draft)))
    except CannotOpen as error:
        raise NoCopy from error
    if datetime.fromisoformat(body["until"]) <= now:
        raise NoCopy
    files = {one: GivenFile(name, size) for one, (name, size) in body["files"].items()}
    return body["answers"], files


def _files(draft: Draft) -> Mapping[str, GivenFile]:
    if not draft.form.definition.file_questions:
        return {}
    return {one: GivenFile(file.name, file.size) for one, file in files_of_draft(draft).items()}


def _context(draft: Draft) -> Context:
    definition = draft.form.definition
    return Context("own-copy", definition.id, definition.version, draft.id)
