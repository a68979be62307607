"""What an edit changed, in words, and what it means for drafts under way."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from form_definitions import Change, Edit, Safety, compare, load_form, parse_form, shipped_forms
from form_definitions import still_done as pages_still_done
from tests.form_definitions.factories import checkboxes, make_form, radios

Form = dict[str, Any]
QUESTIONS: dict[str, Any] = {
    "reason": radios("ill", "away"),
    "ward": {"type": "string", "maxLength": 60, "x-ui": {"when": {"reason": "ill"}}},
    "needs": checkboxes("bed", "cot", "none", **{"x-ui": {"exclusive": "none"}}),
    "people": {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "name": {"type": "string", "title": "Name"},
                "age": {"type": "integer", "title": "Age", "minimum": 0},
            },
            "required": ["name"],
        },
    },
    "notes": {"type": "string"},
}
PAGES = [
    {"id": "why", "title": "Why", "questions": ["reason", "ward"]},
    {"id": "stop", "type": "end", "title": "Stop", "body": "No.", "when": {"reason": "away"}},
    {"id": "what", "title": "What", "questions": ["needs", "people"]},
    {"id": "more", "title": "More", "questions": ["notes"]},
]


def a_form() -> Form:
    return json.loads(json.dumps(make_form(QUESTIONS, pages=PAGES)))  # type: ignore[no-any-return]


def edit_of(change: Callable[[Form], object]) -> Edit:
    form = a_form()
    change(form)
    form["x-form"]["version"] = "1.1.0"
    return compare(parse_form(json.dumps(a_form())), parse_form(json.dumps(form)))


def put(value: Any, *path: str | int) -> Callable[[Form], object]:
    """An edit that puts a value at a place; None takes away what is there."""

    def change(form: Form) -> None:
        *way, last = path
        place: Any = form
        for step in way:
            place = place.setdefault(step, {}) if isinstance(place, dict) else place[step]
        if value is None:
            del place[last]
        elif isinstance(place, list) and last == len(place):
            place.append(value)
        else:
            place[last] = value

    return change


def ward(value: Any, *path: str | int) -> Callable[[Form], object]:
    return put(value, "properties", "ward", *path)


def page(at: int, value: Any, *path: str | int) -> Callable[[Form], object]:
    return put(value, "x-form", "pages", at, *path)


def each(*changes: Callable[[Form], object]) -> Callable[[Form], object]:
    return lambda form: [change(form) for change in changes]


def rename(form: Form) -> None:
    form["properties"]["remarks"] = form["properties"].pop("notes")
    form["x-form"]["pages"][3]["questions"] = ["remarks"]


def remove(form: Form) -> None:
    del form["properties"]["notes"]
    del form["x-form"]["pages"][3]


def add(form: Form) -> None:
    form["properties"]["colour"] = {"type": "string", "title": "Which colour?"}
    form["x-form"]["pages"][3]["questions"].append("colour")


def move_question(form: Form) -> None:
    pages = form["x-form"]["pages"]
    pages[2]["questions"].append("notes")
    del pages[3]


def move_pages(form: Form) -> None:
    pages = form["x-form"]["pages"]
    pages[2], pages[3] = pages[3], pages[2]


INNER = ("properties", "people", "items", "properties")
NONE = {"const": "none", "title": "None of these"}
NEW_OPTION = {"const": "else", "title": "Something else"}
SAFE = {
    "form-title": put("Another title", "title"),
    "form-description": put("More about it", "description"),
    "setting": put({"draft": "P3D"}, "x-form", "retention"),
    "question-title": ward("Which unit?", "title"),
    "question-help": ward("For example, ward 5", "x-ui", "hint"),
    "question-required": ward(True, "x-ui", "required"),
    "question-added": add,
    "question-condition": ward(None, "x-ui", "when"),
    "question-kind": ward("textarea", "x-ui", "widget"),
    "question-limit": ward(90, "maxLength"),
    "option-added": put(NEW_OPTION, "properties", "reason", "oneOf", 2),
    "option-title": put("Unwell", "properties", "reason", "oneOf", 0, "title"),
    "option-exclusive": put(None, "properties", "needs", "x-ui", "exclusive"),
    "page-words": page(0, "Why do you ask?", "title"),
    "page-renamed": page(3, "anything-else", "id"),
    "page-removed": put(PAGES[:1] + PAGES[2:], "x-form", "pages"),
    "page-order": move_pages,
    "page-added": page(4, {"id": "info", "type": "information", "title": "Info", "body": "Hi."}),
    "question-moved": move_question,
}
BREAKING = {
    "question-removed": remove,
    "question-renamed": rename,
    "question-kind": each(ward(None, "maxLength"), ward("date", "format")),
    "question-limit": ward(20, "maxLength"),
    "question-condition": put({"reason": "ill"}, "properties", "notes", "x-ui", "when"),
    "option-removed": put([NONE, NEW_OPTION], "properties", "needs", "items", "oneOf"),
    "option-exclusive": put("cot", "properties", "needs", "x-ui", "exclusive"),
    "page-condition": page(2, {"reason": "ill"}, "when"),
    "page-added": page(4, {"id": "no", "type": "end", "body": "No.", "when": {"reason": "ill"}}),
    "setting": put("gcp2", "x-form", "requires_training"),
}


def the_change(edit: Edit, kind: str) -> Change:
    found = [change for change in edit.changes if change.kind == kind]
    assert found, [change.kind for change in edit.changes]
    return found[0]


@pytest.mark.parametrize("kind", SAFE)
def test_what_keeps_every_answer_is_safe(kind: str) -> None:
    edit = edit_of(SAFE[kind])
    change = the_change(edit, kind)
    assert edit.safety is change.safety is Safety.SAFE
    assert change.words
    assert change.why


@pytest.mark.parametrize("kind", BREAKING)
def test_what_may_lose_an_answer_is_breaking(kind: str) -> None:
    edit = edit_of(BREAKING[kind])
    change = the_change(edit, kind)
    assert edit.safety is change.safety is Safety.BREAKING
    assert change.words
    assert change.why


def test_a_question_that_comes_after_an_end_now_may_be_lost() -> None:
    def change(form: Form) -> None:
        pages = form["x-form"]["pages"]
        pages[0]["questions"] = ["reason"]
        pages[2]["questions"] = ["ward", "needs", "people"]

    moved = the_change(edit_of(change), "page-order")
    assert moved.safety is Safety.BREAKING
    assert "‘Question ward’" in moved.words


def test_the_words_are_those_of_the_form() -> None:
    edit = edit_of(BREAKING["question-condition"])
    (change,) = edit.changes
    assert change.where == "notes"
    assert change.words == (
        "‘Question notes’ (notes) was asked always, "
        "and is asked if ‘Question reason’ is ‘Title of ill’ now"
    )


def test_an_option_is_named_by_its_title() -> None:
    words = [change.words for change in edit_of(BREAKING["option-removed"]).changes]
    assert "‘Question needs’ (needs) has no option ‘Title of bed’ (bed) any more" in words
    assert "‘Question needs’ (needs) has a new option ‘Something else’ (else)" in words


def test_a_change_inside_a_group_is_found_at_its_path() -> None:
    no_name = each(put(None, *INNER, "name"), put([], *INNER[:-1], "required"))
    edit = edit_of(each(put(1, *INNER, "age", "minimum"), no_name))
    assert {change.where for change in edit.changes} >= {"people.age", "people.name"}
    assert edit.safety is Safety.BREAKING


def test_showing_more_is_breaking_where_another_condition_depends_on_it() -> None:
    form = a_form()
    form["properties"]["notes"]["x-ui"] = {"when": {"not": {"ward": "5"}}}
    before = parse_form(json.dumps(form))
    del form["properties"]["ward"]["x-ui"]["when"]
    assert compare(before, parse_form(json.dumps(form))).safety is Safety.BREAKING


def test_spaces_and_the_order_of_keys_are_no_change() -> None:
    form = a_form()
    turned = dict(reversed(form.items()))
    edit = compare(parse_form(json.dumps(form, indent=4)), parse_form(json.dumps(turned)))
    assert (edit.safety, edit.changes) == (Safety.SAME, ())


def test_pages_that_ask_or_say_something_new_are_to_be_done_again() -> None:
    done = frozenset({"why", "what", "more"})
    assert pages_still_done(edit_of(add), done) == {"why", "what"}
    assert pages_still_done(edit_of(SAFE["question-title"]), done) == {"what", "more"}
    assert pages_still_done(edit_of(SAFE["option-title"]), done) == {"what", "more"}
    assert pages_still_done(edit_of(SAFE["question-help"]), done) == done
    renamed = pages_still_done(edit_of(SAFE["page-renamed"]), done)
    assert renamed == {"why", "what", "anything-else"}


@pytest.mark.parametrize("form_id", sorted(shipped_forms()))
def test_a_shipped_form_is_the_same_as_itself(form_id: str) -> None:
    definition = load_form(shipped_forms()[form_id])
    assert compare(definition, definition).safety is Safety.SAME
