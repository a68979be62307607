"""The audit chain: who did what, when and why. Entries name things, never their content."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC

import sqlalchemy as sa

from intake.app_state import clock
from intake.database import db
from intake.models import AuditEntry
from intake.written_sql import Written, insert

START = "0" * 64  # what the first entry names as the hash before it
CHAIN_LOCK = 0x1A7A4E  # PostgreSQL's advisory lock: one appender at a time, over all processes
LONGEST_WHY = 200
LONGEST_ADDRESS = 64  # an IPv6 address with a zone fits; a made-up header may not
BATCH = 1000  # entries read at once while verifying


_INSERT = insert(AuditEntry)
_FIELDS = tuple(column.key for column in AuditEntry.__table__.columns)
_NEWEST = Written(
    sa.select(AuditEntry.position, AuditEntry.hash).order_by(AuditEntry.position.desc()).limit(1)
)
_LOCK = Written(sa.select(sa.func.pg_advisory_xact_lock(CHAIN_LOCK)))


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry. Written down elsewhere, it shows later that the end was not cut off."""

    position: int
    hash: str

    def __str__(self) -> str:
        return f"{self.position}:{self.hash}"


def record(
    actor: str,
    action: str,
    thing_type: str,
    thing_id: str,
    *,
    team: str | None = None,
    address: str = "",
    why: str = "",
) -> AuditEntry:
    """Append one entry inside the caller's write transaction.

    ``actor`` is "staff:<id>", "link:<id>", "visitor", "cli" or "worker". On PostgreSQL the end of
    the chain is locked until the transaction ends; SQLite has one writer anyway. Call it late.
    """
    _lock_chain()
    last = head()
    entry = AuditEntry(
        position=last.position + 1,
        at=clock(),
        actor=actor,
        team_id=team,
        address=address[:LONGEST_ADDRESS],
        action=action,
        thing_type=thing_type,
        thing_id=thing_id,
        why=why,
        previous_hash=last.hash,
    )
    entry.hash = entry_hash(entry)
    _INSERT.run(db.session.connection(), {name: getattr(entry, name) for name in _FIELDS})
    return entry


def shortened(why: str) -> str:
    """A reason with a list at its end, as much of it as there is room for."""
    if len(why) <= LONGEST_WHY:
        return why
    return f"{why[: LONGEST_WHY - 3].rpartition(',')[0]}, …"


def head() -> Head:
    """The newest entry's position and hash; position 0 where there is none."""
    newest = _NEWEST.run(db.session.connection()).first()
    return Head(*newest) if newest else Head(0, START)


def entry_hash(entry: AuditEntry) -> str:
    """SHA-256 (hex) over every field of the entry and the hash of the entry before it."""
    fields = [
        entry.position,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor,
        entry.team_id,
        entry.address,
        entry.action,
        entry.thing_type,
        entry.thing_id,
        entry.why,
        entry.previous_hash,
    ]
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def verify(*, noted: Head | None = None) -> list[str]:
    """Every break of the chain, one sentence each; empty if it is whole.

    ``noted`` is a head that was written down earlier: it must still be in the chain. That finds
    entries taken from the end, which leave no gap.
    """
    problems: list[str] = []
    before = Head(0, START)
    query = sa.select(AuditEntry).order_by(AuditEntry.position)
    for entry in db.session.scalars(query.execution_options(yield_per=BATCH)):
        problems += _breaks(entry, before)
        before = Head(entry.position, entry.hash)
    if noted and not _is_in_chain(noted):
        problems.append(f"The noted entry {noted.position} is not in the chain: its end was cut.")
    return problems


def _breaks(entry: AuditEntry, before: Head) -> list[str]:
    problems = []
    if entry.position != before.position + 1:
        problems.append(f"Entry {before.position + 1} is missing (next is {entry.position}).")
    if entry.previous_hash != before.hash:
        problems.append(f"Entry {entry.position} does not follow entry {before.position}.")
    if entry.hash != entry_hash(entry):
        problems.append(f"Entry {entry.position} was altered.")
    return problems


def _is_in_chain(noted: Head) -> bool:
    found = db.session.get(AuditEntry, noted.position)
    return found is not None and found.hash == noted.hash


def _lock_chain() -> None:
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        _LOCK.run(connection)
