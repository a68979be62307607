"""What a link knows of its holder: sealed under a key that follows from the link's secret."""

import json
from dataclasses import dataclass, field
from typing import Any

from intake.sealing import (
    Context,
    LinkCapability,
    canonical_json,
    derive,
    open_body,
    seal_body,
)
from intake.services.link_terms import Shown, shown_from_json


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a link was sent to, what is filled in for them, and what they are shown of a case."""

    recipient: str = field(default="", repr=False)
    prefill: dict[str, Any] = field(default_factory=dict, repr=False)
    shown: Shown = field(default_factory=Shown, repr=False)


def seal_holder(capability: LinkCapability, holder: Holder) -> bytes:
    """The stored body: only the link's token opens it."""
    known = {
        "recipient": holder.recipient,
        "prefill": holder.prefill,
        "shown": holder.shown.to_json() if holder.shown else None,
    }
    body = canonical_json(known)
    return seal_body(holder_key(capability), body, holder_context(capability.link_id))


def holder_of(capability: LinkCapability, sealed: bytes) -> Holder:
    """What ``seal_holder`` stored. Raises CannotOpen under another secret."""
    opened = open_body(holder_key(capability), sealed, holder_context(capability.link_id))
    known = json.loads(opened)
    return Holder(known["recipient"], known["prefill"], shown_from_json(known.get("shown")))


def holder_context(link_id: str) -> Context:
    """The context in which what a link knows about its holder is sealed."""
    return Context("link-holder", subject=link_id)


def holder_key(capability: LinkCapability) -> bytes:
    """The key of what a link knows about its holder: it follows from the link's secret."""
    return derive(capability.secret, "link-holder", capability.link_id)
