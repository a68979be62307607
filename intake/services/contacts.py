"""Whom a page names when it cannot do what somebody wants: the form's contact, else its team."""

import re
from datetime import datetime

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import SQLAlchemyError

from form_definitions import Contact, FormDefinition
from intake.database import db
from intake.models import Link, Team
from intake.services.draft_rows import find_draft
from intake.services.drafts import load_draft
from intake.services.forms import FormNotFound, in_language, prepared, startable
from intake.services.sealed_drafts import Draft, DraftNotFound

DRAFT_ID = re.compile("[0-9a-f]{32}")  # anything may stand in an address

log = structlog.get_logger("intake.contacts")


def contact_of(definition: FormDefinition, link_id: str | None = None) -> Contact | None:
    """The form's contact; of one without any, the telephone of the team that sent the link.

    A team's email address is where it gets its notices: it is not for the public. Of a sensitive
    form no team is named.
    """
    if definition.contact or definition.sensitive or not link_id:
        return definition.contact
    query = sa.select(Team).join(Link, Link.team_id == Team.id).where(Link.id == link_id)
    try:
        team = db.session.scalar(query)
    except SQLAlchemyError as error:
        _give_up(error)
        return None
    return Contact(team.name, team.telephone) if team and team.telephone else None


def draft_if_there(draft_id: str, key: bytes, now: datetime) -> Draft | None:
    """A draft for a page of an error, which is shown all the same if it cannot be read."""
    try:
        return load_draft(draft_id, key, now)
    except DraftNotFound:
        return None
    except SQLAlchemyError as error:
        _give_up(error)
        return None


def open_form_if_there(form_id: str, language: str, now: datetime) -> FormDefinition | None:
    """An open form, likewise; None if there is none, or it is not open to all."""
    try:
        definition = in_language(startable(form_id, None, now), language).definition
    except FormNotFound:
        return None
    except SQLAlchemyError as error:
        _give_up(error)
        return None
    return definition if definition.is_open else None


def form_of_draft(draft_id: str) -> FormDefinition | None:
    """The form of a draft that the browser has no key to; None if there is no such draft.

    For what its pages are called and who may frame them: nothing of this is told to anybody.
    """
    try:
        row = find_draft(draft_id) if DRAFT_ID.fullmatch(draft_id) else None
    except SQLAlchemyError as error:
        _give_up(error)
        return None
    if row is None or row.staff_id:
        return None
    return prepared(row.form_id, row.form_version, *row.hashes).definition


def _give_up(error: SQLAlchemyError) -> None:
    db.session.rollback()
    log.warning("the page of an error names nobody", problem=type(error).__name__)
