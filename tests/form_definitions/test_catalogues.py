"""Catalogues are read exactly, written as they were, and brought up to date without a loss."""

from __future__ import annotations

import io
import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po
from hypothesis import given
from hypothesis import strategies as st

from form_definitions import Text, load_form, shipped_forms
from form_definitions.catalogues import (
    Catalogue,
    CatalogueError,
    Entry,
    catalogue_paths,
    load_catalogue,
    read_catalogue,
    write_catalogue,
)
from form_definitions.extracting import Extraction, extracted

WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Co", "Zl", "Zp"]) | st.sampled_from('\n\t"\\'),
    max_size=120,
)
NEW = Catalogue("cy")


@st.composite
def entries(draw: st.DrawFn) -> tuple[Entry, ...]:
    """Messages as a translator's file may hold them."""
    keys = draw(st.lists(st.tuples(st.sampled_from(["", "ward"]), WORDS.filter(bool)), unique=True))
    notes = st.lists(st.sampled_from([" one", " two words"]), max_size=2).map(tuple)
    return tuple(
        Entry(
            text,
            draw(WORDS),
            context,
            comments=draw(notes),
            flags=draw(st.sampled_from([(), ("fuzzy",)])),
            is_obsolete=draw(st.booleans()),
        )
        for context, text in keys
    )


def unplaced(catalogue: Catalogue) -> list[Entry]:
    return [replace(each, line=1) for each in catalogue.entries]


@given(entries())
def test_what_is_written_is_read_again(messages: tuple[Entry, ...]) -> None:
    text = write_catalogue(Catalogue("cy", messages))
    again = read_catalogue(text, "cy.po", "cy")
    assert unplaced(again) == list(messages)
    assert write_catalogue(again) == text


@given(entries())
def test_babel_reads_the_same_in_what_is_written(messages: tuple[Entry, ...]) -> None:
    text = write_catalogue(Catalogue("cy", messages))
    theirs = read_po(io.BytesIO(text.encode()), locale="cy", abort_invalid=True)
    for entry in messages:
        found = (
            theirs.obsolete.get((entry.text, entry.context) if entry.context else entry.text)
            if entry.is_obsolete
            else theirs.get(entry.text, entry.context or None)
        )
        assert found is not None
        assert found.string == entry.words


def test_a_catalogue_that_babel_has_written_is_read() -> None:
    path = catalogue_paths(shipped_forms()["breast-pump-loan"], "breast-pump-loan")["cy"]
    ours = load_catalogue(path)
    written = io.BytesIO()
    write_po(written, read_po(io.BytesIO(path.read_bytes()), locale="cy"), include_previous=True)
    theirs = read_catalogue(written.getvalue(), "theirs.po", "cy")
    assert theirs.translation == ours.translation


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('msgid "Ward"\nmsgstr "Ward\n', 2, "is not a text in quotation marks"),
        ('msgid "Ward"\nmsgstr "\\q"\n', 2, "‘\\q’ means nothing"),
        ('msgid "Ward"\nmsgstr ""\nWard"\n', 3, "is not a text in quotation marks"),
        ('"Ward"\n', 1, "is not understood"),
        ('msgid "Ward"\nmsgstr "\ue000"\n', 2, "a character here has no meaning"),
        ('msgstr "Ward"\n', 1, "‘msgstr’ has no ‘msgid’ before it"),
        ('msgid "Ward"\n\nmsgid "Name"\n', 3, "‘msgid’ is there twice"),
        ('msgid "Ward"\n', 2, "an entry has no ‘msgstr’"),
        ('msgid "A"\nmsgstr "a"\n\nmsgid "A"\nmsgstr "b"\n', 4, "this text is there twice"),
        ('msgid "A"\nmsgid_plural "B"\nmsgstr[0] ""\n', 2, "texts of a form have no plural"),
    ],
)
def test_a_slip_that_would_lose_words_is_an_error_with_its_line(
    text: str, line: int, message: str
) -> None:
    with pytest.raises(CatalogueError) as caught:
        read_catalogue(text, "cy.po", "cy")
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == ("cy.po", line)
    assert message in problem.message
    assert problem.fix


@given(st.binary(max_size=200) | st.text("msgidctxtr \"'\\#~|\n", max_size=80))
def test_whatever_is_in_a_file_it_is_read_or_refused(raw: bytes | str) -> None:
    with suppress(CatalogueError):
        read_catalogue(raw, "cy.po", "cy")


# -- bringing one up to date -----------------------------------------------------------------------


def texts(*words: str) -> list[tuple[Text, int]]:
    return [
        (Text(("properties", f"q{at}", "title"), text, "question", f"q{at}"), at + 1)
        for at, text in enumerate(words)
    ]


def update(before: Catalogue, *words: str) -> Extraction:
    return extracted(texts(*words), "form.json", before)


def translated(catalogue: Catalogue, **words: str) -> Catalogue:
    """The catalogue after a translator's work: text → words."""
    done = [replace(each, words=words.get(each.text, each.words)) for each in catalogue.entries]
    return replace(catalogue, entries=tuple(done))


def test_a_new_catalogue_has_every_text_with_its_place_and_what_it_is() -> None:
    (entry,) = update(NEW, "Ward").catalogue.entries
    assert (entry.text, entry.words) == ("Ward", "")
    assert (entry.notes, entry.places) == (("question (q0)",), ("form.json:1",))


def test_a_text_that_is_there_twice_is_translated_once() -> None:
    (entry,) = update(NEW, "Ward", "Ward").catalogue.entries
    assert entry.places == ("form.json:1", "form.json:2")


def test_words_for_one_place_that_a_translator_added_stay() -> None:
    before = replace(NEW, entries=(Entry("Ward", "Uned", "q1"), Entry("Ward", "Ward")))
    found = update(before, "Ward", "Ward").catalogue
    assert {each.key: each.words for each in found.entries} == {
        ("", "Ward"): "Ward",
        ("q1", "Ward"): "Uned",
    }
    left = update(before, "Ward").catalogue.entries
    assert {each.key: each.is_obsolete for each in left} == {
        ("", "Ward"): False,
        ("q1", "Ward"): True,
    }


def test_a_text_that_has_changed_keeps_its_words_marked_as_out_of_date() -> None:
    before = translated(update(NEW, "Which ward?").catalogue, **{"Which ward?": "Pa ward?"})
    result = update(before, "Which ward is it?")
    (entry,) = result.catalogue.entries
    assert (entry.words, entry.is_fuzzy, entry.previous) == ("Pa ward?", True, "Which ward?")
    assert result.counts["changed"] == 1
    assert result.catalogue.translation.messages == {}


def test_words_of_a_text_that_is_gone_come_back_with_it() -> None:
    before = translated(update(NEW, "Ward", "Name").catalogue, Ward="Ward", Name="Enw")
    without = update(before, "Ward").catalogue
    assert [each.is_obsolete for each in without.entries] == [False, True]
    again = update(read_catalogue(write_catalogue(without), "f", "cy"), "Ward", "Name").catalogue
    assert again.translation == before.translation


@given(st.lists(st.lists(st.sampled_from(["Ward", "Which ward?", "Which ward is it?", "Name"]))))
def test_no_words_are_ever_lost_however_often_the_form_changes(forms: list[list[str]]) -> None:
    everything = ["Ward", "Which ward?", "Which ward is it?", "Name"]
    words = {text: f"{text} yn Gymraeg" for text in everything}
    catalogue = translated(update(NEW, *everything).catalogue, **words)
    for form in forms:
        catalogue = update(catalogue, *form).catalogue
    assert {each.words for each in catalogue.entries} >= set(words.values())


@given(st.lists(st.sampled_from(["Ward", "Which ward?", "Which ward is it?", "Name"])), entries())
def test_a_second_time_changes_nothing(form: list[str], messages: tuple[Entry, ...]) -> None:
    once = update(replace(NEW, entries=messages), *form).catalogue
    written = write_catalogue(once)
    assert write_catalogue(update(read_catalogue(written, "f", "cy"), *form).catalogue) == written


def test_the_pump_loan_is_complete_in_welsh() -> None:
    path = shipped_forms()["breast-pump-loan"]
    catalogue = load_catalogue(catalogue_paths(path, "breast-pump-loan")["cy"])
    welsh = load_form(path, translation=catalogue.translation)
    assert welsh.untranslated == ()
    assert welsh.title == "Benthyg pwmp y fron"


def test_a_catalogue_lies_beside_its_form(tmp_path: Path) -> None:
    for language in ("cy", "ga"):
        (tmp_path / "locale" / language).mkdir(parents=True)
        (tmp_path / "locale" / language / "made-up.po").write_text("")
    (tmp_path / "made-up.json").write_text(json.dumps({}))
    assert list(catalogue_paths(tmp_path / "made-up.json", "made-up")) == ["cy", "ga"]
