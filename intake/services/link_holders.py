"""What a link knows of its holder: sealed under a key that follows from the link's secret."""

import json
from dataclasses import dataclass, field
from typing import Any

from intake.sealing import (
    CannotOpen,
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


def seal_holder(capability: LinkCapability, form_id: str, holder: Holder) -> bytes:
    """The stored body: only the link's token opens it, and only where it stands for this form."""
    known = {
        "recipient": holder.recipient,
        "prefill": holder.prefill,
        "shown": holder.shown.to_json() if holder.shown else None,
    }
    body = canonical_json(known)
    return seal_body(holder_key(capability), body, holder_context(capability.link_id, form_id))


def holder_of(capability: LinkCapability, form_id: str, sealed: bytes) -> Holder:
    """What ``seal_holder`` stored. Raises CannotOpen under another secret, or for another form."""
    opened = _opened(capability, form_id, sealed)
    known = json.loads(opened)
    return Holder(known["recipient"], known["prefill"], shown_from_json(known.get("shown")))


def _opened(capability: LinkCapability, form_id: str, sealed: bytes) -> bytes:
    key, link_id = holder_key(capability), capability.link_id
    try:
        return open_body(key, sealed, holder_context(link_id, form_id))
    except CannotOpen:  # the first links were not bound to their form
        return open_body(key, sealed, holder_context(link_id))


def holder_context(link_id: str, form_id: str = "") -> Context:
    """The context in which what a link knows about its holder is sealed."""
    return Context("link-holder", form=form_id, subject=link_id)


def holder_key(capability: LinkCapability) -> bytes:
    """The key of what a link knows about its holder: it follows from the link's secret."""
    return derive(capability.secret, "link-holder", capability.link_id)
