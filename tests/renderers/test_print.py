"""A form on paper: everything asked, tagged, and no word of anybody's taken for code."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pikepdf
import pytest

from form_definitions import FormDefinition, load_form, shipped_forms
from form_definitions.sampling import sample_answers
from renderers import PrintingNotInstalled, answers_pdf, blank_form_pdf
from renderers import print as printing
from tests.form_definitions.factories import checkboxes, make_definition, radios
from tests.renderers.forms import EVERY_KIND, PEOPLE, form_of

SENT = datetime(2026, 3, 27, 10, 30, tzinfo=UTC)
CODE = '#panic("run") \\ $x$ `raw` <b> #sys *bold* @ref'


def said(definition: FormDefinition, **how: Any) -> list[dict[str, Any]]:
    """The parts that are handed to Typst."""
    kept: list[dict[str, Any]] = []

    def keep(_template: object, data: Any) -> bytes:
        kept.extend(data["parts"])
        return b""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(printing, "set_pdf", keep)
        if how:
            answers_pdf(definition, **({"reference": "BPL-1"} | how), moment=SENT)
        else:
            blank_form_pdf(definition)
    return kept


def test_every_kind_is_set_as_a_tagged_pdf_with_its_title_and_language() -> None:
    made = blank_form_pdf(form_of(*EVERY_KIND))
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert str(pdf.Root.Lang).startswith("en")
        assert pdf.Root.MarkInfo.Marked
        assert "pdfuaid" in str(pdf.open_metadata())
        width, height = [round(float(side)) for side in pdf.pages[0].MediaBox[2:]]
        assert (width, height) == (595, 842), "A4"


@pytest.mark.parametrize("form_id", sorted(shipped_forms()))
def test_every_shipped_form_asks_on_paper_what_it_asks_on_screen(form_id: str) -> None:
    definition = load_form(shipped_forms()[form_id])
    parts = said(definition)
    texts = {part.get("title") or part.get("text") for part in parts}
    for question in definition.questions.values():
        assert question.title in texts
    assert blank_form_pdf(definition).startswith(b"%PDF")


def test_paper_says_what_is_needed_and_who_sees_the_answers() -> None:
    definition = load_form(shipped_forms()["breast-pump-loan"])
    parts = said(definition)
    assert {"kind": "list", "items": list(definition.start.needed)} in parts
    asked_first = [part["kind"] for part in parts].index("question")
    seen = {"kind": "heading", "level": 2, "text": "Who sees your answers"}
    at = parts.index(seen)
    assert at < asked_first
    assert parts[at + 1]["text"] in definition.start.who_sees


def test_words_that_look_like_code_are_words() -> None:
    definition = make_definition(
        {"asked": {"type": "string", "title": CODE, "x-ui": {"hint": CODE}}}
    )
    assert blank_form_pdf(definition).startswith(b"%PDF")
    given = {"asked": CODE}
    made = answers_pdf(definition, given, reference=CODE, moment=SENT)
    assert made.startswith(b"%PDF")


def test_conditions_are_said_in_words_and_options_are_there_to_tick() -> None:
    definition = make_definition(
        {
            "who": radios("parent", "nurse"),
            "needs": checkboxes("bed", "cot"),
            "ward": {"type": "string", "title": "Ward", "x-ui": {"when": {"who": "nurse"}}},
        }
    )
    who, needs, ward = [part for part in said(definition) if part["kind"] == "question"]
    assert [one["title"] for one in who["answer"]["options"]]
    assert "Tick one." in who["hint"]
    assert "Tick all that apply." in needs["hint"]
    assert ward["when"].startswith("Answer this only if ‘")
    assert ward["answer"] == {"type": "lines", "count": 1}


def test_a_repeating_group_has_room_for_two_and_says_what_to_do_for_more() -> None:
    parts = said(make_definition({"people": PEOPLE}))
    texts = [part.get("text") for part in parts]
    assert "Person 1" in texts
    assert "Person 2" in texts
    assert "Copy this part if you need more room." in texts


def test_answers_are_set_with_their_reference_and_nothing_that_was_not_given() -> None:
    definition = load_form(shipped_forms()["master-referral"])
    answers = sample_answers(definition)
    parts = said(definition, answers=answers)
    assert "Reference BPL-1, sent on 27 March 2026 at 10:30am." in [p.get("text") for p in parts]
    rows = [row for part in parts if part["kind"] == "answers" for row in part["rows"]]
    assert rows
    assert all(line for row in rows for line in row["lines"])
    made = answers_pdf(definition, answers, reference="BPL-1", moment=SENT)
    assert made.startswith(b"%PDF")


def test_answers_that_were_not_sent_say_so_in_the_language_of_the_form() -> None:
    definition = replace(make_definition({"asked": {"type": "string"}}), language="cy")
    parts = said(definition, answers={"asked": "x"}, reference="")
    assert "Copi ydyw a wnaed ar 27 Mawrth 2026" in str(parts)


def test_the_same_form_gives_the_same_file() -> None:
    definition = make_definition({"asked": {"type": "string"}})
    assert blank_form_pdf(definition) == blank_form_pdf(definition)


def test_without_typst_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(PrintingNotInstalled, match=r"intake\[pdf\]"):
        blank_form_pdf(make_definition({"asked": {"type": "string"}}))
