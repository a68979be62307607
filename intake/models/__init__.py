"""The stored things, one file an aggregate."""

from intake.models import assignments  # noqa: F401 — listens
from intake.models.audit import AuditEntry
from intake.models.campaigns import Campaign, CampaignRecipient, OptOut
from intake.models.cases import Case, CaseEvent, Destination
from intake.models.clocks import EscalationStep, NotificationChoice
from intake.models.directory import (
    Area,
    DirectoryRevision,
    Organisation,
    Provision,
    Service,
    Team,
    TeamClosure,
)
from intake.models.extracts import (
    ExtractFile,
    ExtractIndexEntry,
    ExtractKeyCopy,
    SubmissionExtract,
)
from intake.models.files import DraftFile, EventFile, SubmittedFile
from intake.models.following import SenderMail, StatusLink
from intake.models.forms import FormTranslation, FormVersion
from intake.models.joined_cases import CaseMerge, CaseSubmission
from intake.models.keys import Key
from intake.models.links import Draft, Link, Resume
from intake.models.matching import MatchingRun, PersonMatch, PersonMatchDecision
from intake.models.outbox import OutboxMessage
from intake.models.part_clocks import keep_clocks
from intake.models.people import Membership, Staff, Throttle, TrainingRecord
from intake.models.rules import RuleVersion
from intake.models.submissions import BlindIndexEntry, SealedKeyCopy, Submission
from intake.models.webhooks import Webhook, WebhookDelivery

__all__ = [
    "Area",
    "AuditEntry",
    "BlindIndexEntry",
    "Campaign",
    "CampaignRecipient",
    "Case",
    "CaseEvent",
    "CaseMerge",
    "CaseSubmission",
    "Destination",
    "DirectoryRevision",
    "Draft",
    "DraftFile",
    "EscalationStep",
    "EventFile",
    "ExtractFile",
    "ExtractIndexEntry",
    "ExtractKeyCopy",
    "FormTranslation",
    "FormVersion",
    "Key",
    "Link",
    "MatchingRun",
    "Membership",
    "NotificationChoice",
    "OptOut",
    "Organisation",
    "OutboxMessage",
    "PersonMatch",
    "PersonMatchDecision",
    "Provision",
    "Resume",
    "RuleVersion",
    "SealedKeyCopy",
    "SenderMail",
    "Service",
    "Staff",
    "StatusLink",
    "Submission",
    "SubmissionExtract",
    "SubmittedFile",
    "Team",
    "TeamClosure",
    "Throttle",
    "TrainingRecord",
    "Webhook",
    "WebhookDelivery",
    "keep_clocks",
]
