"""What an author settles for a whole form: its start page, contact, links, and whom it names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from form_definitions.conditions import Condition


@dataclass(frozen=True, slots=True)
class Person:
    """Who is named in the answers: each field holds the path of the answer that says it.

    ``within`` is the group or repeating question that the paths start from, or "" for the form.
    """

    role: str
    within: str = ""
    name: tuple[str, ...] = ()
    date_of_birth: str = ""
    nhs_number: str = ""
    postcode: str = ""
    telephone: str = ""
    email: str = ""
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """What the start page says: Markdown purpose, minutes to complete, what is needed."""

    purpose: str = ""
    minutes: int | None = None
    needed: tuple[str, ...] = ()
    who_sees: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask when the form or its link does not work."""

    name: str
    telephone: str = ""
    email: str = ""
    hours: str = ""


@dataclass(frozen=True, slots=True)
class Email:
    """The neutral words of the message that carries a weblink."""

    subject: str = ""
    introduction: str = ""


@dataclass(frozen=True, slots=True)
class LinkPolicy:
    """How long a weblink lasts, how many submissions it allows, how its holder is verified.

    ``verify`` is empty if the form does not say: what is then asked is for the application.
    """

    expires: timedelta = timedelta(days=14)
    uses: int = 1
    verify: str = ""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long a draft and a submission are kept."""

    draft: timedelta = timedelta(days=28)
    submission: timedelta = timedelta(days=730)
