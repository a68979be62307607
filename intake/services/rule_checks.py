"""Everything that is wrong with rules, and what one should know before they hold."""

from dataclasses import dataclass

from form_definitions import FormDefinition, Problem
from referral_router import (
    Directory,
    RuleFileError,
    RuleSet,
    check_rules_against,
    parse_rules,
    pointless_rules,
    uncovered_areas,
    unread_postcodes,
)


@dataclass(frozen=True, slots=True)
class Checked:
    """Rules that were checked: `problems` keep them from holding, `remarks` do not.

    ``rules`` is None where they cannot be read at all.
    """

    rules: RuleSet | None
    problems: tuple[Problem, ...] = ()
    remarks: tuple[Problem, ...] = ()


def check_rules(
    text: str, definition: FormDefinition, directory: Directory | None, source: str
) -> Checked:
    """Check rules against their form and, if there is one, the directory."""
    try:
        rules = parse_rules(text, definition, source)
    except RuleFileError as error:
        return Checked(None, error.problems)
    return check_rule_set(rules, directory)


def check_rule_set(rules: RuleSet, directory: Directory | None) -> Checked:
    """Check rules that could be read."""
    problems, remarks = pointless_rules(rules, directory), unread_postcodes(rules)
    if directory is not None:
        problems += check_rules_against(rules, directory)
        remarks += uncovered_areas(rules, directory)
    return Checked(rules, problems, remarks)
