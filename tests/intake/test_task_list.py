"""A long form as a list of tasks, in any order, without JavaScript."""

import json
from copy import deepcopy
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from form_definitions import parse_form, tasks_of
from intake.services.publishing import publish_form
from tests.intake import food_parcel as fp
from tests.journeys.form_filler import Answers, carry_on, fill
from tests.journeys.html_contract import Page
from tests.journeys.visitors import Visitor

pytestmark = pytest.mark.database("sqlite")

PAGES = [
    {"id": "danger", "section": "Safety", "questions": ["in_danger"]},
    fp.FORM["x-form"]["pages"][2],
    {"id": "who", "title": "Who", "section": "You", "questions": ["applying_as", "ward"]},
    {"id": "about", "title": "About you", "section": "You", "questions": ["full_name", "notes"]},
    {"id": "family", "title": "Children", "questions": ["children"]},
    {
        "id": "visits",
        "title": "Visits",
        "questions": ["visit_days"],
        "when": {"applying_as": "professional"},
    },
]
PARENT = Answers({"in_danger": "no", "applying_as": "parent"}, text=fp.NAME)
PROFESSIONAL = Answers({"in_danger": "no", "applying_as": "professional"}, text=fp.NAME)


def form_with_tasks() -> dict[str, Any]:
    form = deepcopy(fp.FORM)
    form["x-form"] |= {"pages": PAGES, "layout": "task-list"}
    return form


@pytest.fixture
def browser(app: Flask) -> Visitor:
    with app.app_context():
        publish_form(json.dumps(form_with_tasks()), json.dumps(fp.RULES))
        link = fp.a_link()
    visitor = fp.visitor(app)
    visitor.open(link.url)
    while not visitor.here.url.endswith("/task-list"):
        visitor.press("continue" if "continue" in visitor.here.buttons else "")
    return visitor


def states(page: Page) -> dict[str, str]:
    """Each task's words, by its title."""
    rows = BeautifulSoup(page.html, "html.parser").select(".govuk-task-list__item")
    words = [
        [" ".join(part.get_text().split()) for part in row.select(":scope > div")] for row in rows
    ]
    return dict(words)


def do(browser: Visitor, task: str, answers: Answers) -> Page:
    """Follow a task's link and complete its pages."""
    browser.open(next(url for words, url in browser.here.links if words == task))
    while not browser.here.url.endswith("/task-list"):
        browser.press("continue", fill(browser.here, answers))
        assert not browser.here.errors
    return browser.here


def test_nothing_can_start_before_what_may_end_the_form(browser: Visitor) -> None:
    assert states(browser.here) == {
        "Safety": "Not started",
        "You": "Cannot start yet",
        "Children": "Cannot start yet",
        "Visits": "Cannot start yet",
    }
    there = browser.open(browser.here.url.replace("task-list", "who"))
    assert there.url.endswith("/task-list")


def test_tasks_are_done_in_any_order_and_say_how_far_they_are(browser: Visitor) -> None:
    do(browser, "Safety", PARENT)
    do(browser, "Children", PARENT)
    assert states(browser.here) == {
        "Safety": "Completed",
        "You": "Not started",
        "Children": "Completed",
        "Visits": "Cannot start yet",
    }
    assert "You have completed 2 of 4 sections. Some open when" in browser.here.text
    url = browser.here.url
    browser.open(url.replace("task-list", "who"))
    browser.press("continue", fill(browser.here, PROFESSIONAL))
    assert states(browser.open(url))["You"] == "In progress"
    assert states(do(browser, "You", PROFESSIONAL))["Visits"] == "Not started"
    assert "Do them in any order" in browser.here.text


def test_a_task_that_does_not_concern_somebody_is_not_on_their_list(browser: Visitor) -> None:
    do(browser, "Safety", PARENT)
    assert "Visits" not in states(do(browser, "You", PARENT))


@pytest.mark.parametrize("answers", [PARENT, PROFESSIONAL], ids=["parent", "professional"])
def test_the_form_is_completed_by_pressing_continue_alone(
    browser: Visitor, answers: Answers
) -> None:
    assert carry_on(browser, answers).reference


def test_who_the_service_cannot_help_is_told_and_may_go_back(browser: Visitor) -> None:
    browser.press("continue")
    page = browser.press("continue", [("in_danger", "yes")])
    assert not page.has_form
    assert "999" in page.text
    url = page.url.replace("call", "task-list")
    assert states(browser.open(url))["Safety"] == "In progress"
    assert set(states(browser.here).values()) == {"In progress", "Cannot start yet"}


def test_answers_are_checked_only_once_every_task_is_completed(browser: Visitor) -> None:
    do(browser, "Safety", PARENT)
    url = browser.here.url
    assert browser.open(url.replace("task-list", "check-answers")).url == url
    do(browser, "You", PARENT)
    page = do(browser, "Children", PARENT)
    assert "You have completed every section" in page.text
    page = browser.press("continue")
    assert page.url.endswith("/check-answers")
    assert next(link for words, link in page.links if words == "Back") == url


def test_a_form_without_tasks_has_no_task_list(app: Flask) -> None:
    with app.app_context():
        fp.publish()
        link = fp.a_link()
    visitor = fp.visitor(app)
    page = fp.as_far_as("danger", visitor, link.url, fp.FILLED)
    assert visitor.open(page.url.replace("danger", "task-list")).status == 404
    assert tasks_of(parse_form(json.dumps(fp.FORM))) == ()
