"""Schemas such as others write: they load, judge as ``jsonschema`` does, and can be filled in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from werkzeug.datastructures import MultiDict

from form_definitions import (
    FormDefinition,
    PageType,
    check_answers,
    check_page,
    parse_form,
    starting_answers,
)
from form_definitions.control_names import control_names
from intake.services.answering import is_known_action
from renderers import FormRenderer, Site, compile_form
from tests.journeys.html_contract import Control, read_page

FIXTURES = sorted(Path(__file__).with_name("third_party").glob("*.json"))
Fixture = dict[str, Any]
OURS = {"csrf_token", "action", "intake:asked", "intake:item"}


@pytest.fixture(params=FIXTURES, ids=lambda path: path.stem)
def brought(request: pytest.FixtureRequest) -> Fixture:
    fixture: Fixture = json.loads(request.param.read_text("utf-8"))
    return fixture


def loaded(fixture: Fixture) -> FormDefinition:
    return parse_form(json.dumps(fixture["schema"]), "brought.json")


def verdict(schema: Any, answers: Any) -> bool:
    validator: Any = jsonschema.validators.validator_for(schema, jsonschema.Draft202012Validator)
    return bool(validator(schema).is_valid(answers))


def test_right_answers_are_accepted_as_they_are(brought: Fixture) -> None:
    definition = loaded(brought)
    for answers in brought["good"]:
        assert verdict(brought["schema"], answers), answers
        outcome = check_answers(definition, answers)
        assert (outcome.errors, outcome.answers) == ((), answers)


def test_wrong_answers_are_refused_with_words(brought: Fixture) -> None:
    definition = loaded(brought)
    for answers in brought["bad"]:
        assert not verdict(brought["schema"], answers), answers
        outcome = check_answers(definition, answers)
        assert outcome.errors, answers
        assert all(error.message for error in outcome.errors)


def posted(control: Control) -> list[str]:
    """What a browser sends for a control that is left as it is."""
    if control.options:
        return [option.value for option in control.options if option.is_chosen]
    return [control.value]


def sent_back(definition: FormDefinition, renderer: FormRenderer, answers: Any) -> Any:
    """What comes of every page that shows these answers, sent as a browser sends it."""
    given: dict[str, Any] = starting_answers(definition)
    for page in definition.pages:
        if page.type is not PageType.QUESTIONS:
            continue
        html = read_page("/", 200, renderer.page(page.id, answers, csrf="token"))
        names = [control.name for control in html.controls]
        assert len(names) == len(set(names))
        assert not OURS & set(names)
        pairs = [*html.hidden, *((one.name, text) for one in html.controls for text in posted(one))]
        pairs.append(("action", "continue"))
        given = renderer.read(page.id, MultiDict(pairs), given)
    return given


def test_a_form_that_is_filled_in_and_sent_gives_the_same_answers(brought: Fixture) -> None:
    definition = loaded(brought)
    renderer = compile_form(definition, Site())
    for answers in brought["good"]:
        given = sent_back(definition, renderer, answers)
        assert given == {name: value for name, value in answers.items() if name in given}
        assert given.keys() >= answers.keys() & definition.questions.keys()
        for page in definition.pages:
            assert check_page(definition, page, given).accepted
        assert check_answers(definition, given).accepted  # all that is needed was asked for


def test_errors_lead_to_a_control_that_is_there(brought: Fixture) -> None:
    definition = loaded(brought)
    renderer = compile_form(definition, Site())
    for answers in brought["bad"]:
        for page in definition.pages:
            errors = check_page(definition, page, answers).errors
            html = read_page("/", 200, renderer.page(page.id, answers, errors, csrf="token"))
            assert {each.href.removeprefix("#") for each in html.errors} <= html.ids
            assert not any(" " in identity for identity in html.ids)


def test_what_clashes_with_the_page_gets_another_name_and_everything_else_keeps_its_own() -> None:
    names = (
        "action",
        "csrf_token",
        "born",
        "born-day",
        "First Name",
        "a.b",
        "__proto__",
        "",
        "é-ü",
    )
    assert control_names(names, is_root=True) == {
        "action": "action_",
        "csrf_token": "csrf_token_",
        "born": "born",
        "born-day": "born_day",
        "First Name": "First Name",
        "a.b": "a.b",
        "__proto__": "__proto__",
        "": "_",
        "é-ü": "é-ü",
    }
    assert control_names(["action", "action_"], is_root=True)["action"] == "action__"
    assert control_names(["action"], is_root=False) == {"action": "action"}


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("add-All people-0-pet.names", [{"what": "cat"}, {"what": "dog"}, {}]),
        ("remove-All people-0-pet.names-0", [{"what": "dog"}]),
        ("add-nobody-0-pet.names", [{"what": "cat"}, {"what": "dog"}]),
    ],
)
def test_buttons_inside_groups_of_any_name_add_and_remove(
    action: str, expected: list[dict[str, str]]
) -> None:
    pet = {"type": "object", "properties": {"what": {"type": "string"}}}
    pets = {"type": "array", "items": pet}
    person = {"type": "object", "properties": {"pet.names": pets}}
    schema = {"properties": {"All people": {"type": "array", "items": person}}}
    definition = parse_form(json.dumps(schema))
    renderer = compile_form(definition, Site())
    page = definition.page_of("All people")
    names = ("All people-0-pet.names-0-what", "All people-0-pet.names-1-what")
    pairs = [*zip(names, ("cat", "dog"), strict=True), ("action", action)]
    answers = renderer.read(page.id, MultiDict(pairs), {})
    assert answers["All people"][0]["pet.names"] == expected
    assert 'value="add-All people-0-pet.names"' in renderer.page(page.id, answers, csrf="x")
    assert is_known_action(action)
