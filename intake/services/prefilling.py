"""Answers that are there before anybody starts: read from words, checked, and told as such."""

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any

from form_definitions import (
    FILE_KINDS,
    FormDefinition,
    Kind,
    Question,
    message,
    read_typed,
    starting_answers,
)
from form_definitions.definition import NESTED_KINDS
from form_definitions.languages import N_, words
from form_definitions.one_answer import leaf_problem
from form_definitions.prefill_sources import WORKER
from form_definitions.tuples import in_order
from intake.services.sealed_drafts import Draft


class PrefillRefused(Exception):  # noqa: N818
    """Raised if an answer cannot be filled in beforehand; the message says what to do."""


def read_prefill(definition: FormDefinition, pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The answers that ``name``, ``value`` pairs stand for; a dotted name reaches into a group.

    A value is written as it would be typed, an option as its value in the file; several options of
    checkboxes are several pairs. Raises PrefillRefused.
    """
    answers: dict[str, Any] = {}
    for path, typed in pairs:
        question = _question(definition, path)
        value = read_typed(question, typed)
        *way, name = path.split(".")
        place = answers
        for step in way:
            place = place.setdefault(step, {})
        if question.kind is Kind.CHECKBOXES:
            value = [*place.get(name, ()), value]
        code = leaf_problem(question, value) if value not in ("", None) else "required"
        if code:
            raise PrefillRefused(f"‘{path}’ ({question.title}): {message(question, code)}")
        place[name] = value
    return {name: _stored(definition.questions[name], value) for name, value in answers.items()}


def _stored(question: Question, value: Any) -> Any:
    """The answer with the places of a tuple, which were named one by one, as an array."""
    if not isinstance(value, dict):
        return value
    inside = {child.name: child for child in question.questions}
    answers = {name: _stored(inside[name], one) for name, one in value.items()}
    return in_order(answers, len(inside)) if question.kind is Kind.TUPLE else answers


def _question(definition: FormDefinition, path: str) -> Question:
    """A question that takes an answer of its own, outside of repeating groups."""
    question = definition.question_at(path)
    around = path.split(".")[0]
    if question is None or not _names_places(definition, path.split(".")):
        raise PrefillRefused(f"{definition.title} has no question ‘{path}’")
    if question.kind in FILE_KINDS:
        raise PrefillRefused(f"‘{path}’ takes a file, which only its visitor can give")
    is_repeated = definition.questions[around].kind is Kind.REPEATING
    if question.kind in NESTED_KINDS or is_repeated:
        raise PrefillRefused(f"‘{path}’ holds other questions: name one, like address.postcode")
    return question


def _names_places(definition: FormDefinition, steps: list[str]) -> bool:
    """Whether every number in a path is a place of a tuple, and no item of a repeating group."""
    numbers = (at for at, step in enumerate(steps) if step.isdigit())
    around = (definition.question_at(steps[:at]) for at in numbers)
    return all(one is not None and one.kind is Kind.TUPLE for one in around)


def prefill_notice(draft: Draft, page_id: str) -> str:
    """What a page says of answers on it that its visitor did not give; empty if there are none.

    Once the page was completed with them they are the visitor's own.
    """
    if page_id in draft.done:
        return ""
    shown = draft.form.renderer.displayed(page_id, draft.answers)
    return notice_on(
        draft.form.definition,
        shown,
        draft.answers,
        draft.prefilled,
        is_from_link=bool(draft.link_id),
    )


def notice_on(
    definition: FormDefinition,
    shown: Collection[str],
    answers: Mapping[str, Any],
    prefilled: Mapping[str, Any],
    *,
    is_from_link: bool = False,
) -> str:
    """The same for the questions of these names, which a page shows with these answers."""
    asked = [question for name, question in definition.questions.items() if name in shown]
    editable = [question for question in asked if not question.read_only]
    given = [one for one in editable if _is_untouched(answers, prefilled, one.name)]
    usual = usual_answers(definition)
    others = [one for one in editable if one not in given]
    begun = [one for one in others if _is_untouched(answers, usual, one.name)]
    told: dict[Source, list[Question]] = {}
    for question in given:
        source = Source.LINK if is_from_link else _source(question)
        told.setdefault(source, []).append(question)
    told[Source.USUAL] = begun
    return _notice(definition.language, told)


class Source(StrEnum):
    """Where an answer comes from that its visitor did not give."""

    LINK = "link"
    CASE = "case"
    PROFILE = "profile"
    USUAL = "usual"


def _source(question: Question) -> Source:
    is_own = any(leaf.prefill.startswith(f"{WORKER}.") for leaf in question.leaves())
    return Source.PROFILE if is_own else Source.CASE


_TOLD = {
    Source.PROFILE: N_("We filled in {questions} from your profile."),
    Source.LINK: N_("We filled in {questions} from the link that you were sent."),
    Source.CASE: N_("We filled in {questions} from the case."),
    Source.USUAL: N_("We filled in {questions} with the usual answer."),
}


def _notice(language: str, filled_in: Mapping[Source, list[Question]]) -> str:
    gettext = words(language).gettext
    told = [
        gettext(_TOLD[source]).format(questions=_listed(questions, language))
        for source, questions in filled_in.items()
        if questions
    ]
    return " ".join([*told, gettext("Check this, and change what is not right.")]) if told else ""


@lru_cache(maxsize=64)
def usual_answers(definition: FormDefinition) -> Mapping[str, Any]:
    """The answers that every draft of this version begins with."""
    return starting_answers(definition)


def _listed(questions: list[Question], language: str) -> str:
    *first, last = [f"‘{question.title}’" for question in questions]
    if not first:
        return last
    return words(language).gettext("{first} and {last}").format(first=", ".join(first), last=last)


def _is_untouched(answers: Mapping[str, Any], prefilled: Mapping[str, Any], name: str) -> bool:
    return name in prefilled and answers.get(name) == prefilled[name]
