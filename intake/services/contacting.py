"""Contact with a family: when, how, and whether somebody was reached."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from intake.access import CasePart, User
from intake.services.deciding import NotNow, deciding_on
from intake.services.telling_sender import CONTACT

MADE, TRIED = "contact-made", "contact-tried"
WAYS: Mapping[str, str] = {
    "visit": "Home visit",
    "met": "Met somewhere else",
    "telephone": "Telephone call",
    "video": "Video call",
    "message": "Text message or email",
    "letter": "Letter",
}
REACHED: Mapping[str, str] = {
    "child-seen": "The child was seen",
    "child-spoken": "We spoke with the child",
    "parent-spoken": "We spoke with a parent or carer",
    "adult-spoken": "We spoke with the person it is about",
    "professional-spoken": "We spoke with a professional",
    "no-answer": "Nobody answered",
    "refused": "They did not want to speak with us",
}
NOBODY_REACHED = frozenset({"no-answer"})
NO_FAMILY = NOBODY_REACHED | {"professional-spoken"}  # does not count as the first contact


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact, or one try: ``way`` is a key of WAYS, ``reached`` one of REACHED."""

    at: datetime
    way: str
    reached: str
    words: str = field(default="", repr=False)

    @property
    def is_made(self) -> bool:
        """Whether anybody was reached."""
        return self.reached not in NOBODY_REACHED


def record_contact(
    user: User, part: CasePart, contact: Contact, said: str, *, address: str
) -> None:
    """Put a contact on the timeline, sealed, and keep when the family was reached first.

    ``said`` is when it was, in words. Raises NotNow if it lies ahead, or before the referral.
    """
    kind = MADE if contact.is_made else TRIED
    with deciding_on(user, "case.contact", part, address, why=kind) as deciding:
        if contact.at > deciding.now:
            raise NotNow("A contact that is yet to be made cannot be recorded.")
        if contact.reached not in NO_FAMILY:
            first = deciding.part.first_contact_at
            deciding.part.first_contact_at = min(first or contact.at, contact.at)
            deciding.tell_sender(CONTACT)
        line = f"{REACHED[contact.reached]}. {WAYS[contact.way]}, {said}."
        deciding.tell(kind, f"{line}\n{contact.words.strip()}")
