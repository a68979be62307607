"""Rule files: load them, check them against their form and against a directory."""

import hashlib
import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from form_definitions import FormDefinition, Problem
from form_definitions.positions import Document
from referral_router.directory import EVERYWHERE, Directory
from referral_router.findings import Findings, read_document, read_file, suggestion
from referral_router.postcodes import HOW_TO_GET, postcodes_are_installed
from referral_router.rule_reading import RuleReader
from referral_router.rule_set import Excluded, Rule, RuleSet, Target, ToService, ToTeam
from referral_router.sections_sent import always_whole


class RuleFileError(Exception):
    """Raised if a rule file cannot be used; `problems` holds everything that is wrong with it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def shipped_rules() -> dict[str, Path]:
    """Return the rule files that come with the package, by the id of their form."""
    folder = Path(str(files("referral_router"))) / "rules"
    return {path.stem: path for path in sorted(folder.glob("*.json"))}


def load_rules(path: Path, definition: FormDefinition) -> RuleSet:
    """Read a form's rule file. Raises RuleFileError, also if the file cannot be opened."""
    return _rule_set(*read_file(path), definition, str(path))


def parse_rules(text: str | bytes, definition: FormDefinition, source: str = "<rules>") -> RuleSet:
    """Read a rule file's text for a form; `source` names it in problems. Raises RuleFileError."""
    return _rule_set(*read_document(text, source), definition, source)


def _rule_set(
    document: Document, findings: Findings, definition: FormDefinition, source: str
) -> RuleSet:
    if findings.problems:
        raise RuleFileError(findings.problems)
    raw = document.value
    rules = RuleReader(definition, findings).rule_set(raw, content_hash(raw), source)
    if findings.problems:
        raise RuleFileError(findings.problems)
    return rules


def content_hash(raw: object) -> str:
    """Hash what the file says, however it is laid out."""
    canonical = json.dumps(raw, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def check_rules_against(rules: RuleSet, directory: Directory) -> tuple[Problem, ...]:
    """Find what the rules name and the directory does not have: teams, areas, and services that
    nobody gives there. Such a referral would go to the fallback."""
    problems = []
    for rule in (*rules.rules, rules.fallback):
        found = [each for target in rule.to for each in _not_in_directory(target, directory)]
        found += [each for who in rule.excludes for each in _not_excludable(who, directory)]
        found += _parts_for_the_fallback(rule, rules, directory)
        problems += [_problem(rules, rule, message, fix) for message, fix in found]
    problems += [_problem(rules, rules.fallback, *each) for each in _no_other(rules, directory)]
    return tuple(problems)


def _parts_for_the_fallback(
    rule: Rule, rules: RuleSet, directory: Directory
) -> Iterator[tuple[str, str]]:
    whole = always_whole(rules, directory.fallback_team)
    for target in rule.to:
        if isinstance(target, ToTeam) and target.send and target.team in whole:
            message = f"‘{target.team}’ answers for what nobody else takes, and is sent everything"
            yield message, "Take out “send”"


def _not_excludable(who: Excluded, directory: Directory) -> Iterator[tuple[str, str]]:
    if who.team and who.team not in directory.teams:
        fix = suggestion(who.team, directory.teams) or "Take it out"
        yield f"there is no team ‘{who.team}’ to exclude", fix
    organisations = {team.organisation for team in directory.teams.values()}
    if who.organisation and who.organisation not in organisations:
        fix = suggestion(who.organisation, organisations) or "Take it out"
        yield f"there is no organisation ‘{who.organisation}’ to exclude", fix


def _no_other(rules: RuleSet, directory: Directory) -> Iterator[tuple[str, str]]:
    """Find a fallback whose stand-in would be excluded together with it."""
    named = [to.team for to in rules.fallback.to if isinstance(to, ToTeam)]
    known = [directory.teams[team].organisation for team in named if team in directory.teams]
    if any(rule.excludes for rule in rules.rules) and len(known) > 1 and len(set(known)) == 1:
        message = f"the fallback and the team instead of it are both of ‘{known[0]}’"
        yield message, "Name a team of another organisation in “instead”"


def _problem(rules: RuleSet, rule: Rule, message: str, fix: str) -> Problem:
    return Problem(rules.source, rule.line, rule.column, f"rule {rule.id}", message, fix)


def _not_in_directory(target: Target, directory: Directory) -> Iterator[tuple[str, str]]:
    if isinstance(target, ToTeam) and target.team not in directory.teams:
        fix = suggestion(target.team, directory.teams) or "Add the team to the directory"
        yield f"there is no team ‘{target.team}’", fix
    if isinstance(target, ToService):
        yield from _service_not_in_directory(target, directory)


def _service_not_in_directory(target: ToService, directory: Directory) -> Iterator[tuple[str, str]]:
    name = target.service
    given = {service for (service, _), teams in directory.provision.items() if teams}
    if name not in given:
        fix = suggestion(name, given) or "Say in the directory which team gives it where"
        yield f"no team gives the service ‘{name}’", fix
    elif target.area and target.area != EVERYWHERE and target.area not in directory.areas:
        fix = suggestion(target.area, directory.areas) or "Add the area to the directory"
        yield f"there is no area ‘{target.area}’", fix
    elif not _is_answered(target) and not directory.teams_for(name, target.area or EVERYWHERE):
        where = f"in ‘{directory.area_name(target.area)}’" if target.area else "everywhere"
        yield f"no team gives the service ‘{name}’ {where}", "Say in the directory who gives it"


def _is_answered(target: ToService) -> bool:
    """Whether the area is an answer's, so that it differs from referral to referral."""
    return bool(target.area_from or target.postcode_from)


def unread_postcodes(rules: RuleSet) -> tuple[Problem, ...]:
    """Find the rules that need the list of postcodes where it is not installed. They are no
    mistakes: such referrals go to whoever gives the service everywhere, else to the fallback."""
    needing = [rule for rule in (*rules.rules, rules.fallback) if _needs_postcodes(rule)]
    if not needing or postcodes_are_installed():
        return ()
    which = ", ".join(f"‘{rule.id}’" for rule in needing)
    message = (
        f"areas are looked up by postcode ({which}), and the list of postcodes is not installed"
    )
    return (_problem(rules, needing[0], message, HOW_TO_GET),)


def _needs_postcodes(rule: Rule) -> bool:
    return any(isinstance(to, ToService) and to.postcode_from for to in rule.to)


def uncovered_areas(rules: RuleSet, directory: Directory) -> tuple[Problem, ...]:
    """Find the areas that a person can choose and where nobody gives a service that a rule sends
    to. These are no mistakes of the rules: such referrals go to the fallback."""
    problems = []
    for rule in rules.rules:
        for target in rule.to:
            missing = [f"‘{each}’" for each in _uncovered(target, rules.definition, directory)]
            if isinstance(target, ToService) and missing:
                message = f"no team gives the service ‘{target.service}’ in {', '.join(missing)}"
                problems.append(_problem(rules, rule, message, "These go to the fallback"))
    return tuple(problems)


def _uncovered(target: Target, definition: FormDefinition, directory: Directory) -> Iterator[str]:
    if isinstance(target, ToService) and target.area_from:
        question = definition.question_at(".".join(target.area_from))
        for option in question.options if question else ():
            if not directory.teams_for(target.service, str(option.value)):
                yield option.title
