"""The date of birth or the passphrase that a link's holder must know: read, and hashed."""

from datetime import date
from threading import BoundedSemaphore

from form_definitions import read_date
from form_definitions.formats import is_iso_date as is_iso_date
from intake.sealing import LinkCapability
from intake.sealing.holder_checks import hash_answer, plain_words
from intake.services.link_terms import Verification
from intake.services.places import a_place

AT_ONCE = 2  # a hash takes 32 MiB: more at once would be a way to stop the server
LONGEST_WAIT = 5.0  # seconds for a free place
SHORTEST_PASSPHRASE = 8  # letters and digits; two ordinary words are longer
OLDEST = 122  # years that anybody ever lived

_places = BoundedSemaphore(AT_ONCE)


class AnswerRefused(Exception):  # noqa: N818
    """Raised if something cannot be what the holder must know; the message says what to do."""


def normal_answer(verify: Verification, given: str) -> str:
    """A date as ISO writes it ("27 3 1990" and "27/3/1990" are read too), or plain words.

    Empty if there is none. What is no date stays as it was typed, and is then wrong.
    """
    if verify is Verification.PASSPHRASE:
        return plain_words(given)
    parts = given.replace("/", " ").replace(".", " ").replace("-", " ").split()
    if len(parts) == 3 and len(parts[0]) == 4:
        parts.reverse()
    return read_date(*parts) if len(parts) == 3 else ""


def answer_hash(capability: LinkCapability, verify: Verification, given: str, today: date) -> bytes:
    """The hash to store for what the issuer says. Raises AnswerRefused, TooBusy."""
    answer = normal_answer(verify, given)
    if verify is Verification.PASSPHRASE and len(answer) < SHORTEST_PASSPHRASE:
        raise AnswerRefused(
            f"Agree a passphrase of {SHORTEST_PASSPHRASE} letters or more, such as three words"
        )
    if verify is Verification.DATE_OF_BIRTH and not is_iso_date(answer):
        raise AnswerRefused("Enter the date of birth, like 27 3 1990")
    if verify is Verification.DATE_OF_BIRTH and not is_birthday(answer, today):
        raise AnswerRefused("Check the year: nobody alive was born on that day")
    return bounded_hash(capability, answer)


def is_birthday(answer: str, today: date) -> bool:
    """Whether somebody alive may be born on this day. A mistyped year would let nobody in."""
    born = date.fromisoformat(answer)
    return born <= today and today.year - born.year <= OLDEST


def bounded_hash(capability: LinkCapability, answer: str) -> bytes:
    """The hash of a normalised answer, of which few are made at once. Raises TooBusy."""
    with a_place(_places, LONGEST_WAIT):
        return hash_answer(capability, answer)
