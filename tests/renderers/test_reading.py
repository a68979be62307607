"""What a page posts replaces its own answers and no others."""

from typing import Any

from werkzeug.datastructures import MultiDict

from tests.form_definitions.factories import checkboxes, radios
from tests.renderers.forms import PEOPLE, renderer_of

TEXT: dict[str, Any] = {"type": "string"}
PAGES = [
    {"id": "only", "questions": ["name", "signs", "where", "other"]},
    {"id": "next", "title": "Next", "questions": ["later"]},
]
PROPERTIES = {
    "name": TEXT,
    "signs": checkboxes("a", "b"),
    "where": radios("home", "work", "school"),
    "other": {**TEXT, "x-ui": {"when": {"where": ["work", "school"]}}},
    "later": TEXT,
}


def read(posted: dict[str, Any], answers: dict[str, Any], page: str = "only") -> dict[str, Any]:
    return renderer_of(PROPERTIES, pages=PAGES).read(page, MultiDict(posted), answers)


def test_answers_of_other_pages_stay() -> None:
    answers = {"name": "Ada", "later": "soon"}
    assert read({"name": "Zoe"}, answers) == {"name": "Zoe", "later": "soon"}


def test_what_was_emptied_is_gone() -> None:
    assert read({"name": ""}, {"name": "Ada", "signs": ["a"]}) == {}


def test_a_question_that_was_not_on_the_page_keeps_its_old_answer() -> None:
    assert read({"where": "home"}, {"other": "old"}) == {"where": "home", "other": "old"}


def test_a_question_that_was_on_the_page_is_read() -> None:
    answers = {"where": "work", "other": "old"}
    assert read({"where": "work", "other": "new"}, answers) == {"where": "work", "other": "new"}


def test_a_question_shown_with_an_error_before_anything_was_stored_is_read() -> None:
    assert read({"where": "work", "other": "new"}, {}) == {"where": "work", "other": "new"}


def test_posting_a_question_of_another_page_changes_nothing() -> None:
    assert read({"later": "forged", "unknown": "x"}, {"later": "soon"}) == {"later": "soon"}


def items(posted: dict[str, str], people: list[Any]) -> Any:
    renderer = renderer_of({"people": PEOPLE})
    return renderer.read("only", MultiDict(posted), {"people": people}).get("people")


TWO = {"people-0-first_name": "Ada", "people-1-first_name": "Zoe"}


def test_add_keeps_what_was_typed_and_adds_a_blank_item() -> None:
    assert items({**TWO, "action": "add"}, []) == [{"first_name": "Ada"}, {"first_name": "Zoe"}, {}]


def test_add_on_an_untouched_page_shows_a_second_blank_item() -> None:
    assert items({"people-0-first_name": "", "action": "add"}, []) == [{}, {}]


def test_add_stops_at_the_limit() -> None:
    many = {f"people-{number}-first_name": "x" for number in range(50)}
    assert len(items({**many, "action": "add"}, [])) == 50


def test_remove_takes_away_the_item_of_that_number() -> None:
    assert items({**TWO, "action": "remove-0"}, []) == [{"first_name": "Zoe"}]


def test_remove_goes_by_the_number_on_the_page_even_with_gaps() -> None:
    posted = {"people-3-first_name": "Ada", "people-7-first_name": "Zoe", "action": "remove-7"}
    assert items(posted, []) == [{"first_name": "Ada"}]


def test_removing_an_unknown_item_removes_nothing() -> None:
    for action in ("remove-9", "remove-", "remove-x", "remove--1"):
        assert len(items({**TWO, "action": action}, [])) == 2


def test_continue_drops_blank_items() -> None:
    blank = {"people-2-first_name": " ", "action": "continue"}
    assert items({**TWO, **blank}, []) == [{"first_name": "Ada"}, {"first_name": "Zoe"}]


def test_an_emptied_repeating_group_is_no_answer() -> None:
    assert items({"people-0-first_name": ""}, [{"first_name": "Ada"}]) is None
