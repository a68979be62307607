"""Opting out: whoever wants no more campaigns of an organisation gets none.

The way out stands in each message: an address with a signed token. It names a recipient's row and
nothing else; the row holds the keyed hash of the address, so that a public process, which can make
no such hash, can still put it on the list.
"""

import hashlib
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa
from itsdangerous import BadSignature, Signer
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from intake import audit
from intake.app_state import clock, keys, settings
from intake.database import db, transaction
from intake.models import Campaign, CampaignRecipient, OptOut, Organisation, Team
from intake.sealing import BadToken, derive
from intake.sealing.blind_index import EMAIL, Identifier, digest, normal_email

SALT = b"intake.opt-out.1"
SHAPE = re.compile(r"[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True, slots=True)
class WayOut:
    """What a token stands for: whose campaigns one would get no more of."""

    recipient_id: str
    organisation_id: str
    organisation_name: str
    address_digest: bytes
    is_taken: bool = False  # whether the address is on the list


def opt_out_url(recipient_id: str) -> str:
    """The address of the way out for one recipient."""
    name = urlsafe_b64encode(bytes.fromhex(recipient_id)).rstrip(b"=").decode()
    return f"{settings().base_url}/o/{_signer(settings().secret_keys).sign(name).decode()}"


def find_way_out(token: str) -> WayOut | None:
    """Whose messages a token stops; None if the recipient is gone.

    Raises BadToken, before any query, if it was not made here.
    """
    recipient_id = _read(token)
    query = (
        sa.select(
            CampaignRecipient.id,
            Organisation.id,
            Organisation.name,
            CampaignRecipient.address_digest,
            OptOut.at.is_not(None),
        )
        .join(Campaign, Campaign.id == CampaignRecipient.campaign_id)
        .join(Team, Team.id == Campaign.team_id)
        .join(Organisation, Organisation.id == Team.organisation_id)
        .outerjoin(
            OptOut,
            sa.and_(
                OptOut.organisation_id == Organisation.id,
                OptOut.address_digest == CampaignRecipient.address_digest,
            ),
        )
        .where(CampaignRecipient.id == recipient_id)
    )
    row = db.session.execute(query).first()
    return WayOut(*row) if row else None


def opt_out(token: str) -> WayOut | None:
    """Put the address on the organisation's list; twice changes nothing. Raises BadToken."""
    way = find_way_out(token)
    if way and not way.is_taken:
        with suppress(IntegrityError):  # a mail program's one press and the person's, at once
            _store(way)
    return way


def opt_in(token: str) -> WayOut | None:
    """Take the address off the organisation's list; twice changes nothing. Raises BadToken."""
    way = find_way_out(token)
    if way and way.is_taken:
        with transaction() as session:
            remove(session, way.organisation_id, way.address_digest)
            audit.record("visitor", "campaign.opt-in", "recipient", way.recipient_id)
    return way


def remove(session: Session, organisation_id: str, address_digest: bytes) -> bool:
    """Take an address off a list, in the caller's transaction; whether it was there."""
    deleted = session.connection().execute(
        sa.delete(OptOut).where(
            OptOut.organisation_id == organisation_id, OptOut.address_digest == address_digest
        )
    )
    return bool(deleted.rowcount)


def opted_out(organisation_id: str, address_digests: Collection[bytes]) -> frozenset[bytes]:
    """Those of the hashed addresses that are on the organisation's list."""
    query = sa.select(OptOut.address_digest).where(
        OptOut.organisation_id == organisation_id, OptOut.address_digest.in_(address_digests)
    )
    return frozenset(db.session.scalars(query))


def all_opted_out(organisation_id: str) -> frozenset[bytes]:
    """The whole list of an organisation: 100,000 hashed addresses take 10 MB."""
    query = sa.select(OptOut.address_digest).where(OptOut.organisation_id == organisation_id)
    return frozenset(db.session.scalars(query))


def address_key(organisation_id: str) -> bytes:
    """The key that an organisation's addresses are hashed under. Raises MasterKeyMissing."""
    return derive(keys().index_key(), "campaign-addresses", organisation_id)


def address_digest(key: bytes, address: str) -> bytes:
    """The keyed hash of an address in its only spelling."""
    return digest(key, Identifier(EMAIL, normal_email(address)))


def _store(way: WayOut) -> None:
    with transaction() as session:
        session.execute(
            sa.insert(OptOut).values(
                organisation_id=way.organisation_id,
                address_digest=way.address_digest,
                at=clock(),
            )
        )
        audit.record("visitor", "campaign.opt-out", "recipient", way.recipient_id)


def _read(token: str) -> str:
    name, _, signature = token.partition(".")
    if not SHAPE.fullmatch(token) or not (_is_canonical(name) and _is_canonical(signature)):
        raise BadToken
    try:
        _signer(settings().secret_keys).unsign(token)
    except BadSignature as error:
        raise BadToken from error
    return urlsafe_b64decode(name + "==").hex()


def _is_canonical(text: str) -> bool:
    """Whether it is the one spelling of its bytes: a last character has bits to spare."""
    raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return urlsafe_b64encode(raw).rstrip(b"=").decode() == text


@lru_cache(maxsize=4)
def _signer(secret_keys: tuple[str, ...]) -> Signer:
    """Signs with the newest key and reads what any of them signed; itsdangerous has that last."""
    derived = [derive(secret.encode(), "opt-out") for secret in reversed(secret_keys)]
    return Signer(derived, salt=SALT, sep=b".", key_derivation="hmac", digest_method=hashlib.sha256)
