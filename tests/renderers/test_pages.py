"""A page of a form keeps the HTML contract, with and without answers and errors."""

from collections.abc import Callable
from typing import Any

import pytest

from form_definitions import FieldError, PageNotFound, check_page
from renderers import FormRenderer, Site, compile_form
from tests.form_definitions.factories import checkboxes, make_definition, radios
from tests.renderers.forms import EVERY_KIND, PEOPLE, form_of, renderer_of
from tests.renderers.html_trees import soup

TEXT: dict[str, Any] = {"type": "string"}


def page_of(renderer: FormRenderer, answers: dict[str, Any] | None = None, **others: Any) -> Any:
    """The only page, parsed."""
    return soup(renderer.page("only", answers or {}, **{"csrf": "token", **others}))


def everything() -> FormRenderer:
    return compile_form(form_of(*EVERY_KIND), Site())


ANSWERS = {name: answer for name, (_, answer) in EVERY_KIND.items()}


def test_a_page_has_one_form_that_posts_to_its_own_address_with_a_token() -> None:
    (form,) = page_of(renderer_of({"name": TEXT}), csrf='"to>ken').select("form")
    assert (form["method"], form.has_attr("novalidate"), form.has_attr("action")) == (
        "post",
        True,
        False,
    )
    assert form.select_one("input[name=csrf_token]")["value"] == '"to>ken'
    button = form.select_one("button[name=action]")
    assert (button["value"], button.get_text(strip=True)) == ("continue", "Continue")


def test_every_control_is_named_and_filled_as_the_contract_says() -> None:
    html = page_of(everything(), ANSWERS)
    boxes = {box["name"]: box.get("value") for box in html.select("input[type=text]")}
    assert boxes["full_name"] == 'O\'Neil <b> & "x"'
    assert (boxes["born_on-day"], boxes["born_on-month"], boxes["born_on-year"]) == (
        "7",
        "3",
        "2026",
    )
    assert boxes["home-line_1"] == "1 High Street"
    assert boxes["rent"] == "12.50"
    chosen = {box["name"]: box["value"] for box in html.select("input[checked]")}
    assert chosen == {
        "agrees": "no",
        "trust": "northern",
        "side_by_side": "a",
        "numbers": "2",
        "signs": "debt",
        "carer-works": "yes",
        "worry": "4",
        "birth-certainty": "expected",
    }
    assert html.select_one("option[selected]")["value"] == "e2"
    assert html.select_one("textarea[name=story]").get_text() == ANSWERS["story"]


@pytest.mark.parametrize("answers", [{}, ANSWERS], ids=["empty", "filled"])
def test_every_id_is_on_a_page_once_and_every_reference_leads_somewhere(answers: Any) -> None:
    html = page_of(everything(), answers)
    ids = [element["id"] for element in html.select("[id]")]
    assert len(ids) == len(set(ids))
    references = [label["for"] for label in html.select("label")]
    for element in html.select("[aria-describedby]"):
        references += element["aria-describedby"].split()
    references += [box["data-aria-controls"] for box in html.select("[data-aria-controls]")]
    assert set(references) <= set(ids)


def test_nothing_on_a_page_needs_an_inline_script_or_style() -> None:
    html = page_of(everything(), ANSWERS, notice="News")
    assert not html.select("style, [style], script:not([src])")
    assert not [name for element in html.select("*") for name in element.attrs if name[:2] == "on"]


def test_the_page_names_only_our_own_assets_with_their_version() -> None:
    definition = make_definition({"name": TEXT})
    renderer = compile_form(definition, Site(static_url="/files", version="1a2b"))
    html = soup(renderer.page("only", {}, csrf="t"))
    links = [link["href"] for link in html.select("head link")]
    links += [script["src"] for script in html.select("script")]
    assert len(links) == 5
    assert all(link.startswith("/files/") and link.endswith("?v=1a2b") for link in links)
    assert "crown" not in str(html).lower()


def test_a_single_question_is_the_pages_heading() -> None:
    html = page_of(renderer_of({"name": {**TEXT, "title": "Your name?"}}, required=["name"]))
    (heading,) = html.select("h1")
    assert heading.select_one("label.govuk-label--l[for=name]").get_text(strip=True) == "Your name?"
    assert html.title.get_text() == "Your name? – A made-up form – Intake"


def test_a_single_choice_is_the_pages_heading() -> None:
    html = page_of(renderer_of({"trust": {**radios("a", "b"), "title": "Which?"}}))
    assert html.select_one("legend.govuk-fieldset__legend--l > h1.govuk-fieldset__heading")


@pytest.mark.parametrize("page", [{"title": "About you"}, {"body": "Some words"}])
def test_a_page_with_its_own_title_or_words_has_its_own_heading(page: dict[str, Any]) -> None:
    pages = [{"id": "only", "questions": ["name"], **page}]
    html = page_of(renderer_of({"name": TEXT}, pages=pages))
    (heading,) = html.select("h1")
    assert heading["class"] == ["govuk-heading-l"]
    assert html.select_one("label.govuk-label--s")


def test_caption_and_body_are_shown_and_the_body_is_markdown() -> None:
    pages = [
        {
            "id": "only",
            "title": "T",
            "caption": "Part <1>",
            "questions": ["name"],
            "body": "Call **[999](tel:999)**, not <b>x</b> or [y](javascript:alert)\n\n- one",
        }
    ]
    html = page_of(renderer_of({"name": TEXT}, pages=pages))
    assert html.select_one(".govuk-caption-l").get_text() == "Part <1>"
    assert html.select_one("p.govuk-body strong a.govuk-link")["href"] == "tel:999"
    assert html.select_one("ul.govuk-list--bullet li")
    assert not html.select("b, a[href^=javascript]")


def test_what_need_not_be_answered_says_so() -> None:
    html = page_of(renderer_of({"a": {**TEXT, "title": "A"}, "b": TEXT}, required=["b"]))
    labels = [label.get_text(strip=True) for label in html.select("label")]
    assert labels == ["A (optional)", "Question b"]


def test_errors_are_summed_up_at_the_top_with_links_to_the_first_control() -> None:
    names = [*EVERY_KIND]
    definition = form_of(*names, required=names)
    page = definition.pages[0]
    errors = check_page(definition, page, {}).errors
    html = soup(compile_form(definition, Site()).page("only", {}, errors, csrf="t"))
    assert html.title.get_text().startswith("Error: ")
    links = html.select(".govuk-error-summary a")
    assert [link.get_text(strip=True) for link in links] == [error.message for error in errors]
    targets = [link["href"] for link in links]
    assert {"#full_name", "#trust", "#born_on-day", "#home-line_1", "#carer-first_name"} <= {
        *targets
    }
    for target in targets:
        assert html.select_one(f"[id='{target[1:]}']").name in ("input", "select", "textarea")
    assert len(html.select(".govuk-error-message")) == len(errors)


def test_an_error_below_a_control_links_to_the_control() -> None:
    errors = [FieldError("signs.1", "option", "Choose one of these"), FieldError("gone", "x", "?")]
    renderer = renderer_of({"signs": checkboxes("a", "b")})
    html = page_of(renderer, errors=errors)
    assert [link["href"] for link in html.select(".govuk-error-summary a")] == ["#signs", "#gone"]


def test_a_page_without_errors_has_neither_summary_nor_prefix() -> None:
    html = page_of(everything())
    assert not html.select(".govuk-error-summary")
    assert "Error" not in html.title.get_text()


def test_back_link_and_notice_are_there_when_given() -> None:
    renderer = renderer_of({"name": TEXT})
    html = page_of(renderer, back_url="/form/d/a?b=1&c=2", notice="Person <2> removed")
    assert html.select_one(".govuk-back-link")["href"] == "/form/d/a?b=1&c=2"
    assert "Person <2> removed" in html.select_one(".govuk-notification-banner").get_text()
    plain = page_of(renderer)
    assert not plain.select(".govuk-back-link, .govuk-notification-banner")


OPENING: dict[str, Any] = {
    "told": {"type": "boolean"},
    "by_whom": {**TEXT, "x-ui": {"when": {"told": True}}},
    "where": radios("home", "school", "work"),
    "other": {**TEXT, "x-ui": {"when": {"where": ["school", "work"]}}},
}


def test_a_question_with_a_simple_condition_opens_under_its_option() -> None:
    html = page_of(renderer_of(OPENING))
    opened = html.select_one("#conditional-told")
    assert opened.select_one("input[name=by_whom]")
    assert "govuk-radios__conditional--hidden" in opened["class"]
    assert html.select_one("#told")["data-aria-controls"] == "conditional-told"
    chosen = page_of(renderer_of(OPENING), {"told": True})
    assert (
        "govuk-radios__conditional--hidden" not in chosen.select_one("#conditional-told")["class"]
    )


def test_another_conditional_question_is_there_only_when_it_is_shown() -> None:
    renderer = renderer_of(OPENING)
    assert not page_of(renderer, {"where": "home"}).select("[name=other]")
    assert page_of(renderer, {"where": "work"}).select("[name=other]")
    assert renderer.displayed("only", {"where": "home"}) == {"told", "by_whom", "where"}
    assert renderer.displayed("only", {"where": "work"}) == {"told", "by_whom", "where", "other"}


def test_a_named_condition_opens_too() -> None:
    properties = {**OPENING, "by_whom": {**TEXT, "x-ui": {"when": "was-told"}}}
    html = page_of(renderer_of(properties, conditions={"was-told": {"told": True}}))
    assert html.select_one("#conditional-told input[name=by_whom]")


def test_a_repeating_group_numbers_its_items_and_has_buttons() -> None:
    renderer = renderer_of({"people": PEOPLE})
    html = page_of(renderer, {"people": [{"first_name": "Ada"}, {"first_name": "Zoe"}]})
    legends = [legend.get_text(strip=True) for legend in html.select(".intake-item > legend")]
    assert legends == ["Person 1", "Person 2"]
    names = [box["name"] for box in html.select("input[name$=first_name]")]
    assert names == ["people-0-first_name", "people-1-first_name"]
    actions = [button["value"] for button in html.select("button[name=action]")]
    assert actions == ["", "remove-0", "remove-1", "add", "continue", "save"]
    assert html.select_one("button[value=add]").get_text(strip=True) == "Add another person"
    assert html.select_one("button[value=remove-1]").get_text().split() == ["Remove", "person", "2"]


def test_enter_in_a_text_box_continues_and_removes_nobody() -> None:
    html = page_of(renderer_of({"people": PEOPLE}), {"people": [{}, {}]})
    first = html.select_one("form button")
    assert (first["value"], first["tabindex"], first["aria-hidden"]) == ("", "-1", "true")


def test_a_single_item_cannot_be_removed_nor_one_added_past_the_limit() -> None:
    renderer = renderer_of({"people": {**PEOPLE, "maxItems": 2}})
    assert not page_of(renderer).select("button[value^=remove]")
    assert not page_of(renderer, {"people": [{}, {}]}).select("button[value=add]")


def test_a_childs_condition_looks_at_its_siblings() -> None:
    people = {**PEOPLE, "items": {**PEOPLE["items"]}}
    people["items"]["properties"] = {
        "age": {"type": "integer", "title": "Age"},
        "school": {**TEXT, "title": "School", "x-ui": {"when": {"age": {"maximum": 17}}}},
    }
    people["items"]["required"] = []
    html = page_of(renderer_of({"people": people}), {"people": [{"age": 12}, {"age": 40}]})
    assert [box["name"] for box in html.select("[name$=school]")] == ["people-0-school"]


def test_the_exclusive_option_stands_after_an_or() -> None:
    html = page_of(renderer_of({"signs": EVERY_KIND["signs"][0]}))
    assert html.select_one("input[data-behaviour=exclusive]")["value"] == "none"
    assert html.select_one(".govuk-checkboxes__divider").get_text(strip=True) == "or"


def test_the_ends_of_a_scale_have_words() -> None:
    html = page_of(renderer_of({"worry": EVERY_KIND["worry"][0]}))
    labels = [label.get_text(strip=True) for label in html.select("label")]
    assert labels == ["1 – none", "2", "3", "4", "5 – a lot"]


def test_the_exit_button_is_there_only_if_the_form_asks_for_it() -> None:
    renderer = renderer_of({"name": TEXT}, exit_this_page={"url": "https://www.example.org/"})
    html = page_of(renderer)
    button = html.select_one(".govuk-exit-this-page a")
    assert button["href"] == "https://www.example.org/"
    assert html.select_one("a.govuk-js-exit-this-page-skiplink")
    assert not page_of(renderer_of({"name": TEXT})).select(".govuk-exit-this-page")


@pytest.mark.parametrize("rubbish", ["text", 7, ["x", ["y"]], {"first_name": ["x"]}, [7], True])
def test_rubbish_among_the_answers_is_harmless(rubbish: Any) -> None:
    properties = {name: raw for name, (raw, _) in EVERY_KIND.items()}
    renderer = renderer_of({**properties, "people": PEOPLE})
    answers = dict.fromkeys([*properties, "people"], rubbish)
    assert page_of(renderer, answers).select_one("form")


@pytest.mark.parametrize(
    "ask",
    [
        lambda renderer: renderer.page("nowhere", {}, csrf=""),
        lambda renderer: renderer.read("nowhere", {}, {}),
        lambda renderer: renderer.displayed("nowhere", {}),
        lambda renderer: renderer.end("nowhere"),
        lambda renderer: renderer.end("only"),
    ],
)
def test_an_unknown_page_is_not_found(ask: Callable[[FormRenderer], object]) -> None:
    with pytest.raises(PageNotFound):
        ask(renderer_of({"name": TEXT}))


def test_a_form_may_use_private_use_characters_in_its_own_words() -> None:
    title = "\ue000value\ue001 \uf8fe0\uf8ff"
    html = page_of(renderer_of({"name": {**TEXT, "title": title}}), {"name": "Ada"})
    assert html.select_one("label").get_text(strip=True) == f"{title} (optional)"
    assert html.select_one("#name")["value"] == "Ada"
