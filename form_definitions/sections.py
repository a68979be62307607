"""Some of a form's pages, and which answers belong to them: for whoever is sent no more."""

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any

from form_definitions.calculating import needs
from form_definitions.conditions import Condition
from form_definitions.definition import FormDefinition, Page


def pages_that_ask(definition: FormDefinition) -> tuple[Page, ...]:
    """The pages that have questions: the sections that can be sent by themselves."""
    return tuple(page for page in definition.pages if page.questions)


@lru_cache(maxsize=512)
def names_in(definition: FormDefinition, pages: frozenset[str]) -> frozenset[str]:
    """The names of the answers that belong to these pages, by their ids.

    A calculated value belongs to them if all that it is worked out from does: any other would
    tell of answers that are elsewhere.
    """
    asked = (page.questions for page in definition.pages if page.id in pages)
    names = {question.name for questions in asked for question in questions}
    calculated = definition.source.get("x-form", {}).get("calculated", {})
    waiting = {name: needs(raw, definition.conditions) for name, raw in calculated.items()}
    while known := [name for name, needed in waiting.items() if needed <= names]:
        names.update(known)
        for name in known:
            del waiting[name]
    return frozenset(names)


def answers_in(
    definition: FormDefinition, answers: Mapping[str, Any], pages: Iterable[str]
) -> dict[str, Any]:
    """Those of the answers (as they were shown) that belong to these pages."""
    names = names_in(definition, frozenset(pages))
    return {name: value for name, value in answers.items() if name in names}


def looks_only_at(condition: Condition, names: Collection[str]) -> bool:
    """Whether a condition can be judged by these answers alone, and so tells of no other."""
    return all(each.path and each.path[0] in names for each in condition.comparisons())


def section_titles(definition: FormDefinition, pages: Collection[str]) -> tuple[str, ...]:
    """The titles of these pages as a person knows them, in the form's order, once each."""
    titles = (
        page.title or (page.questions[0].title if page.questions else page.id)
        for page in definition.pages
        if page.id in pages
    )
    return tuple(dict.fromkeys(titles))
