"""What happened to a link: issued, sent, opened, begun, used, and what its team did with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from intake.database import db
from intake.models import AuditEntry, Link, Submission
from intake.services.actors import issuer_names

EXTENDED_UNTIL = "until %Y-%m-%d %H:%M UTC"  # as it is recorded
MOST_SHOWN = 50  # submissions: a shared link may have thousands
RECORDED = (  # audited actions that the timeline shows
    "link.issue",
    "link.show-answers",
    "link.extend",
    "link.resend",
    "link.replace",
    "link.revoke",
    "link.lock",
    "link.unlock",
    "link.ask",
    "link.bounced",
)
MOMENTS = {
    "sent": Link.sent_at,
    "opened": Link.opened_at,
    "started": Link.started_at,
    "delivery-failed": Link.delivery_failed_at,
}
ORDER = (*RECORDED[:2], "sent", "opened", "started", "used", *RECORDED[2:])  # of one moment


@dataclass(frozen=True, slots=True)
class LinkHappening:
    """One line of a link's timeline; who did it, if somebody of the staff did."""

    at: datetime
    kind: str
    actor: str = ""
    why: str = ""


def link_timeline(link_id: str) -> tuple[LinkHappening, ...]:
    """What happened to a link, newest first. Who opened and used it is not said."""
    found = [*_recorded(link_id), *_moments(link_id), *_uses(link_id)]
    if not any(each.kind == "link.issue" for each in found):  # a campaign's is recorded for all
        found.append(_issued(link_id))
    return tuple(sorted(found, key=_when, reverse=True))


def _when(each: LinkHappening) -> tuple[datetime, int]:
    return each.at, ORDER.index(each.kind) if each.kind in ORDER else len(ORDER)


def _recorded(link_id: str) -> Iterator[LinkHappening]:
    query = sa.select(AuditEntry).where(
        AuditEntry.thing_id == link_id,
        AuditEntry.thing_type == "link",
        AuditEntry.action.in_(RECORDED),
    )
    entries = db.session.scalars(query).all()
    names = issuer_names({entry.actor for entry in entries})
    for entry in entries:
        yield LinkHappening(entry.at, entry.action, names.get(entry.actor, ""), entry.why)


def _issued(link_id: str) -> LinkHappening:
    link = db.session.get_one(Link, link_id)
    names = issuer_names({link.created_by})
    return LinkHappening(link.created_at, "link.issue", names.get(link.created_by, ""))


def _moments(link_id: str) -> Iterator[LinkHappening]:
    row = db.session.execute(sa.select(*MOMENTS.values()).where(Link.id == link_id)).one()
    for kind, at in zip(MOMENTS, row, strict=True):
        if at is not None:
            yield LinkHappening(at, kind)


def _uses(link_id: str) -> Iterator[LinkHappening]:
    query = sa.select(Submission.submitted_at).where(Submission.link_id == link_id)
    newest = query.order_by(Submission.submitted_at.desc()).limit(MOST_SHOWN)
    for at in db.session.scalars(newest):
        yield LinkHappening(at, "used")
