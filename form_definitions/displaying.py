"""Write an answer back: for the control that asked for it, or for a person to read."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

from form_definitions.definition import FILE_KINDS, NESTED_KINDS, ONE_OF_KINDS, Kind, Question
from form_definitions.formats import MAX_NUMBER, PARTS, is_iso_date
from form_definitions.identifiers import show_national_insurance, show_ten_digits
from form_definitions.languages import N_, words
from form_definitions.periods import (
    gestation_parts,
    month_parts,
    show_day,
    show_gestation,
    show_month,
    show_time,
)

#: What stands for a file whose name is not known.
FILE_WITHOUT_NAME = "A file"


def as_typed(question: Question, value: object) -> str:
    """The text for the control: ``12.50``, ``yes``, ``999 000 0018``; "" for no answer."""
    if question.kind is Kind.DATA and value is not None and not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if question.kind is Kind.LIST and isinstance(value, list | tuple):
        return "\n".join(each if isinstance(each, str) else json.dumps(each) for each in value)
    if value is None or isinstance(value, dict | list | tuple):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if question.kind is Kind.MONEY and isinstance(value, int | float):
        return _pounds(value)
    if question.kind is Kind.INTEGER and isinstance(value, float) and value.is_integer():
        return str(int(value))  # 7.0 is a whole number to JSON Schema, and is asked for as 7
    if question.kind is Kind.TIME:
        return show_time(value, question.language)
    return _TYPED.get(question.kind, str)(value)


#: Kinds that are typed, so that an example helps.
EXEMPLIFIED = (
    frozenset(Kind) - NESTED_KINDS - ONE_OF_KINDS - FILE_KINDS - {Kind.CHECKBOXES, Kind.DATA}
)


def typed_example(kind: Kind, value: object) -> str:
    """An example as somebody would type it: ``27 3 2026``, ``999 000 0018``."""
    question = Question("", "", kind, "")
    if kind in PARTS and isinstance(value, str):
        return " ".join(part for part in parts_of(question, value) if part)
    return as_typed(question, value).replace("\n", ", ")


def parts_of(question: Question, value: object) -> tuple[str, ...]:
    """The texts of the boxes that ``formats.PARTS`` names, from the answer or what was typed."""
    if question.kind is Kind.DATE:
        return date_parts(value)
    text = value if isinstance(value, str) else ""
    return month_parts(text) if question.kind is Kind.MONTH else gestation_parts(text)


def date_parts(value: object) -> tuple[str, str, str]:
    """Day, month and year for the three boxes, from an ISO date or from what was typed."""
    if not isinstance(value, str) or not value:
        return "", "", ""
    if is_iso_date(value):
        year, month, day = value.split("-")
        return day.lstrip("0"), month.lstrip("0"), year
    day, month, year = [*value.split("/", 2), "", ""][:3]
    return day, month, year


def display(question: Question, value: object) -> str | tuple[str, ...]:
    """The answer as a person reads it; several lines or choices as a tuple.

    A group gives the texts of its answers, a repeating group one text for each item.
    """
    if value is None:
        return ""
    if question.kind in NESTED_KINDS:
        return _nested(question, value)
    if question.kind is Kind.CHECKBOXES and isinstance(value, list | tuple):
        return tuple(_option(question, item) for item in value)
    if question.kind in FILE_KINDS:
        return _files(value)
    if question.kind in {Kind.LIST, Kind.DATA}:
        return as_typed(question, value)
    text = _DISPLAYS.get(question.kind, _plain)(question, value)
    return f"{question.prefix}{text} {question.suffix}".rstrip() if text else ""


def _nested(question: Question, value: object) -> tuple[str, ...]:
    if question.kind is Kind.TUPLE:
        return _places(question, value)
    if isinstance(value, list | tuple):
        return tuple(", ".join(_nested(question, item)) for item in value)
    if not isinstance(value, dict):
        return (str(value),)
    if question.kind is Kind.BIRTH_DATE:
        return (_birth_date(question, value),)
    texts: list[str] = []
    for child in question.questions:
        shown = display(child, value.get(child.name))
        texts.extend([shown] if isinstance(shown, str) else shown)
    return tuple(text for text in texts if text)


def _places(question: Question, value: object) -> tuple[str, ...]:
    """``House number: 12``: what stands where means something, so each place is named."""
    if not isinstance(value, list | tuple):
        return (str(value),)
    shown = (
        (child.title, display(child, answer))
        for child, answer in zip(question.questions, value, strict=False)
    )
    said = ((title, text if isinstance(text, str) else ", ".join(text)) for title, text in shown)
    return tuple(f"{title.rstrip(':?')}: {text}" for title, text in said if text)


_CERTAINTIES = {"estimated": N_("estimated"), "expected": N_("expected")}


def _birth_date(question: Question, value: dict[str, object]) -> str:
    """``27 March 2026``, with what is to be known of a date that is not exact."""
    text = _date(question, value.get("date", ""))
    certainty = _CERTAINTIES.get(str(value.get("certainty")))
    if certainty is None:
        return text
    return f"{text} ({words(question.language).gettext(certainty)})".strip()


def _files(value: object) -> str | tuple[str, ...]:
    """Their names are not in the answers: whoever has them shows those instead."""
    if isinstance(value, list | tuple):
        return tuple(FILE_WITHOUT_NAME for _ in value)
    return FILE_WITHOUT_NAME if value != "" else ""


def _option(question: Question, value: object) -> str:
    option = question.option(value)
    return option.title if option else str(value)


def _date(question: Question, value: object) -> str:
    if not isinstance(value, str) or not is_iso_date(value):
        return str(value)
    return show_day(date.fromisoformat(value), question.language)


def _money(question: Question, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > MAX_NUMBER:
        return str(value)
    sign = "-" if value < 0 else ""
    pounds = "" if question.prefix else "£"
    return f"{sign}{pounds}{abs(value):,.2f}"


def _pounds(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.2f}"


def _percentage(question: Question, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:g}" if question.suffix else f"{value:g}%"


def _plain(_question: Question, value: object) -> str:
    return str(value)


#: How an answer is typed, where that is not how it is stored.
_TYPED: dict[Kind, Callable[[object], str]] = {
    Kind.NHS_NUMBER: show_ten_digits,
    Kind.HEALTH_AND_CARE_NUMBER: show_ten_digits,
    Kind.NATIONAL_INSURANCE: show_national_insurance,
}
#: How an answer is written in the words of a language.
_WORDED: dict[Kind, Callable[[object, str], str]] = {
    Kind.MONTH: show_month,
    Kind.TIME: show_time,
    Kind.GESTATION: show_gestation,
}


def _typed(question: Question, value: object) -> str:
    return _TYPED[question.kind](value)


def _worded(question: Question, value: object) -> str:
    return _WORDED[question.kind](value, question.language)


_DISPLAYS: dict[Kind, Callable[[Question, object], str]] = {
    Kind.DATE: _date,
    Kind.MONEY: _money,
    Kind.PERCENTAGE: _percentage,
    Kind.YES_NO: _option,
    Kind.RADIOS: _option,
    Kind.SELECT: _option,
    Kind.SCALE: _option,
    **dict.fromkeys(_TYPED, _typed),
    **dict.fromkeys(_WORDED, _worded),
}
