"""Where to write an answer on paper: boxes for letters and digits, options to tick, lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from form_definitions import FILE_KINDS, NUMBER_KINDS, Kind, Question, display, starts_with
from form_definitions.languages import N_, words
from renderers.given_files import given

Space = dict[str, Any]

MOST_TO_TICK = 30  # options: a longer list is written from the answer's own words

#: How many boxes, and what stands before them.
_BOXES: dict[Kind, tuple[tuple[str, int], ...]] = {
    Kind.NHS_NUMBER: (("", 3), ("", 3), ("", 4)),
    Kind.HEALTH_AND_CARE_NUMBER: (("", 3), ("", 3), ("", 4)),
    Kind.ULN: (("", 10),),
    Kind.UPN: (("", 13),),
    Kind.NATIONAL_INSURANCE: (("", 2), ("", 2), ("", 2), ("", 2), ("", 1)),
    Kind.POSTCODE: (("", 4), ("", 3)),
    Kind.HEALTH_POSTCODE: (("", 4), ("", 3)),
    Kind.DATE: ((N_("Day"), 2), (N_("Month"), 2), (N_("Year"), 4)),
    Kind.MONTH: ((N_("Month"), 2), (N_("Year"), 4)),
    Kind.TIME: (("", 2), (":", 2)),
    Kind.GESTATION: ((N_("Weeks"), 2), (N_("Days"), 1)),
}
_PREFIX = {Kind.MONEY: "£"}
_SUFFIX = {Kind.PERCENTAGE: "%"}


def writing_space(question: Question) -> Space:
    """The place for the answer, as ``print.typ`` draws it."""
    if question.read_only:
        return {"type": "text", "lines": lines_of(question, starts_with(question))}
    if question.kind in _BOXES:
        return _boxes(question)
    if question.options and len(question.options) <= MOST_TO_TICK:
        return _options(question)
    return _SPACES.get(question.kind, _line)(question)


def lines_of(question: Question, value: object) -> list[str]:
    """An answer as a reader meets it, line by line."""
    if question.kind in FILE_KINDS:
        return [one.name for _, one in given(value)]
    shown = display(question, value)
    texts = (shown,) if isinstance(shown, str) else shown
    return [line for text in texts for line in text.split("\n")]


def _boxes(question: Question) -> Space:
    say = words(question.language).gettext
    groups = [
        {"label": say(label) if label else "", "count": count}
        for label, count in _BOXES[question.kind]
    ]
    return {"type": "boxes", "groups": groups}


def _options(question: Question) -> Space:
    options = [{"title": option.title, "hint": option.hint} for option in question.options]
    if question.kind is Kind.SCALE:
        for option, end in ((options[0], question.low), (options[-1], question.high)):
            option["title"] += f" – {end}" if end else ""
    inline = question.kind in (Kind.YES_NO, Kind.SCALE) or question.inline
    return {"type": "options", "options": options, "inline": inline}


def _affixed(question: Question) -> Space:
    prefix = question.prefix or _PREFIX.get(question.kind, "")
    suffix = question.suffix or _SUFFIX.get(question.kind, "")
    return {"type": "affixed", "prefix": prefix, "suffix": suffix}


def _line(_question: Question) -> Space:
    return {"type": "lines", "count": 1}


def _many_lines(question: Question) -> Space:
    return {"type": "lines", "count": max(question.rows, 3)}


_SPACES: dict[Kind, Callable[[Question], Space]] = {
    **dict.fromkeys((Kind.LONG_TEXT, Kind.LIST, Kind.DATA), _many_lines),
    **dict.fromkeys(NUMBER_KINDS, _affixed),
    Kind.CHECKBOXES: _many_lines,
}
