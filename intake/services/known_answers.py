"""Answers that the platform knows already: of the signed-in worker, and of the case's person."""

from collections.abc import Iterable, Mapping
from typing import Any

from form_definitions import FormDefinition, Question
from form_definitions.one_answer import leaf_problem
from form_definitions.prefill_sources import PERSON, WORKER
from intake.access import User
from intake.database import db
from intake.models import Organisation
from intake.services.people_named import PersonNamed

#: Source → what is known: a text, or the lines of an address by their names.
Known = Mapping[str, str | Mapping[str, str]]


def answers_of_worker(definition: FormDefinition, user: User) -> dict[str, Any]:
    """What a form asks of the worker themselves, from their profile."""
    if not asks_of(definition, WORKER):
        return {}
    organisation = db.session.get(Organisation, user.organisation_id)
    known: Known = {
        "worker.name": user.name,
        "worker.email": user.email,
        "worker.organisation": organisation.name if organisation else "",
    }
    return _answers(definition.questions.values(), known)


def answers_of_person(definition: FormDefinition, people: Iterable[PersonNamed]) -> dict[str, Any]:
    """What a form asks of the person whom a case is about, as other forms of the case say it.

    Where these name two people in the role, nobody is filled in: the worker says which.
    """
    person = _the_one(definition.prefill_roles, tuple(people))
    return _answers(definition.questions.values(), _known_of(person)) if person else {}


def asks_of(definition: FormDefinition, source: str) -> bool:
    """Whether any question of the form is filled in from the source."""
    asked = (each for root in definition.questions.values() for each in root.walk())
    return any(each.prefill.startswith(f"{source}.") for each in asked)


def _the_one(roles: Iterable[str], people: tuple[PersonNamed, ...]) -> PersonNamed | None:
    """The person in the first role that anybody has; None if there are several of them."""
    for role in roles:
        found = [person for person in people if person.role == role]
        if found:
            names = {(person.name.casefold(), person.date_of_birth) for person in found}
            return found[-1] if len(names) == 1 else None  # the newest form knows best
    return None


def _known_of(person: PersonNamed) -> Known:
    first, *rest = person.names or ("",)
    known: Known = {
        "name": person.name,
        "first_name": first if rest else "",  # one box for the whole name cannot be taken apart
        "last_name": " ".join(rest),
        "date_of_birth": person.date_of_birth,
        "nhs_number": person.nhs_number,
        "address": dict(person.address),
        "postcode": person.postcode,
        "telephone": person.telephone,
        "email": person.email,
    }
    return {f"{PERSON}.{field}": value for field, value in known.items()}


def _answers(questions: Iterable[Question], known: Known) -> dict[str, Any]:
    """The answers that fit their questions, in the groups that these are in."""
    answers: dict[str, Any] = {}
    for question in questions:
        value: Any = known.get(question.prefill, "")
        if isinstance(value, Mapping):
            value = _lines(question, value)
        elif question.questions:
            value = _answers(question.questions, known)
        elif value and leaf_problem(question, value):
            value = ""
        if value:
            answers[question.name] = value
    return answers


def _lines(address: Question, known: Mapping[str, str]) -> dict[str, str]:
    """The lines of an address that fit."""
    given = ((line, known.get(line.name, "")) for line in address.questions)
    return {line.name: text for line, text in given if text and not leaf_problem(line, text)}
