"""Groups and repeating groups inside others: rendered, read back, changed and checked."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup
from werkzeug.datastructures import MultiDict

from form_definitions import check_answers
from renderers import FormRenderer, Site, compile_form
from tests.form_definitions.factories import make_definition

NAME = {"type": "string", "title": "Name"}
PETS = {
    "type": "array",
    "title": "Pets",
    "maxItems": 3,
    "items": {
        "type": "object",
        "properties": {
            "name": NAME,
            "home": {"type": "object", "title": "Home", "properties": {"town": NAME}},
        },
        "required": ["name"],
    },
    "x-ui": {"item": "pet"},
}
PEOPLE = {
    "type": "array",
    "items": {"type": "object", "properties": {"name": NAME, "pets": PETS}},
    "x-ui": {"item": "person"},
}
FAMILY = {"type": "object", "properties": {"name": NAME, "pets": PETS}}
DEFINITION = make_definition({"people": PEOPLE, "family": FAMILY})
ANSWERS: dict[str, Any] = {
    "people": [
        {"name": "Ann", "pets": [{"name": "Rex", "home": {"town": "Derry"}}, {"name": "Tom"}]},
        {"name": "Bob"},
    ],
    "family": {"pets": [{"name": "Max"}]},
}


def renderer() -> FormRenderer:
    return compile_form(DEFINITION, Site())


def posted(answers: dict[str, Any]) -> dict[str, str]:
    """What a browser posts of the page as it is rendered."""
    html = BeautifulSoup(renderer().page("only", answers, csrf="x"), "html.parser")
    return {box["name"]: box.get("value", "") for box in html.select("input[type=text]")}


def read(fields: dict[str, str], action: str = "continue") -> dict[str, Any]:
    return renderer().read("only", MultiDict({**fields, "action": action}), {})


def test_a_page_posted_as_it_was_rendered_gives_the_same_answers() -> None:
    fields = posted(ANSWERS)
    assert fields["people-0-pets-0-home-town"] == "Derry"
    assert read(fields) == ANSWERS
    assert check_answers(DEFINITION, ANSWERS).answers == ANSWERS


def test_each_button_names_the_group_that_it_changes() -> None:
    html = BeautifulSoup(renderer().page("only", ANSWERS, csrf="x"), "html.parser")
    actions = [button["value"] for button in html.select("button[name=action]")]
    assert actions == [
        "",
        "remove-people-0-pets-0",
        "remove-people-0-pets-1",
        "add-people-0-pets",
        "remove-0",
        "add-people-1-pets",
        "remove-1",
        "add",
        "add-family-pets",
        "continue",
        "save",
    ]


def test_an_item_is_added_and_removed_where_the_button_says() -> None:
    fields = posted(ANSWERS)
    added = read(fields, "add-people-0-pets")
    assert [pet.get("name") for pet in added["people"][0]["pets"]] == ["Rex", "Tom", None]
    assert len(posted(added)) == len(fields) + 2
    removed = read(fields, "remove-people-0-pets-0")
    assert removed["people"][0]["pets"] == [{"name": "Tom"}] or (
        removed["people"][0]["pets"][0]["name"] == "Tom"
    )
    grown = read(fields, "add-family-pets")
    assert len(grown["family"]["pets"]) == 2
    assert len(read(fields, "add")["people"]) == 3


def test_a_button_that_the_page_does_not_have_changes_nothing() -> None:
    fields = posted(ANSWERS)
    for action in ("add-people-9-pets", "add-nothing", "remove-people-0-pets-7", "add-people-x"):
        assert len(read(fields, action)["people"]) == 2


def test_an_error_inside_is_shown_beside_its_control() -> None:
    wrong = {"people": [{"pets": [{"home": {"town": "Derry"}}]}]}
    errors = check_answers(DEFINITION, wrong).errors
    assert [error.path for error in errors] == ["people.0.pets.0.name"]
    html = BeautifulSoup(renderer().page("only", wrong, errors, csrf="x"), "html.parser")
    assert html.select_one("#people-0-pets-0-name-error")
    assert html.select_one('.govuk-error-summary a[href="#people-0-pets-0-name"]')
