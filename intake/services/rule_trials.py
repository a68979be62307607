"""Try a draft on what was really sent: what would go elsewhere, for which teams, how urgently.

Only rounded counts are kept and shown. A rule is a question to every referral, and whoever writes
rules is not to find out by it who was referred.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from form_definitions import NUMBER_KINDS, All, Comparison, Condition, FormDefinition, Not
from form_definitions import Any as AnyOf
from form_definitions.definition import FILE_KINDS, ONE_OF_KINDS, Kind
from intake.app_state import clock
from intake.database import db, transaction
from intake.models import RuleVersion, Submission
from intake.services.case_decisions import NotNow
from intake.services.directory import current_directory
from intake.services.forms import startable
from intake.services.past_referrals import past_referrals
from intake.services.rule_publishing import followed_by
from intake.services.rule_versions import StoredRules
from intake.services.rules_in_force import read_rules
from referral_router import Change, Replay, RuleFileError, RuleSet, Urgency, parse_rules

MOST = 500  # of the last referrals: opened and routed twice within a second or two
ROUNDED_TO = 5
# answers that are chosen or counted; what people type can name somebody
HARMLESS = ONE_OF_KINDS | NUMBER_KINDS | FILE_KINDS | {Kind.CHECKBOXES}


@dataclass(frozen=True, slots=True)
class TeamFigures:
    """A team's referrals before and after, rounded; None for fewer than 5."""

    team: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Trial:
    """What a trial found, rounded to the nearest 5; None for fewer than 5."""

    tried: str  # the hash of the rules
    compared_with: str  # the version before
    at: str
    since: str
    referrals: int | None
    not_opened: int | None
    changed: int | None
    elsewhere: int | None  # get another team, or lose one
    more_urgent: int | None
    less_urgent: int | None
    teams: tuple[TeamFigures, ...]


def trial_of(stored: StoredRules) -> Trial | None:
    """What was found when a version was last tried."""
    if stored.trial is None:
        return None
    teams = tuple(TeamFigures(**each) for each in stored.trial["teams"])
    return Trial(**{**stored.trial, "teams": teams})


def since_last(form_id: str, most: int = MOST) -> datetime | None:
    """When the first of a form's last referrals was sent; None if there are none."""
    sent = sa.select(Submission.submitted_at).where(Submission.form_id == form_id)
    last = sent.order_by(Submission.submitted_at.desc()).limit(most).subquery()
    oldest: datetime | None = db.session.scalar(sa.select(sa.func.min(last.c.submitted_at)))
    return oldest


def prepare_trial(stored: StoredRules) -> Replay:
    """Both sets of rules, ready for past referrals. Raises NotNow, FormNotFound."""
    now = clock()
    form = startable(stored.form_id, None, now)
    follows = followed_by(stored.form_id, now)
    old = read_rules(follows.rules_id, form.definition) if follows.rules_id else form.rules
    try:
        new = parse_rules(stored.content, form.definition)
    except RuleFileError as error:
        raise NotNow("The rules cannot be read as they stand, so they cannot be tried.") from error
    return Replay(old, new, current_directory())


def try_on_the_past(stored: StoredRules, *, actor: str) -> None:
    """Route the last referrals by the draft and by what it follows; keep the rounded figures.

    That they were opened is on the record before the first is. Raises NotNow, FormNotFound,
    MasterKeyMissing.
    """
    replay = prepare_trial(stored)
    if typed := typed_answers(replay.old, replay.new):
        raise NotNow(
            f"A rule of this draft compares what people type: {', '.join(typed)}. That could show "
            "who was referred, so it is tried at the command line only: intake routes replay."
        )
    since = since_last(stored.form_id)
    if since is None:
        raise NotNow("Nothing was sent with this form yet, so there is nothing to try it on.")
    why = f"the last {MOST}; rules {stored.version}, {stored.content_hash[:12]}"
    unreadable = 0
    for batch, lost in past_referrals(stored.form_id, since, actor=actor, why=why):
        replay.add(batch)
        unreadable += lost
    keep_trial(stored, replay, since, unreadable)


def keep_trial(stored: StoredRules, replay: Replay, since: datetime, unreadable: int) -> None:
    """Keep what a trial found, unless the draft is another one by now."""
    found = figures(stored, replay, since, unreadable)
    with transaction() as session:
        row = session.get(RuleVersion, stored.id, with_for_update=True, populate_existing=True)
        if row is not None and row.content_hash == stored.content_hash:
            row.trial = asdict(found)


def figures(stored: StoredRules, replay: Replay, since: datetime, unreadable: int) -> Trial:
    """The figures of a trial, rounded."""
    return Trial(
        tried=stored.content_hash,
        compared_with=replay.old.version,
        at=clock().isoformat(),
        since=since.isoformat(),
        referrals=rounded(replay.total),
        not_opened=rounded(unreadable),
        changed=rounded(len(replay.changes)),
        elsewhere=rounded(sum(each.before.keys() != each.after.keys() for each in replay.changes)),
        more_urgent=rounded(sum(_step(each) > 0 for each in replay.changes)),
        less_urgent=rounded(sum(_step(each) < 0 for each in replay.changes)),
        teams=tuple(
            TeamFigures(each.team, rounded(each.before), rounded(each.after))
            for each in replay.loads
        ),
    )


def rounded(count: int) -> int | None:
    """A count to the nearest 5; None for 1 to 4. That there is none is told."""
    if 0 < count < ROUNDED_TO:
        return None
    return ROUNDED_TO * round(count / ROUNDED_TO)


def _step(change: Change) -> int:
    """By how much the most urgent of its destinations is more urgent than before."""
    before, after = (
        max(each.values(), default=Urgency.ROUTINE) for each in (change.before, change.after)
    )
    return after - before


def typed_answers(old: RuleSet, new: RuleSet) -> tuple[str, ...]:
    """The questions with typed answers that a new or changed rule compares, by their titles."""
    known = {rule.when for rule in old.rules}
    changed = [rule.when for rule in new.rules if rule.when is not None and rule.when not in known]
    found = (_typed(condition, new.definition) for condition in changed)
    return tuple(dict.fromkeys(title for titles in found for title in titles))


def _typed(condition: Condition, definition: FormDefinition) -> Iterator[str]:
    """What the form's own named conditions compare was settled with the form."""
    if isinstance(condition, Comparison):
        question = definition.question_at(".".join(condition.path))
        if question is None or question.kind not in HARMLESS:
            yield f"‘{question.title if question else '.'.join(condition.path)}’"
    elif isinstance(condition, Not):
        yield from _typed(condition.part, definition)
    elif isinstance(condition, All | AnyOf):
        for part in condition.parts:
            yield from _typed(part, definition)


# -- how a page says it ----------------------------------------------------------------------------


def trial_words(trial: Trial, names: dict[str, str]) -> list[dict[str, Any]]:
    """A line for each team: its name, its counts in words and as bars, the change in percent."""
    return [
        {
            "name": names.get(each.team, each.team),
            "before": count_words(each.before),
            "after": count_words(each.after),
            "bars": (_height(each.before), _height(each.after)),
            "is_changed": each.before != each.after,
            "change": _percent(each.before, each.after),
        }
        for each in trial.teams
    ]


def count_words(count: int | None) -> str:
    """ "fewer than 5", "0", "about 25"."""
    if count is None:
        return "fewer than 5"
    return f"about {count:,}" if count else "0"


def _height(count: int | None) -> int:
    return ROUNDED_TO // 2 if count is None else count


def _percent(before: int | None, after: int | None) -> str:
    if before == after:
        return "about the same"
    if not before or after is None:
        return "more" if _height(after) > _height(before) else "fewer"
    return f"{100 * (after - before) / before:+.0f} %".replace("-", "\N{MINUS SIGN}")


def greatest(trial: Trial) -> int:
    """The longest bar of the chart."""
    heights: Iterable[int] = (
        _height(each) for team in trial.teams for each in (team.before, team.after)
    )
    return max(heights, default=1) or 1
