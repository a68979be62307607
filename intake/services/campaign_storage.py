"""Campaigns as they are stored: found, and their message and file opened."""

from intake.access import TeamThing, User, may
from intake.app_state import clock, keys
from intake.database import db
from intake.models import Campaign, Team
from intake.sealing import Context, open_sealed
from intake.sealing.team_keys import keys_of
from intake.services.campaign_plans import CampaignPlan
from intake.services.campaign_texts import CampaignText, stored_text
from intake.services.forms import startable
from intake.services.recipient_files import read_recipient_file

KIND = "campaign-message"  # of the work that sends one


class CampaignRefused(Exception):  # noqa: N818
    """Raised if a campaign cannot be sent like this; ``field`` is the argument that is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class CampaignNotFound(Exception):  # noqa: N818
    """Raised if there is no such campaign, or the user may not see it."""

    def __init__(self, campaign_id: str) -> None:
        super().__init__(campaign_id)
        self.campaign_id = campaign_id


def message_of(campaign: Campaign) -> CampaignText:
    """The stored message. Raises SealingError, as in a process without the master key."""
    opened = open_sealed(campaign.sealed_message, message_context(campaign.id), keys().private_key)
    return stored_text(opened.decode())


def stored_plan(campaign: Campaign) -> CampaignPlan:
    """The plan of a campaign whose file is kept. Raises CampaignRefused if it is gone."""
    if campaign.sealed_file is None:
        raise CampaignRefused("recipients", "The file is not kept any more")
    team_id = campaign.team_id
    content = open_sealed(
        campaign.sealed_file,
        file_context(campaign.id),
        keys_of(keys(), [team_id]),
        as_teams=[team_id],
    )
    return CampaignPlan(
        id=campaign.id,
        name=campaign.name,
        form=startable(campaign.form_id, campaign.form_version, clock()),
        team_id=team_id,
        organisation_id=db.session.get_one(Team, team_id).organisation_id,
        file=read_recipient_file(content),
        text=message_of(campaign),
        expires_at=campaign.expires_at,
        household=campaign.household,
        language=campaign.language or "",
        per_minute=campaign.per_minute,
    )


def find_campaign(user: User | None, campaign_id: str) -> Campaign:
    """A campaign. ``user`` is None for the command line. Raises CampaignNotFound."""
    found = db.session.get(Campaign, campaign_id)
    if found is None or not (user is None or may(user, "campaign.see", TeamThing(found.team_id))):
        raise CampaignNotFound(campaign_id)
    return found


def message_context(campaign_id: str) -> Context:
    """The context that a campaign's message is sealed in."""
    return Context("campaign-text", subject=campaign_id)


def file_context(campaign_id: str) -> Context:
    """The context that a campaign's file is sealed in."""
    return Context("campaign-file", subject=campaign_id)
