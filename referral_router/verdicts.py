"""What every rule made of a referral, in words: told when somebody asks for it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from form_definitions import Not, describe_condition, explain
from referral_router.cover import Moved
from referral_router.decisions import TeamTimes, Verdict
from referral_router.directory import Directory
from referral_router.due_times import DueTimes
from referral_router.rule_set import Rule, RuleSet, ToService
from referral_router.sections_sent import Sections
from referral_router.target_areas import Answers, is_by_answer, postcode_words


class Arrival(NamedTuple):
    """A matched rule with the teams that it found."""

    rule: Rule
    teams: tuple[str, ...]
    unresolved: str = ""
    overruled: str = ""
    moved: tuple[Moved, ...] = ()
    sections: Mapping[str, Sections] = {}
    is_stopped: bool = False


class Contribution(NamedTuple):
    """A rule with the teams that get the referral because of it, its own or the fallback's."""

    rule: Rule
    teams: tuple[str, ...]


class Settled(NamedTuple):
    """What is needed to say later what every rule made of a referral."""

    rules: RuleSet
    answers: Answers
    directory: Directory
    times: DueTimes
    arrived: Mapping[str, Arrival]
    fallback: Arrival | None
    contributions: list[Contribution]


def verdicts_of(settled: Settled) -> tuple[Verdict, ...]:
    """Return one verdict a rule, in the order of the file, and then the fallback's."""
    rules, arrived = settled.rules, settled.arrived
    reached = {each.rule.id: each.teams for each in settled.contributions}
    verdicts = [
        _verdict(rule, _because(rule, settled), arrived.get(rule.id), reached, settled)
        for rule in rules.rules
    ]
    why = _why_fallback(arrived.values())
    return (*verdicts, _verdict(rules.fallback, why, settled.fallback, reached, settled))


def _verdict(
    rule: Rule,
    because: str,
    arrival: Arrival | None,
    reached: Mapping[str, tuple[str, ...]],
    settled: Settled,
) -> Verdict:
    if arrival is None:
        return Verdict(rule.id, False, rule.why, because, sends=bool(rule.to))
    counts, times = rule.id in reached, settled.times
    return Verdict(
        rule=rule.id,
        matched=True,
        why=rule.why,
        because=because,
        teams=arrival.teams,
        unresolved=arrival.unresolved,
        overruled=arrival.overruled,
        is_stopped=arrival.is_stopped,
        sends=bool(rule.to),
        urgency=rule.urgency,
        acknowledge_by=times.by(rule.acknowledge_within) if counts else None,
        decide_by=times.by(rule.decide_within) if counts else None,
        moved=arrival.moved,
        sections=arrival.sections,
        times=tuple(_own_times(rule, reached.get(rule.id, ()), settled)),
    )


def _own_times(rule: Rule, teams: Iterable[str], settled: Settled) -> Iterator[TeamTimes]:
    """Yield the times of the teams whose own calendar says otherwise than an office's."""
    times = settled.times
    usual = times.by(rule.acknowledge_within), times.by(rule.decide_within)
    for team_id in teams:
        team = settled.directory.teams[team_id]
        own = times.by(rule.acknowledge_within, team), times.by(rule.decide_within, team)
        if own != usual:
            yield TeamTimes(team_id, *own)


def _because(rule: Rule, settled: Settled) -> str:
    """Say in the form's words which comparisons decided whether a rule applies, and where the
    postcode is that decides who gets it."""
    postcodes = _postcodes(rule, settled) if rule.id in settled.arrived else ()
    if rule.when is None:
        return " and ".join(("every form of this kind goes there", *postcodes))
    deciding = explain(rule.when, settled.answers).deciding
    words = (
        describe_condition(comparison if held else Not(comparison), settled.rules.definition)
        for comparison, held in deciding
    )
    return " and ".join(dict.fromkeys((*words, *postcodes)))


def _postcodes(rule: Rule, settled: Settled) -> Iterator[str]:
    for target in rule.to:
        if not isinstance(target, ToService) or not target.postcode_from:
            continue
        if not is_by_answer(target, settled.answers, settled.directory):
            yield postcode_words(target, settled.answers, settled.directory)


def _why_fallback(arrived: Iterable[Arrival]) -> str:
    sending = [each for each in arrived if each.rule.to and not each.is_stopped]
    if not sending:
        return "no rule applies"
    stranded = [f"‘{arrival.rule.id}’" for arrival in sending if not arrival.teams]
    if not stranded:
        return "every rule that applies found a team"
    return f"no team was found for the rule {' and '.join(stranded)}"
