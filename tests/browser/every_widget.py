"""The example form with every kind of question, and its pages in every state."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from form_definitions import FormDefinition, check_page, load_form, starting_answers
from form_definitions.sampling import sample_answers, wrong_on_page
from renderers import Site, compile_form

EXAMPLE = Path(__file__).parents[2] / "docs" / "authors" / "examples" / "every-widget.json"

#: Answers to what no sample is known of, and enough items that there are buttons to remove them.
SAID: dict[str, Any] = {
    "has_pet": True,
    "pet_name": "Rex",
    "contact_by": "other",
    "contact_other": "By boat",
    "needs": ["bed", "food"],
    "food_kind": "Soup",
    "agree": True,
    "about": "A bed & a <quiet> room. " * 12,
    "people": [{"name": "Ann", "is_child": True, "school": "Hill"}, {"name": "Bea"}],
    "jobs": [{"employer": "The mill", "since": "2019-03"}, {"employer": "The sea"}],
    "carer": {
        "first_name": "Cyd",
        "works": True,
        "where": "At home",
        "friends": [{"name": "Dot"}, {"name": "Eve"}],
    },
}


def example() -> FormDefinition:
    """The form."""
    return load_form(EXAMPLE)


def answers_of(definition: FormDefinition) -> dict[str, Any]:
    """An answer to every question that can be typed, ticked or chosen."""
    return {**sample_answers(definition), **SAID}


def pages_in_every_state(definition: FormDefinition) -> dict[str, str]:
    """Page and state → HTML: fresh, answered, left empty by mistake, typed wrongly."""
    renderer = compile_form(definition, Site())
    full, fresh = answers_of(definition), starting_answers(definition)
    shown = {
        "start": renderer.start(csrf="t"),
        "check": renderer.check_answers(full, csrf="t", change_url=lambda page: f"/{page}"),
    }
    for page in definition.pages:
        states = {"fresh": (fresh, False), "answered": (full, False), "empty": ({}, True)}
        states["wrong"] = (wrong_on_page(page, {**full, "agree": False}), True)
        for state, (answers, is_checked) in states.items():
            errors = check_page(definition, page, answers).errors if is_checked else ()
            shown[f"{page.id} {state}"] = renderer.page(
                page.id,
                answers,
                errors,
                csrf="t",
                back_url="/back",
                notice="Look here" * is_checked,
            )
        if definition.list_on(page):
            for item in (0, 2):
                name = f"{page.id} item {item}"
                shown[name] = renderer.page(page.id, full, csrf="t", item=item)
    return shown
