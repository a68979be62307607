"""What is wrong with a rule's condition, found by the form language's own checks."""

from collections.abc import Iterator
from functools import lru_cache

from form_definitions import ConditionError, FormDefinition, parse_condition
from form_definitions.calculation_linting import outline_answers
from form_definitions.condition_linting import condition_findings
from form_definitions.dialect import Finding
from form_definitions.kinds import Outlined

# a rule's condition is checked as if it were one more named condition of the form; nobody can
# name a condition like this
_ITS_NAME = "this rule's condition"
_ITS_PLACE = ("x-form", "conditions", _ITS_NAME)


def when_findings(raw: object, definition: FormDefinition) -> Iterator[Finding]:
    """Find comparisons of no question, and with answers that nobody can give.

    The pointers start at the condition itself.
    """
    try:
        parse_condition(raw, definition.conditions)
    except ConditionError as error:
        yield Finding(error.where, error.message, error.fix)
        return
    named = {**definition.source["x-form"].get("conditions", {}), _ITS_NAME: raw}
    questions = _outlined(definition)
    for finding in condition_findings({"conditions": named, "pages": []}, questions):
        place = finding.pointer[len(_ITS_PLACE) :]
        yield Finding(place, finding.message, finding.fix, finding.on_key)


@lru_cache(maxsize=16)  # a file of a thousand rules asks a thousand times for the same form
def _outlined(definition: FormDefinition) -> dict[str, Outlined]:
    return outline_answers(definition.source, definition.conditions)
