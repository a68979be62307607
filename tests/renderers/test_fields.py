"""Questions as WTForms fields: what is posted becomes candidates, and nothing posted breaks it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from form_definitions import FormDefinition
from renderers import PageForm, environment, page_form
from tests.form_definitions.factories import make_definition
from tests.renderers.forms import EVERY_KIND, PEOPLE, form_of
from tests.renderers.html_trees import soup

POSTED = [
    ("full_name", "  O'Neil  "),
    ("story", "one\r\ntwo"),
    ("weeks", "27"),
    ("rent", "£1,250.50"),
    ("postcode", "bt126ba"),
    ("agrees", "no"),
    ("trust", "northern"),
    ("numbers", "2"),
    ("borough", ""),
    ("signs", "drugs"),
    ("signs", "debt"),
    ("signs", "drugs"),
    ("born_on-day", "7"),
    ("born_on-month", "March"),
    ("born_on-year", "2026"),
    ("home-line_1", "1 High Street"),
    ("home-postcode", "bt11aa"),
    ("carer-first_name", "Ada"),
    ("carer-works", "yes"),
    ("worry", "4"),
]


def form_for(definition: FormDefinition, posted: Any = None, **data: Any) -> PageForm:
    """The form of the only page."""
    return page_form(definition, definition.pages[0])(posted, **data)


def test_what_is_typed_becomes_answers() -> None:
    form = form_for(form_of(*EVERY_KIND), MultiDict(POSTED))
    assert form.candidates() == {
        "full_name": "O'Neil",
        "story": "one\ntwo",
        "weeks": 27,
        "rent": 1250.5,
        "postcode": "BT12 6BA",
        "agrees": False,
        "trust": "northern",
        "numbers": 2,
        "signs": ["drugs", "debt"],
        "born_on": "2026-03-07",
        "home": {"line_1": "1 High Street", "postcode": "BT1 1AA"},
        "carer": {"first_name": "Ada", "works": True},
        "worry": 4,
    }


def test_what_cannot_be_read_stays_as_it_was_typed() -> None:
    posted = MultiDict(
        {"weeks": "about 27", "born_on-day": "7", "born_on-year": "x", "trust": "elsewhere"}
    )
    candidates = form_for(form_of("weeks", "born_on", "trust"), posted).candidates()
    assert candidates == {"weeks": "about 27", "born_on": "7//x", "trust": "elsewhere"}


def test_a_repeating_group_drops_blank_items_and_keeps_their_order() -> None:
    posted = MultiDict(
        {
            "people-0-first_name": "Ada",
            "people-1-first_name": " ",
            "people-2-born-day": "1",
            "people-10-first_name": "Zoe",
        }
    )
    form = form_for(make_definition({"people": PEOPLE}), posted)
    assert form.candidates() == {
        "people": [{"first_name": "Ada"}, {"born": "1//"}, {"first_name": "Zoe"}]
    }
    assert form.candidates(keep_blank=True)["people"][1] == {}


def test_a_repeating_group_takes_no_more_than_its_limit() -> None:
    posted = MultiDict({f"people-{number}-first_name": "x" for number in range(500)})
    assert len(form_for(make_definition({"people": PEOPLE}), posted).candidates()["people"]) == 50
    few = make_definition({"people": {**PEOPLE, "maxItems": 2}})
    assert len(form_for(few, posted).candidates()["people"]) == 2


@pytest.mark.parametrize(
    "key",
    [
        "people",
        "people-",
        "people--first_name",
        "people-²-first_name",
        "people-٣-first_name",
        "people-99999999999999999999999-first_name",
        "people-" + "9" * 5000 + "-first_name",
        "people_more-0-first_name",
        "carer",
        "carer-",
        "born_on",
        "born_on-day-day",
        "home-line_1-x",
        "-",
        "",
        "\ud800",
    ],
)
def test_a_malformed_name_is_harmless(key: str) -> None:
    definition = make_definition({"people": PEOPLE, "carer": EVERY_KIND["carer"][0],
                                  "born_on": EVERY_KIND["born_on"][0]})  # fmt: skip
    assert form_for(definition, MultiDict({key: "x"})).candidates() in ({}, {"people": []})


KEYS = st.one_of(
    st.sampled_from([name for name, _ in POSTED] + ["people-0-first_name", "people-1-told"]),
    st.from_regex(r"people-[0-9²x]{0,6}-(first_name|born-day|told|)", fullmatch=True),
    st.text(max_size=20),
)


def everything() -> type[PageForm]:
    """A form that asks every kind of question."""
    kinds = {name: raw for name, (raw, _) in EVERY_KIND.items()}
    definition = make_definition({**kinds, "people": PEOPLE})
    return page_form(definition, definition.pages[0])


EVERYTHING = everything()


@given(st.lists(st.tuples(KEYS, st.text(max_size=30)), max_size=12))
def test_nothing_posted_raises_and_it_can_be_shown_again(pairs: list[tuple[str, str]]) -> None:
    form = EVERYTHING(MultiDict(pairs))
    candidates = form.candidates()
    assert all(value not in ("", [], {}, None) for value in candidates.values())
    assert form["full_name"]().startswith("<div")


AWKWARD = ["data", "errors", "process", "validate", "meta", "populate_obj", "form", "prefix", "obj"]


@pytest.mark.parametrize("name", AWKWARD)
def test_a_question_may_have_the_name_of_a_part_of_wtforms(name: str) -> None:
    raw = {"type": "string"}
    definition = make_definition(
        {name: raw, "inside": {"type": "object", "properties": {name: {**raw, "title": "In"}}}}
    )
    form = form_for(definition, MultiDict({name: "x", f"inside-{name}": "y"}))
    assert form.candidates() == {name: "x", "inside": {name: "y"}}
    assert form_for(definition, None, data=form.candidates()).candidates() == form.candidates()


def test_a_field_renders_as_its_skeleton_in_a_hand_written_template() -> None:
    form = form_for(form_of("full_name", "carer"), MultiDict(POSTED))
    template = "{{ form.full_name() }}{{ form.carer.first_name() }}"
    html = soup(environment().from_string(template).render(form=form))
    values = {box["name"]: box["value"] for box in html.select("input")}
    assert values == {"full_name": "O'Neil", "carer-first_name": "Ada"}
    assert html.select_one("label[for=full_name]")


def test_a_field_of_an_item_renders_with_its_index() -> None:
    posted = MultiDict({"people-0-first_name": "Ada", "people-1-first_name": "Zoe"})
    form = form_for(make_definition({"people": PEOPLE}), posted)
    box = soup(form.people[1].form.first_name()).select_one("input")
    assert (box["name"], box["value"]) == ("people-1-first_name", "Zoe")


def test_stored_answers_fill_the_form_where_nothing_is_posted() -> None:
    definition = form_of(*EVERY_KIND)
    answers = {name: answer for name, (_, answer) in EVERY_KIND.items()}
    assert form_for(definition, None, data=answers).candidates() == answers


@pytest.mark.parametrize("rubbish", ["text", 7, ["x"], {"first_name": ["x"]}, None])
def test_rubbish_among_stored_answers_is_harmless(rubbish: Any) -> None:
    definition = make_definition({"people": PEOPLE, "carer": EVERY_KIND["carer"][0]})
    form = form_for(definition, None, data={"people": rubbish, "carer": rubbish})
    assert "<fieldset" in form.people() + form.carer()


def test_validate_puts_the_messages_on_the_fields_and_into_their_markup() -> None:
    definition = form_of("full_name", "carer", required=["full_name", "carer"])
    form = form_for(definition, MultiDict({"carer-works": "no"}))
    assert not form.validate()
    assert form.full_name.errors
    assert form.carer.form.first_name.errors
    assert "govuk-error-message" in form.full_name()
    assert "govuk-error-message" in form.carer.first_name()


def test_validate_accepts_right_answers() -> None:
    form = form_for(form_of("weeks"), MultiDict({"weeks": "27"}))
    assert form.validate()
    assert form.weeks.errors == []
