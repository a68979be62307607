"""What a link is issued with: its kind, its form version, and how its holder is verified."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from form_definitions import FormDefinition


class LinkKind(StrEnum):
    """Whom a link is for. A form that is open to all needs none: it has ``/forms/<id>``."""

    PERSONAL = "personal"  # one recipient
    SHARED = "shared"  # on a leaflet or web site: many uses, a cap and an end
    TASK = "task"  # one recipient without an account, one thing to do on a case

    @property
    def has_recipient(self) -> bool:
        """Whether it goes to one person, by email."""
        return self is not LinkKind.SHARED


class VersionPolicy(StrEnum):
    """Which version of its form a link begins with. Afterwards its drafts move as all do."""

    PINNED = "pinned"  # the one of the day when it was issued
    CURRENT = "current"  # the one in force when it is opened


class Verification(StrEnum):
    """What the holder of a link shows before it opens. Weakest first."""

    NONE = "none"
    CODE = "code"  # sent to the recipient: proves that they read their mail
    DATE_OF_BIRTH = "date-of-birth"  # known by another way than the mail
    PASSPHRASE = "passphrase"  # agreed with this person, by telephone # noqa: S105

    @property
    def has_answer(self) -> bool:
        """Whether the issuer gives the answer that the holder must know."""
        return self in (Verification.DATE_OF_BIRTH, Verification.PASSPHRASE)

    def is_weaker_than(self, other: "Verification") -> bool:
        """Whether less is shown than the other asks for."""
        order = list(Verification)
        return order.index(self) < order.index(other)


def required_verification(
    definition: FormDefinition, kind: LinkKind, *, shows_answers: bool = False
) -> Verification:
    """What is asked of the holders of such links, at the least.

    A sensitive form that says nothing asks for a code where there is somebody to send it to; so
    does every link that shows answers of a case, whatever its form says: mail may be passed on.
    """
    least = Verification.CODE if shows_answers else Verification.NONE
    if definition.link.verify:
        wanted = Verification(definition.link.verify)
        return least if wanted.is_weaker_than(least) else wanted
    asks = definition.sensitive and kind.has_recipient
    return Verification.CODE if asks else least


@dataclass(frozen=True, slots=True)
class Shown:
    """What the issuer of a task chose to show of the case: words, and answers by their titles."""

    text: str = field(default="", repr=False)
    answers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    sources: tuple[str, ...] = ()  # which answers they are, as it is recorded: form and question

    def __bool__(self) -> bool:
        return bool(self.text or self.answers)

    def to_json(self) -> dict[str, Any]:
        """As it is sealed."""
        return {"text": self.text, "answers": [list(pair) for pair in self.answers]}


NOTHING = Shown()


def shown_from_json(stored: dict[str, Any] | None) -> Shown:
    """What ``Shown.to_json`` stored; nothing if there is nothing."""
    if not stored:
        return NOTHING
    pairs = tuple((title, words) for title, words in stored["answers"])
    return Shown(stored["text"], pairs)
