"""Sixty mistakes that authors make: each is reported at its line, and says what to do."""

from __future__ import annotations

import json

import pytest

from form_definitions import Severity, check_form, parse_form, shipped_forms
from tests.form_definitions.planted import Mistake

FORM = """\
{
  "$schema": "../form.schema.json",
  "$id": "quiet-room",
  "title": "Ask for a quiet room",
  "type": "object",
  "required": ["asking_as", "safe"],
  "properties": {
    "asking_as": {
      "title": "Who is asking?",
      "oneOf": [
        {"const": "parent", "title": "A parent"},
        {"const": "staff", "title": "Someone who works here"},
        {"const": "other", "title": "Someone else"}
      ],
      "x-ui": {"errors": {"required": "Select who is asking"}}
    },
    "ward": {
      "type": "string",
      "title": "Which ward or unit?",
      "maxLength": 120,
      "x-ui": {"when": {"asking_as": "staff"}, "required": true}
    },
    "safe": {"type": "boolean", "title": "Is everybody safe now?"},
    "age": {"type": "integer", "title": "How old is the child?", "minimum": 0, "maximum": 17},
    "school": {
      "type": "string",
      "title": "Which school?", "x-ui": {"when": {"age": {"minimum": 4}}}
    },
    "born_on": {
      "type": "string",
      "format": "date",
      "title": "When was the child born?",
      "x-ui": {"hint": "For example, 27 3 2020"}
    },
    "badge": {
      "type": "string",
      "title": "Your badge number",
      "pattern": "^[A-Z]{2}[0-9]{4}$",
      "x-ui": {"hint": "For example, AB1234"}
    },
    "needs": {
      "type": "array",
      "title": "What do you need?",
      "uniqueItems": true,
      "items": {
        "oneOf": [
          {"const": "rest", "title": "Rest"},
          {"const": "talk", "title": "A private talk"},
          {"const": "none", "title": "None of these"}
        ]
      },
      "x-ui": {"exclusive": "none"}
    },
    "visitors": {
      "type": "array",
      "title": "Who comes with you?",
      "maxItems": 6,
      "items": {
        "type": "object",
        "required": ["name"],
        "properties": {
          "name": {"type": "string", "title": "Name"},
          "is_child": {"type": "boolean", "title": "Are they under 18?"},
          "years": {"type": "integer", "title": "Age", "x-ui": {"when": {"is_child": true}}}
        }
      },
      "x-ui": {"item": "visitor"}
    }
  },
  "x-form": {
    "version": "1.0.0",
    "audience": ["public"],
    "conditions": {
      "staff": {"asking_as": "staff"},
      "talking": {"needs": {"contains": {"const": "talk"}}}
    },
    "pages": [
      {"id": "who", "title": "About you", "questions": ["asking_as", "ward", "safe"]},
      {"id": "danger", "type": "end", "title": "Call 999", "when": {"safe": false}, "body": "Ring"},
      {"id": "child", "title": "The child", "questions": ["age", "school", "born_on"]},
      {"id": "badge", "title": "Your badge", "when": "staff", "questions": ["badge"]},
      {"id": "needs", "title": "The room", "questions": ["needs"]},
      {"id": "visitors", "title": "Visitors", "questions": ["visitors"]}
    ],
    "facets": ["asking_as"],
    "people": [
      {"role": "Visitor", "in": "visitors", "name": ["name"]}
    ],
    "retention": {"draft": "P7D", "submission": "P1Y"}
  }
}
"""
LONG = "word " * 30
HARD = "Kindly substantiate the aforementioned accommodation circumstances, " + (
    "enumerating contributory considerations necessitating organisational intervention"
)


def error(old: str, new: str, at: str, words: str) -> Mistake:
    return Mistake(old, new, at, words)


def warning(old: str, new: str, at: str, words: str) -> Mistake:
    return Mistake(old, new, at, words, "warning")


WARD_WHEN = '{"when": {"asking_as": "staff"}, "required": true}'
SCHOOL_WHEN = '{"when": {"age": {"minimum": 4}}}'
PATTERN = '"pattern": "^[A-Z]{2}[0-9]{4}$"'
BADGE_HINT = '"x-ui": {"hint": "For example, AB1234"}'
DATE_HINT = '"x-ui": {"hint": "For example, 27 3 2020"}'
FACETS = '"facets": ["asking_as"]'
MISTAKES = {
    # syntax
    "a comma is missing": error('"version": "1.0.0",', '"version": "1.0.0"', '"audience"', "comma"),
    "a comma too many": error('"P1Y"}', '"P1Y",}', '"P1Y"', "comma after the last"),
    "a quote is missing": error('"title": "Rest"', '"title": "Rest', '"title": "Rest', "no end"),
    "single quotes": error('"title": "Rest"', "'title': 'Rest'", "'Rest'", "double quotes"),
    "a colon is missing": error('"draft": "P7D"', '"draft" "P7D"', '"draft"', "colon"),
    "True for true": error('"safe": {"type"', '"safe": {"a": True, "type"', "True", "not JSON"),
    "a comment": error('"facets"', '// reports\n    "facets"', "// reports", "double quotes"),
    "a key twice": error('"draft": "P7D"', '"draft": "P7D", "draft": "P8D"', '"draft"', "twice"),
    "a bracket is missing": error('"retention": {', '"retention": [', '"retention"', "comma"),
    "a backslash alone": error("^[A-Z]{2}[0-9]{4}$", "^[A-Z]{2}\\d{4}$", "pattern", "backslash"),
    # what is written and does nothing
    "a limit of a number for a text": warning(
        '"when": "staff", "questions": ["badge"]',
        '"when": {"ward": {"minimum": 3}}, "questions": ["badge"]',
        "minimum",
        "says nothing of ‘ward’",
    ),
    "an unknown word of autocomplete": warning(
        DATE_HINT,
        '"x-ui": {"hint": "Like 27 3 2020", "autocomplete": "birthday"}',
        "birthday",
        "‘bday’",
    ),
    "a link that is none": warning('"body": "Ring"', '"body": "[a](ftp:b)"', "b)", "brackets"),
    "an error that is kept for later": warning(
        DATE_HINT,
        '"x-ui": {"hint": "Like 27 3 2020", "errors": {"past": "No"}}',
        "past",
        "cannot occur",
    ),
    # what nobody can answer, and by which nobody is found
    "more answers than there are": error(
        '"uniqueItems": true,', '"uniqueItems": true, "minItems": 3,', "minItems", "2 are the most"
    ),
    "a person found by a yes": error(
        '"name": ["name"]', '"name": ["name"], "telephone": "is_child"', "is_child", "nobody can"
    ),
    # the dialect
    "a misspelt key": error('"maxLength": 120', '"maxLenght": 120', "maxLenght", "maxLength"),
    "a misspelt x-ui key": error(
        '{"item": "visitor"}', '{"itme": "visitor"}', "itme", "Did you mean ‘item’"
    ),
    "a key at the wrong level": error(
        '"title": "Which ward or unit?"',
        '"title": "Which ward?", "hint": "W1"',
        '"hint"',
        "x-ui of the question",
    ),
    "a misspelt type": error(
        '"integer", "title": "How', '"interger", "title": "How', "interger", "‘integer’"
    ),
    "a misspelt format": error('"format": "date"', '"format": "dat"', '"dat"', "‘date’"),
    "a misspelt widget": error(
        '{"exclusive": "none"}', '{"widget": "checkboxs"}', "checkboxs", "‘checkboxes’"
    ),
    "a name in capitals": error('"badge": {', '"Badge": {', '"Badge"', "lower case"),
    "a version without dots": error('"1.0.0"', '"1"', '"version"', "1.0.0"),
    "no version": error('"version": "1.0.0",', "", '"x-form"', "has no ‘version’"),
    "a length of time in words": error('"P7D"', '"7 days"', "7 days", "P14D"),
    "an audience of nobody": error('["public"]', '["publik"]', "publik", "‘public’"),
    "a $ref that leaves the file": error(
        '"type": "boolean", "title": "Is',
        '"$ref": "https://example.org/safe.json", "title": "Is',
        "example.org",
        "outside this file",
    ),
    "a $ref to a file beside": error(
        '"type": "boolean", "title": "Is', '"$ref": "safe.json", "title": "Is', "$ref", "outside"
    ),
    # names and references
    "a question on no page": error(
        '"age", "school", "born_on"]', '"age", "school"]', '"born_on": {', "on no page"
    ),
    "a question on two pages": error(
        '"questions": ["badge"]', '"questions": ["badge", "age"]', '"The child"', "2 pages"
    ),
    "a question that is not there": error(
        '"questions": ["badge"]', '"questions": ["badge", "bagde"]', "bagde", "‘badge’"
    ),
    "required, and not there": error(
        '["asking_as", "safe"]', '["asking_as", "save"]', "save", "‘safe’"
    ),
    "required, and not always shown": error(
        '["asking_as", "safe"]', '["asking_as", "ward"]', '"required": ["a', "always shown"
    ),
    "two pages of one id": error('{"id": "badge"', '{"id": "who"', '"who"', "two pages"),
    "a page of the platform": error('{"id": "badge"', '{"id": "done"', '"done"', "every form"),
    "a page without questions": error(
        '"title": "The room", "questions": ["needs"]',
        '"title": "The room"',
        '"The room"',
        "asks nothing",
    ),
    "an end for everybody": error(
        '"when": {"safe": false}, "body"', '"body"', '"danger"', "for everybody"
    ),
    "a facet that is a name": error(FACETS, '"facets": ["ward"]', '"facets"', "identify"),
    "a facet that is a date of birth": error(
        FACETS, '"facets": ["born_on"]', '"facets"', "date of birth"
    ),
    "a facet that is not there": error(FACETS, '"facets": ["asking"]', '"facets"', "‘asking_as’"),
    "a person of no group": error('"in": "visitors"', '"in": "visitor"', '"role"', "group"),
    "a question without a title": error(
        '"title": "Your badge number",', "", '"badge": {', "no title"
    ),
    # conditions
    "a condition on nothing": error(
        '{"asking_as": "staff"}, "required"',
        '{"asking": "staff"}, "required"',
        '"asking": "staff"',
        "‘asking_as’",
    ),
    "a condition on a later question": error(
        '{"asking_as": "staff"}, "required"',
        '{"age": 3}, "required"',
        '{"age": 3}',
        "asked later",
    ),
    "a condition on itself": error(
        SCHOOL_WHEN, '{"when": {"school": "x"}}', '{"school": "x"}', "its own answer"
    ),
    "two that wait for each other": error(
        '"title": "How old is the child?"',
        '"title": "How old?", "x-ui": {"when": {"school": "x"}}',
        '"How old?"',
        "wait for each other",
    ),
    "conditions in a circle": error(
        '"staff": {"asking_as": "staff"}', '"staff": {"not": "staff"}', '{"not"', "circle"
    ),
    "an unknown condition": error('"when": "staff"', '"when": "staf"', '"staf"', "no condition"),
    "an option that is not there": error(
        '"staff": {"asking_as": "staff"}',
        '"staff": {"asking_as": "staf"}',
        '"staf"',
        "Did you mean ‘staff’",
    ),
    "a list that is compared with one": error(
        '{"contains": {"const": "talk"}}', '"talk"', '"talking"', "contains"
    ),
    "a number in quotes": error(SCHOOL_WHEN, '{"when": {"age": "4"}}', '"4"', "number"),
    "an unknown keyword": error('{"minimum": 4}', '{"minimun": 4}', "minimun", "cannot be used"),
    # questions
    "limits the wrong way round": error(
        '"minimum": 0, "maximum": 17', '"minimum": 17, "maximum": 0', '"maximum": 0', "Swap"
    ),
    "a pattern that is no pattern": error(PATTERN, '"pattern": "^[A-Z"', "^[A-Z", "brackets"),
    "an option twice": error('"const": "talk"', '"const": "rest"', "A private talk", "twice"),
    "an exclusive that is no option": error(
        '{"exclusive": "none"}', '{"exclusive": "nothing"}', "nothing", "not an option"
    ),
    "a key without meaning": error(
        '"type": "boolean", "title": "Is', '"type": "boolean", "maxLength": 3, "title": "Is',
        "maxLength", "means nothing",
    ),
    # what loads, and cannot be meant
    "a pattern that nothing matches": warning(
        PATTERN, '"pattern": "[0-9]{4}^[A-Z]{2}"', '"pattern"', "can match"
    ),
    "a pattern longer than allowed": warning(
        PATTERN, PATTERN + ', "maxLength": 4', '"pattern"', "needs 6 characters"
    ),
    "a page never reached": warning(
        '"when": "staff", "questions"',
        '"when": {"all": ["staff", {"asking_as": "parent"}]}, "questions"',
        '"all"',
        "can never be reached",
    ),
    "a page after an end for the same": warning(
        '"when": "staff", "questions"', '"when": {"safe": false}, "questions"', '"Your badge"',
        "can never be reached",
    ),
    "an end for all who answer": warning(
        '"when": {"safe": false}, "body"',
        '"when": {"safe": [true, false]}, "body"',
        '"danger"',
        "nothing after it",
    ),
    "a question never shown": warning(
        SCHOOL_WHEN,
        '{"when": {"all": [{"age": {"minimum": 5}}, {"age": {"maximum": 3}}]}}',
        '"Which school?"',
        "can never be shown",
    ),
    "required, and never shown": warning(
        '{"id": "who", "title": "About you", "questions": ["asking_as", "ward", "safe"]}',
        '{"id": "who", "title": "About you", "questions": ["asking_as", "safe"]},\n'
        '{"id": "ward", "when": {"asking_as": "parent"}, "title": "W", '
        '"questions": ["ward"]}',
        '"when": {"asking_as": "staff"}',
        "must be answered, and can never be shown",
    ),
    "never shown in a group": warning(
        '{"is_child": true}',
        '{"all": [{"is_child": true}, {"is_child": false}]}',
        '"years"',
        "can never be shown",
    ),
    "a number beyond the limits": warning(
        '{"minimum": 4}', '{"minimum": 18}', '"minimum": 18', "no answer to ‘age’"
    ),
    "a text that is too long": warning(
        '"when": "staff", "questions"',
        '"when": {"ward": "' + "x" * 130 + '"}, "questions"',
        '"Your badge"',
        "no answer to ‘ward’",
    ),
    "a date that is none": warning(
        '"when": "staff", "questions"',
        '"when": {"born_on": "2020-02-31"}, "questions"',
        "2020-02-31",
        "no answer to ‘born_on’",
    ),
    "an error that cannot occur": warning(
        '{"required": "Select who is asking"}',
        '{"maxLength": "Too long"}',
        "Too long",
        "cannot occur",
    ),
    "an error of another format": warning(
        BADGE_HINT,
        '"x-ui": {"hint": "AB1234", "errors": {"incomplete": "No"}}',
        "incomplete",
        "cannot occur",
    ),
    "required words for what is not": warning(
        BADGE_HINT,
        '"x-ui": {"hint": "AB1234", "errors": {"required": "Enter it"}}',
        "Enter it",
        "make the question required",
    ),
    "a date without a hint": warning(DATE_HINT, '"x-ui": {}', '"born_on"', "no hint"),
    "a pattern without a hint": warning(BADGE_HINT, '"x-ui": {}', '"pattern"', "hint"),
    "a question too long": warning(
        '"title": "Which school?"', f'"title": "{"Which school " * 12}"', "Which", "characters"
    ),
    "a sentence too long": warning("For example, AB1234", LONG, "word word", "30 words"),
    "hard to read": warning("For example, AB1234", HARD, "Kindly", "can be read at the age of"),
    "an example that is no answer": warning(
        PATTERN, PATTERN + ', "examples": ["ab1234"]', "ab1234", "no answer that ‘badge’ takes"
    ),
    "a page without a heading": warning(
        '"title": "The child", ', "", '"id": "child"', "no heading"
    ),
}  # fmt: skip


def test_the_form_without_a_mistake_has_none() -> None:
    assert check_form(FORM) == ()


def test_there_are_sixty() -> None:
    assert len(MISTAKES) >= 60


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_reported_at_its_line_with_a_fix(name: str) -> None:
    mistake = MISTAKES[name]
    text = mistake.planted_in(FORM)
    lines = text.splitlines()
    found = [problem for problem in check_form(text, "f.json") if mistake.words in f"{problem}"]
    assert found, check_form(text)
    problem = found[0]
    assert any(part in lines[problem.line - 1] for part in mistake.at.split("|")), problem
    assert problem.fix
    assert problem.severity == mistake.severity


@pytest.mark.parametrize("name", [n for n in MISTAKES if MISTAKES[n].severity == "warning"])
def test_a_warning_keeps_no_form_from_loading_and_stands_alone(name: str) -> None:
    text = MISTAKES[name].planted_in(FORM)
    parse_form(text)
    assert len(check_form(text)) == 1, "one mistake is one message"


@pytest.mark.parametrize("form_id", sorted(shipped_forms()))
def test_no_shipped_form_gives_a_warning(form_id: str) -> None:
    assert check_form(shipped_forms()[form_id].read_bytes(), form_id) == ()


def long_form(questions: int) -> str:
    """Every second question depends on three earlier ones."""
    properties: dict[str, object] = {}
    pages: list[dict[str, object]] = []
    kinds = (
        {"oneOf": [{"const": c, "title": c.title()} for c in ("yes", "no", "maybe")]},
        {"type": "integer", "minimum": 0, "maximum": 100},
        {
            "type": "array",
            "items": {"oneOf": [{"const": f"o{k}", "title": f"{k}"} for k in (1, 2)]},
        },
    )
    for number in range(questions):
        raw = {"title": f"Question {number}?", **kinds[number % 3]}
        if number > 5 and number % 2:
            first = number - 3 - number % 3
            one, two, three = (f"q{first + step}" for step in range(3))
            rest = [{one: "no"}, {two: {"minimum": 3}}, {three: {"contains": {"const": "o1"}}}]
            raw["x-ui"] = {"when": {"any": [{one: "yes"}, {"all": rest}]}, "required": True}
        properties[f"q{number}"] = raw
        pages.append({"id": f"p{number}", "questions": [f"q{number}"]})
    form = {"$id": "long", "title": "Long", "type": "object", "properties": properties}
    return json.dumps({**form, "x-form": {"version": "1.0.0", "pages": pages}}, indent=1)


def test_a_form_of_500_questions_can_be_checked() -> None:
    assert check_form(long_form(500)) == ()


def test_severities_are_the_words_that_editors_know() -> None:
    assert [str(severity) for severity in Severity] == ["error", "warning"]
