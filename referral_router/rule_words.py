"""Rules in words that a manager reads: when it applies, what happens then, and why."""

from collections.abc import Iterator
from dataclasses import dataclass

from form_definitions import FormDefinition, describe_condition
from referral_router.directory import EVERYWHERE, Directory
from referral_router.durations import DurationError, read_duration
from referral_router.rule_set import (
    MIDDLE_RANK,
    Excluded,
    Rule,
    RuleSet,
    Target,
    ToCaseTeams,
    ToService,
    ToTeam,
    Urgency,
)


@dataclass(frozen=True, slots=True)
class RuleWords:
    """One rule in sentences. ``then`` says what it does, the most important first."""

    id: str
    when: str
    then: tuple[str, ...]
    why: str
    rank: int = MIDDLE_RANK


def rule_words(rule: Rule, definition: FormDefinition, directory: Directory) -> RuleWords:
    """Say what a rule does, in the words of its form and of the directory."""
    when = "Always"
    if rule.when is not None:
        when = f"If {describe_condition(rule.when, definition)}"
    then = tuple(_effects(rule, definition, directory))
    return RuleWords(rule.id, when, then, rule.why, rule.rank)


def rules_in_words(rules: RuleSet, directory: Directory) -> tuple[RuleWords, ...]:
    """Every rule of a set in the order in which they are read, without the fallback."""
    return tuple(rule_words(each, rules.definition, directory) for each in rules.rules)


def fallback_words(rules: RuleSet, directory: Directory) -> RuleWords:
    """What happens with a referral that no rule sends anywhere."""
    first, *others = rules.fallback.to
    then = [f"Send it to {target_words(first, rules.definition, directory)}"]
    then += [
        f"If that finds nobody, or nobody who may have it, send it to "
        f"{target_words(each, rules.definition, directory)}"
        for each in others
    ]
    then.append(_times(rules.fallback, rules.definition))
    return RuleWords(rules.fallback.id, "If no rule sends it anywhere", tuple(then),
                     rules.fallback.why)  # fmt: skip


def _effects(rule: Rule, definition: FormDefinition, directory: Directory) -> Iterator[str]:
    for target in rule.to:
        yield f"Send {sections_words(target, definition)} to " + target_words(
            target, definition, directory
        )
    for each in rule.excludes:
        yield f"Never send it to {excluded_words(each, definition, directory)}"
    if rule.to:
        yield _times(rule, definition)
    elif rule.urgency > Urgency.ROUTINE:
        level, _, times = _times(rule, definition).partition(": ")
        words = f"Make it at least {level.lower()} for every team that gets it"
        yield f"{words}: {times}" if times else words
    if rule.asks:
        yield f"Ask a person of the team: “{rule.asks}”"
    if rule.stops:
        yield "Follow no rule of a later rank"
    if rule.tags:
        yield f"Mark it {', '.join(tag.replace('-', ' ') for tag in rule.tags)}"


def _times(rule: Rule, definition: FormDefinition) -> str:
    words = [rule.urgency.label]
    if rule.acknowledge_within:
        words.append(f"acknowledge it {duration_words(rule.acknowledge_within, definition)}")
    if rule.decide_within:
        words.append(f"decide {duration_words(rule.decide_within, definition)}")
    return f"{words[0]}: {' and '.join(words[1:])}" if words[1:] else words[0]


def sections_words(target: Target, definition: FormDefinition) -> str:
    """What is sent: "it", or "only ‘About you’ and ‘Your baby’"."""
    sent = () if isinstance(target, ToCaseTeams) else target.send
    if not sent:
        return "it"
    titles = {page.id: page.title or page.id for page in definition.pages}
    *first, last = (f"‘{titles.get(each, each)}’" for each in sent)
    return f"only {', '.join(first)} and {last}" if first else f"only {last}"


def target_words(target: Target, definition: FormDefinition, directory: Directory) -> str:
    """Who gets it: "Duty desk", or "the team for Exploitation in the area of ‘Which borough?’"."""
    if isinstance(target, ToTeam):
        return directory.team_name(target.team)
    if isinstance(target, ToCaseTeams):
        return "the teams of its case"
    service = directory.service_name(target.service)
    return f"the team for {service} {_where(target, definition, directory)}"


def _where(target: ToService, definition: FormDefinition, directory: Directory) -> str:
    postcode = ""
    if target.postcode_from:
        postcode = f"where the postcode {_question(target.postcode_from, definition)} is"
    if target.area_from:
        words = f"in the area of {_question(target.area_from, definition)}"
        return f"{words}, or else {postcode}" if postcode else words
    if postcode:
        return postcode
    if target.area in ("", EVERYWHERE):
        return "everywhere"
    return f"in {directory.area_name(target.area)}"


def excluded_words(who: Excluded, definition: FormDefinition, directory: Directory) -> str:
    """Who must not get it: "Duty desk", or "any team of the organisation that ‘Employer’ names"."""
    if who.team:
        return directory.team_name(who.team)
    if who.organisation:
        names = (team for team in directory.teams.values() if team.organisation == who.organisation)
        name = next((team.organisation_name for team in names), who.organisation)
        return f"any team of {name}"
    return f"any team of the organisation that {_question(who.organisation_from, definition)} names"


def _question(path: tuple[str, ...], definition: FormDefinition) -> str:
    question = definition.question_at(".".join(path))
    return f"‘{question.title if question else '.'.join(path)}’"


def duration_words(text: str, definition: FormDefinition) -> str:
    """A length of time as one says it: "within 4 working hours", "before the next school day"."""
    try:
        duration = read_duration(text)
    except DurationError:
        return f"within {text}"
    length = text.partition(" after ")[0]
    words = length if length.startswith("before") else f"within {_length(length)}"
    if duration.after:
        words += f" after {_question(tuple(duration.after.split('.')), definition)}"
    return words


def _length(text: str) -> str:
    if not text.startswith("P"):
        return text
    days, _, clock = text[1:].partition("T")
    numbers = {"W": "week", "D": "day"}, {"H": "hour", "M": "minute", "S": "second"}
    parts = [*_counted(days, numbers[0]), *_counted(clock, numbers[1])]
    return " and ".join(parts) or text


def _counted(text: str, units: dict[str, str]) -> Iterator[str]:
    number = ""
    for letter in text:
        if letter in units:
            yield f"{number} {units[letter]}{'' if number == '1' else 's'}"
            number = ""
        else:
            number += letter
