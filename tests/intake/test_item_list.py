"""A repeating group as a list: add, change and remove one item at a time, without JavaScript."""

import json
from copy import deepcopy
from typing import Any

import pytest
from flask import Flask

from form_definitions import FormFileError, parse_form
from intake.services.publishing import publish_form
from tests.intake import food_parcel as fp
from tests.journeys.form_filler import Answers, carry_on
from tests.journeys.html_contract import Page
from tests.journeys.visitors import Visitor

pytestmark = pytest.mark.database("sqlite")


def form_with_list(*, required: bool = True) -> dict[str, Any]:
    form = deepcopy(fp.FORM)
    form["properties"]["children"]["x-ui"] |= {"list": True}
    form["properties"]["children"]["items"]["properties"]["where"] = {
        "type": "string",
        "title": "Where do they live?",
        "x-ui": {"when": {"school": "none"}, "required": True},
    }
    if required:
        form["required"].append("children")
    return form


def visitor_at_list(app: Flask, *, required: bool = True) -> Visitor:
    with app.app_context():
        publish_form(json.dumps(form_with_list(required=required)), json.dumps(fp.RULES))
        link = fp.a_link()
    visitor = fp.visitor(app)
    fp.as_far_as("family", visitor, link.url, fp.FILLED)
    return visitor


@pytest.fixture
def browser(app: Flask) -> Visitor:
    return visitor_at_list(app)


def link_to(page: Page, words: str, at: int = 0) -> str:
    return [url for text, url in page.links if text.startswith(words)][at]


def add(browser: Visitor, name: str, school: str = "") -> Page:
    """Fill in the item that is asked for."""
    fields = [(c.name, name if "first_name" in c.name else school) for c in browser.here.controls]
    return browser.press("continue", fields)


def test_the_first_item_is_asked_at_once_and_then_listed(browser: Visitor) -> None:
    assert browser.here.heading == "Child 1"
    assert [control.name for control in browser.here.controls] == [
        "children-0-first_name",
        "children-0-school",
    ]
    page = add(browser, "Ada")
    assert page.heading == "Children"
    assert page.controls == ()
    assert "Ada" in page.text
    assert set(page.buttons) == {"", "continue", "remove-0", "add", "save"}


def test_items_are_added_changed_and_removed(browser: Visitor) -> None:
    add(browser, "Ada")
    page = browser.press("add")
    assert page.heading == "Child 2"
    page = add(browser, "Bo")
    page = browser.open(link_to(page, "Change", 0))
    assert page.control("children-0-first_name").value == "Ada"
    page = add(browser, "Cy")
    assert "Cy" in page.text
    assert "Ada" not in page.text
    page = browser.press("remove-0")
    assert "Cy" not in page.text
    assert "Bo" in page.text
    assert page.heading == "Children"


def test_no_more_can_be_added_than_the_limit(browser: Visitor) -> None:
    for name in ("Ada", "Bo", "Cy"):
        page = add(browser, name)
        if name != "Cy":
            browser.press("add")
    assert "add" not in page.buttons


def test_an_item_with_an_error_is_shown_again_with_it(browser: Visitor) -> None:
    page = browser.press("continue", [("children-0-school", "Hill School")])
    assert page.errors[0].href == "#children-0-first_name"
    assert page.heading == "Child 1"
    assert page.control("children-0-school").value == "Hill School"
    assert page.errors[0].href[1:] in page.ids


def test_a_question_that_an_item_brings_up_is_asked_before_the_list(browser: Visitor) -> None:
    page = add(browser, "Ada", "none")
    assert page.heading == "Child 1"
    assert not page.errors
    assert "children-0-where" in [control.name for control in page.controls]
    page = browser.press(
        "continue", [("children-0-first_name", "Ada"), ("children-0-school", "none")]
    )
    assert [error.href for error in page.errors] == ["#children-0-where"]


def test_an_item_that_was_added_by_mistake_is_left_blank(browser: Visitor) -> None:
    add(browser, "Ada")
    browser.press("add")
    page = browser.press("continue")
    assert page.heading == "Children"
    assert "Child 2" not in page.text


def test_the_last_item_removed_is_asked_again_where_one_is_needed(browser: Visitor) -> None:
    add(browser, "Ada")
    assert browser.press("remove-0").heading == "Child 1"
    page = browser.press("continue")
    assert page.errors


def test_a_list_that_may_stay_empty_can_be_passed(app: Flask) -> None:
    browser = visitor_at_list(app, required=False)
    assert browser.here.heading == "Children"
    assert "You have not added any." in browser.here.text
    assert browser.press("continue").url.endswith("/check-answers")


def test_the_journey_ends_by_pressing_continue_alone(browser: Visitor) -> None:
    assert carry_on(browser, Answers(text=fp.NAME)).reference


def test_who_changes_an_item_goes_back_to_checking_the_answers(browser: Visitor) -> None:
    add(browser, "Ada")
    page = browser.press("continue")
    assert page.url.endswith("/check-answers")
    page = browser.open(next(url for _, url in page.links if "/family?change=1" in url))
    page = browser.open(link_to(page, "Change"))
    page = add(browser, "Bo")
    assert page.heading == "Children"
    page = browser.press("continue")
    assert page.url.endswith("/check-answers")
    assert "Bo" in page.text


@pytest.mark.parametrize("number", ["-1", "99", "x", "²", "9" * 5000])
def test_a_number_of_an_item_that_is_not_there_does_no_harm(browser: Visitor, number: str) -> None:
    add(browser, "Ada")
    page = browser.open(f"{browser.here.url}?item={number[:60]}")
    assert page.status == 200
    browser.open(page.url.partition("?")[0])
    sent = [("intake:item", number), ("children-0-first_name", "Bo")]
    assert browser.press("continue", sent).status == 200


def test_only_a_repeating_group_on_a_page_of_its_own_can_be_a_list() -> None:
    form = form_with_list()
    form["properties"]["notes"]["x-ui"]["list"] = True
    form["x-form"]["pages"][5]["questions"] = ["children", "visit_days"]
    form["x-form"]["pages"].pop()
    with pytest.raises(FormFileError) as caught:
        parse_form(json.dumps(form))
    said = " ".join(str(problem) for problem in caught.value.problems)
    assert "‘notes’ is no repeating group" in said
    assert "‘children’ is a list, which needs a page of its own" in said
