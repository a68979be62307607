"""The people named in answers, as the form declares them: for the case page and for finding."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from form_definitions import FormDefinition, Kind, Person, looks_only_at, names_in


@dataclass(frozen=True, slots=True)
class PersonNamed:
    """One person whom an answer set names; what was not given is empty."""

    role: str
    name: str = field(repr=False)
    date_of_birth: str = field(default="", repr=False)  # ISO
    nhs_number: str = field(default="", repr=False)
    postcode: str = field(default="", repr=False)
    telephone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    #: The parts of the name, as the form asks for them.
    names: tuple[str, ...] = field(default=(), repr=False)
    #: line_1, town …: what was given. Another spelling of it makes nobody another person.
    address: tuple[tuple[str, str], ...] = field(default=(), compare=False, repr=False)


def people_named(
    definition: FormDefinition, answers: Mapping[str, Any], sections: Collection[str] | None = None
) -> tuple[PersonNamed, ...]:
    """Everybody named, in the form's order; the same person in the same role only once.

    With ``sections``, the answers are those of these pages only: nobody is named of whom only
    other answers could say whether they are that person.
    """
    found = (
        _person(definition, person, scope)
        for person in definition.people
        if sections is None or _is_told_by(definition, person, sections)
        for scope in _scopes(answers, person.within)
        if person.when is None or person.when.holds({**answers, **scope})
    )
    return tuple(dict.fromkeys(named for named in found if _is_anybody(named)))


def _is_told_by(definition: FormDefinition, person: Person, sections: Collection[str]) -> bool:
    """Whether these pages alone say when somebody is that person."""
    if person.when is None:
        return True
    names = names_in(definition, frozenset(sections))
    around = definition.question_at(person.within) if person.within else None
    if around and person.within.partition(".")[0] in names:
        names |= {question.name for question in around.questions}
    return looks_only_at(person.when, names)


def _is_anybody(named: PersonNamed) -> bool:
    return any((named.name, named.date_of_birth, named.nhs_number, named.telephone, named.email))


def _person(definition: FormDefinition, person: Person, scope: Mapping[str, Any]) -> PersonNamed:
    parts = tuple(_text(scope, name) for name in person.name)
    return PersonNamed(
        role=person.role,
        name=" ".join(part for part in parts if part),
        date_of_birth=_text(scope, person.date_of_birth),
        nhs_number=_text(scope, person.nhs_number),
        postcode=_text(scope, person.postcode),
        telephone=_text(scope, person.telephone),
        email=_text(scope, person.email),
        names=tuple(part for part in parts if part),
        address=_address(definition, person, scope),
    )


def _address(
    definition: FormDefinition, person: Person, scope: Mapping[str, Any]
) -> tuple[tuple[str, str], ...]:
    """The address whose postcode is the person's; none where they give a postcode alone."""
    path = person.postcode.rpartition(".")[0]
    around = f"{person.within}.{path}" if person.within else path
    question = definition.question_at(around) if path else None
    if question is None or question.kind is not Kind.ADDRESS:
        return ()
    lines = ((line.name, _text(scope, f"{path}.{line.name}")) for line in question.questions)
    return tuple((name, text) for name, text in lines if text)


def _scopes(answers: Mapping[str, Any], within: str) -> Iterator[Mapping[str, Any]]:
    """The objects that a person is described in: the root, a group, or each of a repeating one."""
    found = _at(answers, within) if within else answers
    for item in found if isinstance(found, list) else [found]:
        if isinstance(item, Mapping):
            yield item


def _text(scope: Mapping[str, Any], path: str) -> str:
    found = _at(scope, path) if path else None
    return "" if found is None or isinstance(found, Mapping | list) else str(found)


def _at(scope: Mapping[str, Any], path: str) -> Any:
    found: Any = scope
    for name in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(name)
    return found
