"""The forms can be read at nine, the age that GOV.UK writes for."""

import re
from collections.abc import Iterator, Mapping

import pytest

from form_definitions import FormDefinition, Question
from tests.forms.conftest import FORM_IDS

READING_AGE = 9
MOST_WORDS_IN_A_SENTENCE = 25  # the GOV.UK style guide's limit


def words_of(question: Question) -> Iterator[str]:
    yield question.title
    yield question.hint
    yield from (option.hint for option in question.options)
    for inside in question.questions:
        yield from words_of(inside)


def sentences(form: FormDefinition) -> list[list[str]]:
    """The words of each sentence of what the form says."""
    texts = [form.start.purpose, form.start.who_sees, form.confirmation_next]
    texts += [page.body for page in form.pages]
    for question in form.questions.values():
        texts += words_of(question)
    without_links = (re.sub(r"\]\([^)]*\)", "]", text) for text in texts)
    split = (part for text in without_links for part in re.split(r"[.?!:\n]+", text))
    return [words for part in split if (words := re.findall(r"[A-Za-z’]+", part))]


def syllables(word: str) -> int:
    groups = len(re.findall(r"[aeiouy]+", word.lower()))
    silent = word.lower().endswith("e") and len(word) > 3
    return max(1, groups - silent)


def reading_age(form: FormDefinition) -> float:
    """The Flesch-Kincaid grade, and the five years before school begins."""
    said = sentences(form)
    words = [word for sentence in said for word in sentence]
    average = sum(syllables(word) for word in words) / len(words)
    return 0.39 * len(words) / len(said) + 11.8 * average - 15.59 + 5


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_a_form_can_be_read_at_nine(forms: Mapping[str, FormDefinition], form_id: str) -> None:
    assert reading_age(forms[form_id]) <= READING_AGE


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_no_sentence_is_long(forms: Mapping[str, FormDefinition], form_id: str) -> None:
    long = [said for said in sentences(forms[form_id]) if len(said) > MOST_WORDS_IN_A_SENTENCE]
    assert long == []
