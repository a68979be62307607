"""Questions that come and go in the browser: the same ones as on the server, and calmly."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.datastructures import MultiDict

from form_definitions import (
    FormDefinition,
    Kind,
    Question,
    parse_condition,
    parse_form,
    read_typed,
    visible,
)
from form_definitions.formats import read_date
from form_definitions.periods import MONTH_WORDS
from renderers import FormRenderer, Site, compile_form
from renderers.arranging import arrange
from renderers.live import READ_AS
from tests.browser.checkers import HtmlCollection, axe_problems
from tests.browser.page_serving import STATIC, show
from tests.form_definitions.factories import checkboxes, make_definition, make_form, radios
from tests.form_definitions.test_conditions import ANSWERS, CONDITIONS, NAMED

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OpenWindow = Callable[..., BrowserContext]

ONCE = settings(
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)

HOLDS = "([schema, answers]) => new Validator(schema, '2020-12', true).validate(answers).valid"


@pytest.fixture(scope="module")
def validator(chromium: Browser) -> Page:
    """A blank page with the validator that we serve."""
    page = chromium.new_page()
    script = (STATIC / "vendor/json-schema.js").read_text("utf-8")
    page.add_script_tag(content=f"{script};window.Validator = Validator", type="module")
    page.wait_for_function("Boolean(window.Validator)")
    return page


@seed(20261121)
@settings(ONCE, max_examples=300)
@given(CONDITIONS, ANSWERS)
def test_the_browser_and_the_server_agree_on_every_condition(
    validator: Page, raw: Any, answers: dict[str, Any]
) -> None:
    condition = parse_condition(raw, NAMED)
    assert validator.evaluate(HOLDS, [condition.schema, answers]) is condition.holds(answers)


TYPED_NUMBERS = [
    *(
        "",
        " ",
        "12",
        " 12 ",
        "12\t",
        "\u00a012\u2003",
        "\ufeff5",
        "\u00855",
        "00012",
        "-3",
        "\u22123",
    ),
    *(
        "\u2212\u22123",
        "+5",
        "1,200",
        "1 200",
        "1,2,3",
        "1,234.5",
        "12.345",
        "1.50",
        "1.",
        ".5",
        "-.5",
    ),
    *("£3.50", "£ 3", "£", "£12%", "12%", " 12 % ", "12%%", "%", "12abc", "1e3", "0x10", "NaN"),
    *("Infinity", "\u0661\u0662", "\uff11", "9" * 15, "9" * 16),
]
TYPED_DATES = [
    *(("7", word, "2012") for words in MONTH_WORDS.values() for word in words),
    *(("7", word, "2012") for word in ("Mar.", "SEPT..", "janitor", "ma", "13", "0", "3/4", "+3")),
    *(
        tuple(day.split("|"))
        for day in (
            "31|2|2012",
            "29|2|2012",
            "7|3|12",
            "|3|",
            "||",
            "007|3|2012",
            " 7 | March|2012 ",
        )
    ),
    *(("7", "3", "0000"), ("1/2", "3", "4")),
]
READ = """
async ([script, asked]) => {
  const { LivePage } = await import(`data:text/javascript;base64,${script}`)
  return asked.map(([as, parts]) => {
    const form = document.createElement('form')
    const names = parts.length === 1 ? ['q'] : ['q-day', 'q-month', 'q-year']
    names.forEach((name, at) => {
      const control = document.createElement('input')
      Object.assign(control, { name, value: parts[at] })
      form.append(control)
    })
    const page = { page: '{"questions": [], "conditions": []}', answers: '{}' }
    return new LivePage(page, form, Object, () => {}).answer({ as }, 'q')
  })
}
"""


def test_the_browser_reads_what_is_typed_as_the_server_does(validator: Page) -> None:
    """Each kind of number, and dates: the same number, or else the same text."""
    numbers = (Kind.INTEGER, Kind.NUMBER, Kind.MONEY, Kind.PERCENTAGE, Kind.TEXT)
    asked: list[tuple[str, tuple[str, ...]]] = []
    expected: list[object] = []
    for kind in numbers:
        asked += [(READ_AS[kind], (typed,)) for typed in TYPED_NUMBERS]
        expected += [read_typed(Question("q", "q", kind, "Q"), typed) for typed in TYPED_NUMBERS]
    asked += [(READ_AS[Kind.DATE], parts) for parts in TYPED_DATES]
    expected += [read_date(*parts) for parts in TYPED_DATES]
    script = b64encode((STATIC / "live.js").read_bytes()).decode()
    read = validator.evaluate(READ, [script, asked])
    differing = [trio for trio in zip(asked, expected, read, strict=True) if trio[1] != trio[2]]
    assert differing == []


# -- whole pages ----------------------------------------------------------------------------------

TEXT = {"type": "string"}
ASKED: dict[str, dict[str, Any]] = {
    "choice": radios("a", "b", "c"),
    "picked": radios("a", "b", **{"x-ui": {"widget": "select"}}),
    "ranked": radios(1, 2),
    "many": checkboxes("a", "b", "c"),
    "text": TEXT,
    "story": {"type": "string", "x-ui": {"widget": "textarea"}},
    "whole": {"type": "integer"},
    "money": {"type": "number", "format": "money"},
    "share": {"type": "number", "format": "percentage"},
    "yes": {"type": "boolean"},
    "born": {"type": "string", "format": "date"},
    "scale": {"type": "integer", "minimum": 1, "maximum": 3, "x-ui": {"widget": "scale"}},
    "lead": {
        "type": "object",
        "properties": {
            "job": {"title": "Job", **radios("a", "b")},
            "age": {"title": "Age", "type": "integer"},
            "why": {"title": "Why", **TEXT, "x-ui": {"when": {"age": {"minimum": 18}}}},
            "then": {"title": "Then", **TEXT, "x-ui": {"when": {"not": {"why": {"minLength": 1}}}}},
        },
    },
    "pair": {
        "type": "array",
        "prefixItems": [{"title": "From", "type": "integer"}, {"title": "To", **TEXT}],
        "items": False,
    },
    "people": {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "name": {"title": "Name", **TEXT},
                "age": {"title": "Age", "type": "integer"},
                "school": {
                    "title": "School",
                    **TEXT,
                    "x-ui": {"when": {"any": [{"age": {"maximum": 17}}, {"name": "Bo"}]}},
                },
            },
        },
    },
}
LOOKED_AT: dict[str, list[Any]] = {
    "choice": [{"choice": "a"}, {"not": {"choice": ["a", "b"]}}],
    "picked": [{"picked": "b"}],
    "ranked": [{"ranked": 2}, {"ranked": {"minimum": 1}}],
    "many": [{"many": {"contains": {"const": "b"}}}, {"many": {"minItems": 2}}],
    "text": [{"text": "Bo"}, {"text": {"pattern": "^[a-z]+$"}}, {"text": {"minLength": 3}}],
    "story": [{"story": {"pattern": "\\n"}}],
    "whole": [{"whole": {"minimum": 18}}, {"whole": {"type": "string"}}],
    "money": [{"money": {"exclusiveMinimum": 12.5}}, {"not": {"money": {"type": "number"}}}],
    "share": [{"share": {"minimum": 12}}],
    "yes": [{"yes": True}, {"any": [{"yes": False}, {"not": {"yes": {"type": "boolean"}}}]}],
    "born": [{"born": {"pattern": "^20"}}, {"born": "2012-03-07"}],
    "scale": [{"scale": 3}],
    "lead": [{"lead.age": {"minimum": 18}}, {"lead.why": "Bo"}],
    "pair": [{"pair.1": "Bo"}, {"not": {"pair.0": {"minimum": 18}}}, {"pair": {"minItems": 2}}],
    "people": [{"people": {"minItems": 1}}, {"people": {"contains": {"required": ["age"]}}}],
}
TYPED = [
    "",
    " ",
    "Bo",
    " Bo ",
    "bo\tx",
    "18",
    "18 %",
    "1,800",
    "-3",
    "12.50",
    "£13",
    ".5",
    "three",
    "x\ny",
]
DATES = [
    ("7", "3", "2012"),
    ("31", "2", "2012"),
    ("", "", ""),
    ("1", "June", "2026"),
    ("7", "Mawrth", "2012"),
    ("", "3", ""),
]


@st.composite
def pages(draw: st.DrawFn) -> dict[str, Any]:
    """A form of one page on which later questions depend on earlier ones."""
    names = draw(st.permutations(list(ASKED)))[: draw(st.integers(3, 9))]
    properties = json.loads(json.dumps({name: ASKED[name] for name in names}))
    for at, name in enumerate(names[1:], 1):
        usable = [condition for earlier in names[:at] for condition in LOOKED_AT[earlier]]
        if draw(st.integers(0, 2)):
            properties[name].setdefault("x-ui", {})["when"] = draw(st.sampled_from(usable))
    return make_form(properties)


#: Answers each control that can be seen, from a list of numbers; returns what would be posted.
ANSWER = """
([numbers, typed, dates]) => {
  const form = document.querySelector('form'), at = {next: 0}
  const draw = (list) => list[numbers[at.next++ % numbers.length] % list.length]
  for (const control of form.querySelectorAll('input, textarea, select')) {
    if (control.type === 'hidden') continue
    const part = /-(day|month|year)$/.exec(control.name)
    if (control.type === 'radio' || control.type === 'checkbox') control.checked = draw([0, 1])
    else if (control.tagName === 'SELECT') control.selectedIndex = draw([0, 1, 2])
    else if (part) control.value = draw(dates)[['day', 'month', 'year'].indexOf(part[1])]
    else control.value = draw(typed)
  }
  form.dispatchEvent(new Event('change'))
  const shown = [...form.querySelectorAll('[data-live]')]
    .filter((place) => !place.hidden).map((place) => place.dataset.live)
  return [[...new FormData(form)], shown]
}
"""


def places_shown(definition: FormDefinition, answers: dict[str, Any]) -> set[str]:
    """The live places that the server would show for these answers, by control name."""
    page = definition.pages[0]
    seen = visible(definition, answers)
    placed = {one.question.name for one in arrange(page.questions) if one.is_live}
    found = placed & seen.questions
    lead, people = answers.get("lead"), answers.get("people")
    for prefix, items in (("lead", [lead]), ("people", people or [{}])):
        question = definition.questions.get(prefix)
        if question is None or prefix not in seen.questions:
            continue
        for at, item in enumerate(items):
            known: dict[str, Any] = {}
            for child in question.questions:
                if child.when and not child.when.holds(known):
                    continue
                if child.when:
                    start = prefix if prefix == "lead" else f"{prefix}-{at}"
                    found.add(f"{start}-{child.name}")
                if child.name in (item or {}):
                    known[child.name] = (item or {})[child.name]
    return found


@pytest.fixture(scope="module")
def one_window(chromium: Browser) -> Iterator[BrowserContext]:
    """One window for all examples of a test: opening it takes longer than an example."""
    window = chromium.new_context(viewport={"width": 1280, "height": 800})
    yield window
    window.close()


@seed(20261121)
@settings(ONCE, max_examples=12)
@given(pages(), st.lists(st.lists(st.integers(0, 99), min_size=9, max_size=9), max_size=6))
def test_a_browser_shows_what_the_server_would(
    one_window: BrowserContext, form: dict[str, Any], answering: list[list[int]]
) -> None:
    definition = parse_form(json.dumps(form))
    renderer = compile_form(definition, Site())
    problems: list[str] = []
    page = show(one_window, renderer.page("only", {}, csrf="t"), problems)
    for numbers in answering:
        posted, shown = page.evaluate(ANSWER, [numbers, TYPED, DATES])
        answers = renderer.read("only", MultiDict(map(tuple, posted)), {})
        inside_hidden = {
            name
            for name in shown
            if name.split("-")[0] not in visible(definition, answers).questions
        }
        assert set(shown) - inside_hidden == places_shown(definition, answers)
    assert problems == []


# -- how it feels ---------------------------------------------------------------------------------


def calm_form() -> FormRenderer:
    properties = {
        "age": {"type": "integer", "title": "How old are they?"},
        "school": {
            **radios("none", "day", title="Which school?"),
            "x-ui": {"when": {"age": {"maximum": 17}}, "required": True},
        },
        "story": {
            "type": "string",
            "title": "What happened?",
            "maxLength": 100,
            "x-ui": {"widget": "textarea", "when": {"age": {"minimum": 1}}},
        },
    }
    earlier = {"reason": radios("help", "other"), "secret": {"type": "string"}}
    properties["other"] = {
        "type": "string",
        "title": "Which other?",
        "x-ui": {"when": {"all": [{"reason": "other"}, {"age": {"minimum": 1}}]}},
    }
    pages = [
        {"id": "first", "questions": list(earlier)},
        {"id": "only", "questions": list(properties)},
    ]
    return compile_form(make_definition(earlier | properties, pages=pages), Site())


def test_a_question_appears_where_it_belongs_and_is_announced(open_window: OpenWindow) -> None:
    problems: list[str] = []
    page = show(open_window(360), calm_form().page("only", {}, csrf="t"), problems)
    assert not page.get_by_text("Which school?").is_visible()
    top = page.locator("#age").bounding_box()
    page.locator("#age").click()
    page.keyboard.type("12")
    page.get_by_text("Which school?").first.wait_for(state="visible")
    assert page.evaluate("document.activeElement.id") == "age"
    assert page.locator("#age").bounding_box() == top
    assert page.locator("[role=status]").inner_text() == (
        "New question: Which school?. New question: What happened?"
    )
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "school"
    page.locator("#age").fill("")
    page.get_by_text("Which school?").first.wait_for(state="hidden")
    assert "Question taken away: Which school?" in page.locator("[role=status]").inner_text()
    assert problems == []


def test_a_hidden_question_keeps_what_was_typed_and_counts_characters(
    open_window: OpenWindow,
) -> None:
    problems: list[str] = []
    page = show(open_window(360), calm_form().page("only", {}, csrf="t"), problems)
    page.locator("#age").fill("12")
    page.locator("#story").fill("x" * 90)
    page.locator(".govuk-character-count__status").get_by_text("You have 10 characters").wait_for()
    page.locator("#age").fill("")
    page.locator("#story").wait_for(state="hidden")
    page.locator("#age").fill("3")
    page.locator("#story").wait_for(state="visible")
    assert page.locator("#story").input_value() == "x" * 90
    assert problems == []


def test_only_the_answers_that_a_condition_needs_go_back_to_the_browser() -> None:
    answers = {"reason": "other", "secret": "a private matter"}
    html = calm_form().page("only", answers, csrf="t")
    assert "a private matter" not in html
    assert "&#34;reason&#34;: &#34;other&#34;" in html


def test_an_answer_of_an_earlier_page_counts(open_window: OpenWindow) -> None:
    problems: list[str] = []
    html = calm_form().page("only", {"reason": "other"}, csrf="t")
    page = show(open_window(360), html, problems)
    page.locator("#age").fill("30")
    page.locator("#other").wait_for(state="visible")
    assert problems == []


@pytest.mark.parametrize("width", [360, 1280])
def test_pages_with_questions_that_come_and_go_are_accessible_and_valid(
    open_window: OpenWindow, axe_source: str, html_checker: HtmlCollection, width: int
) -> None:
    problems: list[str] = []
    html = calm_form().page("only", {}, csrf="t")
    page = show(open_window(width), html, problems)
    assert axe_problems(page, axe_source) == []
    page.locator("#age").fill("12")
    page.locator("#story").wait_for(state="visible")
    assert axe_problems(page, axe_source) == []
    html_checker.add("live", html)
    html_checker.add("live, opened", page.content())
    assert html_checker.problems() == []
    assert problems == []
