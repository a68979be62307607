"""Look at how a form reads: hints, length of questions and sentences, reading age.

Source of the limits: GOV.UK content design (sentences of at most 25 words, a reading age of 9); a
single question may be harder than the whole, because the name of a thing may be a long word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from form_definitions.dialect import Finding, warning
from form_definitions.kinds import Outlined, Raw
from form_definitions.positions import Pointer
from form_definitions.supplied import SUPPLIED

MOST_WORDS_IN_A_SENTENCE = 25
MOST_CHARACTERS_IN_A_QUESTION = 120  # two lines of a heading on a phone
MOST_CHARACTERS_IN_A_HINT = 300
HARDEST_QUESTION = 17  # years of age; only of texts with enough words to tell
FEWEST_WORDS = 12
WORDS_OF_A_LABEL = 4
HARDEST_FORM = 11
ADULT = 18  # the formula goes on to ages that say nothing
FEWEST_WORDS_OF_A_FORM = 100
YEARS_BEFORE_SCHOOL = 5

#: Formats that everybody knows how to write: an email address, a phone number.
_KNOWN_FORMATS = frozenset({"email", "telephone", "postcode", "money", "percentage", "file"})
_EXAMPLES = {
    "date": "For example, 27 3 2026",
    "month": "For example, 3 2026",
    "time-of-day": "For example, 9:30am",
    "gestation": "For example, 31 weeks and 4 days",
    "nhs-number": "For example, 999 000 0018",
    "national-insurance-number": "For example, QQ 12 34 56 C",
}

Said = tuple[Pointer, str, str]  # where it stands, what it is, the words


def wording_findings(form: Raw, questions: dict[str, Outlined]) -> Iterator[Finding]:
    """Warnings about the words of a form that loads."""
    asked = [inner for question in questions.values() for inner in _written(question)]
    for question in asked:
        if question.raw.get("title") and question.kind is not None:
            yield from _hint_findings(question)
            yield from _length_findings(question)
    said = [*_form_texts(form), *(text for question in asked for text in _question_texts(question))]
    yield from _sentence_findings(said)
    yield from _reading_age_findings(said)
    yield from _heading_findings(form["x-form"]["pages"])


def _written(question: Outlined) -> Iterator[Outlined]:
    """This question and those inside it that the author wrote, not those that are supplied."""
    yield question
    for child in question.questions.values() if question.kind not in SUPPLIED else ():
        yield from _written(child)


def _hint_findings(question: Outlined) -> Iterator[Finding]:
    raw, ui = question.raw, question.ui
    form = raw.get("format")
    if "hint" in ui or raw.get("examples"):
        return
    if form and form not in _KNOWN_FORMATS:
        fix = f'Add "hint": "{_EXAMPLES.get(form, "For example, …")}" to its x-ui'
        text = f"‘{question.name}’ has no hint that shows how to write it ({form})"
        yield warning(question.pointer, text, fix, on_key=True)
    elif "pattern" in raw and "pattern" not in ui.get("errors", {}):
        text = f"nothing tells people what ‘{question.name}’ has to look like"
        fix = "Add a hint with an example, or errors.pattern, to its x-ui"
        yield warning((*question.pointer, "pattern"), text, fix, on_key=True)


def _length_findings(question: Outlined) -> Iterator[Finding]:
    title, hint = question.raw["title"], question.ui.get("hint", "")
    if len(title) > MOST_CHARACTERS_IN_A_QUESTION:
        text = f"the question ‘{question.name}’ is {len(title)} characters long"
        fix = f"Ask it in {MOST_CHARACTERS_IN_A_QUESTION} or fewer, and explain in a hint"
        yield warning((*question.pointer, "title"), text, fix)
    if len(hint) > MOST_CHARACTERS_IN_A_HINT:
        text = f"the hint of ‘{question.name}’ is {len(hint)} characters long"
        fix = "Move it to the body of the page, where it can have paragraphs"
        yield warning((*question.pointer, "x-ui", "hint"), text, fix)


# -- sentences and reading age --------------------------------------------------------------------


def _question_texts(question: Outlined) -> Iterator[Said]:
    name = f"‘{question.name}’"
    if "title" in question.raw:
        yield (*question.pointer, "title"), name, question.raw["title"]
    if "hint" in question.ui:
        yield (*question.pointer, "x-ui", "hint"), f"the hint of {name}", question.ui["hint"]


def _form_texts(form: Raw) -> Iterator[Said]:
    settings = form["x-form"]
    for part, key in (("start", "purpose"), ("start", "who_sees"), ("confirmation", "next")):
        if key in settings.get(part, {}):
            yield ("x-form", part, key), f"‘{key}’", settings[part][key]
    for at, page in enumerate(settings["pages"]):
        if "body" in page:
            yield ("x-form", "pages", at, "body"), f"the text of ‘{page['id']}’", page["body"]


def _sentence_findings(said: list[Said]) -> Iterator[Finding]:
    for pointer, what, text in said:
        longest = max(map(len, sentences(text)), default=0)
        if longest > MOST_WORDS_IN_A_SENTENCE:
            message = f"{what} has a sentence of {longest} words"
            fix = f"Write two sentences, of {MOST_WORDS_IN_A_SENTENCE} words or fewer"
            yield warning(pointer, message, fix)


def _reading_age_findings(said: list[Said]) -> Iterator[Finding]:
    hard = False
    for pointer, what, text in said:
        age = reading_age(text)
        if _count(text) >= FEWEST_WORDS and age > HARDEST_QUESTION:
            hard = True
            message = f"{what} can be read at the age of {_said(age)}"
            yield warning(pointer, message, "Use shorter words and sentences")
    # a label such as "Home address" is no sentence that could be easier
    texts = (text for _pointer, _what, text in said if _count(text) > WORDS_OF_A_LABEL)
    everything = "\n".join(texts)
    age = reading_age(everything)
    if not hard and _count(everything) >= FEWEST_WORDS_OF_A_FORM and age > HARDEST_FORM:
        message = f"the whole form can be read at the age of {_said(age)}; write for 9"
        yield warning(("title",), message, "Use shorter words and sentences throughout")


def _said(age: float) -> str:
    return f"{age:.0f}" if age < ADULT else f"{ADULT} or more"


def sentences(text: str) -> list[list[str]]:
    """The words of each sentence; the address of a link is not read."""
    without_links = re.sub(r"\]\([^)]*\)", "]", text)
    parts = re.split(r"[.?!:\n]+", without_links)
    return [words for part in parts if (words := re.findall(r"[A-Za-z’']+", part))]


def reading_age(text: str) -> float:
    """The Flesch-Kincaid grade, and the years before school begins; 0 for no words."""
    said = sentences(text)
    words = [word for sentence in said for word in sentence]
    if not words:
        return 0
    average = sum(map(_syllables, words)) / len(words)
    return 0.39 * len(words) / len(said) + 11.8 * average - 15.59 + YEARS_BEFORE_SCHOOL


def _syllables(word: str) -> int:
    groups = len(re.findall(r"[aeiouy]+", word.lower()))
    silent = word.lower().endswith("e") and len(word) > 3
    return max(1, groups - silent)


def _count(text: str) -> int:
    return sum(map(len, sentences(text)))


def _heading_findings(pages: list[Raw]) -> Iterator[Finding]:
    for at, page in enumerate(pages):
        asks_several = len(page.get("questions", [])) > 1
        if "title" not in page and (asks_several or page.get("type", "questions") != "questions"):
            message = f"page ‘{page['id']}’ has no heading"
            yield warning(("x-form", "pages", at), message, 'Add a "title"')
