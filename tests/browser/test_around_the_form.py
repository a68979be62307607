"""What a person meets around a form, before and after it is sent: accessible, valid, fitting."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.checkers import HtmlCollection, axe_problems
from tests.browser.page_serving import show
from tests.intake.pages_around_the_form import fresh_pages

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.html_checker]
OpenWindow = Callable[..., BrowserContext]
TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Every page's HTML by its name."""
    return fresh_pages(tmp_path_factory.mktemp("around"))


def test_they_are_valid_html(shown: dict[str, str], html_checker: HtmlCollection) -> None:
    for name, html in shown.items():
        html_checker.add(name, html)
    assert html_checker.problems() == []


@pytest.mark.nightly
def test_they_are_accessible_and_fit_a_phone(
    shown: dict[str, str], open_window: OpenWindow, axe_source: str
) -> None:
    found: list[str] = []
    phone = open_window(360)
    for name, html in shown.items():
        page = show(phone, html, found)
        found += [f"{name}: {problem}" for problem in axe_problems(page, axe_source)]
        found += [f"{name} is wider than a phone"] if page.evaluate(TOO_WIDE) else []
    assert found == []
