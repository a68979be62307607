"""Questions that take files: how they are written, checked, explained and changed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from form_definitions import (
    FILE_CODES,
    FormDefinition,
    Kind,
    check_answers,
    check_form,
    compare,
    describe_condition,
    display,
    file_message,
    message,
    parse_form,
)
from form_definitions.dialect import dialect
from form_definitions.file_kinds import (
    FORMATS_BY_KIND,
    MOST_FILES,
    MOST_SIZE,
    accept_attribute,
    read_size,
    size_in_words,
)
from form_definitions.sampling import sample_answers
from tests.form_definitions.factories import make_definition, make_form

ID, OTHER = "0123456789abcdef" * 2, "f" * 32
FILE: dict[str, Any] = {"type": "string", "format": "file"}


def files(**others: Any) -> dict[str, Any]:
    return {"type": "array", "items": FILE, **others}


def problems(properties: dict[str, Any], **others: Any) -> list[str]:
    found = check_form(json.dumps(make_form(properties, **others)))
    return [f"{one.message}. {one.fix}" for one in found]


def codes(definition: FormDefinition, answers: dict[str, Any]) -> list[str]:
    return [error.code for error in check_answers(definition, answers).errors]


# -- how they are written -------------------------------------------------------------------------


def test_one_file_and_several_are_two_kinds_with_usual_limits() -> None:
    definition = make_definition({"photo": FILE, "letters": files()})
    photo, letters = definition.file_questions
    assert (photo.kind, letters.kind) == (Kind.FILE, Kind.FILES)
    assert photo.accept == letters.accept == ("image", "pdf")
    assert (photo.max_size, letters.max_items) == (10 * 1024 * 1024, 10)


def test_an_author_says_which_files_how_large_and_how_many() -> None:
    ui = {"accept": ["pdf"], "max_size": "500KB"}
    definition = make_definition({"letters": files(maxItems=3, **{"x-ui": ui})})
    letters = definition.questions["letters"]
    assert (letters.accept, letters.max_size, letters.max_items) == (("pdf",), 500 * 1024, 3)


def test_the_dialect_knows_the_kinds_that_the_platform_takes() -> None:
    listed = dialect()["$defs"]["x-ui"]["properties"]["accept"]["items"]["enum"]
    assert listed == list(FORMATS_BY_KIND)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ({**FILE, "x-ui": {"accept": ["imgae"]}}, "Did you mean ‘image’?"),
        ({**FILE, "x-ui": {"accept": []}}, "empty list"),
        ({**FILE, "x-ui": {"max_size": "10 megabytes"}}, "a number with KB or MB, like 5MB"),
        ({**FILE, "x-ui": {"max_size": "51MB"}}, "50MB are the most"),
        ({**FILE, "maxLength": 5}, "‘maxLength’ means nothing"),
        ({**FILE, "default": ID}, "‘default’ means nothing"),
        (files(maxItems=MOST_FILES + 1), "20 are the most"),
        (files(minItems=11), 'Add "maxItems": 11'),
        (files(minItems=3, maxItems=2), "Swap them"),
        ({"type": "string", "x-ui": {"accept": ["pdf"]}}, "‘accept’ means nothing"),
        ({"type": "array", "items": {"type": "string"}}, '"format": "file"'),
        (
            {"type": "array", "items": {"format": "file", "enum": ["a", "b"]}},
            "has no format ‘file’",
        ),
        ({**FILE, "x-ui": {"errors": {"fileSise": "No"}}}, "Did you mean ‘fileSize’?"),
        ({"type": "string", "x-ui": {"errors": {"fileVirus": "No"}}}, "cannot occur"),
    ],
)
def test_what_is_written_wrongly_is_named_with_a_fix(question: dict[str, Any], words: str) -> None:
    assert words in " ".join(problems({"letter": question}))


@pytest.mark.parametrize("in_list", [True, False])
def test_a_file_in_a_group_is_refused_with_what_to_do_instead(in_list: bool) -> None:
    group = {"type": "object", "properties": {"photo": {"title": "Photo", **FILE}}}
    question = {"type": "array", "items": group} if in_list else group
    (problem,) = problems({"people": question})
    assert "no group can hold" in problem
    assert "outside of the group" in problem


def test_a_file_is_no_facet() -> None:
    (problem,) = problems({"photo": FILE}, facets=["photo"])
    assert "may identify somebody" in problem


@pytest.mark.parametrize(
    ("question", "condition"),
    [(FILE, {"type": "string"}), (files(), {"type": "array"}), (files(), {"minItems": 2})],
)
def test_a_condition_may_ask_whether_there_are_files(
    question: dict[str, Any], condition: dict[str, Any]
) -> None:
    when = {"when": {"letter": condition}, "required": True}
    definition = make_definition({"letter": question, "sent_by": {"type": "string", "x-ui": when}})
    given_files = ID if question is FILE else [ID, OTHER]
    assert codes(definition, {"letter": given_files}) == ["required"]
    assert codes(definition, {}) == []


def test_a_condition_on_a_file_reads_as_whether_it_was_given() -> None:
    when = {"letter": {"type": "string"}}
    definition = make_definition(
        {"letter": FILE, "who": {"type": "string", "x-ui": {"when": when}}}
    )
    shown_when = definition.questions["who"].when
    assert shown_when is not None
    assert describe_condition(shown_when, definition) == "‘Question letter’ is answered"


@pytest.mark.parametrize(
    "expected", [ID, [ID], {"const": ID}, {"pattern": "pdf"}, {"not": {"enum": [ID]}}]
)
def test_a_condition_may_not_compare_a_file_with_anything(expected: Any) -> None:
    who = {"type": "string", "x-ui": {"when": {"letter": expected}}}
    (problem,) = problems({"letter": FILE, "who": who})
    assert 'Write {"letter": {"type": "string"}}' in problem


# -- answers --------------------------------------------------------------------------------------

EITHER = make_definition({"photo": FILE, "letters": files(minItems=2, maxItems=3)})


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, []),
        ({"photo": ID, "letters": [ID, OTHER]}, []),
        ({"photo": "../../etc/passwd"}, ["fileUnreadable"]),
        ({"photo": ID + "\n"}, []),  # tidied, as every text is
        ({"photo": [ID]}, ["fileUnreadable"]),
        ({"letters": ID}, ["fileUnreadable"]),
        ({"letters": [ID, 7]}, ["fileUnreadable"]),
        ({"letters": [ID]}, ["minItems"]),
        ({"letters": [ID, ID]}, ["uniqueItems"]),
        ({"letters": [f"{at:032x}" for at in range(4)]}, ["maxItems"]),
    ],
)
def test_an_answer_is_the_ids_of_stored_files(answers: dict[str, Any], expected: list[str]) -> None:
    assert codes(EITHER, answers) == expected


@given(st.dictionaries(st.sampled_from(["photo", "letters"]), st.one_of(
    st.none(), st.text(), st.integers(), st.lists(st.sampled_from([ID, OTHER, "", "x"])),
    st.just(ID), st.dictionaries(st.text(), st.none()),
)))  # fmt: skip
def test_whatever_is_given_for_files_what_is_accepted_satisfies_the_schema(
    answers: dict[str, Any],
) -> None:
    import jsonschema

    outcome = check_answers(EITHER, answers)
    is_valid = jsonschema.Draft202012Validator(dict(EITHER.schema)).is_valid(outcome.answers)
    assert outcome.accepted <= is_valid


def test_sample_answers_include_files() -> None:
    answers = sample_answers(EITHER)
    assert check_answers(EITHER, answers).accepted
    assert len(answers["letters"]) == 2


def test_without_its_name_a_file_is_shown_as_one() -> None:
    photo, letters = EITHER.file_questions
    assert display(photo, ID) == "A file"
    assert display(letters, [ID, OTHER]) == ("A file", "A file")


# -- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("required", "Select a photo"),
        ("fileType", "The selected file must be a JPG, PNG, GIF or WebP"),
        ("fileSize", "The selected file must be smaller than 5MB"),
        ("fileEmpty", "The selected file is empty"),
        ("fileVirus", "The selected file contains a virus"),
        ("fileNotScanned", "The selected file could not be uploaded – try again"),
    ],
)
def test_errors_read_as_govuk_writes_them(code: str, words: str) -> None:
    ui = {"name": "a photo", "accept": ["image"], "max_size": "5MB"}
    question = make_definition({"photo": {**FILE, "x-ui": ui}}).questions["photo"]
    assert message(question, code) == words


def test_of_several_files_an_error_says_which_one_it_is_about() -> None:
    own = {"errors": {"fileVirus": "We found a virus"}}
    letters = make_definition({"letters": files(**{"x-ui": own})}).questions["letters"]
    assert file_message(letters, "fileEmpty", "a.pdf") == "‘a.pdf’ is empty"
    assert file_message(letters, "fileVirus", "a.pdf") == "‘a.pdf’: We found a virus"
    assert message(letters, "maxItems") == "You can only select up to 10 files"


def test_every_file_code_has_words_of_its_own() -> None:
    photo, _ = EITHER.file_questions
    assert len({message(photo, code) for code in FILE_CODES}) == len(FILE_CODES)


@pytest.mark.parametrize(("text", "size"), [("500KB", 512_000), ("10MB", 10_485_760)])
def test_a_size_reads_as_it_was_written(text: str, size: int) -> None:
    assert read_size(text) == size
    assert size_in_words(size) == text


def test_sizes_between_are_rounded_and_none_is_nothing() -> None:
    assert [size_in_words(one) for one in (1, 1_500_000, MOST_SIZE)] == ["1KB", "1.4MB", "50MB"]


def test_a_file_input_accepts_names_and_media_types() -> None:
    assert accept_attribute(["pdf"]) == ".pdf,application/pdf"


# -- edits ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "is_safe"),
    [
        (FILE, {**FILE, "x-ui": {"accept": ["pdf"]}}, True),
        (FILE, {**FILE, "x-ui": {"max_size": "1MB"}}, True),
        (files(maxItems=2), files(maxItems=3), True),
        (files(maxItems=3), files(maxItems=2), False),
        (FILE, files(), False),
    ],
)
def test_an_edit_is_safe_if_the_files_that_were_given_still_fit(
    before: dict[str, Any], after: dict[str, Any], is_safe: bool
) -> None:
    old, new = (parse_form(json.dumps(make_form({"letter": each}))) for each in (before, after))
    edit = compare(old, new)
    assert edit.changes
    assert (edit.safety != "breaking") is is_safe
