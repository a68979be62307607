"""Warn about what is written in a form and does nothing, so that nobody relies on it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from form_definitions.definition import FILE_KINDS, NESTED_KINDS, NUMBER_KINDS, Kind, Question
from form_definitions.dialect import Finding, warning
from form_definitions.formats import is_email
from form_definitions.kinds import Outlined, Raw
from form_definitions.positions import Pointer
from form_definitions.suggesting import did_you_mean

#: Where a link of an author's text may lead; any other is shown as the text that it is.
LINKS = ("https:", "tel:", "mailto:")
_LINK = re.compile(r"\]\(\s*<?([^)\s>]*)")

#: What looks like a tag of HTML, and not like an address in angle brackets.
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]*(?:\s[^<>]*)?/?>")

_OF_NUMBERS = frozenset(
    {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
)
_OF_TEXTS = frozenset({"minLength", "maxLength", "pattern"})
_OF_LISTS = frozenset(
    {"contains", "minContains", "maxContains", "items", "minItems", "maxItems", "uniqueItems"}
)
_OF_GROUPS = frozenset({"properties", "required", "minProperties", "maxProperties"})
_KEYWORDS = _OF_NUMBERS | _OF_TEXTS | _OF_LISTS | _OF_GROUPS

_LIST_KINDS = frozenset({Kind.CHECKBOXES, Kind.REPEATING, Kind.FILES, Kind.LIST})
_WITH_NUMBERS = NUMBER_KINDS | {Kind.SCALE}
_DAYS = frozenset({Kind.DATE, Kind.MONTH, Kind.TIME, Kind.GESTATION})

#: Source: HTML Living Standard, "Autofilling form controls: the autocomplete attribute".
_AUTOFILL = frozenset(
    """
    additional-name address-level1 address-level2 address-level3 address-level4
    address-line1 address-line2 address-line3 bday bday-day bday-month bday-year
    cc-additional-name cc-csc cc-exp cc-exp-month cc-exp-year cc-family-name cc-given-name
    cc-name cc-number cc-type country country-name current-password email family-name
    given-name honorific-prefix honorific-suffix impp language name new-password nickname
    one-time-code organization organization-title photo postal-code sex street-address tel
    tel-area-code tel-country-code tel-extension tel-local tel-local-prefix tel-local-suffix
    tel-national transaction-amount transaction-currency url username
    """.split()  # noqa: SIM905
)
_SWITCHES = frozenset({"on", "off"})
_BEFORE = frozenset({"shipping", "billing", "home", "work", "mobile", "fax", "pager"})


# -- frames ----------------------------------------------------------------------------------------


def idle_embedding(settings: Raw) -> Iterator[Finding]:
    """Websites around a form that nobody can open there, or whose very name tells too much."""
    place: Pointer = ("x-form", "embed")
    if "embed" not in settings:
        return
    opening = {"public", "professional"} & set(settings.get("audience", []))
    if not opening or settings.get("on_case"):
        text = "‘embed’ is for forms that are open to all: nobody can open this one in a frame"
        yield warning(place, text, 'Remove it, or add "public" to "audience"', on_key=True)
    if settings.get("sensitive"):
        text = "the form is sensitive, and whoever runs the page around it learns who opens it"
        yield warning(place, text, "Link to the form instead of showing it inside", on_key=True)


def idle_challenge(settings: Raw) -> Iterator[Finding]:
    """A sum that nobody's browser is asked for: on a case, everybody has a link of their own."""
    if settings.get("challenge") and settings.get("on_case"):
        text = "‘challenge’ says nothing of a form that is filled in on a case"
        yield warning(("x-form", "challenge"), text, "Remove it", on_key=True)


def idle_telling(settings: Raw) -> Iterator[Finding]:
    """Points to tell a sender of, where nobody has a page that could show them."""
    if "tell_sender" in settings and settings.get("on_case"):
        text = "‘tell_sender’ says nothing of a form on a case: its sender has no status page"
        yield warning(("x-form", "tell_sender"), text, "Remove it", on_key=True)


# -- conditions -----------------------------------------------------------------------------------


def idle_comparison(
    path: str, expected: Any, question: Question, place: Pointer
) -> Iterator[Finding]:
    """Keywords that every answer to the question satisfies, because they are of another type."""
    if not isinstance(expected, dict) or question.kind in FILE_KINDS | {Kind.DATA}:
        return
    for keyword in expected:
        if keyword in _KEYWORDS - _fitting(question):
            text = f"‘{keyword}’ says nothing of ‘{path}’, which is of the kind {question.kind}"
            yield warning((*place, keyword), text, _instead(question), on_key=True)


def _fitting(question: Question) -> frozenset[str]:
    if question.kind in _LIST_KINDS:
        return _OF_LISTS
    if question.kind in NESTED_KINDS:
        return _OF_GROUPS
    if question.kind in _WITH_NUMBERS:
        return _OF_NUMBERS
    if question.options:
        return frozenset().union(*(_fitting_value(option.value) for option in question.options))
    return _OF_TEXTS


def _fitting_value(value: object) -> frozenset[str]:
    if isinstance(value, bool):
        return frozenset()
    return _OF_NUMBERS if isinstance(value, int | float) else _OF_TEXTS


def _instead(question: Question) -> str:
    if question.kind in _DAYS:
        return "Work out a number from it in x-form.calculated, and compare that"
    return "Every answer satisfies it. Compare with what the answer may be, or remove it"


# -- one question ---------------------------------------------------------------------------------


def idle_autocomplete(question: Outlined) -> Iterator[Finding]:
    """A word of ``autocomplete`` that no browser knows."""
    words = str(question.ui.get("autocomplete", "")).split()
    before = [word for word in words[:-1] if not word.startswith("section-")]
    wrong = [word for word in before if word not in _BEFORE]
    wrong += [word for word in words[-1:] if word not in _AUTOFILL | _SWITCHES]
    if wrong:
        place = (*question.pointer, "x-ui", "autocomplete")
        fix = did_you_mean(wrong[0], sorted(_AUTOFILL)) or "Use email, tel, name, bday …, or remove"
        yield warning(place, f"browsers fill in nothing for ‘{wrong[0]}’", fix)


def idle_limit(question: Outlined) -> Iterator[Finding]:
    """A limit under which no answer stays."""
    for keyword in ("maxItems", "maxLength"):
        if question.raw.get(keyword) == 0:
            text = f"nobody can answer ‘{question.name}’: its ‘{keyword}’ is 0"
            fix = "Write a larger number, or remove the key"
            yield warning((*question.pointer, keyword), text, fix)


# -- definitions ----------------------------------------------------------------------------------


def idle_definitions(form: Raw) -> Iterator[Finding]:
    """What is written in ``$defs`` and used nowhere, not even by another one that is used."""
    definitions = form.get("$defs", {})
    waiting = [{key: value for key, value in form.items() if key != "$defs"}]
    used: set[str] = set()
    while waiting:
        new = set(_definitions_in(waiting.pop())) & definitions.keys() - used
        used |= new
        waiting += [definitions[name] for name in new]
    for name in definitions.keys() - used:
        text = f"‘{name}’ is used nowhere"
        fix = f'Write {{"$ref": "#/$defs/{name}"}} where it is meant, or remove it'
        yield warning(("$defs", name), text, fix, on_key=True)


def _definitions_in(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str) and reference.startswith("#/$defs/"):
            yield reference.split("/")[2]
        for part in value.values():
            yield from _definitions_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from _definitions_in(part)


# -- texts ----------------------------------------------------------------------------------------


def idle_links(settings: Raw) -> Iterator[Finding]:
    """Links in an author's text that are shown as text."""
    for pointer, text in _texts(settings):
        for address in _LINK.findall(text):
            if not address.lower().startswith(LINKS):
                message = f"‘{address}’ is no address that a form links to: people see the brackets"
                fix = "Begin it with https:, tel: or mailto:"
                yield warning(("x-form", *pointer), message, fix)


def idle_markup(settings: Raw) -> Iterator[Finding]:
    """HTML in an author's text, which is Markdown: people see the tags."""
    for pointer, text in _texts(settings):
        found = _TAG.search(text)
        if found:
            message = f"people see ‘{found[0]}’ as it stands here: a text is Markdown, not HTML"
            fix = "Write **bold**, - for a list, [words](https://…) for a link, an empty line"
            yield warning(("x-form", *pointer), message, fix)


def idle_address(settings: Raw) -> Iterator[Finding]:
    """An email address of the contact that no mail reaches."""
    address = settings.get("contact", {}).get("email")
    if address is not None and not is_email(address):
        text = f"‘{address}’ is no email address"
        yield warning(("x-form", "contact", "email"), text, "Write it like team@example.org")


def _texts(settings: Mapping[str, Any]) -> Iterator[tuple[Pointer, str]]:
    for part, key in (("start", "purpose"), ("start", "who_sees"), ("confirmation", "next")):
        if key in settings.get(part, {}):
            yield (part, key), settings[part][key]
    for at, page in enumerate(settings["pages"]):
        if "body" in page:
            yield ("pages", at, "body"), page["body"]
