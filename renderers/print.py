"""A form on paper: empty, to be written on, or with somebody's own answers.

Typst sets it. No word of an author's or of an answer is ever code: all of it is passed as data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from form_definitions import (
    FormDefinition,
    Kind,
    Page,
    PageType,
    Question,
    describe_condition,
    describe_when,
    visible,
)
from form_definitions.languages import N_, words
from renderers.given_files import NO_FILES, Files, with_files
from renderers.markdown import to_blocks
from renderers.moments import in_words
from renderers.setting_apart import typeset
from renderers.writing_space import lines_of, writing_space

Part = dict[str, Any]

TEMPLATE = Path(__file__).parent / "templates" / "renderers" / "print.typ"
BLANK_ITEMS = 2  # of a repeating group: more are written on copies of the page

_HOW = {Kind.CHECKBOXES: N_("Tick all that apply."), Kind.RADIOS: N_("Tick one.")}
_HOW |= dict.fromkeys((Kind.SELECT, Kind.YES_NO, Kind.SCALE), N_("Tick one."))


class PrintingNotInstalled(Exception):  # noqa: N818 - reads as what is the matter
    """Raised if Typst is missing: it comes with ``pip install intake[pdf]``."""

    def __init__(self) -> None:
        super().__init__('PDFs need Typst: install it with pip install "intake[pdf]"')


@cache
def can_print() -> bool:
    """Whether PDFs can be made here: Typst is an extra."""
    return find_spec("typst") is not None


def blank_form_pdf(definition: FormDefinition) -> bytes:
    """The form as a PDF with every question and room to write. Raises PrintingNotInstalled."""
    said = words(definition.language).gettext
    told = said("Write in black ink and capital letters. Tick boxes like this: ✓")
    parts: list[Part] = [
        {"kind": "heading", "level": 1, "text": definition.title},
        *to_blocks(definition.start.purpose),
        *_promised(definition),
        {"kind": "note", "text": told},
    ]
    for page in definition.pages:
        parts += _page(definition, page)
    return set_pdf(TEMPLATE, _data(definition, parts))


def answers_pdf(
    definition: FormDefinition,
    answers: Mapping[str, Any],
    *,
    reference: str = "",
    moment: datetime,
    files: Files = NO_FILES,
    set_with: Callable[[Path, Mapping[str, Any]], bytes] | None = None,
) -> bytes:
    """Somebody's own answers as a PDF, of which ``files`` are only named.

    ``moment`` (aware) is when they were sent; without a ``reference``, when the copy was made of
    what is not sent yet. ``set_with`` sets it elsewhere than here. Raises PrintingNotInstalled.
    """
    said = words(definition.language).gettext
    sent = said("Reference {reference}, sent on {moment}.")
    note = sent if reference else said("This was not sent yet. It is a copy made on {moment}.")
    at = in_words(moment, definition.language)
    parts: list[Part] = [
        {"kind": "heading", "level": 1, "text": definition.title},
        {"kind": "note", "text": note.format(reference=reference, moment=at)},
    ]
    seen = visible(definition, answers)
    answers = with_files(definition, seen.answers, files)
    for page in seen.pages:
        asked = [one for one in page.questions if one.name in seen.questions]
        if asked:
            parts.append({"kind": "heading", "level": 2, "text": page.title})
            parts += _answered(asked, answers)
    return (set_with or set_pdf)(TEMPLATE, _data(definition, parts))


# -- the empty form -------------------------------------------------------------------------------


def _promised(definition: FormDefinition) -> Iterator[Part]:
    """What is needed and who sees the answers, as the start page says it on a screen."""
    said, start = words(definition.language).gettext, definition.start
    if start.needed:
        yield {"kind": "heading", "level": 2, "text": said("What you will need")}
        yield {"kind": "list", "items": list(start.needed)}
    if start.who_sees:
        yield {"kind": "heading", "level": 2, "text": said("Who sees your answers")}
        yield from to_blocks(start.who_sees)


def _page(definition: FormDefinition, page: Page) -> Iterator[Part]:
    said = words(definition.language).gettext
    yield {"kind": "heading", "level": 2, "text": page.title}
    if page.when:
        condition = describe_condition(page.when, definition)
        only = said("This part is for you only if {condition}.")
        yield {"kind": "note", "text": only.format(condition=condition)}
    yield from to_blocks(page.body)
    if page.type is PageType.END:
        stop = said("If this part is for you, stop here and do not send the form.")
        yield {"kind": "note", "text": stop}
    for question in page.questions:
        for part in _asked(definition, question, level=3):
            yield _without_repetition(part, page, definition)


def _without_repetition(part: Part, page: Page, definition: FormDefinition) -> Part:
    """A question that its page is called after, or that is asked when its page is."""
    if part["kind"] != "question":
        return part
    same = {"title": ""} if part["title"] == page.title else {}
    if page.when and part["when"] == _only_if(
        describe_condition(page.when, definition), definition
    ):
        same["when"] = ""
    return part | same


def _asked(definition: FormDefinition, question: Question, level: int) -> Iterator[Part]:
    if not question.questions:
        yield _question(definition, question)
        return
    yield {"kind": "heading", "level": min(level, 6), "text": question.title}
    when = _when(definition, question)
    for text in filter(None, (when, question.hint)):
        yield {"kind": "text", "text": text}
    if question.kind is not Kind.REPEATING:
        for inner in question.questions:
            yield from _asked(definition, inner, level + 1)
        return
    said = words(definition.language).gettext
    yield {"kind": "text", "text": said("Copy this part if you need more room.")}
    noun = question.item[:1].upper() + question.item[1:]
    count = min(max(question.min_items or 0, BLANK_ITEMS), question.max_items or BLANK_ITEMS)
    for number in range(1, count + 1):
        yield {"kind": "heading", "level": min(level + 1, 6), "text": f"{noun} {number}"}
        for inner in question.questions:
            yield from _asked(definition, inner, level + 2)


def _question(definition: FormDefinition, question: Question) -> Part:
    said = words(definition.language).gettext
    optional = "" if question.may_be_required or question.read_only else said("(optional)")
    how = said(_HOW[question.kind]) if question.kind in _HOW and not question.read_only else ""
    return {
        "kind": "question",
        "title": question.title,
        "note": optional,
        "hint": " ".join(filter(None, (question.hint, how))),
        "when": _when(definition, question),
        "answer": writing_space(question),
    }


def _when(definition: FormDefinition, question: Question) -> str:
    if question.when is None:
        return ""
    return _only_if(describe_when(question, definition), definition)


def _only_if(condition: str, definition: FormDefinition) -> str:
    text = words(definition.language).gettext("Answer this only if {condition}.")
    return text.format(condition=condition)


# -- answers --------------------------------------------------------------------------------------


def _answered(
    questions: Iterable[Question], answers: Mapping[str, Any], level: int = 3
) -> Iterator[Part]:
    """The answers that were given: rows together, each group under its own heading."""
    rows: list[Part] = []
    for question in questions:
        value = answers.get(question.name)
        if value is None:
            continue
        if question.kind not in (Kind.GROUP, Kind.REPEATING):
            rows.append({"title": question.title, "lines": lines_of(question, value)})
            continue
        yield from _rows(rows)
        rows = []
        items = value if isinstance(value, list) else [value]
        for number, item in enumerate(items, 1):
            title = question.title
            if question.kind is Kind.REPEATING:
                title = f"{question.item[:1].upper()}{question.item[1:]} {number}"
            yield {"kind": "heading", "level": min(level, 6), "text": title}
            yield from _answered(question.questions, item, level + 1)
    yield from _rows(rows)


def _rows(rows: list[Part]) -> Iterator[Part]:
    if rows:
        yield {"kind": "answers", "rows": rows}


# -- setting --------------------------------------------------------------------------------------


def _data(definition: FormDefinition, parts: list[Part]) -> Mapping[str, Any]:
    said = words(definition.language).gettext
    return {
        "title": definition.title,
        "lang": definition.language,
        "footer": f"{definition.title} · {definition.id} {definition.version}",
        "words": {
            "page": said("Page {page} of {pages}"),
            "question": said("Question"),
            "answer": said("Answer"),
        },
        "parts": parts,
    }


def set_pdf(template: Path, data: Mapping[str, Any]) -> bytes:
    """A Typst template set with data. Raises PrintingNotInstalled."""
    try:
        return typeset(template.read_text("utf-8"), data)
    except ImportError as error:
        raise PrintingNotInstalled from error
