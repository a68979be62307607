"""Every page of a form is in its language, in every state: no text of the form is hard-wired."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from form_definitions import (
    FormDefinition,
    PageType,
    TaskState,
    Text,
    Translation,
    check_answers,
    check_page,
    load_form,
    shipped_forms,
    tasks_of,
    visible,
)
from form_definitions.catalogues import catalogue_paths, load_catalogue
from form_definitions.loading import read_document, texts_in
from form_definitions.sampling import sample_answers, sample_for, without_page, wrong_on_page
from renderers import Site, TaskRow, compile_form

FORM_IDS = sorted(shipped_forms())
NOW = datetime(2026, 3, 27, 10, 30, tzinfo=UTC)
BRACKETED = re.compile(r"⟦[^⟧]*⟧")


@cache
def texts(form_id: str) -> tuple[Text, ...]:
    path = shipped_forms()[form_id]
    return tuple(text for text, _ in texts_in(read_document(path.read_bytes(), "f"), "f"))


def in_brackets(form_id: str) -> FormDefinition:
    """A form whose every text stands in brackets."""
    messages = {(each.context, each.text): f"⟦{each.text}⟧" for each in texts(form_id)}
    return load_form(shipped_forms()[form_id], translation=Translation("cy", messages))


def pages(definition: FormDefinition) -> Iterator[tuple[str, str]]:
    """Every page in every state, with its name."""
    renderer = compile_form(definition, Site())
    sample = sample_answers(definition)
    yield "start", renderer.start(csrf="")
    for page in definition.pages:
        if page.type is PageType.END:
            yield page.id, renderer.end(page.id, back_url="/")
            continue
        answers = sample_for(definition, page)
        yield page.id, renderer.page(page.id, answers, csrf="")
        for state, wrong in (
            ("empty", without_page(page, answers)),
            ("wrong", wrong_on_page(page, answers)),
        ):
            errors = check_page(definition, page, wrong).errors
            yield f"{page.id}, {state}", renderer.page(page.id, wrong, errors, csrf="")
    shown = visible(definition, sample).answers
    errors = check_answers(definition, {}).errors
    for name, answers, found in (("answers", shown, ()), ("answers missing", {}, errors)):
        yield (
            name,
            renderer.check_answers(
                answers, csrf="", change_url=lambda page_id: page_id, back_url="/", errors=found
            ),
        )
    if definition.has_tasks:
        rows = [TaskRow(task.title, TaskState.NOT_STARTED, "/") for task in tasks_of(definition)]
        yield "tasks", renderer.task_list(rows, csrf="", back_url="/")
    yield "done", renderer.confirmation("ABC-1234-5678", submitted_at=NOW)


def read_out(html: str) -> str:
    """All that somebody may read or hear of a page, in its order."""
    soup = BeautifulSoup(html, "html.parser")
    labels = [
        str(tag[name]) for name in ("aria-label", "title") for tag in soup.select(f"[{name}]")
    ]
    live = [script.get_text() for script in soup.select('script[type="application/json"]')]
    announced = [title for data in live for title in re.findall(r'"title":\s*"([^"]*)"', data)]
    for script in soup.select("script"):
        script.decompose()
    return "\n".join([soup.get_text(" "), *labels, *announced])


def english_in(said: str, form_id: str, definition: FormDefinition) -> set[str]:
    """The English texts of a form that are left where it says something else."""
    left = " ".join(BRACKETED.sub(" ", said).split())
    same = {option.title for each in definition.questions.values() for option in each.options}
    return {found for found in in_english(form_id).findall(left) if found not in same}


@cache
def in_english(form_id: str) -> re.Pattern[str]:
    """Any text of a form in English, longest first; what it says of links is not read out."""
    plain = {
        " ".join(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text.text).replace("**", "").split())
        for text in texts(form_id)
    }
    longest = sorted((each for each in plain if len(each) > 2), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)")


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_no_page_of_a_form_says_a_text_of_it_that_cannot_be_translated(form_id: str) -> None:
    definition = in_brackets(form_id)
    left = {
        name: found
        for name, html in pages(definition)
        if (found := english_in(read_out(html), form_id, definition))
    }
    assert left == {}


def test_the_texts_of_a_form_are_found_where_it_is_in_english() -> None:
    english = load_form(shipped_forms()["closure"])
    found = [
        english_in(read_out(html), "closure", in_brackets("closure")) for _, html in pages(english)
    ]
    assert all(found)


def test_every_page_of_the_pump_loan_is_in_welsh() -> None:
    path = shipped_forms()["breast-pump-loan"]
    catalogue = load_catalogue(catalogue_paths(path, "breast-pump-loan")["cy"])
    welsh = load_form(path, translation=catalogue.translation)
    left = {}
    for name, html in pages(welsh):
        assert '<html lang="cy"' in html
        assert "&lt;" not in html  # markup that is shown as text
        found = english_in(read_out(html), "breast-pump-loan", welsh)
        if found:
            left[name] = found
    assert left == {}


def test_welsh_speaks_in_one_register_throughout() -> None:
    """Formal: ‘Rydym yn’, never ‘Rydyn ni’n’; readers are ‘chi’."""
    catalogues = [*Path("form_definitions").rglob("locale/cy/**/*.po")]
    assert len(catalogues) > 1
    for path in catalogues:
        said = re.findall(r"(?i)\b(?:r?ydyn ni|byddwn ni|gallwn ni|ti|dy)\b.*", path.read_text())
        assert said == [], path
