"""A skeleton joined with values is what the macros give for the same values."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from form_definitions import FormDefinition
from renderers.arranging import arrange
from renderers.controls import controls
from renderers.markup import Heading
from renderers.skeleton import Marks, marks_for, split
from renderers.spots import Spot
from renderers.straight import render_straight
from tests.form_definitions.factories import checkboxes, make_definition, radios
from tests.renderers.forms import EVERY_KIND, PEOPLE, form_of
from tests.renderers.html_trees import tree

MARKS = Marks("\ue000", "\ue001")


def joined_html(
    definition: FormDefinition,
    answers: dict[str, Any],
    errors: dict[str, str],
    heading: Heading = Heading.QUESTION,
) -> str:
    """The page's questions as skeletons filled in."""
    placed = arrange(definition.pages[0].questions)
    spots = [Spot(one, "", heading, MARKS) for one in placed]
    return "".join(control.render(answers, errors) for control in controls(spots))


def both(
    definition: FormDefinition,
    answers: dict[str, Any],
    errors: dict[str, str],
    heading: Heading = Heading.QUESTION,
    *,
    loose: bool = False,
) -> tuple[Any, Any]:
    """The page's questions as skeletons and straight through the macros, as trees."""
    joined = joined_html(definition, answers, errors, heading)
    placed = arrange(definition.pages[0].questions)
    straight = "".join(render_straight(one, "", heading, answers, errors) for one in placed)
    return tree(joined, loose=loose), tree(straight, loose=loose)


@pytest.mark.parametrize("name", EVERY_KIND)
@pytest.mark.parametrize("is_answered", [True, False], ids=["answered", "empty"])
@pytest.mark.parametrize("error", ["", "Enter <it> & more"], ids=["right", "wrong"])
def test_a_question_equals_the_straight_macro(name: str, is_answered: bool, error: str) -> None:
    answers = {name: EVERY_KIND[name][1]} if is_answered else {}
    joined, straight = both(form_of(name), answers, {name: error} if error else {})
    assert joined == straight


@pytest.mark.parametrize("heading", Heading)
@pytest.mark.parametrize("name", ["full_name", "trust", "born_on", "carer", "counted"])
def test_a_question_with_any_heading_equals_the_straight_macro(name: str, heading: Heading) -> None:
    joined, straight = both(form_of(name), {}, {}, heading)
    assert joined == straight


OPENING = {
    "told": {"type": "boolean"},
    "by_whom": {"type": "string", "x-ui": {"when": {"told": True}}},
    "why_not": {"type": "string", "x-ui": {"widget": "textarea", "when": {"told": False}}},
    "signs": checkboxes("drugs", "debt"),
    "how_much": {
        "type": "number",
        "format": "money",
        "x-ui": {"when": {"signs": {"contains": {"const": "debt"}}}},
    },
    "where": radios("home", "school"),
    "which": radios("first", "other", **{"x-ui": {"when": {"where": "school"}}}),
    "named": {"type": "string", "x-ui": {"when": {"which": "other"}}},
}


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"told": True, "by_whom": "Ada"},
        {"told": False, "why_not": "line\n  line", "by_whom": "an old answer"},
        {"signs": ["drugs", "debt"], "how_much": 3},
        {"where": "school", "which": "other", "named": "<b>"},
    ],
)
def test_what_opens_under_an_option_equals_the_straight_macros(answers: dict[str, Any]) -> None:
    errors = {"by_whom": "Enter who"}
    # loose: the macros indent the text of a text area under an option, and the skeletons do not
    joined, straight = both(make_definition(OPENING), answers, errors, loose=True)
    assert joined == straight


def test_lines_typed_under_an_option_come_back_as_they_were() -> None:
    html = joined_html(make_definition(OPENING), {"why_not": "line\n  line"}, {})
    assert ">line\n  line</textarea>" in html


@pytest.mark.parametrize(
    "people",
    [
        None,
        [{}],
        [{"first_name": "Ada", "born": "2026-03-07", "told": True, "when": "Then"}, {}],
        [{"first_name": str(number)} for number in range(3)],
    ],
)
def test_a_repeating_group_equals_the_straight_macros(people: Any) -> None:
    definition = make_definition({"people": PEOPLE})
    errors = {"people-1-first_name": "Enter a name", "people": "Add someone"}
    joined, straight = both(definition, {"people": people} if people else {}, errors)
    assert joined == straight


@given(st.text(max_size=50), st.text(max_size=50))
def test_whatever_is_typed_is_shown_as_the_macros_show_it(name: str, story: str) -> None:
    definition = form_of("full_name", "story")
    joined, straight = both(definition, {"full_name": name, "story": story}, {})
    assert joined == straight


def test_private_use_characters_in_an_answer_mean_nothing() -> None:
    answer = "\ue000value\ue001 \uf8fe0\uf8ff \ue000error\ue001"
    joined, straight = both(form_of("full_name", "story"), {"full_name": answer}, {})
    assert joined == straight
    assert f'value="{answer}"' in joined_html(form_of("full_name"), {"full_name": answer}, {})


def test_marks_are_characters_that_the_form_does_not_use() -> None:
    marks = marks_for("a form with \ue000 and \ue002 in its words")
    assert (marks.opening, marks.closing) == ("\ue001", "\ue003")


def test_a_hole_that_stands_in_several_places_is_filled_in_all() -> None:
    skeleton = split(f"<a id={MARKS.hole('x')}>{MARKS.hole('x')}</a>", MARKS)
    assert skeleton.fill({"x": "1<2"}) == "<a id=1&lt;2>1&lt;2</a>"
