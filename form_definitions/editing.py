"""Compare two versions of a form: what an edit changed, and whether answers under way still fit.

An edit is *safe* if whatever was accepted of an unfinished set of answers before is kept and
accepted after it (more may be asked); it is *breaking* if that cannot be said. Where a comparison
knows no rule, it says breaking: a draft then stays on the version that it was begun on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from form_definitions.changes import UNKNOWN, Change, Safety, breaking, named, safe
from form_definitions.definition import FormDefinition, Page, PageType, Question
from form_definitions.edited_pages import page_changes
from form_definitions.edited_questions import (
    Sides,
    added,
    looked_at,
    question_changes,
    removed,
    settings_of,
)

_SAME_TITLE = 0.8  # how alike two titles are, at least, for one question that got another name


@dataclass(frozen=True, slots=True)
class Edit:
    """What is different between two versions of a form, in the order of its pages."""

    before: FormDefinition
    after: FormDefinition
    changes: tuple[Change, ...]

    @property
    def safety(self) -> Safety:
        """The worst of the changes; without any, the versions are the same."""
        found = {change.safety for change in self.changes}
        worst = (Safety.BREAKING, Safety.SAFE)
        return next((each for each in worst if each in found), Safety.SAME)


def compare(before: FormDefinition, after: FormDefinition) -> Edit:
    """What an edit changed. Pure; both definitions are forms that loaded without a problem."""
    whens = [page.when for page in after.pages]
    whens += [question.when for question in after.questions.values()]
    looks_at = looked_at(whens)
    if looks_at & settings_of(after).get("calculated", {}).keys():
        looks_at |= after.questions.keys()  # a value is worked out from any of them
    sides = Sides(before, after, looks_at)
    changes = (*_form_changes(sides), *page_changes(sides), *_questions(sides))
    return Edit(before, after, changes or tuple(_unnamed_change(before, after)))


# -- questions -------------------------------------------------------------------------------------


def _questions(sides: Sides) -> Iterator[Change]:
    before, after = sides.before.questions, sides.after.questions
    gone = [question for name, question in before.items() if name not in after]
    new = [question for name, question in after.items() if name not in before]
    renamed = dict(_renamed(gone, new))
    for name, question in before.items():
        if name in renamed:
            yield _renaming(question, renamed[name])
        elif name not in after:
            yield removed(question)
        else:
            yield from _kept(question, after[name], sides)
    taken = {question.name for question in renamed.values()}
    yield from (added(question) for question in new if question.name not in taken)


def _kept(before: Question, after: Question, sides: Sides) -> Iterator[Change]:
    changes = tuple(question_changes(before, after, sides))
    yield from changes
    old, new = _raw(sides.before, before.name), _raw(sides.after, after.name)
    if _unknown(old) != _unknown(new) or (not changes and old != new):
        words = f"Something of {named(after)} changed that has no words here"
        yield breaking("question-other", after, words, UNKNOWN)


def _raw(definition: FormDefinition, name: str) -> Any:
    return definition.source.get("properties", {}).get(name, {})


#: Keywords of a question, and of its x-ui, that the comparison of questions knows.
_KEYWORDS = (
    "type title format oneOf enum const items prefixItems properties required "
    "minLength maxLength pattern minimum maximum exclusiveMinimum exclusiveMaximum "
    "multipleOf minItems maxItems uniqueItems x-ui $ref"
)
_UI_KEYWORDS = (
    "widget hint when required errors name width rows autocomplete spellcheck prefix suffix item "
    "exclusive low high inline accept max_size"
)
_KNOWN, _KNOWN_UI = frozenset(_KEYWORDS.split()), frozenset(_UI_KEYWORDS.split())


def _unknown(raw: Any) -> dict[str, Any]:
    """What a question in the file says beyond that, by its place; of those inside it too."""
    if not isinstance(raw, dict):
        return {"": raw}
    said = {key: value for key, value in raw.items() if key not in _KNOWN}
    said |= {f"x-ui.{key}": v for key, v in raw.get("x-ui", {}).items() if key not in _KNOWN_UI}
    inside = raw.get("items", raw)
    children = inside.get("properties", {}) if isinstance(inside, dict) else {}
    for name, child in children.items():
        said |= {f"{name}.{key}": value for key, value in _unknown(child).items()}
    for at, place in enumerate(raw.get("prefixItems", ())):
        said |= {f"{at}.{key}": value for key, value in _unknown(place).items()}
    return said


def _renamed(gone: Iterable[Question], new: Iterable[Question]) -> Iterator[tuple[str, Question]]:
    """Pairs that are likely the same question under another property name."""
    free = list(new)
    for question in gone:
        twin = next((each for each in free if _is_alike(question, each)), None)
        if twin is not None:
            free.remove(twin)
            yield question.name, twin


def _is_alike(one: Question, other: Question) -> bool:
    if one.kind is not other.kind:
        return False
    return SequenceMatcher(None, one.title.lower(), other.title.lower()).ratio() >= _SAME_TITLE


def _renaming(before: Question, after: Question) -> Change:
    words = f"{named(before)} seems to be called ‘{after.name}’ now"
    why = f"Answers are kept under the property name: keep ‘{before.name}’ to keep them"
    return breaking("question-renamed", before, words, why)


# -- the form as a whole ---------------------------------------------------------------------------

#: Keys of x-form that change nothing about which answers fit, and what they say.
_SETTINGS = {
    "reference_prefix": "how references begin",
    "audience": "who may start the form",
    "facets": "which answers are kept readable for reports",
    "link": "how long a link works and how often",
    "retention": "how long answers are kept",
    "start": "the start page",
    "confirmation": "what the confirmation says",
    "exit_this_page": "the button to exit the page",
    "no_email_when": "when nobody is sent an email",
    "tell_sender": "what whoever sent it is told",
    "people": "which answers name people",
    "contact": "whom to ask for help",
    "email": "the words of the email",
    "layout": "how its sections are laid out",
    "sensitive": "whether the form is marked as sensitive",
    "embed": "which websites may show the form inside their pages",
    "challenge": "whether a browser works out a sum before the form begins",
}
_COMPARED = frozenset({"version", "pages", "conditions"})
_ROOT = frozenset(
    {"$schema", "$id", "title", "description", "type", "required", "properties", "$defs", "x-form"}
)


def _form_changes(sides: Sides) -> Iterator[Change]:
    before, after = sides.before, sides.after
    if before.title != after.title:
        words = f"The form ‘{before.title}’ is called ‘{after.title}’ now"
        yield safe("form-title", "form", words, "Answers do not depend on it")
    if before.description != after.description:
        words = "The description of the form changed"
        yield safe("form-description", "form", words, "Answers do not depend on it")
    yield from _settings_changes(settings_of(before), settings_of(after), sides.looked_at)
    # of a file of ours, what is under $defs is compared in the questions that it becomes
    known = _ROOT if "x-form" in after.source else _ROOT - {"$defs"}
    for key in _changed(before.source, after.source):
        if key not in known:
            words = f"The rules under ‘{key}’ changed"
            yield breaking("form-rules", "form", words, "An answer may not keep to the new ones")


def _settings_changes(
    before: Mapping[str, Any], after: Mapping[str, Any], looked_at: frozenset[str]
) -> Iterator[Change]:
    for key in _changed(before, after):
        calculated = {*before.get("calculated", {}), *after.get("calculated", {})}
        if key in _SETTINGS:
            words = f"x-form.{key} changed: {_SETTINGS[key]}"
            yield safe("setting", "form", words, "Answers do not depend on it")
        elif key == "calculated" and looked_at.isdisjoint(calculated):
            words = "x-form.calculated changed: what is worked out from the answers"
            yield safe("setting", "form", words, "What is asked does not depend on it")
        elif key not in _COMPARED:
            words = f"x-form.{key} changed"
            yield breaking("setting", "form", words, UNKNOWN)


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    keys = dict.fromkeys((*before, *after))
    return [key for key in keys if before.get(key) != after.get(key)]


def _unnamed_change(before: FormDefinition, after: FormDefinition) -> Iterator[Change]:
    """The last look: contents that differ, although nothing above has seen it."""
    if _content(before) != _content(after):
        words = "Something changed that has no words here"
        yield breaking("other", "form", words, UNKNOWN)


def _content(definition: FormDefinition) -> Mapping[str, Any]:
    """The file's content without what may differ: its version, and conditions by their names."""
    settings = {
        key: value
        for key, value in settings_of(definition).items()
        if key not in {"version", "conditions"}
    }
    return {**definition.source, "$schema": "", "x-form": settings}


# -- where a draft is after an edit ----------------------------------------------------------------


def still_done(edit: Edit, done: frozenset[str]) -> frozenset[str]:
    """The pages that stay completed after a safe edit: those that ask and say nothing new.

    A page that asks what was not asked, or asks in other words, is to be looked at again; the
    answers stay.
    """
    return frozenset(page.id for page in edit.after.pages if _is_done(page, edit, done))


def _is_done(page: Page, edit: Edit, done: frozenset[str]) -> bool:
    if page.type is not PageType.QUESTIONS or not page.questions:
        return page.id in done
    return all(_was_asked(question, edit.before, done) for question in page.questions)


def _was_asked(question: Question, before: FormDefinition, done: frozenset[str]) -> bool:
    old = before.questions.get(question.name)
    if old is None or before.page_of(question.name).id not in done:
        return False
    return _words(old) == _words(question)


def _words(question: Question) -> tuple[object, ...]:
    """What somebody reads who answers: its title and those of options, in no order."""
    options = sorted((option.text, option.title) for option in question.options)
    inside = sorted((child.name, _words(child)) for child in question.questions)
    return question.title, options, inside
