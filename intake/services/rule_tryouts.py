"""Try rules with made-up answers: ask only what the rules look at, and show what they decide."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from form_definitions import FormDefinition, Kind, Question, on_the_day, prune
from form_definitions.sampling import sample_answers
from intake.app_state import clock
from intake.services.case_decisions import NotNow
from intake.services.directory import current_directory
from intake.services.forms import startable
from intake.services.rule_versions import StoredRules
from referral_router import (
    Decision,
    Row,
    Rule,
    RuleFileError,
    RuleSet,
    Sent,
    not_found,
    parse_rules,
    route,
    sent_to,
    table,
)
from referral_router.calendars import value_at
from referral_router.condition_rows import answer_value, is_asked_once, options_of
from referral_router.durations import read_duration
from referral_router.rule_set import ToService


@dataclass(frozen=True, slots=True)
class Asked:
    """One question that the rules look at, with what was made up."""

    path: str
    title: str
    options: tuple[tuple[str, str], ...]  # none: one types
    is_many: bool
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """What rules decide about made-up answers, and which of those the form would not ask."""

    decision: Decision
    sent: tuple[Sent, ...]
    rows: tuple[Row, ...]
    not_found: tuple[str, ...]
    not_asked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tryout:
    """The page on which one tries rules. ``left_out`` are questions that cannot be made up here."""

    stored: StoredRules
    form_title: str
    asked: tuple[Asked, ...]
    left_out: tuple[str, ...]
    tried: Tried | None = None


def tryout(stored: StoredRules, posted: Mapping[str, list[str]] | None) -> Tryout:
    """The questions with the form's sample answers; or with those posted, and what they lead to.

    Raises NotNow if the rules cannot be read, FormNotFound.
    """
    definition = startable(stored.form_id, None, clock()).definition
    try:
        rules = parse_rules(stored.content, definition)
    except RuleFileError as error:
        raise NotNow("The rules cannot be read as they stand, so they cannot be tried.") from error
    paths = dict.fromkeys(_paths(rules))
    known = [path for path in paths if _can_ask(path, definition)]
    questions = [question for path in known if (question := definition.question_at(path))]
    made_up = sample_answers(definition) if posted is None else _answers(questions, posted)
    return Tryout(
        stored=stored,
        form_title=definition.title,
        asked=tuple(_asked(each, made_up, definition) for each in questions),
        left_out=tuple(_title(path, definition) for path in paths if path not in known),
        tried=None if posted is None else _tried(rules, made_up, questions),
    )


def _paths(rules: RuleSet) -> Iterator[str]:
    """Every answer that the rules look at."""
    for rule in (*rules.rules, rules.fallback):
        if rule.when is not None:
            yield from (".".join(each.path) for each in rule.when.comparisons())
        yield from _places(rule)
        for within in (rule.acknowledge_within, rule.decide_within):
            if within:
                duration = read_duration(within)
                yield from filter(None, (duration.after, duration.at))


def _places(rule: Rule) -> Iterator[str]:
    for target in rule.to:
        if isinstance(target, ToService):
            yield from (".".join(each) for each in (target.area_from, target.postcode_from) if each)
    yield from (".".join(who.organisation_from) for who in rule.excludes if who.organisation_from)


def _can_ask(path: str, definition: FormDefinition) -> bool:
    question = definition.question_at(path)
    if question is None or question.questions or question.kind in (Kind.FILE, Kind.FILES):
        return False
    return is_asked_once(path, definition)


def _title(path: str, definition: FormDefinition) -> str:
    question = definition.question_at(path)
    return question.title if question else path


def _asked(question: Question, answers: Mapping[str, Any], definition: FormDefinition) -> Asked:
    value = value_at(answers, tuple(question.path.split(".")))
    values = value if isinstance(value, list) else [] if value is None else [value]
    texts = (str(each).lower() if isinstance(each, bool) else str(each) for each in values)
    options = options_of(question.path, definition)
    return Asked(
        question.path, question.title, options, question.kind is Kind.CHECKBOXES, tuple(texts)
    )


def _answers(questions: Iterable[Question], posted: Mapping[str, list[str]]) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for question in questions:
        given = [each.strip() for each in posted.get(question.path, []) if each.strip()]
        if not given:
            continue
        values = [answer_value(each, question) for each in given]
        *groups, name = question.path.split(".")
        inside = answers
        for group in groups:
            inside = inside.setdefault(group, {})
        inside[name] = values if question.kind is Kind.CHECKBOXES else values[0]
    return answers


def _tried(rules: RuleSet, answers: Mapping[str, Any], questions: Iterable[Question]) -> Tried:
    now, definition, directory = clock(), rules.definition, current_directory()
    shown = prune(definition, on_the_day(definition, answers, now))
    decision = route(rules, shown, directory, now)
    not_asked = tuple(
        question.title
        for question in questions
        if value_at(answers, path := tuple(question.path.split("."))) is not None
        and value_at(shown, path) is None
    )
    return Tried(
        decision, sent_to(decision, directory), table(decision, directory), not_found(decision),
        not_asked,
    )  # fmt: skip
