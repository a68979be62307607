"""The list of those who want no campaigns, as staff keep it: looked up, added to, taken from.

Only keyed hashes of addresses are stored. So the list cannot be read out: whoever has an address
can ask whether it is on it.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from intake import audit
from intake.access import User
from intake.app_state import clock
from intake.database import db, transaction
from intake.models import OptOut, Organisation, Team
from intake.services.link_rules import ADDRESS, LONGEST_ADDRESS
from intake.services.opting_out import address_digest, address_key, remove

WHYS = {  # who changes the list says why; no free words, which would name somebody
    "asked": "They asked for it themselves",
    "on-behalf": "Somebody who may speak for them asked for it",
    "by-mistake": "It was done by mistake, such as by a mail scanner",
}


class NoAddress(ValueError):  # noqa: N818
    """Raised if what was typed is no email address."""


@dataclass(frozen=True, slots=True)
class OptOutList:
    """How many addresses want no campaigns of an organisation, and since when the newest."""

    organisation_id: str
    organisation: str
    count: int
    newest: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether one address is on a list: since when, None if it is not."""

    organisation: str
    since: datetime | None


def opt_out_lists(user: User | None = None) -> tuple[OptOutList, ...]:
    """The lists of the organisations whose teams the user leads; all for None, by name."""
    query = (
        sa.select(
            Organisation.id, Organisation.name, sa.func.count(OptOut.at), sa.func.max(OptOut.at)
        )
        .outerjoin(OptOut, OptOut.organisation_id == Organisation.id)
        .group_by(Organisation.id, Organisation.name)
        .order_by(Organisation.name, Organisation.id)
    )
    if user is not None:
        mine = sa.select(Team.organisation_id).where(Team.id.in_(user.led))
        query = query.where(Organisation.id.in_(mine))
    return tuple(OptOutList(*row) for row in db.session.execute(query))


def look_up(team_id: str, typed: str) -> Standing:
    """Whether an address gets no campaigns of the team's organisation. Raises NoAddress."""
    organisation = _organisation_of(team_id)
    found = db.session.get(OptOut, (organisation.id, _digest(organisation.id, typed)))
    return Standing(organisation.name, found.at if found else None)


def stop_campaigns_to(user: User, team_id: str, typed: str, why: str, *, address: str) -> bool:
    """Put an address on the list of the team's organisation; whether it was not there.

    ``why`` is one of WHYS. Raises NoAddress. Who may is decided before.
    """
    organisation_id = _organisation_of(team_id).id
    digest = _digest(organisation_id, typed)
    with transaction() as session:
        if session.get(OptOut, (organisation_id, digest)):
            return False
        session.add(OptOut(organisation_id=organisation_id, address_digest=digest, at=clock()))
        _record(user, "campaign.opt-out", digest, team_id, why, address)
    return True


def allow_campaigns_to(user: User, team_id: str, typed: str, why: str, *, address: str) -> bool:
    """Take an address off the list again; whether it was there. As ``stop_campaigns_to``."""
    organisation_id = _organisation_of(team_id).id
    digest = _digest(organisation_id, typed)
    with transaction() as session:
        if not remove(session, organisation_id, digest):
            return False
        _record(user, "campaign.opt-in", digest, team_id, why, address)
    return True


def _organisation_of(team_id: str) -> Organisation:
    return db.session.get_one(Organisation, db.session.get_one(Team, team_id).organisation_id)


def _digest(organisation_id: str, typed: str) -> bytes:
    typed = typed.strip()
    if len(typed) > LONGEST_ADDRESS or not ADDRESS.fullmatch(typed):
        raise NoAddress
    return address_digest(address_key(organisation_id), typed)


def _record(user: User, action: str, digest: bytes, team_id: str, why: str, address: str) -> None:
    """The address is named by its keyed hash, which tells nobody what it is."""
    audit.record(
        user.actor, action, "opt-out", digest.hex(), team=team_id, address=address, why=why
    )
