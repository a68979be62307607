"""Every widget in every state: accessible, valid, narrow and wide, and done with keys alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext
from werkzeug.serving import make_server

from form_definitions import Kind, check_file
from intake.cli.previewing import FormOnDisk, preview_app
from renderers import Site, compile_form
from tests.browser.checkers import HtmlCollection, axe_problems
from tests.browser.every_widget import EXAMPLE, answers_of, example, pages_in_every_state
from tests.browser.page_serving import show
from tests.browser.windows import complete_by_keyboard, new_window
from tests.journeys.form_filler import Answers
from tests.journeys.html_contract import read_page

OpenWindow = Callable[..., BrowserContext]
#: Kinds that no author writes: a plain JSON Schema leads to them.
INFERRED = {Kind.LIST, Kind.DATA}


def test_the_example_has_every_kind_and_no_problem() -> None:
    definition = example()
    leaves = [leaf for root in definition.questions.values() for leaf in root.leaves()]
    kinds = {question.kind for question in (*definition.questions.values(), *leaves)}
    assert set(Kind) - kinds == INFERRED
    assert check_file(EXAMPLE) == ()
    assert any(leaf.read_only for leaf in leaves)


@pytest.mark.browser
@pytest.mark.slow
def test_every_widget_is_accessible_and_fits_answered_and_in_error(
    open_window: OpenWindow, axe_source: str
) -> None:
    problems: list[str] = []
    found: list[str] = []
    context = open_window(360)
    for name, html in pages_in_every_state(example()).items():
        if not name.endswith((" answered", " wrong", " item 0")):
            continue
        page = show(context, html, problems)
        found += [f"{name} {problem}" for problem in axe_problems(page, axe_source)]
        for width in (1280, 360):  # and the next page is as narrow again
            page.set_viewport_size({"width": width, "height": 800})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                found.append(f"{name} does not fit into {width} pixels")
    assert problems == []
    assert found == []


@pytest.mark.html_checker
@pytest.mark.slow
def test_every_widget_in_every_state_is_valid_html(html_checker: HtmlCollection) -> None:
    for name, html in pages_in_every_state(example()).items():
        html_checker.add(name, html)
    assert html_checker.problems() == []


@pytest.mark.browser
def test_whoever_adds_an_item_goes_on_in_it(open_window: OpenWindow) -> None:
    problems: list[str] = []
    definition = example()
    renderer, answers = compile_form(definition, Site()), answers_of(definition)
    page = show(open_window(360), renderer.page("your-people", answers, csrf="t"), problems)
    page.locator("button[value=add]").click()
    page.locator("[name=people-1-name]:focus").wait_for()
    page.reload()  # it was told once
    page.locator("form + [role=status]").wait_for(state="attached")
    assert page.locator("input:focus").count() == 0
    assert problems == []


@pytest.fixture
def previewed() -> Iterator[str]:
    """The address of a running preview of the example."""
    server = make_server("127.0.0.1", 0, preview_app(FormOnDisk(EXAMPLE)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


def what_to_type() -> dict[str, tuple[str, ...]]:
    """What each control holds on the pages that show the sample answers."""
    definition = example()
    renderer, full = compile_form(definition, Site()), answers_of(definition)
    full["people"], full["jobs"] = full["people"][:1], []
    full["carer"] = {**full["carer"], "friends": full["carer"]["friends"][:1]}
    typed: dict[str, tuple[str, ...]] = {}
    for page in definition.pages:
        for control in read_page("/", 200, renderer.page(page.id, full, csrf="t")).controls:
            chosen = tuple(option.value for option in control.options if option.is_chosen)
            typed[control.name] = chosen if control.options else (control.value,)
    return typed


@pytest.mark.browser
@pytest.mark.slow
def test_a_keyboard_alone_completes_every_widget(open_window: OpenWindow, previewed: str) -> None:
    window = new_window(open_window(), Answers(what_to_type()))
    done = complete_by_keyboard(window, f"{previewed}/try/start")
    assert done.reference.startswith("EVW-")
