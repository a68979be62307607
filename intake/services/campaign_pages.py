"""What the staff pages do with campaigns."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from intake import audit
from intake.access import User
from intake.app_state import clock
from intake.database import transaction
from intake.models import Campaign
from intake.services import campaigns
from intake.services.campaign_figures import CampaignLine, campaign_line
from intake.services.campaign_plans import CampaignCheck, check_plan
from intake.services.campaign_previews import Preview, preview
from intake.services.campaign_reminders import MOST_ROUNDS, count_due, remind
from intake.services.campaign_storage import CampaignRefused, find_campaign, stored_plan
from intake.services.recipient_files import FileRefused
from renderers import LONDON

REMIND_AFTER = timedelta(days=7)  # the command line takes other times


@dataclass(frozen=True, slots=True)
class Wanted:
    """A campaign as the page asks for it."""

    form_id: str
    team_id: str
    name: str
    message: str
    household: str
    language: str
    days: int
    per_minute: int
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class NextRound:
    """The lowest round of reminders that somebody is due for."""

    number: int
    people: int


@dataclass(frozen=True, slots=True)
class PreparedPage:
    """What somebody looks at before a campaign goes."""

    check: CampaignCheck
    preview: Preview | None  # None: the row asked for gets no message
    prefilled: tuple[str, ...]
    unused: tuple[str, ...]


def prepare_campaign(user: User, wanted: Wanted, *, address: str) -> tuple[str, tuple[str, ...]]:
    """Store a campaign, sealed, to be confirmed: its id, or what is wrong with the rows.

    Raises FileRefused, TextRefused or CampaignRefused; also if the name was used before.
    """
    last = (clock().astimezone(LONDON) + timedelta(days=wanted.days)).date()
    plan = campaigns.prepare(
        wanted.form_id,
        wanted.content,
        wanted.message,
        team_id=wanted.team_id,
        name=wanted.name,
        household=wanted.household,
        language=wanted.language,
        expires_at=datetime.combine(last, time(23, 59), LONDON),
        per_minute=wanted.per_minute,
    )
    check = check_plan(plan)
    if check.problems:
        raise FileRefused(*check.problems)
    if not campaigns.begin(plan, check, actor=user.actor, address=address, keep_file=True):
        problem = "There is a campaign of this name already. Give this one another name"
        raise CampaignRefused("name", problem)
    return plan.id, ()


def see_campaign(user: User, campaign_id: str) -> tuple[CampaignLine, NextRound | None]:
    """A campaign's figures, and the reminders that could go now. Raises CampaignNotFound."""
    found = find_campaign(user, campaign_id)
    line = campaign_line(found)
    return line, _next_round(found) if line.state in ("sending", "sent") else None


def _next_round(campaign: Campaign) -> NextRound | None:
    for number in range(1, MOST_ROUNDS + 1):
        if people := count_due(campaign, REMIND_AFTER, number):
            return NextRound(number, people)
    return None


def prepared_page(user: User, campaign_id: str, row: int | None, *, address: str) -> PreparedPage:
    """Check the kept file again and show the message of a row. That it was read is recorded
    before it is opened. Raises CampaignNotFound."""
    found = find_campaign(user, campaign_id)
    with transaction():
        audit.record(
            user.actor, "campaign.read", "campaign", found.id, team=found.team_id, address=address
        )
    plan = stored_plan(found)
    try:
        shown = preview(plan, row)
    except LookupError:
        shown = None
    return PreparedPage(check_plan(plan), shown, plan.prefilled, plan.unused)


def confirm_campaign(user: User, campaign_id: str, *, address: str) -> None:
    """Let a prepared campaign go."""
    campaigns.confirm(user, campaign_id, address=address)


def remind_round(user: User, campaign_id: str, round_number: int, *, address: str) -> int:
    """Queue the reminders of a round; how many. Raises CampaignNotFound."""
    found = find_campaign(user, campaign_id)
    rounds = remind(
        found, after=REMIND_AFTER, round_number=round_number, actor=user.actor, address=address
    )
    return max(rounds, default=0)


def stop_campaign(user: User, campaign_id: str, *, address: str) -> int | None:
    """Send no more of a campaign: how many messages were still waiting.

    One that was never confirmed is deleted, with its file: None.
    """
    found = find_campaign(user, campaign_id)
    if found.confirmed_at is None:
        campaigns.discard(campaign_id, actor=user.actor, address=address)
        return None
    return campaigns.stop(campaign_id, actor=user.actor, address=address)
