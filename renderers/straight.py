"""The same controls straight through the macros: slow, and what the skeletons must equal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import escape

from form_definitions import (
    FILE_KINDS,
    PARTS,
    Kind,
    Option,
    Question,
    as_typed,
    display,
    parts_of,
)
from form_definitions.tuples import by_place
from renderers import given_files, groups, markup
from renderers.arranging import Placed, arrange
from renderers.controls import chosen_texts, shown_inside
from renderers.environment import run_macro
from renderers.live import held_html, placed_html
from renderers.markup import Ask, Heading, Params
from renderers.skeleton import marks_for

Answers = Mapping[str, Any]
Errors = Mapping[str, str]  # control name → message


@dataclass(frozen=True, slots=True)
class _Answered:
    """Fills a control with one answer."""

    value: object

    def typed(self, question: Question, part: str = "") -> str:
        if part:
            at = PARTS[question.kind].index(part)
            return parts_of(question, self.value)[at]
        return as_typed(question, self.value)

    def choice(self, question: Question, option: Option) -> Params:
        is_chosen = option.text in chosen_texts(self.value)
        return {"selected" if question.kind is Kind.SELECT else "checked": is_chosen}


def render_straight(
    placed: Placed, prefix: str, heading: Heading, answers: Answers, errors: Errors
) -> str:
    """One question's markup for these answers, every macro run anew."""
    question = placed.question
    value = answers.get(question.name)
    ask = Ask(
        question=question,
        name=f"{prefix}{question.control}",
        filling=_Answered(value),
        heading=heading,
        error=errors.get(f"{prefix}{question.control}", ""),
        reveals={
            text: _all(under, prefix, answers, errors) for text, under in placed.reveals.items()
        },
        component=run_macro,
    )
    if question.read_only:
        shown = display(question, value)
        texts = (shown,) if isinstance(shown, str) else shown
        return markup.fixed(ask, "<br>".join(map(str, map(escape, texts))))
    if question.kind is Kind.REPEATING:
        return _repeating(ask, value, errors)
    if question.kind in FILE_KINDS:
        files = given_files.FileList(ask.name, question.language, marks_for("")).html(
            given_files.given(value)
        )
        return given_files.upload(ask, files)
    if question.questions:
        return groups.group(ask, _inside(question, f"{ask.name}-", value, errors))
    return markup.render(ask)


def _all(under: Iterable[Placed], prefix: str, answers: Answers, errors: Errors) -> str:
    return "\n".join(
        render_straight(placed, prefix, Heading.PLAIN, answers, errors) for placed in under
    )


def _inside(question: Question, prefix: str, value: object, errors: Errors) -> str:
    own = by_place(value) if question.kind is Kind.TUPLE else value
    own = own if isinstance(own, Mapping) else {}
    shown = shown_inside(question, own)
    html = []
    for placed in arrange(question.questions):
        name = placed.question.name
        if name in shown or placed.is_live:
            inner = render_straight(placed, prefix, Heading.PLAIN, own, errors)
            in_place = placed_html if name in shown else held_html
            control = f"{prefix}{placed.question.control}"
            html.append(in_place(control, inner) if placed.is_live else inner)
    return "\n".join(html)


def _repeating(ask: Ask, value: object, errors: Errors) -> str:
    items = value if isinstance(value, list) and value else [None]
    inside = "" if ask.name == ask.question.control else ask.name
    html = []
    for at, item in enumerate(items):
        inner = _inside(ask.question, f"{ask.name}-{at}-", item, errors)
        if len(items) > 1:
            inner += groups.remove_button(ask.question, str(at + 1), str(at), inside)
        html.append(groups.item(ask.question, str(at + 1), inner))
    return groups.repeating(ask, "\n".join(html), groups.add_button(ask.question, inside))
