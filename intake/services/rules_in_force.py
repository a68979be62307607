"""Which rules route a form now: those that came with it, or what two people published since.

A form version carries a line of the rule versions that were found to fit it, each from a moment on
(`FormVersion.rules_line`). It is written whenever rules or forms are published or withdrawn, so
that a submission reads it with its form and asks nothing more.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa
import structlog
from flask import current_app
from sqlalchemy.orm import Session

from form_definitions import FormDefinition
from intake.database import db
from intake.models import FormVersion, RuleVersion
from intake.services.forms import Runnable
from referral_router import RuleFileError, RuleSet, parse_rules

log = structlog.get_logger(__name__)

CACHE = "intake.published-rules"  # where the application keeps the rules that it read


@dataclass(frozen=True, slots=True)
class RulesFrom:
    """A published version of rules, and the moment from which it holds."""

    moment: datetime
    rules_id: str


def rules_now(form: Runnable, now: datetime) -> RuleSet:
    """The rules that route this version of a form at a time.

    They are parsed once a process. What cannot be read any more is passed over and logged: a
    referral that the form's own rules route is better than one that nobody can send.
    """
    in_force = rules_at(form.rules_line, now)
    if in_force is None:
        return form.rules
    known: dict[tuple[str, str], RuleSet] = current_app.extensions.setdefault(CACHE, {})
    key = in_force.rules_id, form.rules.definition.content_hash
    if key not in known:
        try:
            known[key] = read_rules(in_force.rules_id, form.rules.definition)
        except (RuleFileError, LookupError):
            log.exception("published rules cannot be used", rules=in_force.rules_id)
            return form.rules
    return known[key]


def read_rules(rules_id: str, definition: FormDefinition) -> RuleSet:
    """A stored version of rules, for a version of their form. Raises RuleFileError, LookupError."""
    query = sa.select(RuleVersion.content, RuleVersion.version).where(RuleVersion.id == rules_id)
    row = db.session.execute(query).first()
    if row is None:
        raise LookupError(rules_id)
    return parse_rules(row.content, definition, f"rules {row.version} of {definition.id}")


def rules_at(line: str, now: datetime) -> RulesFrom | None:
    """What holds at a time; None: the rules that came with the form."""
    if not line:
        return None
    return next((each for each in reversed(read_line(line)) if each.moment <= now), None)


def newest_rules(line: str) -> RulesFrom | None:
    """What holds or is to hold at the latest; None: the rules that came with the form."""
    return next(reversed(read_line(line)), None)


@lru_cache(maxsize=256)
def read_line(line: str) -> tuple[RulesFrom, ...]:
    """The line as it is stored: moment and id, the earliest first."""
    parts = (each.split(" ") for each in line.splitlines())
    return tuple(RulesFrom(datetime.fromisoformat(moment), name) for moment, name in parts)


def write_lines(session: Session, form_id: str, now: datetime) -> None:
    """Bring the line of each version of a form up to date, inside the caller's transaction."""
    versions = session.scalars(lock_versions(form_id)).all()
    published = sa.select(RuleVersion).where(
        RuleVersion.form_id == form_id, RuleVersion.state == "published"
    )
    in_order = session.scalars(
        published.order_by(RuleVersion.valid_from, RuleVersion.published_at)
    ).all()
    for row in versions:
        fitting = [each for each in in_order if row.version in each.checked_with]
        row.rules_line = "\n".join(
            f"{each.valid_from.isoformat()} {each.id}"
            for each in _still_needed(fitting, now)
            if each.valid_from
        )


def lock_versions(form_id: str) -> sa.Select[tuple[FormVersion]]:
    """Every version of a form, held until the transaction ends: one publishes at a time."""
    query = sa.select(FormVersion).where(FormVersion.form_id == form_id)
    return query.order_by(FormVersion.published_at, FormVersion.version).with_for_update()


def _still_needed(rows: list[RuleVersion], now: datetime) -> list[RuleVersion]:
    """Without those that a later one has followed already: nothing asks for them any more."""
    past = [each for each in rows if each.valid_from and each.valid_from <= now]
    return rows[max(len(past) - 1, 0) :]


def fit_form(
    session: Session, row: FormVersion, definition: FormDefinition, now: datetime
) -> tuple[str, ...]:
    """Find which published rules fit a form version that is being published, and let them hold.

    What whoever publishes it has to know of them, in words.
    """
    published = sa.select(RuleVersion).where(
        RuleVersion.form_id == row.form_id, RuleVersion.state == "published"
    )
    found = session.scalars(
        published.order_by(RuleVersion.valid_from, RuleVersion.published_at)
    ).all()
    if not found:
        return ()
    for rules in found:
        others = [each for each in rules.checked_with if each != row.version]
        rules.checked_with = [*others, row.version] if fits(rules, definition) else others
    session.flush()
    write_lines(session, row.form_id, now)
    return _remark(found[-1], row)


def _remark(newest: RuleVersion, row: FormVersion) -> tuple[str, ...]:
    """Of the newest of them: whether it takes the place of the rules that came with the form."""
    if newest.content_hash == row.rules_hash:
        return ()
    whose = f"rules {newest.version}, which two people published,"
    if row.version in newest.checked_with:
        return (f"{whose} hold for it, and not those of its file",)
    return (f"{whose} do not fit it, so those of its file hold: see intake routes list",)


def fits(rules: RuleVersion, definition: FormDefinition) -> bool:
    """Whether rules are about questions and answers that this version of the form has."""
    try:
        parse_rules(rules.content, definition)
    except RuleFileError:
        return False
    return True
