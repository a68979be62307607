"""What is wrong with a rule's condition, found by the form language's own checks."""

from collections.abc import Iterator

from form_definitions import FormDefinition
from form_definitions.condition_linting import condition_findings
from form_definitions.dialect import Finding
from form_definitions.kinds import outline

# a rule's condition is checked as if it were one more named condition of the form; nobody can
# name a condition like this
_ITS_NAME = "this rule's condition"
_ITS_PLACE = ("x-form", "conditions", _ITS_NAME)


def when_findings(raw: object, definition: FormDefinition) -> Iterator[Finding]:
    """Find comparisons of no question, and with answers that nobody can give.

    The pointers start at the condition itself.
    """
    source = definition.source
    named = {**source["x-form"].get("conditions", {}), _ITS_NAME: raw}
    questions = outline(source["properties"], ("properties",))
    for finding in condition_findings({"conditions": named, "pages": []}, questions):
        place = finding.pointer[len(_ITS_PLACE) :]
        yield Finding(place, finding.message, finding.fix, finding.on_key)
