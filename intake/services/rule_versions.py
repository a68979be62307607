"""Read the versions of a form's routing rules: what holds, what is coming, drafts, and the past."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from intake.access import RulesThing
from intake.database import db
from intake.models import FormVersion, RuleVersion, Staff
from intake.services.directory import current_directory
from intake.services.rules_in_force import rules_at

OPERATOR = "operator:"  # somebody at the command line who has no account


@dataclass(frozen=True, slots=True)
class StoredRules:
    """One version of rules as it is stored: see models.RuleVersion."""

    id: str
    form_id: str
    version: str
    content: str
    content_hash: str
    state: str
    revision: int
    base_version: str
    valid_from: datetime | None
    checked_with: list[str]
    trial: dict[str, Any] | None
    created_at: datetime
    created_by: str
    edited_at: datetime
    edited_by: str
    asked_at: datetime | None
    asked_by: str | None
    returned_at: datetime | None
    returned_by: str | None
    returned_why: str | None
    published_at: datetime | None
    published_by: str | None
    withdrawn_at: datetime | None
    withdrawn_by: str | None

    @property
    def is_draft(self) -> bool:
        """Whether somebody may still change it."""
        return self.state == "draft"


def stored_rules(row: RuleVersion) -> StoredRules:
    """A row as a value."""
    return StoredRules(**{each.name: getattr(row, each.name) for each in fields(StoredRules)})


def find_rules(rules_id: str) -> StoredRules | None:
    """One version of rules by its id."""
    row = db.session.get(RuleVersion, rules_id, populate_existing=True)
    return stored_rules(row) if row else None


def find_version(form_id: str, version: str) -> StoredRules | None:
    """One version of a form's rules by its number."""
    query = sa.select(RuleVersion).where(
        RuleVersion.form_id == form_id, RuleVersion.version == version
    )
    row = db.session.scalars(query).first()
    return stored_rules(row) if row else None


def list_rules(form_id: str | None = None) -> tuple[StoredRules, ...]:
    """Every version of a form's rules, or of all forms', by form and the newest first."""
    query = sa.select(RuleVersion).order_by(
        RuleVersion.form_id, RuleVersion.created_at.desc(), RuleVersion.version.desc()
    )
    if form_id is not None:
        query = query.where(RuleVersion.form_id == form_id)
    return tuple(stored_rules(row) for row in db.session.scalars(query))


def in_force_ids(now: datetime) -> dict[str, str]:
    """For each form whose version in force has rules that people published, the id of those."""
    query = (
        sa.select(FormVersion.form_id, FormVersion.rules_line)
        .where(FormVersion.current_from <= now)
        .order_by(FormVersion.current_from)
    )
    found = {row.form_id: rules_at(row.rules_line, now) for row in db.session.execute(query)}
    return {form_id: each.rules_id for form_id, each in found.items() if each}


def standing(rules: StoredRules, now: datetime, in_force: str | None) -> str:
    """ "draft", "waiting" for a second person, "coming", "in-force", "replaced" or "withdrawn"."""
    if rules.state != "published":
        return "waiting" if rules.state == "draft" and rules.asked_at else rules.state
    if rules.valid_from and rules.valid_from > now:
        return "coming"
    return "in-force" if rules.id == in_force else "replaced"


def rules_thing(row: RuleVersion | StoredRules | None = None) -> RulesThing:
    """What access needs to know about rules, or about rules as such."""
    fallback = current_directory().fallback_team
    if row is None:
        return RulesThing(fallback)
    return RulesThing(fallback, row.edited_by, row.asked_by or "")


def names_of(actors: Iterable[str | None]) -> dict[str, str]:
    """Whoever worked on rules, by name: staff by their accounts, operators as they said it."""
    wanted = {each for each in actors if each}
    staff = {each.removeprefix("staff:") for each in wanted if each.startswith("staff:")}
    query = sa.select(Staff.id, Staff.name).where(Staff.id.in_(staff))
    names = {f"staff:{row.id}": row.name for row in db.session.execute(query)}
    for each in wanted - names.keys():
        words = each.removeprefix(OPERATOR)
        names[each] = f"{words} (command line)" if each.startswith(OPERATOR) else "Somebody"
    return names
