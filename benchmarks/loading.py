"""Loading a 200-question form with 100 conditions, and checking one of 500 for its author."""

import json

from benchmarks.forms import make_form
from benchmarks.measuring import Figure, median, shown
from form_definitions import check_form, parse_form
from renderers import Site, compile_form

QUESTIONS = 200
CONDITIONS = 100
CHECKED = 500


def measure() -> list[Figure]:
    """Seconds from the file's text to a form that can be served, and to all advice on one."""
    text = with_conditions(QUESTIONS, CONDITIONS)

    def load() -> object:
        definition = parse_form(text, "measured.json")
        renderer = compile_form(definition, Site())
        for page in definition.pages:  # a page is compiled when it is first asked for
            renderer.page(page.id, {}, csrf="token")
        return renderer

    took = median(load, rounds=5)
    large = with_conditions(CHECKED, CHECKED // 2)
    checked = median(lambda: check_form(large, "measured.json"), rounds=3)
    return [
        Figure("Loading 200 questions, 100 conditions", shown(took), "–", round(took, 3), 0.5, "s"),
        Figure("forms check of 500 questions", shown(checked), "–", round(checked, 3), 1, "s"),
    ]


def with_conditions(questions: int, conditions: int) -> str:
    """A form of which so many questions are shown only after an answer to an earlier one."""
    form = json.loads(make_form(questions, per_page=10))
    names = list(form["properties"])
    left = conditions
    for number, name in enumerate(names):
        earlier = number - number % 10 + 1  # the radios question of the same ten
        if number <= earlier or not left or number % 10 > 6:
            continue
        ui = form["properties"][name].setdefault("x-ui", {})
        ui |= {"when": {names[earlier]: [f"option-{1 + number % 4}", "option-2"]}, "required": True}
        form["required"].remove(name)
        left -= 1
    assert not left, f"{left} conditions found no place"
    return json.dumps(form)
