"""Let rules hold: one person asks, another looks at them and publishes, or sends them back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from form_definitions import FormDefinition, Problem, parse_form
from intake.app_state import clock
from intake.database import db
from intake.models import FormVersion, RuleVersion
from intake.services.case_decisions import NotNow
from intake.services.directory import current_directory
from intake.services.forms import startable
from intake.services.rule_checks import Checked, check_rules
from intake.services.rule_drafts import Author, changing
from intake.services.rule_versions import StoredRules
from intake.services.rules_in_force import fits, lock_versions, newest_rules, write_lines

LONGEST_WORDS = 1000  # characters of why something is sent back or withdrawn


class RulesRefused(Exception):  # noqa: N818
    """Raised if rules have problems that keep them from holding."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Followed:
    """What is to be replaced: its id, or "" for the rules that came with the form."""

    rules_id: str
    version: str


def check_stored(rules: StoredRules | RuleVersion) -> Checked:
    """Check stored rules against the form that is in force and the directory of now.

    Raises FormNotFound if the form is not published any more.
    """
    definition = startable(rules.form_id, None, clock()).definition
    source = f"rules {rules.version} of {rules.form_id}"
    return check_rules(rules.content, definition, current_directory(), source)


def followed_by(form_id: str, now: datetime) -> Followed:
    """The newest rules that hold or are to hold: those that a publication follows."""
    form = startable(form_id, None, now)
    newest = newest_rules(form.rules_line)
    if newest is None:
        return Followed("", form.rules.version)
    return Followed(newest.rules_id, db.session.get_one(RuleVersion, newest.rules_id).version)


def ask_for_second_person(
    rules_id: str, author: Author, seen: int, valid_from: datetime | None
) -> None:
    """Ask somebody else to publish a draft that has no problems. Raises NotNow, RulesRefused."""
    with changing(rules_id, author, "rules.ask", seen) as row:
        _refuse_problems(row)
        row.valid_from = valid_from
        row.asked_at, row.asked_by = clock(), author.actor
        row.returned_at = row.returned_by = row.returned_why = None


def send_back(rules_id: str, author: Author, seen: int, why: str) -> None:
    """Send a draft back to whoever wrote it, in words. Raises NotNow."""
    with changing(rules_id, author, "rules.send-back", seen) as row:
        if row.asked_at is None:
            raise NotNow("This draft was sent back already, or changed since.")
        row.asked_at = row.asked_by = None
        row.returned_at, row.returned_by = clock(), author.actor
        row.returned_why = why.strip()[:LONGEST_WORDS]


def publish_rules(
    rules_id: str,
    author: Author,
    seen: int,
    *,
    follows: str | None = None,
    valid_from: datetime | None = None,
) -> datetime:
    """Let a draft hold, from its date or from now on; the moment.

    Whoever changed it last, or asked, may not. ``follows`` is the id of the rules that it was
    compared with: if others were published since, it has to be looked at again. Raises NotNow,
    RulesRefused.
    """
    now = clock()
    with changing(rules_id, author, "rules.publish", seen) as row:
        versions = db.session.scalars(lock_versions(row.form_id)).all()
        if follows is not None and followed_by(row.form_id, now).rules_id != follows:
            raise NotNow("Other rules of this form were published since you opened this page.")
        _refuse_problems(row)
        row.checked_with = _fitting(row, versions, now)
        moment = valid_from or row.valid_from
        row.valid_from = max(moment, now) if moment else now
        row.state, row.published_at, row.published_by = "published", now, author.actor
        _write(db.session(), row, now)
        return row.valid_from


def withdraw_rules(rules_id: str, author: Author, seen: int, why: str) -> None:
    """Take published rules back at once: those before them hold again. Raises NotNow.

    It needs no second person: two have published what holds instead, and it may be urgent.
    """
    now = clock()
    with changing(
        rules_id, author, "rules.withdraw", seen, why=why.strip(), state="published"
    ) as row:
        row.state, row.withdrawn_at, row.withdrawn_by = "withdrawn", now, author.actor
        _write(db.session(), row, now)


def _write(session: Session, row: RuleVersion, now: datetime) -> None:
    session.flush()
    write_lines(session, row.form_id, now)


def _refuse_problems(row: RuleVersion) -> None:
    checked = check_stored(row)
    if checked.problems:
        raise RulesRefused(checked.problems)


def _fitting(row: RuleVersion, versions: Sequence[FormVersion], now: datetime) -> list[str]:
    """The versions of the form that the rules fit. Raises RulesRefused for one that is coming."""
    found = []
    for each in versions:
        definition = parse_form(each.content, f"{each.form_id} {each.version}")
        if fits(row, definition):
            found.append(each.version)
        elif each.current_from and each.current_from > now and each.withdrawn_at is None:
            raise RulesRefused(_problems_with(row, definition))
    return found


def _problems_with(row: RuleVersion, definition: FormDefinition) -> tuple[Problem, ...]:
    source = f"with version {definition.version} of the form, which is coming"
    return check_rules(row.content, definition, None, source).problems
