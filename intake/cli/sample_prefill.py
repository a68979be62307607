"""What the platform would fill in beforehand on a page, for somebody who is made up."""

from collections.abc import Mapping
from typing import Any

from form_definitions import FormDefinition, Page, Question
from form_definitions.sampling import sample_for
from intake.services.prefilling import notice_on
from renderers import FormRenderer


def is_prefilled(page: Page) -> bool:
    """Whether the platform fills in any question of the page."""
    return any(each.prefill for question in page.questions for each in question.walk())


def sample_prefill(definition: FormDefinition, page: Page) -> dict[str, Any]:
    """Sample answers to those questions of the page that the platform fills in."""
    if not is_prefilled(page):
        return {}
    sample = sample_for(definition, page)
    found = {one.name: _filled_in(one, sample.get(one.name)) for one in page.questions}
    return {name: value for name, value in found.items() if value}


def sample_notice(
    renderer: FormRenderer, page: Page, answers: Mapping[str, Any], prefilled: Mapping[str, Any]
) -> str:
    """What the page says of them, and of the usual answers, as staff see it on a case."""
    shown = renderer.displayed(page.id, answers)
    return notice_on(renderer.definition, shown, answers, prefilled)


def _filled_in(question: Question, value: Any) -> Any:
    if question.prefill or not isinstance(value, Mapping):
        return value if question.prefill else None
    inside = {one.name: _filled_in(one, value.get(one.name)) for one in question.questions}
    return {name: inner for name, inner in inside.items() if inner}
