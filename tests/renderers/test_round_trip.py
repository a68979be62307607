"""What a page shows, posted back as its HTML contract says, gives the same answers."""

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from renderers import Site, compile_form
from tests.journeys.html_contract import Control, read_page
from tests.renderers.forms import EVERY_KIND, form_of


def posted(control: Control) -> list[str]:
    """What a browser sends for a control that is left as it is."""
    if control.options:
        return [option.value for option in control.options if option.is_chosen]
    return [control.value]


def read_back(name: str, answers: dict[str, Any]) -> dict[str, Any]:
    renderer = compile_form(form_of(name), Site())
    page = read_page("/", 200, renderer.page("only", answers, csrf="token"))
    pairs = [(one.name, text) for one in page.controls for text in posted(one)]
    files = {one.name: answers[one.name] for one in renderer.definition.file_questions}
    return renderer.read("only", MultiDict(pairs), files)  # a page cannot post a file back


@pytest.mark.parametrize("name", EVERY_KIND)
def test_an_answer_comes_back_as_it_is_stored(name: str) -> None:
    answers = {name: EVERY_KIND[name][1]}
    assert read_back(name, answers) == answers


@pytest.mark.parametrize(
    ("name", "typed"),
    [("born_on", "31//x"), ("month", "13/2026"), ("gestation", "31/9"), ("clock", "half past 4")],
)
def test_what_cannot_be_read_comes_back_as_it_was_typed(name: str, typed: str) -> None:
    assert read_back(name, {name: typed}) == {name: typed}


def test_the_boxes_of_a_month_and_of_weeks_and_days_have_their_names() -> None:
    renderer = compile_form(form_of("month", "gestation"), Site())
    page = read_page("/", 200, renderer.page("only", {}, csrf="token"))
    assert [one.name for one in page.controls] == [
        "month-month",
        "month-year",
        "gestation-weeks",
        "gestation-days",
    ]
    assert page.control("gestation-weeks").label == "Question gestation (optional) Weeks"
