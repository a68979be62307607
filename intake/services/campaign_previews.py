"""What one recipient of a campaign would get, shown before anything is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from form_definitions.languages import ENGLISH
from intake.database import db
from intake.models import Team
from intake.services.campaign_plans import CampaignPlan, Recipient, read_rows
from intake.services.campaign_texts import Delivery, render
from renderers import in_words

EXAMPLE_LINK = "https://example.org/l/example"
EXAMPLE_WAY_OUT = "https://example.org/o/example"


@dataclass(frozen=True, slots=True)
class Preview:
    """The message of one row, with an example in the place of the link."""

    row: int
    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    prefill: Mapping[str, Any] = field(repr=False)


def preview(plan: CampaignPlan, row: int | None = None) -> Preview:
    """The message of a row, or of the first one that gets one. Raises LookupError if none does."""
    for found in read_rows(plan):
        if isinstance(found, Recipient) and row in (None, found.row):
            return _preview(plan, found)
    raise LookupError(row)


def _preview(plan: CampaignPlan, recipient: Recipient) -> Preview:
    team = db.session.get_one(Team, plan.team_id)
    delivery = Delivery(
        words=recipient.words,
        url=EXAMPLE_LINK,
        expires=in_words(plan.expires_at, plan.language or ENGLISH),
        unsubscribe_url=EXAMPLE_WAY_OUT,
        lang=plan.language or ENGLISH,
        team_name="" if plan.definition.sensitive else team.name,
    )
    text, html = render(plan.text, delivery)
    return Preview(
        recipient.row, recipient.address, plan.text.subject, text, html, recipient.prefill
    )
