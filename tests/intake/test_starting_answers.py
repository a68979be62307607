"""Answers that a form begins with: told as such, corrected, kept where they cannot be changed."""

import copy
import json
from typing import Any

import pytest
from flask import Flask

from form_definitions import parse_form, starting_answers
from tests.intake import food_parcel as fp
from tests.journeys.html_contract import Page

pytestmark = pytest.mark.database("sqlite")


def form() -> dict[str, Any]:
    """The food parcel, with a usual answer, one for professionals alone, and one that is fixed."""
    made = copy.deepcopy(fp.FORM)
    made["properties"]["full_name"]["default"] = "The Example family"
    made["properties"]["ward"]["default"] = "Ward 1"
    made["properties"]["scheme"] = {
        "title": "Scheme",
        "type": "string",
        "const": "winter",
        "readOnly": True,
    }
    page = next(page for page in made["x-form"]["pages"] if page["id"] == "about")
    page["questions"].insert(0, "scheme")
    return made


def begun(app: Flask) -> tuple[Any, Page]:
    with app.app_context():
        fp.publish(form())
        url = fp.a_link().url
    browser = fp.visitor(app)
    return browser, fp.as_far_as("about", browser, url)


def test_a_usual_answer_is_told_and_can_be_changed(app: Flask) -> None:
    browser, page = begun(app)
    assert page.control("full_name").value == "The Example family"
    assert "We filled in ‘Full name’ with the usual answer" in page.text
    browser.press("continue", [("full_name", "Ann Example")])
    again = browser.open(page.url)
    assert again.control("full_name").value == "Ann Example"
    assert "usual answer" not in again.text


def test_what_is_fixed_is_shown_and_whatever_is_posted_for_it_is_not_kept(app: Flask) -> None:
    browser, page = begun(app)
    assert "Scheme winter" in page.text
    assert "scheme" not in [control.name for control in page.controls]
    browser.press("continue", [("full_name", "Ann"), ("scheme", "summer")])
    assert "Scheme winter" in browser.open(page.url).text


def test_what_a_link_says_counts_more_than_the_usual_answer() -> None:
    definition = parse_form(json.dumps(form()))
    assert starting_answers(definition, {"full_name": "Bea"}) == {
        "full_name": "Bea",
        "ward": "Ward 1",
        "scheme": "winter",
    }
