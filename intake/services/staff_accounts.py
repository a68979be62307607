"""Staff accounts: adding them, signing in and out, recording training."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from intake import audit
from intake.access import User
from intake.app_state import clock
from intake.database import db, new_id, read_without_transaction, transaction
from intake.models import Membership, Staff, Team, TrainingRecord
from intake.services.passwords import (
    LONGEST_PASSWORD,
    SHORTEST_PASSWORD,
    hash_password,
    hasher,
    is_right,
)

ROLES = ("practitioner", "lead", "administrator")
IDLE_LIMIT = timedelta(minutes=30)  # a room is left for lunch; a form takes less
ABSOLUTE_LIMIT = timedelta(hours=12)  # the longest shift


class StaffAccountError(Exception):
    """Raised if an account cannot be made or changed as asked; the text says what to do."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A right password: who it is, and the version that their sessions must carry."""

    user: User
    session_version: int


def tidy_email(typed: str) -> str:
    """An address as it is stored: stripped and in lower case."""
    return typed.strip().lower()


def sign_in(email: str, password: str, *, address: str) -> SignedIn | None:
    """Check a password; None for an unknown address, a wrong password and a closed account alike.

    All three take the time of one argon2 check. Raises TooBusy if too many are being checked.
    """
    staff = _find(Staff.email == tidy_email(email))
    staff_id = staff.id if staff else None
    known_hash = staff.password_hash if staff and staff.is_active else None
    db.session.rollback()  # no connection is held while the hash is reckoned
    if not is_right(password, known_hash) or staff_id is None:
        _record_refusal(staff_id, address)
        return None
    with transaction() as session:
        stored = session.get_one(Staff, staff_id)
        if hasher.check_needs_rehash(stored.password_hash):
            stored.password_hash = hash_password(password)
        audit.record(f"staff:{staff_id}", "account.sign-in", "staff", staff_id, address=address)
    return load_signed_in(staff_id)


def load_signed_in(staff_id: str) -> SignedIn | None:
    """An active account by its id, with teams, roles and training; None if there is none.

    The first that is read for a staff page: what the page reads after it is read as this is.
    """
    read_without_transaction()
    staff = _find(Staff.id == staff_id)
    if staff is None or not staff.is_active:
        return None
    roles = {membership.team_id: membership.role for membership in staff.memberships}
    user = User(
        staff_id=staff.id,
        name=staff.name,
        email=staff.email,
        organisation_id=staff.organisation_id,
        teams=frozenset(roles),
        roles=roles,
        training=frozenset(record.course for record in staff.training),
    )
    return SignedIn(user, staff.session_version)


def active_user(email: str) -> User:
    """Whoever has the address, for somebody who names them. Raises StaffAccountError."""
    signed_in = load_signed_in(_known(email).id)
    if signed_in is None:
        raise StaffAccountError(f"The account of {tidy_email(email)} is closed.")
    return signed_in.user


def has_account(name: str) -> bool:
    """Whether somebody of this name has an account that is not closed."""
    names = db.session.scalars(sa.select(Staff.name).where(Staff.is_active))
    return _folded(name) in map(_folded, names)


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def sign_out(user: User, *, address: str) -> None:
    """End every session of the account: a copied cookie is worth nothing from now on."""
    with transaction() as session:
        session.get_one(Staff, user.staff_id).session_version += 1
        audit.record(user.actor, "account.sign-out", "staff", user.staff_id, address=address)


def is_session_over(signed_in_at: datetime, seen_at: datetime, now: datetime) -> bool:
    """Whether a session has been idle, or has lasted, too long."""
    return now - seen_at > IDLE_LIMIT or now - signed_in_at > ABSOLUTE_LIMIT


def add_staff(
    email: str,
    name: str,
    password: str,
    *,
    teams: Iterable[tuple[str, str]],
    training: Iterable[str] = (),
    actor: str = "cli",
) -> str:
    """Add an account and answer its id. ``teams`` are (team id, role); the first names its
    organisation. Raises StaffAccountError, TooBusy.
    """
    address, memberships = tidy_email(email), tuple(teams)
    _check_new(address, password, memberships)
    password_hash = hash_password(password)
    with transaction() as session:
        if session.scalar(sa.select(Staff.id).where(Staff.email == address)):
            raise StaffAccountError(f"{address} has an account already.")
        first = _team(memberships[0][0])
        staff = Staff(
            id=new_id(),
            email=address,
            name=name.strip(),
            organisation_id=first.organisation_id,
            password_hash=password_hash,
            created_at=clock(),
        )
        session.add(staff)
        session.flush()
        for team_id, role in memberships:
            session.add(Membership(staff_id=staff.id, team_id=_team(team_id).id, role=role))
        for course in training:
            _record_training(staff.id, course, clock().date(), actor)
        audit.record(actor, "staff.add", "staff", staff.id, team=first.id)
        return staff.id


def change_password(email: str, password: str, *, actor: str = "cli") -> None:
    """Give an account a new password and end its sessions. Raises StaffAccountError, TooBusy."""
    _check_password(password)
    password_hash = hash_password(password)
    with transaction():
        staff = _known(email)
        staff.password_hash = password_hash
        staff.session_version += 1
        audit.record(actor, "staff.change-password", "staff", staff.id)


def close_account(email: str, *, actor: str = "cli") -> None:
    """Let someone sign in no longer, and end their sessions. Raises StaffAccountError."""
    with transaction():
        staff = _known(email)
        staff.is_active = False
        staff.session_version += 1
        audit.record(actor, "staff.close", "staff", staff.id)


def record_training(
    email: str, course: str, *, completed_on: date | None = None, actor: str = "cli"
) -> None:
    """Record a completed course. Raises StaffAccountError if nobody has the address."""
    with transaction():
        staff = _known(email)
        _record_training(staff.id, course, completed_on or clock().date(), actor)
        audit.record(actor, "staff.train", "staff", staff.id, why=course)


def _record_training(staff_id: str, course: str, completed_on: date, actor: str) -> None:
    db.session.merge(
        TrainingRecord(
            staff_id=staff_id, course=course, completed_on=completed_on, recorded_by=actor
        )
    )


def _check_new(email: str, password: str, memberships: tuple[tuple[str, str], ...]) -> None:
    if "@" not in email:
        raise StaffAccountError(f"“{email}” is not an email address.")
    _check_password(password)
    if not memberships:
        raise StaffAccountError("Name at least one team: someone without a team sees nothing.")
    for _team_id, role in memberships:
        if role not in ROLES:
            raise StaffAccountError(f"“{role}” is not a role. Use one of: {', '.join(ROLES)}.")


def _check_password(password: str) -> None:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise StaffAccountError(
            f"Choose a password of {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters."
        )


def _known(email: str) -> Staff:
    staff = _find(Staff.email == tidy_email(email))
    if staff is None:
        raise StaffAccountError(f"Nobody has the address {tidy_email(email)}.")
    return staff


def _team(team_id: str) -> Team:
    team = db.session.get(Team, team_id)
    if team is None:
        raise StaffAccountError(f"There is no team “{team_id}”. See `intake staff teams`.")
    return team


def _find(condition: sa.ColumnElement[bool]) -> Staff | None:
    query = sa.select(Staff).where(condition)
    query = query.options(selectinload(Staff.memberships), selectinload(Staff.training))
    found: Staff | None = db.session.scalar(query)
    return found


def _record_refusal(staff_id: str | None, address: str) -> None:
    """Audit a refused sign-in; the address that was typed is not kept, it may be a slip."""
    thing = staff_id or "unknown"
    with transaction():
        audit.record("visitor", "account.sign-in-refused", "staff", thing, address=address)
