"""What holds for each of the shipped forms."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from form_definitions import FormDefinition, Kind, Question, shipped_forms
from tests.forms.conftest import FORM_IDS, FORMS

# the ranges that Ofcom keeps for drama, and the two public numbers that people must be told
ALLOWED_NUMBERS = re.compile(r"07700 ?900 ?\d{3}|01632 ?960 ?\d{3}|020 ?7946 ?0\d{3}")
IN_AN_ERROR = re.compile(r"\b(please|sorry|invalid|forgot)\b", re.IGNORECASE)


def every_question(questions: tuple[Question, ...]) -> Iterator[Question]:
    for question in questions:
        yield question
        yield from every_question(question.questions)


def asked_together(form: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The questions of each page, and those inside each group."""
    for page in form["x-form"]["pages"]:
        together = {name: form["properties"][name] for name in page.get("questions", [])}
        yield together
        for question in together.values():
            yield question.get("properties") or question.get("items", {}).get("properties", {})


def is_part_of_an_address(question: Question) -> bool:
    """Its parts are the platform's, with their own words."""
    return question.kind in (Kind.GROUP, Kind.ADDRESS) or "address." in question.path


def questions_of(form: FormDefinition) -> list[Question]:
    return list(every_question(tuple(form.questions.values())))


def test_every_form_is_known_here() -> None:
    assert set(FORM_IDS) == set(shipped_forms())


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_a_form_says_what_it_is_for_and_whom_to_ask(
    forms: Mapping[str, FormDefinition], form_id: str
) -> None:
    form = forms[form_id]
    assert form.id == form_id
    assert form.start.purpose
    assert form.start.minutes
    assert form.start.needed
    assert form.start.who_sees
    assert form.confirmation_next
    assert form.contact is not None
    assert form.contact.telephone
    assert form.email.subject


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_the_message_that_carries_a_link_does_not_say_what_it_is_about(
    forms: Mapping[str, FormDefinition], form_id: str
) -> None:
    words = f"{forms[form_id].email.subject} {forms[form_id].email.introduction}".lower()
    for telling in ("pump", "baby", "exploit", "care profile", "case", "child", "referral"):
        assert telling not in words


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_every_question_has_a_short_name_or_its_own_words_for_a_blank(
    forms: Mapping[str, FormDefinition], form_id: str
) -> None:
    for question in questions_of(forms[form_id]):
        if question.required and not is_part_of_an_address(question):
            has_name = question.short_name and question.short_name != question.title
            assert question.errors.get("required") or has_name, question.path


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_errors_have_the_tone_of_the_design_system(
    forms: Mapping[str, FormDefinition], form_id: str
) -> None:
    for question in questions_of(forms[form_id]):
        for words in question.errors.values():
            assert not IN_AN_ERROR.search(words), question.path
            assert not words.endswith("."), question.path


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_a_form_holds_no_number_or_address_of_a_real_person(form_id: str) -> None:
    text = (FORMS / f"{form_id}.json").read_text("utf-8")
    for address in re.findall(r"[\w.-]+@[\w.-]+", text):
        assert address.endswith("@example.org")
    for number in re.findall(r"\b0\d[\d ]{8,12}\b", text):
        assert ALLOWED_NUMBERS.fullmatch(number.strip()), number


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_facets_name_nobody(forms: Mapping[str, FormDefinition], form_id: str) -> None:
    form = forms[form_id]
    closed = {Kind.RADIOS, Kind.SELECT, Kind.CHECKBOXES, Kind.YES_NO}
    asked = [form.question_at(name) for name in form.facets]
    assert all(question is not None and question.kind in closed for question in asked)


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_the_people_named_can_be_found_in_the_questions(
    forms: Mapping[str, FormDefinition], form_id: str
) -> None:
    form = forms[form_id]
    for person in form.people:
        fields = [*person.name, person.date_of_birth, person.nhs_number, person.postcode]
        for field in filter(None, [*fields, person.telephone, person.email]):
            path = f"{person.within}.{field}" if person.within else field
            assert form.question_at(path) is not None, path


def test_only_the_two_front_doors_are_open_to_all(forms: Mapping[str, FormDefinition]) -> None:
    assert {form_id for form_id in FORM_IDS if forms[form_id].is_open} == {
        "breast-pump-loan",
        "master-referral",
    }


def test_free_words_take_a_long_name(forms: Mapping[str, FormDefinition]) -> None:
    short: list[tuple[str, Any]] = [
        (question.path, question.schema.get("maxLength"))
        for form in forms.values()
        for question in questions_of(form)
        if question.kind in (Kind.TEXT, Kind.LONG_TEXT)
        and not is_part_of_an_address(question)
        and question.schema.get("maxLength", 0) < 40
    ]
    assert short == []


def test_the_files_are_tidy_json() -> None:
    for form_id in FORM_IDS:
        text = (FORMS / f"{form_id}.json").read_text("utf-8")
        assert json.loads(text)["$schema"] == "../form.schema.json"
        assert text.endswith("}\n")
        assert "\t" not in text


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_a_question_that_depends_on_one_of_its_page_opens_under_one_option(form_id: str) -> None:
    """Without this the page would have to be sent twice, once to learn of the question."""
    form = json.loads((FORMS / f"{form_id}.json").read_text("utf-8"))
    for together in asked_together(form):
        for name, question in together.items():
            when = question.get("x-ui", {}).get("when", {})
            if set(together) & set(when):
                assert question.get("type") not in ("object", "array"), name
                assert len(when) == 1, name
                (expected,) = when.values()
                assert not isinstance(expected, list), name
