"""Comparisons in a rule that can never hold: of no question, or with an answer nobody can give."""

from collections.abc import Iterator, Mapping
from typing import Any

from form_definitions import FormDefinition, Kind, Question
from referral_router.findings import Finding, Where, suggestion

COMBINERS = ("all", "any")
CHOICES = frozenset({Kind.RADIOS, Kind.SELECT, Kind.YES_NO, Kind.SCALE})
NUMBERS = frozenset({Kind.INTEGER, Kind.MONEY})
OBJECTS = frozenset({Kind.GROUP, Kind.ADDRESS})
# where the schema of a comparison holds other schemas for the same answer
SAME_ANSWER = ("not", "if", "then", "else")
SAME_ANSWERS = ("allOf", "anyOf", "oneOf")


def impossible_comparisons(raw: object, definition: FormDefinition) -> Iterator[Finding]:
    """Find what is wrong with a condition that parsed. Named conditions are the form's affair."""
    for where, path, expected in _comparisons(raw, ()):
        question = definition.question_at(path)
        if question is None:
            fix = suggestion(path, _paths(definition)) or "Write the property name of a question"
            yield Finding(where, f"there is no question ‘{path}’ in this form", fix, at_key=True)
        elif through := _list_on_the_way(path, definition):
            yield Finding(
                where,
                f"‘{through.title}’ has many answers, and a path cannot reach into them",
                f"Compare ‘{through.path}’ itself, with “contains”",
                at_key=True,
            )
        else:
            yield from _impossible_answers(where, question, expected)


def _comparisons(raw: object, where: Where) -> Iterator[tuple[Where, str, Any]]:
    if not isinstance(raw, Mapping):
        return  # the name of a condition
    for key, value in raw.items():
        at = (*where, key)
        if key == "not":
            yield from _comparisons(value, at)
        elif key in COMBINERS:
            for index, part in enumerate(value):
                yield from _comparisons(part, (*at, index))
        else:
            yield at, key, value


def _paths(definition: FormDefinition) -> Iterator[str]:
    for question in definition.questions.values():
        yield question.path
        yield from (leaf.path for leaf in question.leaves())


def _list_on_the_way(path: str, definition: FormDefinition) -> Question | None:
    steps = path.split(".")
    for count in range(1, len(steps)):
        question = definition.question_at(".".join(steps[:count]))
        if question is not None and question.kind == Kind.REPEATING:
            return question
    return None


def _impossible_answers(where: Where, question: Question, expected: Any) -> Iterator[Finding]:
    """Find the answers that `question` is compared with and can never have."""
    if question.kind in (Kind.CHECKBOXES, Kind.REPEATING):
        yield from _impossible_in_list(where, question, expected)
        return
    for at, value in _values(expected, where):
        message, fix = _why_impossible(question, value)
        if message:
            yield Finding(at, message, fix)


def _impossible_in_list(where: Where, question: Question, expected: Any) -> Iterator[Finding]:
    if not isinstance(expected, Mapping):
        yield Finding(
            where,
            f"‘{question.title}’ has a list of answers, which is never equal to one of them",
            'Write {"contains": {"const": "…"}}',
        )
        return
    for at, part in _parts(expected, where):
        for keyword in ("contains", "items"):
            if question.options and keyword in part:
                for place, value in _values(part[keyword], (*at, keyword)):
                    message, fix = _why_impossible(question, value)
                    if message:
                        yield Finding(place, message, fix)


def _values(expected: Any, where: Where) -> Iterator[tuple[Where, Any]]:
    """Yield every answer that a comparison names, with its place."""
    if isinstance(expected, list):
        yield from (((*where, index), value) for index, value in enumerate(expected))
    elif not isinstance(expected, Mapping):
        yield where, expected
    else:
        for at, part in _parts(expected, where):
            if "const" in part:
                yield (*at, "const"), part["const"]
            for index, value in enumerate(part.get("enum", ())):
                yield (*at, "enum", index), value


def _parts(expected: Any, where: Where) -> Iterator[tuple[Where, Mapping[str, Any]]]:
    """Yield a schema and every schema inside it that looks at the same answer."""
    if not isinstance(expected, Mapping):
        return
    yield where, expected
    for keyword in SAME_ANSWER:
        yield from _parts(expected.get(keyword), (*where, keyword))
    for keyword in SAME_ANSWERS:
        for index, part in enumerate(expected.get(keyword, ())):
            yield from _parts(part, (*where, keyword, index))


def _why_impossible(question: Question, value: Any) -> tuple[str, str]:
    """Return what is wrong with comparing the question with this answer, and the fix."""
    if question.options:
        if question.option(value) is not None:
            return "", ""
        known = [option.value for option in question.options]
        return (
            f"{_shown(value)} is not an answer to ‘{question.title}’",
            suggestion(value, known) or f"Its answers are {', '.join(map(_shown, known))}",
        )
    if question.kind in OBJECTS:
        names = ", ".join(f"{question.path}.{each.name}" for each in question.questions)
        return f"‘{question.title}’ is a group of questions", f"Compare one of them: {names}"
    if question.kind in NUMBERS:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return ("", "") if is_number else (f"‘{question.title}’ is a number", "Write it unquoted")
    if isinstance(value, str):
        return "", ""
    return f"‘{question.title}’ is a text", "Write it in quotation marks"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"“{value}”" if isinstance(value, str) else str(value)
