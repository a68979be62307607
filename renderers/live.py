"""What a browser needs to show and hide a page's questions as the answers change.

The browser evaluates the same compiled JSON Schema as the server, on answers that it reads from the
page's own controls, and on those few of earlier pages that a condition looks at. A condition that
looks at an answer which only the server can read (an NHS number, a postcode) stays the server's:
its question comes up once the page is sent, as every such question does without scripts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from markupsafe import escape

from form_definitions import Comparison, Kind, Question
from form_definitions.languages import ENGLISH, N_, words

#: How the browser reads a control. What is not here needs the server's tidying.
READ_AS: dict[Kind, str] = {
    Kind.TEXT: "line",
    Kind.LONG_TEXT: "lines",
    Kind.INTEGER: "whole",
    Kind.MONEY: "amount",
    Kind.PERCENTAGE: "percentage",
    Kind.NUMBER: "number",
    Kind.RADIOS: "option",
    Kind.YES_NO: "option",
    Kind.SCALE: "option",
    Kind.SELECT: "option",
    Kind.CHECKBOXES: "options",
    Kind.DATE: "date",
    Kind.GROUP: "group",
    Kind.ADDRESS: "group",
    Kind.REPEATING: "items",
    Kind.TUPLE: "places",
}

#: What a screen reader is told; the question's title takes the place of ``{title}``.
ANNOUNCED = {"shown": N_("New question: {title}"), "hidden": N_("Question taken away: {title}")}

Node = dict[str, Any]
Path = tuple[str, ...]


def live_questions(questions: Iterable[Question]) -> frozenset[str]:
    """Which of these sibling questions the browser shows and hides as the answers change.

    One that depends on earlier pages alone is there or it is not, whatever is answered here.
    """
    live: set[str] = set()
    readable: dict[str, bool] = {}
    siblings: dict[str, Question] = {}
    for question in questions:
        paths = [comparison.path for comparison in comparisons_of(question)]
        here = [path for path in paths if not path or path[0] in siblings]
        readable[question.name] = all(_is_readable(path, siblings, readable) for path in here)
        if here and readable[question.name]:
            live.add(question.name)
        siblings[question.name] = question
    return frozenset(live)


def comparisons_of(question: Question) -> Iterator[Comparison]:
    """What a question's condition compares; nothing where it is always shown."""
    return question.when.comparisons() if question.when else iter(())


def _is_readable(
    path: Path, siblings: Mapping[str, Question], is_known: Mapping[str, bool]
) -> bool:
    """Whether the browser knows the answer at a path, and whether that is shown."""
    if not path:
        return False  # it looks at everything: only the server knows all of that
    first, *steps = path
    question, known = siblings[first], is_known[first]
    for step in steps:
        inner = question.question(step)
        if inner is None:
            return False
        known = known and (inner.when is None or step in live_questions(question.questions))
        question = inner
    return known and all(_has_control(inner) for inner in question.leaves())


def _has_control(question: Question) -> bool:
    """Whether the browser can read the answer from a control of the page."""
    return question.kind in READ_AS and not question.read_only


class LivePage:
    """The data of one page with questions that come and go; empty for any other page."""

    def __init__(self, questions: tuple[Question, ...], language: str = ENGLISH) -> None:
        self._schemas: list[Any] = []
        nodes = self._nodes(questions)
        self._is_empty = not self._schemas
        asked = {question.name for question in questions}
        self._earlier = tuple(
            path for path in dict.fromkeys(_looked_at(questions)) if path[0] not in asked
        )
        said = {how: words(language).gettext(text) for how, text in ANNOUNCED.items()}
        data = {"questions": nodes, "conditions": self._schemas, "words": said}
        self._before = f'<div id="intake-live" hidden data-page="{_data(data)}" data-answers="'
        self._whole = f'{self._before}{{}}"></div>'

    @property
    def needs_answers(self) -> bool:
        """Whether a condition looks at an answer of another page."""
        return bool(self._earlier)

    def data(self, answers: Mapping[str, Any]) -> str:
        """The page's data, in attributes: inline scripts, even of data, are not for our pages.

        ``answers`` are those to questions that are shown; it takes only what a condition of this
        page looks at.
        """
        if self._is_empty:
            return ""
        if not self._earlier:
            return self._whole
        return f'{self._before}{_data(_only(answers, self._earlier))}"></div>'

    def _nodes(self, questions: Iterable[Question]) -> list[Node]:
        questions = tuple(questions)
        live = live_questions(questions)
        return [
            self._node(question, question.name in live)
            for question in questions
            if _has_control(question) or (question.name in live and not question.read_only)
        ]

    def _node(self, question: Question, is_live: bool) -> Node:
        node: Node = {"name": question.name, "as": READ_AS.get(question.kind, "server")}
        if question.control != question.name:
            node["control"] = question.control
        if is_live and question.when is not None:
            node |= {"when": self._condition(question.when.schema), "title": question.title}
        if question.options:
            node["options"] = {option.text: option.value for option in question.options}
        if question.questions:
            node["questions"] = self._nodes(question.questions)
        return node

    def _condition(self, schema: Mapping[str, Any]) -> int:
        if schema not in self._schemas:
            self._schemas.append(schema)
        return self._schemas.index(schema)


def _looked_at(questions: Iterable[Question]) -> Iterator[Path]:
    """The paths of the answers that the live conditions of a page look at."""
    questions = tuple(questions)
    live = live_questions(questions)
    for question in questions:
        if question.name in live:
            yield from (comparison.path for comparison in comparisons_of(question))


def _only(answers: Mapping[str, Any], paths: Iterable[Path]) -> dict[str, Any]:
    """These answers and no others, in the groups that they are in."""
    found: dict[str, Any] = {}
    for path in sorted(paths, key=len):  # a whole group before what is in it
        source: Any = answers
        target: Any = found
        for step in path[:-1]:
            source = source.get(step) if isinstance(source, Mapping) else None
            if isinstance(source, list):
                target[step] = source  # a tuple: its places stand where they stand
            if not isinstance(source, Mapping):
                break
            target = target.setdefault(step, {})
        if isinstance(source, Mapping) and path[-1] in source:
            target[path[-1]] = source[path[-1]]
    return found


def _data(value: object) -> str:
    """JSON as the value of an attribute."""
    return escape(json.dumps(value, ensure_ascii=False))


def place(name: str) -> tuple[str, str]:
    """What stands before and after a question that is shown now, where the browser may hide it."""
    return f'<div class="intake-live" data-live="{escape(name)}">\n', "\n</div>"


def placed_html(name: str, html: str) -> str:
    """A question that is shown now, in its place."""
    return html.join(place(name))


def held_html(name: str, html: str) -> str:
    """The place of a question that is not shown now: its markup is data, and so not on the page."""
    name, html = escape(name), escape(html)
    return f'<div class="intake-live" data-live="{name}" data-held="{html}" hidden></div>'
