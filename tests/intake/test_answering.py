"""What a posted page does to the answers, for questions that come up only sometimes."""

import json
from copy import deepcopy
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from form_definitions import parse_form
from intake.services.answering import Answered, answer_page, is_known_action
from intake.services.form_files import fallback_rules
from intake.services.forms import Runnable
from referral_router import parse_rules
from renderers import Site, compile_form
from tests.journeys.html_contract import read_page

KIND = {
    "title": "Which kind?",
    "oneOf": [{"const": "a", "title": "A"}, {"const": "b", "title": "B"}],
    "x-ui": {"widget": "select"},
}
TELL = {"type": "string", "title": "Tell us", "x-ui": {"when": {"kind": "b"}, "required": True}}
GROUP = {"type": "object", "required": ["kind"], "properties": {"kind": KIND, "tell": TELL}}
FORM: dict[str, Any] = {
    "$id": "sometimes",
    "title": "Sometimes",
    "type": "object",
    "properties": {
        "one": {**GROUP, "title": "One"},
        "many": {"type": "array", "title": "Many", "items": GROUP, "x-ui": {"item": "thing"}},
        "kind": KIND,
        "tell": TELL,
    },
    "x-form": {
        "version": "1.0.0",
        "reference_prefix": "ST",
        "audience": ["public"],
        "pages": [{"id": "all", "title": "All", "questions": ["one", "many", "kind", "tell"]}],
    },
}


@pytest.fixture(scope="module")
def form() -> Runnable:
    return runnable(FORM)


def runnable(raw: dict[str, Any]) -> Runnable:
    definition = parse_form(json.dumps(raw))
    rules = parse_rules(json.dumps(fallback_rules(definition.id)), definition)
    return Runnable(definition, compile_form(definition, Site()), rules)


def post(form: Runnable, answers: dict[str, Any], **fields: str) -> Answered:
    posted = MultiDict({name.replace("__", "-"): value for name, value in fields.items()})
    return answer_page(form, form.definition.pages[0], answers, posted)


def test_what_was_never_asked_is_asked_before_it_is_required(form: Runnable) -> None:
    answered = post(form, {}, one__kind="b", many__0__kind="b", kind="b")
    assert answered.errors == ()
    assert not answered.goes_on
    assert answered.answers == {"one": {"kind": "b"}, "many": [{"kind": "b"}], "kind": "b"}


def test_once_asked_it_is_required(form: Runnable) -> None:
    fields = {"one__kind": "b", "many__0__kind": "b", "kind": "b"}
    asked = post(form, {}, **fields)
    blank = {"one__tell": "", "many__0__tell": "", "tell": ""}
    answered = post(form, dict(asked.answers), **fields, **blank)
    assert {error.path for error in answered.errors} == {"one.tell", "many.0.tell", "tell"}


def test_other_mistakes_are_told_at_once(form: Runnable) -> None:
    answered = post(form, {}, one__kind="b", one__tell="", kind="nonsense")
    assert {error.path for error in answered.errors} == {"one.tell", "kind"}


def test_everything_answered_goes_on(form: Runnable) -> None:
    answered = post(form, {}, one__kind="b", one__tell="x", kind="b", tell="y")
    assert answered.goes_on
    assert answered.answers == {"one": {"kind": "b", "tell": "x"}, "kind": "b", "tell": "y"}


@pytest.mark.parametrize("action", ["", "continue", "add", "remove-0", "remove-12"])
def test_buttons_that_pages_have_are_known(action: str) -> None:
    assert is_known_action(action)


@pytest.mark.parametrize("action", ["remove-", "remove-x", "remove--1", "delete", "remove-99999"])
def test_others_are_not(action: str) -> None:
    assert not is_known_action(action)


def test_what_the_browser_asked_is_required_though_an_unchosen_radio_posts_nothing(
    form: Runnable,
) -> None:
    asked = {"intake:asked": "tell", "kind": "b"}
    assert [error.path for error in post(form, {}, **asked).errors] == ["tell"]
    inside = {"intake:asked": "one-tell", "one__kind": "b"}
    assert [error.path for error in post(form, {}, **inside).errors] == ["one.tell"]


def test_a_group_inside_an_item_of_a_list_grows_on_the_page_of_the_item() -> None:
    raw = deepcopy(FORM)
    many = raw["properties"]["many"]
    raw["properties"] = {"many": many}
    many["x-ui"]["list"] = True
    many["items"]["properties"]["pets"] = {
        "type": "array",
        "title": "Pets",
        "items": {"type": "object", "properties": {"name": {"type": "string", "title": "Name"}}},
        "x-ui": {"item": "pet"},
    }
    raw["x-form"]["pages"] = [{"id": "many", "title": "Many", "questions": ["many"]}]
    form = runnable(raw)
    typed = {"intake:item": "0", "many__0__kind": "a", "many__0__pets__0__name": "Tibbles"}
    added = post(form, {}, **typed, action="add-many-0-pets")
    assert (added.item, added.goes_on, added.errors) == (0, False, ())
    assert added.answers["many"] == [{"kind": "a", "pets": [{"name": "Tibbles"}, {}]}]
    html = form.renderer.page("many", added.answers, csrf="x", item=0)
    page = read_page("/many", 200, html)
    assert page.buttons[0] == ""  # what Enter presses goes on: it removes and adds nothing
    assert page.control("many-0-pets-1-name").value == ""
    typed |= {"many__0__pets__1__name": "Rex"}
    removed = post(form, added.answers, **typed, action="remove-many-0-pets-0")
    assert removed.item == 0
    assert removed.answers["many"] == [{"kind": "a", "pets": [{"name": "Rex"}]}]
    assert post(form, removed.answers, **typed, action="continue").item is None
