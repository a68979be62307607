"""Receipts: what a person is given once their referral is stored and routed."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

# No 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V: read out over a bad telephone line, none is taken for another
REFERENCE_ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
REFERENCE_GROUPS = 2
REFERENCE_GROUP_LENGTH = 4  # 23⁸ is 78 thousand million: nobody guesses one


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof of arrival: its reference, and when (UTC)."""

    reference: str
    submitted_at: datetime
    no_email: bool = False  # the answers said that an email could put somebody in danger

    def to_json(self) -> dict[str, Any]:
        """As it is kept, sealed, in the emptied draft."""
        kept = {"reference": self.reference, "submitted_at": self.submitted_at.isoformat()}
        return kept | ({"no_email": True} if self.no_email else {})


@dataclass(frozen=True, slots=True)
class KeptCopy:
    """What was sent, sealed once more for its sender, and until when that is kept."""

    sealed: bytes = field(repr=False)
    until: datetime


def receipt_from_json(raw: dict[str, Any]) -> Receipt:
    """The receipt that ``to_json`` wrote."""
    at = datetime.fromisoformat(raw["submitted_at"])
    return Receipt(raw["reference"], at, raw.get("no_email", False))


def new_reference(prefix: str) -> str:
    """A random reference, such as "BPL-4K7M-9QXH"."""
    groups = (
        "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(REFERENCE_GROUP_LENGTH))
        for _ in range(REFERENCE_GROUPS)
    )
    return "-".join((prefix, *groups))
