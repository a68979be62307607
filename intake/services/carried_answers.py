"""What a link can carry of its case: answers that the issuer may read and that its form takes."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from form_definitions import FILE_KINDS, FormDefinition, Kind, Question, display
from form_definitions.answers import answer_problem
from form_definitions.prefill_sources import PERSON
from intake.access import CasePart, User
from intake.services.cases import Submitted, open_for_part
from intake.services.known_answers import answers_of_person, asks_of
from intake.services.link_rules import LinkNotIssued

_NEVER = FILE_KINDS | {Kind.REPEATING}


@dataclass(frozen=True, slots=True)
class Offer:
    """One answer of a case that a link's form takes; ``path`` is that of its question there."""

    path: str
    title: str
    words: str = field(repr=False)
    value: Any = field(repr=False)


def offers_on_case(
    user: User, part: CasePart, forms: Iterable[FormDefinition], *, address: str
) -> Mapping[str, tuple[Offer, ...]]:
    """What each form, by its id, would take of what every team at work on the case may read.

    Recorded as a reading, before anything is opened. Raises CaseNotFound.
    """
    submitted = open_for_part(user, part, address=address, for_all=True)
    return {form.id: offers(form, submitted) for form in forms}


def offers(definition: FormDefinition, submitted: Sequence[Submitted]) -> tuple[Offer, ...]:
    """The answers that the form takes, in its order: of the case's person where it says so
    (``x-ui.prefill``), else of the newest form that asks the same under the same name.
    """
    people = (person for each in submitted for person in each.people)
    known = answers_of_person(definition, people) if asks_of(definition, PERSON) else {}
    found = (_offer(steps, known, submitted) for steps in _askable(definition.questions.values()))
    return tuple(offer for offer in found if offer)


def carried(offered: Iterable[Offer], paths: Collection[str]) -> dict[str, Any]:
    """The answers that were chosen, in the groups that they are in.

    Raises LinkNotIssued if one of them is not offered.
    """
    values = {offer.path: offer.value for offer in offered}
    if not values.keys() >= set(paths):
        raise LinkNotIssued("answers", "Select from the answers that are there now")
    answers: dict[str, Any] = {}
    for path in paths:
        *groups, name = path.split(".")
        place = answers
        for group in groups:
            place = place.setdefault(group, {})
        place[name] = values[path]
    return answers


def _askable(
    questions: Iterable[Question], around: tuple[Question, ...] = ()
) -> Iterator[tuple[Question, ...]]:
    """The questions whose answers stay correctable once filled in, each after its groups."""
    for question in questions:
        if question.kind is Kind.GROUP:
            yield from _askable(question.questions, (*around, question))
        elif not any(each.kind in _NEVER or each.read_only for each in question.walk()):
            yield (*around, question)


def _offer(
    steps: tuple[Question, ...], known: Mapping[str, Any], submitted: Sequence[Submitted]
) -> Offer | None:
    question, names = steps[-1], [step.name for step in steps]
    value = _at(known, names)
    if value is None:
        newest_first = (_same_answer(question, names, each) for each in reversed(submitted))
        value = next((found for found in newest_first if found is not None), None)
    if value is None:
        return None
    title = ": ".join(step.title.rstrip(":?") for step in steps[:-1]) + ": " if names[1:] else ""
    return Offer(".".join(names), title + question.title, _words(question, value), value)


def _same_answer(question: Question, names: Sequence[str], submitted: Submitted) -> Any:
    """The answer to a question of that name and kind that reads the same here as it does there."""
    there = submitted.form.definition.question_at(names) if submitted.form else None
    value = _at(submitted.answers, names)
    if there is None or there.kind is not question.kind or value is None:
        return None
    fits = not answer_problem(question, value)
    return value if fits and display(question, value) == display(there, value) else None


def _at(answers: Any, names: Sequence[str]) -> Any:
    for name in names:
        answers = answers.get(name) if isinstance(answers, Mapping) else None
    return answers


def _words(question: Question, value: Any) -> str:
    shown = display(question, value)
    return shown if isinstance(shown, str) else ", ".join(shown)
