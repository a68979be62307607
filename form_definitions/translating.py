"""The texts of a form, and the form in another language: the same questions in other words.

Which keys of a form hold texts for people is said in form.schema.json: ``translate`` describes the
text for translators; the text of ``translate-stored`` is also what is stored, so that its
translation stands beside it, under ``x-titles``.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from form_definitions.definition import Kind
from form_definitions.dialect import dialect
from form_definitions.kinds import Outlined, Raw, outline
from form_definitions.languages import ENGLISH, N_, words
from form_definitions.positions import Pointer
from form_definitions.supplied import SUPPLIED

TITLES = "x-titles"  # of a text that is stored: what people read in its place

#: Answers that some languages have no word for, as Welsh and Irish repeat the verb of the question.
#: They are translated for each question by itself.
YES_AND_NO = (N_("Yes"), N_("No"))


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a form. ``place`` names it for people: ``ward``, ``page:about-you``.

    ``comment`` tells a translator what it is. ``by_place``: it is translated for this place alone.
    """

    pointer: Pointer
    text: str
    comment: str
    place: str
    by_place: bool = False
    is_stored: bool = False

    @property
    def context(self) -> str:
        """The gettext context that its message has, or "" for none."""
        return self.place if self.by_place else ""


@dataclass(frozen=True, slots=True)
class Translation:
    """A catalogue as a form needs it: (context or "", English) → the words in the language."""

    language: str
    messages: Mapping[tuple[str, str], str] = field(repr=False)

    @property
    def hash(self) -> str:
        """SHA-256 of all that it says."""
        said = json.dumps(sorted([*key, text] for key, text in self.messages.items()))
        return hashlib.sha256(said.encode()).hexdigest()

    def of(self, text: Text) -> str:
        """The words for a text, those for its place before those for everywhere; "" if none."""
        return self.messages.get((text.place, text.text)) or self.messages.get(("", text.text), "")


# -- which texts there are ------------------------------------------------------------------------


def texts_of(form: Raw) -> tuple[Text, ...]:
    """Every text for people in a form in the plain dialect (expanding.py), in its order."""
    asked = {key: part for key, part in form.items() if key != "$defs"}  # expanded where it is used
    found = [*_walk(asked, dialect(), ()), *_page_titles(form), *_supplied_answers(form)]
    return tuple(_placed(each, form) for each in found if _has_words(each.text))


def _has_words(text: str) -> bool:
    """Whether there is anything to translate: a pound sign reads the same everywhere."""
    return any(letter.isalpha() for letter in text)


def _walk(value: object, schema: Raw, pointer: Pointer) -> Iterator[Text]:
    if "translate-stored" in schema:
        yield from _stored(value, schema["translate-stored"], pointer)
    elif schema.get("translate") and isinstance(value, str):
        yield Text(pointer, value, schema["translate"], "")
    for part in _also(schema):
        yield from _walk(value, part, pointer)
    if isinstance(value, dict):
        known, others = schema.get("properties", {}), schema.get("additionalProperties")
        for key, inner in value.items():
            below = known.get(key, others)
            if isinstance(below, dict):
                yield from _walk(inner, below, (*pointer, key))
    elif isinstance(value, list) and isinstance(schema.get("items"), dict):
        for at, inner in enumerate(value):
            yield from _walk(inner, schema["items"], (*pointer, at))


def _also(schema: Raw) -> Iterator[Raw]:
    """The schemas that a schema refers to."""
    if "$ref" in schema:
        yield dialect()["$defs"][schema["$ref"].rsplit("/", 1)[-1]]
    if "else" in schema:  # a choice: of an expanded form it is always one between answers
        yield schema["else"]


def _stored(value: object, comment: str, pointer: Pointer) -> Iterator[Text]:
    values = enumerate(value) if isinstance(value, list) else [(None, value)]
    for at, text in values:
        if isinstance(text, str):
            place = pointer if at is None else (*pointer, at)
            yield Text(place, text, comment, "", is_stored=True)


def _page_titles(form: Raw) -> Iterator[Text]:
    """The titles that pages without one get from their ids."""
    for at, page in enumerate(form["x-form"]["pages"]):
        if "title" not in page and len(page.get("questions", ())) != 1:
            pointer = ("x-form", "pages", at, "title")
            yield Text(pointer, title_from_id(page["id"]), "title of a page", "")


def title_from_id(page_id: str) -> str:
    """``about-you`` → ``About you``."""
    return page_id.replace("-", " ").capitalize()


def _supplied_answers(form: Raw) -> Iterator[Text]:
    """“Yes” and “No” of the questions that are answered by them."""
    for question in _outlined(form):
        if question.kind is Kind.YES_NO and "oneOf" not in question.raw:
            comment = f"answer to ‘{question.raw['title']}’"
            for text in YES_AND_NO:
                pointer = (*question.pointer, TITLES, text)
                yield Text(pointer, text, comment, "", is_stored=True)


def _outlined(form: Raw) -> Iterator[Outlined]:
    """Every question that the file asks, without those inside addresses, which we supply."""
    waiting = [*outline(form["properties"], ("properties",)).values()]
    for question in waiting:
        yield question
        if question.kind not in SUPPLIED:
            waiting += question.questions.values()


def _placed(text: Text, form: Raw) -> Text:
    """The text with its place, and the question in the comment on an answer that needs it."""
    by_place = text.text in YES_AND_NO
    place = _place(text.pointer, form)
    comment = _answer_to(text, form) if by_place else text.comment
    return replace(text, comment=comment, place=place, by_place=by_place)


def _answer_to(text: Text, form: Raw) -> str:
    if text.pointer[-3:-2] != ("oneOf",):
        return text.comment
    *question, items = text.pointer[:-3]
    is_inside = items == "items" and question[-1] != "properties"
    title = _at(form, tuple(question) if is_inside else text.pointer[:-3])["title"]
    return f"answer to ‘{title}’"


def _place(pointer: Pointer, form: Raw) -> str:
    if pointer[:2] == ("x-form", "pages"):
        return f"page:{form['x-form']['pages'][pointer[2]]['id']}"
    if pointer[0] == "x-form":
        return ".".join(map(str, pointer[1:3]))
    names = [str(pointer[at]) for at in range(1, len(pointer)) if pointer[at - 1] == "properties"]
    return ".".join(names) or str(pointer[0])


# -- the platform's own words ---------------------------------------------------------------------


def supplied(question: Raw, language: str) -> Raw:
    """A group that the platform supplies (an address), in its own words in a language."""
    if language == ENGLISH:
        return question
    result = copy.deepcopy(dict(question))
    for text in _walk(question, dialect()["$defs"]["question"], ()):
        _put(result, text, words(language).gettext(text.text))
    return result


# -- the form in other words ----------------------------------------------------------------------


def translated(form: Raw, translation: Translation) -> tuple[dict[str, Any], tuple[str, ...]]:
    """A form in the plain dialect in other words, and the texts that are still in English."""
    result = copy.deepcopy(dict(form))
    missing: dict[str, None] = {}
    for text in texts_of(form):
        found = translation.of(text)
        if found:
            _put(result, text, found)
        else:
            missing[text.text] = None
    return result, tuple(missing)


def _put(form: dict[str, Any], text: Text, translated_text: str) -> None:
    *steps, last = text.pointer
    if not text.is_stored:
        _at(form, tuple(steps))[last] = translated_text
        return
    holder = steps[:-1] if isinstance(last, int) or steps[-1] == TITLES else steps
    _at(form, tuple(holder)).setdefault(TITLES, {})[text.text] = translated_text


def _at(form: Any, pointer: Pointer) -> Any:
    for step in pointer:
        form = form[step]
    return form
