"""What the demonstration's teams did in triage: assigned, paused, spoke with a family, drafted."""

from collections.abc import Mapping
from datetime import timedelta

import sqlalchemy as sa

from intake.access import CasePart, User
from intake.app_state import clock
from intake.database import db
from intake.demo.cases import NOBODY_AT_WORK, thing_of, time_at
from intake.models import Destination
from intake.services import assignments, pausing, rule_drafts, rule_editing
from intake.services.contacting import Contact, record_contact
from referral_router import Urgency

LEAD, MEMBER = "amara.bello@example.org", "daniel.osgood@example.org"
DUTY_MEMBER = "kofi.larbi@example.org"
KEEPER = "nadia.rahman@example.org"  # one of the two who may change rules
EXPLOITATION, DUTY_DESK = "north-west-london-exploitation", "duty-desk"
A_WHILE_AGO = timedelta(minutes=5)  # the newest referral of the demonstration came before that
IN_CUSTODY = {
    "id": "in-custody",
    "when": {"all": ["intervention", {"location": "custody"}]},
    "to": [{"service": "youth-justice", "area_from": "borough"}],
    "urgency": "urgent",
    "acknowledge_within": "4 working hours",
    "why": "The young person is in custody now.",
}
WEAPONS = {
    "id": "weapons-at-once",
    "when": {"all": ["intervention", {"indicators": {"contains": {"const": "weapons"}}}]},
    "to": [{"team": "police-intelligence"}],
    "urgency": "urgent",
    "acknowledge_within": "4 working hours",
    "why": "A weapon was seen or talked about, so the police look at it too.",
}


def show_triage(users: Mapping[str, User]) -> None:
    """Do what leaves something to see on every page of triage; ``users`` by their addresses."""
    with time_at(clock() - A_WHILE_AGO):
        _share_out(users)
        _speak_with_a_family(users[MEMBER])
    _draft_rules(users[KEEPER])  # now: the form was published a moment ago


def _share_out(users: Mapping[str, User]) -> None:
    """Two teams give referrals to members; the most urgent stays for whoever looks at this."""
    waiting = _parts(EXPLOITATION, "delivered", "seen")
    for part in waiting[:1]:
        assignments.assign(
            users[LEAD],
            part,
            users[MEMBER].staff_id,
            "You know the school. Ring them first.",
            seen=None,
            address=NOBODY_AT_WORK,
        )
    for part in waiting[1:2]:
        words = "The family is away for a funeral. Daniel rings on the day they are back."
        until = (clock() + timedelta(days=4)).date()
        pausing.pause(users[LEAD], part, "family-away", words, until, address=NOBODY_AT_WORK)
    for part in _parts(DUTY_DESK, "delivered", "seen")[-1:]:
        assignments.take(users[DUTY_MEMBER], part, address=NOBODY_AT_WORK)


def _speak_with_a_family(user: User) -> None:
    for part in _parts(EXPLOITATION, "accepted")[:1]:
        assignments.take(user, part, address=NOBODY_AT_WORK)
        spoken = clock() - timedelta(hours=3)
        words = "They are worried about the evenings. We meet again next week."
        contact = Contact(spoken, "telephone", "parent-spoken", words)
        said = f"on {spoken:%-d %B %Y}"
        record_contact(user, part, contact, said, address=NOBODY_AT_WORK)


def _draft_rules(keeper: User) -> None:
    author = rule_drafts.signed_in(keeper, NOBODY_AT_WORK)
    rules_id = rule_drafts.begin_draft("master-referral", author)
    for rule in (IN_CUSTODY, WEAPONS):
        draft = rule_editing.open_draft(rules_id)
        rule_editing.put_rule(draft, author, draft.stored.revision, None, rule)


def _parts(team_id: str, *states: str) -> list[CasePart]:
    """The team's parts in these states that can wait: the most urgent first, nothing late."""
    immediate = sa.select(Destination.case_id).where(Destination.urgency >= Urgency.IMMEDIATE)
    query = (
        sa.select(Destination.case_id)
        .where(
            Destination.team_id == team_id,
            Destination.state.in_(states),
            Destination.urgency < Urgency.IMMEDIATE,
            Destination.case_id.not_in(immediate),
            sa.or_(Destination.state == "accepted", Destination.acknowledge_by > clock()),
        )
        .order_by(Destination.urgency.desc(), Destination.acknowledge_by, Destination.case_id)
    )
    return [CasePart(thing_of(case_id), team_id) for case_id in db.session.scalars(query).all()]
