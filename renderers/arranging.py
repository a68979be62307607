"""Where the questions of a page stand: which open under an option, which are shown when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from form_definitions import FILE_KINDS, Comparison, Condition, Kind, Named, Option, Question
from form_definitions.definition import NESTED_KINDS
from renderers.live import live_questions

#: Kinds with options that another question can open under.
OPENING_KINDS = frozenset({Kind.RADIOS, Kind.CHECKBOXES, Kind.YES_NO})
#: Kinds too large to open under an option: they are shown once the page is sent.
LARGE_KINDS = NESTED_KINDS | FILE_KINDS | {Kind.SCALE}


@dataclass(frozen=True, slots=True)
class Placed:
    """A question and, for each option's text, the questions that open under that option.

    ``when`` is what decides on the server whether it is on the page; None where it always is.
    ``is_live`` says whether the browser can decide it too, as the answers change.
    """

    question: Question
    when: Condition | None = None
    reveals: Mapping[str, tuple[Placed, ...]] = field(default_factory=dict)
    is_live: bool = False

    def names(self) -> Iterator[str]:
        """The names of this question and of those that open under it."""
        yield self.question.name
        for placed in self.reveals.values():
            for inner in placed:
                yield from inner.names()


def arrange(questions: tuple[Question, ...]) -> tuple[Placed, ...]:
    """The questions in order, those with a simple condition under the option that opens them."""
    opened: dict[str, dict[str, list[Question]]] = {}
    top: list[Question] = []
    earlier: dict[str, Question] = {}
    for question in questions:
        opener = _opener(question, earlier)
        if opener:
            name, option = opener
            opened.setdefault(name, {}).setdefault(option.text, []).append(question)
        else:
            top.append(question)
        earlier[question.name] = question
    live = live_questions(questions)
    placed = (_place(question, question.when, opened) for question in top)
    return tuple(replace(one, is_live=one.question.name in live) for one in placed)


def _place(
    question: Question, when: Condition | None, opened: Mapping[str, dict[str, list[Question]]]
) -> Placed:
    reveals = {
        text: tuple(_place(inner, None, opened) for inner in inners)
        for text, inners in opened.get(question.name, {}).items()
    }
    return Placed(question, when, reveals)


def _opener(question: Question, earlier: Mapping[str, Question]) -> tuple[str, Option] | None:
    """The earlier question and its one option that show this question, or None."""
    condition = question.when
    while isinstance(condition, Named):
        condition = condition.condition
    if not isinstance(condition, Comparison) or question.kind in LARGE_KINDS:
        return None
    opener = earlier.get(condition.path[0]) if len(condition.path) == 1 else None
    if opener is None or opener.kind not in OPENING_KINDS or opener.read_only:
        return None
    option = _only_option(opener, condition.expected)
    return (opener.name, option) if option else None


def _only_option(opener: Question, schema: Mapping[str, object]) -> Option | None:
    """The one option that satisfies the comparison, which says nothing else."""
    if opener.kind is Kind.CHECKBOXES:
        inner = schema.get("contains")
        if len(schema) != 1 or not isinstance(inner, Mapping):
            return None
        schema = inner
    if len(schema) != 1:
        return None
    if "const" in schema:
        return opener.option(schema["const"])
    values = schema.get("enum")
    return opener.option(values[0]) if isinstance(values, list) and len(values) == 1 else None
