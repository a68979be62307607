"""A draft as it is sealed, under a key that only the visitor holds; this asks no database."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from form_definitions import on_the_day, starting_answers
from form_definitions.languages import ENGLISH
from intake.sealing import (
    CannotOpen,
    Context,
    UnknownSuite,
    derive,
    open_body,
    read_json,
    seal_body,
)
from intake.services.draft_rows import StoredDraft
from intake.services.forms import Runnable
from intake.services.link_terms import NOTHING, Shown, shown_from_json
from intake.services.receipts import Receipt, receipt_from_json

NO_ANSWERS: Mapping[str, Any] = MappingProxyType({})


class DraftNotFound(Exception):  # noqa: N818 — reads better than DraftNotFoundError
    """Raised if there is no such draft, it has expired, or the key is another's: all the same."""

    def __init__(self, draft_id: str) -> None:
        super().__init__(draft_id)
        self.draft_id = draft_id


@dataclass(frozen=True, slots=True)
class OpenedDraft:
    """A draft that its visitor may now open: what goes into their cookie."""

    draft_id: str
    key: bytes = field(repr=False)


class Draft(NamedTuple):
    """Answers under way, opened; or, after submission, only the receipt."""

    id: str
    key: bytes
    form: Runnable
    link_id: str | None
    case_id: str | None
    staff_id: str | None
    revision: int
    until: float  # when its time is over, as a timestamp: inside the seal, to be read in one go
    answers: Mapping[str, Any]
    done: frozenset[str] = frozenset()  # ids of the pages that were completed
    receipt: Receipt | None = None
    is_stopped: bool = False  # its link was revoked: nobody is to read or send it any more
    prefilled: Mapping[str, Any] = NO_ANSWERS  # what its link knew
    is_behind: bool = False  # a later version is in force, or will be
    shown: Shown = NOTHING  # what its task shows of the case

    def __repr__(self) -> str:
        return f"Draft(id={self.id!r}, revision={self.revision!r})"  # no key, and no answers

    @property
    def is_email_unsafe(self) -> bool:
        """Whether whoever fills it in said that an email could put them in danger."""
        if self.receipt:
            return self.receipt.no_email
        return self.form.definition.is_email_unsafe(self.answers)

    @property
    def csrf(self) -> str:
        """The token that this draft's pages carry: only who holds the key can make it."""
        return csrf_token(self.id, self.key)


def open_row(
    row: StoredDraft | None,
    draft_id: str,
    key: bytes,
    now: datetime,
    form_of: Callable[[StoredDraft, str], Runnable],
) -> Draft:
    """Open a draft's row, with its form as ``form_of`` finds it in the draft's language.

    Raises DraftNotFound, which never tells why, and what ``form_of`` raises.
    """
    if row is None or row.sealed_answers is None:
        raise DraftNotFound(draft_id)
    context = _context(row.form_id, row.form_version, draft_id)
    try:
        body = read_json(open_body(key, row.sealed_answers, context))
    except (CannotOpen, UnknownSuite) as error:
        raise DraftNotFound(draft_id) from error
    if body["until"] <= now.timestamp():
        raise DraftNotFound(draft_id)
    form = form_of(row, body.get("language", ENGLISH))
    return Draft(
        id=draft_id,
        key=key,
        form=form,
        link_id=row.link_id,
        case_id=row.case_id,
        staff_id=row.staff_id,
        revision=row.revision,
        until=body["until"],
        answers=on_the_day(form.definition, body["answers"], now),
        done=frozenset(body["done"]),
        receipt=receipt_from_json(body["receipt"]) if body["receipt"] else None,
        is_stopped=bool(row.is_stopped),
        prefilled=body.get("prefilled", NO_ANSWERS),
        is_behind=bool(row.is_behind),
        shown=shown_from_json(body.get("shown")),
    )


def emptied(draft: Draft, receipt: Receipt) -> Draft:
    """What is left of a draft after submission: no answers, only the receipt."""
    return draft._replace(
        answers=NO_ANSWERS,
        prefilled=NO_ANSWERS,
        shown=NOTHING,
        done=frozenset(),
        receipt=receipt,
        revision=draft.revision + 1,
    )


def seal_draft(
    opened: OpenedDraft,
    form: Runnable,
    answers: Mapping[str, Any],
    expires_at: datetime,
    *,
    shown: Shown | None = None,
) -> bytes:
    """The sealed body of a fresh draft."""
    until = expires_at.timestamp()
    begun = starting_answers(form.definition, answers)
    draft = Draft(opened.draft_id, opened.key, form, None, None, None, 0, until, begun)
    return sealed(draft._replace(prefilled=answers, shown=shown or NOTHING))


def csrf_token(draft_id: str, key: bytes) -> str:
    """The CSRF token of a draft's pages."""
    return derive(key, "csrf", draft_id).hex()


def sealed(draft: Draft) -> bytes:
    """The sealed body of a draft."""
    body = {
        "answers": {**draft.answers},
        "until": draft.until,
        "done": sorted(draft.done),
        "receipt": draft.receipt.to_json() if draft.receipt else None,
    }
    if draft.prefilled:
        body["prefilled"] = draft.prefilled
    if draft.shown:
        body["shown"] = draft.shown.to_json()
    definition = draft.form.definition
    if definition.language != ENGLISH:
        body["language"] = definition.language  # sealed too: it tells something of the person
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return seal_body(
        draft.key, text.encode(), _context(definition.id, definition.version, draft.id)
    )


def _context(form_id: str, version: str, draft_id: str) -> Context:
    return Context("draft", form_id, version, draft_id)
