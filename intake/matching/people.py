"""A person as matching sees them: every field in its only spelling."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from intake.matching.births import Birth, read_birth
from intake.matching.homes import Home, read_home
from intake.matching.names import Name, read_name


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody named in a form. What was not given is empty."""

    name: Name = field(default_factory=Name, repr=False)
    birth: Birth | None = field(default=None, repr=False)
    home: Home = field(default_factory=Home, repr=False)
    nhs_number: str = field(default="", repr=False)
    telephone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)


def person(
    names: Sequence[str] = (),
    *,
    date_of_birth: str = "",
    told_on: date | None = None,
    postcode: str = "",
    first_lines: str = "",
    nhs_number: str = "",
    telephone: str = "",
    email: str = "",
) -> Person:
    """A person from a form's answers. ``names`` are the boxes of the name, the surname last.

    NHS number, telephone and email are compared as they are: give the spellings of the blind
    index, where an NHS number that fails its check is none. ``told_on`` is the day of the form.
    """
    return Person(
        name=read_name(tuple(names)),
        birth=read_birth(date_of_birth, told_on),
        home=read_home(postcode, first_lines),
        nhs_number=nhs_number,
        telephone=telephone,
        email=email,
    )
