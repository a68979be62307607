"""Check what a form file means, once the dialect has found nothing: pages, names, references."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from form_definitions.calculation_linting import calculation_findings, results
from form_definitions.condition_linting import condition_findings
from form_definitions.definition import NUMBER_KINDS, Kind
from form_definitions.dialect import Finding
from form_definitions.kinds import Outlined, Raw, outline, paths_of
from form_definitions.named_conditions import NamedConditions
from form_definitions.positions import Pointer
from form_definitions.prefill_sources import prefill_findings
from form_definitions.question_linting import question_findings, required_findings
from form_definitions.suggesting import did_you_mean, near_path

#: Ids that the platform's own pages have in URLs.
RESERVED_PAGES = frozenset({"start", "task-list", "check-answers", "come-back", "stay", "done"})

#: Kinds whose answer tells nothing about who gave it, so that it may be stored readable.
_FACET_KINDS = frozenset(
    {
        Kind.RADIOS,
        Kind.SELECT,
        Kind.CHECKBOXES,
        Kind.YES_NO,
        Kind.SCALE,
        *NUMBER_KINDS,
        Kind.DATE,
        Kind.MONTH,
        Kind.TIME,
        Kind.GESTATION,
    }
)
_BIRTH = re.compile(r"(?i)(?:birth|born|(?:^|_)dob(?:_|$|\b))")
#: Kinds that a person can be found by: another kind of answer would never match what is looked up.
_PERSON_FIELDS = {
    "date_of_birth": frozenset({Kind.DATE}),
    "nhs_number": frozenset({Kind.NHS_NUMBER, Kind.HEALTH_AND_CARE_NUMBER, Kind.TEXT}),
    "postcode": frozenset({Kind.POSTCODE, Kind.HEALTH_POSTCODE, Kind.TEXT}),
    "telephone": frozenset({Kind.TELEPHONE, Kind.TEXT}),
    "email": frozenset({Kind.EMAIL, Kind.TEXT}),
}


def meaning_findings(form: Raw) -> list[Finding]:
    """Everything that the dialect allows and that cannot be meant."""
    questions = outline(form["properties"], ("properties",))
    settings = form["x-form"]
    named = NamedConditions(settings.get("conditions", {})).conditions
    known = {**questions, **results(settings, questions, named)}
    return [
        *question_findings(questions),
        *required_findings(form, questions, (), _pages_with_when(settings)),
        *_page_findings(settings["pages"], questions),
        *_facet_findings(settings, known),
        *_people_findings(settings.get("people", []), questions),
        *_duration_findings(settings),
        *prefill_findings(questions, settings),
        *calculation_findings(settings, questions, named),
        *condition_findings(settings, known),
    ]


def _pages_with_when(settings: Raw) -> frozenset[str]:
    """Questions that are shown only while their page is."""
    pages = [page for page in settings["pages"] if "when" in page]
    return frozenset(name for page in pages for name in page.get("questions", []))


# -- pages ----------------------------------------------------------------------------------------


def _page_findings(pages: list[Raw], questions: Mapping[str, Outlined]) -> Iterator[Finding]:
    ids = Counter(page["id"] for page in pages)
    asked = Counter(name for page in pages for name in page.get("questions", []))
    for at, page in enumerate(pages):
        pointer: Pointer = ("x-form", "pages", at)
        yield from _page_id_findings(page, pointer, ids)
        yield from _page_type_findings(page, pointer)
        yield from _asked_findings(page, pointer, questions, asked)
    for name, question in questions.items():
        if not asked[name]:
            text = f"‘{name}’ is on no page"
            fix = "Add its name to the questions of a page"
            yield Finding(question.pointer, text, fix, on_key=True)


def _page_id_findings(page: Raw, pointer: Pointer, ids: Counter[str]) -> Iterator[Finding]:
    page_id = page["id"]
    if page_id in RESERVED_PAGES:
        text = f"‘{page_id}’ is the id of a page that every form has"
        yield Finding((*pointer, "id"), text, "Choose another")
    if ids[page_id] > 1:
        yield Finding((*pointer, "id"), f"two pages have the id ‘{page_id}’", "Rename one")


def _page_type_findings(page: Raw, pointer: Pointer) -> Iterator[Finding]:
    kind, page_id = page.get("type", "questions"), page["id"]
    asks = bool(page.get("questions"))
    if kind == "questions" and not asks:
        fix = 'Add "questions", or "type": "information" with a "body"'
        yield Finding(pointer, f"page ‘{page_id}’ asks nothing", fix)
    if kind != "questions" and asks:
        text = f"page ‘{page_id}’ is of the type {kind}, which asks no questions"
        yield Finding((*pointer, "questions"), text, "Move them to a page of questions")
    if kind != "questions" and "body" not in page:
        yield Finding(pointer, f"page ‘{page_id}’ has no text", 'Add a "body"')
    if kind == "end" and "when" not in page:
        text = f"page ‘{page_id}’ would end the form for everybody"
        yield Finding(pointer, text, 'Add a "when" that says for whom')


def _asked_findings(
    page: Raw, pointer: Pointer, questions: Mapping[str, Outlined], asked: Counter[str]
) -> Iterator[Finding]:
    repeating = []
    for at, name in enumerate(page.get("questions", [])):
        place = (*pointer, "questions", at)
        if name not in questions:
            yield Finding(place, f"there is no question ‘{name}’", _page_fix(name, questions))
        elif asked[name] > 1:
            yield Finding(place, f"‘{name}’ is on {asked[name]} pages", "Keep it on one")
        elif questions[name].kind is Kind.REPEATING:
            repeating.append(place)
        if name in questions and questions[name].ui.get("list") and len(page["questions"]) > 1:
            text = f"‘{name}’ is a list, which needs a page of its own"
            yield Finding(place, text, "Move the other questions to another page")
    for place in repeating[1:]:
        text = f"page ‘{page['id']}’ has two repeating groups"
        yield Finding(place, text, "Move one to a page of its own")


def _page_fix(name: str, questions: Mapping[str, Outlined]) -> str:
    """A part of a group is asked where the group is."""
    last = name.rpartition(".")[2]
    around = [path.rpartition(".")[0] for path in paths_of(questions) if path.endswith(f".{last}")]
    if around:
        group = around[0].partition(".")[0]
        return f"Remove it: it is a part of ‘{group}’, and is asked where that is"
    return did_you_mean(name, questions) or "Add it to properties"


# -- facets, people, lengths of time --------------------------------------------------------------


def find(questions: Mapping[str, Outlined], path: str) -> Outlined | None:
    """The question at a dotted path that passes through no list, or None."""
    head, *rest = path.split(".")
    question = questions.get(head)
    for step in rest:
        if question is None or question.kind in {Kind.REPEATING, Kind.TUPLE}:
            return None
        question = question.questions.get(step)
    return question


def _no_question(questions: Mapping[str, Outlined], path: str, place: Pointer) -> Finding:
    for group, question in questions.items():
        if question.kind is Kind.REPEATING and path.startswith(f"{group}."):
            text = f"‘{group}’ repeats, so that ‘{path}’ is not one answer"
            return Finding(place, text, "Use a question that is asked once, or a calculated value")
    fix = near_path(path, paths_of(questions))
    text = f"there is no question ‘{path}’"
    return Finding(place, text, fix or "Use the name of a question, with dots into a group")


def _facet_findings(settings: Raw, questions: Mapping[str, Outlined]) -> Iterator[Finding]:
    births = {person.get("date_of_birth") for person in settings.get("people", [])}
    for at, path in enumerate(settings.get("facets", [])):
        place = ("x-form", "facets", at)
        question = find(questions, path)
        if question is None and path in settings.get("calculated", {}):
            continue  # what is wrong with the calculation is told there
        if question is None:
            yield _no_question(questions, path, place)
        elif question.kind is not None and question.kind not in _FACET_KINDS:
            text = f"‘{path}’ is of the kind {question.kind}, whose answer may identify somebody"
            yield Finding(place, text, "A facet is a choice, a number or a date")
        elif question.kind is Kind.DATE and (
            path in births or _is_birth(question) or _is_in_birth_date(questions, path)
        ):
            text = f"‘{path}’ is a date of birth, which with little else identifies somebody"
            yield Finding(place, text, "Remove it, or ask for an age band and use that")


def _is_in_birth_date(questions: Mapping[str, Outlined], path: str) -> bool:
    around = find(questions, path.rpartition(".")[0])
    return around is not None and around.kind is Kind.BIRTH_DATE


def _is_birth(question: Outlined) -> bool:
    is_bday = str(question.ui.get("autocomplete", "")).startswith("bday")
    return is_bday or bool(_BIRTH.search(f"{question.name} {question.raw.get('title', '')}"))


def _people_findings(people: list[Raw], questions: Mapping[str, Outlined]) -> Iterator[Finding]:
    for at, person in enumerate(people):
        pointer: Pointer = ("x-form", "people", at)
        inside = questions
        if "in" in person:
            group = find(questions, person["in"])
            if group is None or not group.questions:
                text = f"‘{person['in']}’ is not a group of questions"
                yield Finding((*pointer, "in"), text, "Use the name of a group")
                continue
            inside = group.questions
        for place, path in _person_paths(person, pointer):
            question = find(inside, path)
            if question is None:
                found = _no_question(inside, path, place)
                yield found if inside is questions else _inside_group(found, path, person["in"])
            elif place[-1] in _PERSON_FIELDS and question.kind is not None:
                yield from _other_kind(question, path, place)


def _inside_group(found: Finding, path: str, group: str) -> Finding:
    """The names of a person stand in the group that ``in`` names, and are written without it."""
    if not path.startswith(f"{group}."):
        return found
    return replace(found, fix=f"Write ‘{path.removeprefix(f'{group}.')}’: ‘in’ says where it is")


def _other_kind(question: Outlined, path: str, place: Pointer) -> Iterator[Finding]:
    wanted = _PERSON_FIELDS[str(place[-1])]
    if question.kind not in wanted:
        text = f"‘{path}’ is of the kind {question.kind}, by which nobody can be found"
        fix = f"‘{place[-1]}’ names a question of the kind {' or '.join(sorted(wanted))}"
        yield Finding(place, text, fix)


def _person_paths(person: Raw, pointer: Pointer) -> Iterator[tuple[Pointer, str]]:
    for at, path in enumerate(person.get("name", [])):
        yield (*pointer, "name", at), path
    for field in _PERSON_FIELDS:
        if field in person:
            yield (*pointer, field), person[field]


def _duration_findings(settings: Raw) -> Iterator[Finding]:
    for part, key in (("link", "expires"), ("retention", "draft"), ("retention", "submission")):
        text: Any = settings.get(part, {}).get(key)
        if text is not None and not any(digit in text for digit in "123456789"):
            place = ("x-form", part, key)
            yield Finding(place, f"‘{key}’ is no time at all", "Write P14D for 14 days")
