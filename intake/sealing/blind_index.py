"""The blind index: exact identifiers as keyed hashes, so that they are found and never read."""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

import phonenumbers
from stdnum.gb import nhs

NHS_NUMBER = "nhs-number"
NAME_AND_BIRTH = "name-and-birth"
POSTCODE = "postcode"
TELEPHONE = "telephone"
EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier in its only spelling."""

    kind: str
    value: str = field(repr=False)


def identifiers(
    *,
    nhs_number: str = "",
    name: str = "",
    date_of_birth: str = "",
    postcode: str = "",
    telephone: str = "",
    email: str = "",
) -> tuple[Identifier, ...]:
    """What one person, or one search, can be found by. A name needs a date of birth (ISO)."""
    person = normal_name(name)
    born = date_of_birth.strip()
    found = (
        Identifier(NHS_NUMBER, normal_nhs_number(nhs_number)),
        Identifier(NAME_AND_BIRTH, f"{person}|{born}" if person and born else ""),
        Identifier(POSTCODE, normal_postcode(postcode)),
        Identifier(TELEPHONE, normal_telephone(telephone)),
        Identifier(EMAIL, normal_email(email)),
    )
    return tuple(identifier for identifier in found if identifier.value)


def digest(index_key: bytes, identifier: Identifier) -> bytes:
    """32 bytes: HMAC-SHA256 of the kind and the normal spelling."""
    text = f"{identifier.kind}\x00{identifier.value}".encode()
    return hmac.new(index_key, text, hashlib.sha256).digest()


def digests(index_key: bytes, found: Iterable[Identifier]) -> frozenset[tuple[str, bytes]]:
    """Kind and digest of each identifier, each once."""
    return frozenset((one.kind, digest(index_key, one)) for one in found)


def normal_nhs_number(typed: str) -> str:
    """Ten digits that pass the check; else empty."""
    number = re.sub(r"[\s-]", "", typed)
    return number if nhs.is_valid(number) else ""


def normal_name(typed: str) -> str:
    """Letters and digits only, without accents and case; the words in alphabetical order.

    "Zoë O'Brien" and "OBRIEN, Zoe" are the same: forms differ in which name comes first.
    """
    plain = unicodedata.normalize("NFKD", typed.casefold())
    plain = re.sub(r"['’`´]", "", plain)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(sorted(re.findall(r"\w+", plain)))


def normal_postcode(typed: str) -> str:
    """Capitals and digits, without the space."""
    return re.sub(r"[^0-9A-Z]", "", typed.upper())


def normal_telephone(typed: str) -> str:
    """The international form (E.164), read as a number of the United Kingdom; else its digits."""
    try:
        return phonenumbers.format_number(
            phonenumbers.parse(typed, "GB"), phonenumbers.PhoneNumberFormat.E164
        )
    except phonenumbers.NumberParseException:
        return re.sub(r"\D", "", typed)


def normal_email(typed: str) -> str:
    """Without spaces around, in lower case."""
    return typed.strip().casefold()
