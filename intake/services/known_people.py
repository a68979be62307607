"""People named in answers as matching sees them, and the keyed hashes that they are found by."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path

from intake.app_state import keys, settings
from intake.matching.blocking import blocks
from intake.matching.people import Person, person
from intake.matching.weights import Weights, load_weights, shipped_weights
from intake.sealing import blind_index
from intake.sealing.blind_index import Identifier
from intake.services.people_named import PersonNamed

STREET_LINES = "line_"  # how the lines of an address that are neither town nor county begin
PERSON_DIGEST = "person"


def current_weights() -> Weights:
    """The weights that this installation compares by. Raises BadWeights."""
    path = settings().matching_weights
    return _weights(path) if path else shipped_weights()


def to_compare(named: PersonNamed, told_on: date) -> Person:
    """A person named in a form of that day, in the spellings that are compared."""
    lines = (text for name, text in named.address if name.startswith(STREET_LINES))
    return person(
        named.names,
        date_of_birth=named.date_of_birth,
        told_on=told_on,
        postcode=named.postcode,
        first_lines=", ".join(lines),
        nhs_number=blind_index.normal_nhs_number(named.nhs_number),
        telephone=blind_index.normal_telephone(named.telephone) if named.telephone else "",
        email=blind_index.normal_email(named.email),
    )


def index_digests(people: Iterable[PersonNamed], told_on: date) -> frozenset[tuple[str, bytes]]:
    """Kind and keyed hash of everything that these people are found or looked up by."""
    found = [
        each for named in people for each in (*_exact(named), *_shared(to_compare(named, told_on)))
    ]
    return blind_index.digests(keys().index_key(), found)


def exact_digests(people: Iterable[PersonNamed]) -> frozenset[tuple[str, bytes]]:
    """Kind and keyed hash of what these people are looked up by, and not what they share with
    others: nobody is compared by a part of a form."""
    found = [each for named in people for each in _exact(named)]
    return blind_index.digests(keys().index_key(), found)


def person_digest(named: PersonNamed) -> bytes:
    """Who somebody is among the people of one case: name and birth, or else what there is."""
    who = f"{blind_index.normal_name(named.name)}|{named.date_of_birth}"
    if who == "|":
        who = "|".join((named.nhs_number, named.telephone, named.email))
    return blind_index.digest(keys().index_key(), Identifier(PERSON_DIGEST, who))


def _exact(named: PersonNamed) -> tuple[Identifier, ...]:
    return blind_index.identifiers(
        nhs_number=named.nhs_number,
        name=named.name,
        date_of_birth=named.date_of_birth,
        postcode=named.postcode,
        telephone=named.telephone,
        email=named.email,
    )


def _shared(who: Person) -> Iterable[Identifier]:
    return (Identifier(kind, text) for kind, text in sorted(blocks(who)))


@lru_cache(1)
def _weights(path: Path) -> Weights:
    return load_weights(path)
