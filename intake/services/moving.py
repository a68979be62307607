"""Bring a draft to the version of its form that is in force, where no answer is lost by that."""

import json
from datetime import datetime

import sqlalchemy as sa
from flask import current_app

from form_definitions import Edit, FormDefinition, Safety, compare, prune, still_done
from form_definitions.languages import ENGLISH
from intake.database import db
from intake.models import FormVersion
from intake.services.drafts import move_draft
from intake.services.forms import FormNotFound, in_language, startable
from intake.services.sealed_drafts import Draft

Hashes = tuple[str, str]


def brought_up_to_date(draft: Draft, now: datetime) -> Draft:
    """The draft on the version in force if the way there is safe; else as it is.

    Pages that ask something new or in other words are no longer completed. Raises DraftChanged.
    """
    if not draft.is_behind or draft.receipt:
        return draft
    try:
        newest = startable(draft.form.definition.id, None, now)
    except FormNotFound:  # withdrawn: who has begun finishes on their own version
        return draft
    language = draft.form.definition.language
    before = in_language(draft.form, ENGLISH).definition  # the same words are to be compared
    edit = _edit(before, newest.definition)
    if newest.definition == before or not is_safe_for(edit, draft):
        return draft
    form = in_language(newest, language)
    return move_draft(draft, form, still_done(edit, draft.done), now)


def is_safe_for(edit: Edit, draft: Draft) -> bool:
    """Whether the edit is safe, and these very answers are all kept too: proof beside the rule."""
    if edit.safety is Safety.BREAKING:
        return False
    before, after = prune(edit.before, draft.answers), prune(edit.after, draft.answers)
    asked = before.keys() & edit.before.questions.keys()
    return all(after.get(name) == before[name] for name in asked)


def was_a_page(form_id: str, page_id: str) -> bool:
    """Whether any published version of the form has a page of that id."""
    query = sa.select(FormVersion.content).where(FormVersion.form_id == form_id)
    settings = (json.loads(content).get("x-form", {}) for content in db.session.scalars(query))
    return any(page["id"] == page_id for each in settings for page in each.get("pages", ()))


def _edit(before: FormDefinition, after: FormDefinition) -> Edit:
    """The comparison of two versions, remembered for this process."""
    known: dict[Hashes, Edit] = current_app.extensions.setdefault("intake.edits", {})
    hashes = before.content_hash, after.content_hash
    if hashes not in known:
        known[hashes] = compare(before, after)
    return known[hashes]
