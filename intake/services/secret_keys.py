"""The life of INTAKE_SECRET_KEYS: which links each one signed, and what retiring one would end.

A secret key itself is only in the environment. Here it is known by its id, a public fingerprint
that every token carries in front and every link keeps.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from intake import audit
from intake.app_state import clock, settings
from intake.database import db, transaction
from intake.models import Link
from intake.sealing import secret_key_id

ACTOR = "cli"


class SecretKeyNotFound(Exception):  # noqa: N818
    """Raised if neither the environment nor any link knows a key of this id."""

    def __init__(self, key_id: str) -> None:
        super().__init__(key_id)
        self.key_id = key_id


@dataclass(frozen=True, slots=True)
class SecretKeyLine:
    """One secret key as lists show it: ``newest``, ``older``, or ``missing`` from the settings."""

    id: str
    place: str
    live_links: int


@dataclass(frozen=True, slots=True)
class KeyUse:
    """How many links of one form and team still work by a key."""

    form_id: str
    team_id: str
    live_links: int


def list_secret_keys() -> tuple[SecretKeyLine, ...]:
    """The keys of the settings, newest first; then those that live links name and that are gone."""
    live, known = _live_links(), [secret_key_id(each) for each in settings().secret_keys]
    lines = [
        SecretKeyLine(key_id, "older" if place else "newest", live.pop(key_id, 0))
        for place, key_id in enumerate(known)
    ]
    return (*lines, *(SecretKeyLine(key_id, "missing", live[key_id]) for key_id in sorted(live)))


def missing_keys() -> tuple[SecretKeyLine, ...]:
    """The keys whose links should work and do not, because the settings lack them."""
    return tuple(line for line in list_secret_keys() if line.place == "missing")


def uses_of(key_id: str) -> tuple[KeyUse, ...]:
    """The live links that end when this key is taken away, by form and team.

    Raises SecretKeyNotFound.
    """
    if not any(line.id == key_id for line in list_secret_keys()):
        raise SecretKeyNotFound(key_id)
    query = (
        sa.select(Link.form_id, Link.team_id, sa.func.count())
        .where(Link.secret_key_id == key_id, *_is_live(clock()))
        .group_by(Link.form_id, Link.team_id)
        .order_by(Link.form_id, Link.team_id)
    )
    return tuple(KeyUse(*row) for row in db.session.execute(query).tuples())


def revoke_links_of(key_id: str) -> int:
    """Revoke every live link that this key signed, at once and in every process; how many.

    For a key that somebody else may have: what stays to be done is to take it out of the settings.
    """
    now = clock()
    with transaction() as session:
        revoked = session.execute(
            sa.update(Link)
            .where(Link.secret_key_id == key_id, *_is_live(now))
            .values(revoked_at=now)
            .execution_options(synchronize_session=False)
        )
        audit.record(ACTOR, "keys.revoke-links", "secret-key", key_id)
    return int(revoked.rowcount)


def _live_links() -> dict[str, int]:
    query = (
        sa.select(Link.secret_key_id, sa.func.count())
        .where(Link.secret_key_id.is_not(None), *_is_live(clock()))
        .group_by(Link.secret_key_id)
    )
    return {str(key_id): count for key_id, count in db.session.execute(query).tuples()}


def _is_live(now: datetime) -> Iterable[sa.ColumnElement[bool]]:
    """The conditions that ``link_state`` has for a link that opens, or will when unlocked."""
    return (
        Link.revoked_at.is_(None),
        Link.uses_count < Link.uses_allowed,
        Link.expires_at > now,
    )
