"""The task list and the list of items in a browser: accessible, valid, and done with keys."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from form_definitions import TaskState
from renderers import FormRenderer, Site, TaskRow, compile_form
from tests.browser.checkers import HtmlCollection, axe_problems
from tests.browser.page_serving import show
from tests.form_definitions.factories import make_definition

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OpenWindow = Callable[..., BrowserContext]

PEOPLE = {
    "type": "array",
    "title": "Who lives there?",
    "maxItems": 3,
    "items": {
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "title": "Name"},
            "age": {"type": "integer", "title": "Age"},
            "school": {
                "type": "string",
                "title": "School",
                "x-ui": {"when": {"age": {"maximum": 17}}, "required": True},
            },
        },
    },
    "x-ui": {"item": "person", "list": True, "hint": "Start with the youngest"},
}
ANSWERS = {"people": [{"name": "Ada", "age": 12, "school": "Hill"}, {"name": "Bo"}]}
ROWS = [TaskRow(f"Section {state}", state, f"/form/{state}") for state in TaskState]


def form() -> FormRenderer:
    return compile_form(make_definition({"people": PEOPLE}, layout="task-list"), Site())


def pages() -> dict[str, str]:
    renderer = form()
    return {
        "tasks": renderer.task_list(ROWS, csrf="t", back_url="/start"),
        "list": renderer.page("only", ANSWERS, csrf="t", back_url="/start", query="change=1"),
        "empty list": renderer.page("only", {}, csrf="t"),
        "item": renderer.page("only", ANSWERS, csrf="t", item=0),
        "new item": renderer.page("only", ANSWERS, csrf="t", item=2),
    }


@pytest.mark.parametrize("width", [360, pytest.param(1280, marks=pytest.mark.nightly)])
def test_they_are_accessible_and_fit_a_phone_and_a_desk(
    open_window: OpenWindow, axe_source: str, width: int
) -> None:
    problems: list[str] = []
    context = open_window(width)
    for name, html in pages().items():
        page = show(context, html, problems)
        problems += [f"{name}: {problem}" for problem in axe_problems(page, axe_source)]
        for each in (360 + 1280 - width, width):
            page.set_viewport_size({"width": each, "height": 800})
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                problems.append(f"{name} is wider than {each} px")
    assert problems == []


def test_they_are_valid_html(html_checker: HtmlCollection) -> None:
    for name, html in pages().items():
        html_checker.add(name, html)
    assert html_checker.problems() == []


def test_every_task_and_button_is_reached_with_the_tab_key(open_window: OpenWindow) -> None:
    problems: list[str] = []
    page = show(open_window(), pages()["tasks"], problems)
    page.locator("main").focus()
    reached = []
    for _ in range(20):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent.trim()"))
    for row in ROWS:
        assert (row.title in reached) is (row.state is not TaskState.CANNOT_START)
    assert "Continue" in reached
    assert problems == []


def test_a_question_of_an_item_comes_up_as_it_is_answered(open_window: OpenWindow) -> None:
    problems: list[str] = []
    page = show(open_window(360), pages()["new item"], problems)
    page.locator("#people-2-age").fill("30")
    assert not page.locator("#people-2-school").is_visible()
    page.locator("#people-2-age").fill("7")
    page.locator("#people-2-school").wait_for(state="visible")
    assert problems == []
