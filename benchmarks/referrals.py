"""A made-up installation full of referrals: stored in bulk, nothing of them is sealed.

The recipe: each referral has one case, one destination and one or two lines of timeline. Of ten
destinations six wait, two are accepted, one is finished and one declined; a third is assigned to
one of the people of its team. The first of five teams has half of all, the others share the rest.
Each of five forms has half as many as the one before. They came in over the last 30 days, one every
few seconds; a quarter of those that wait is overdue. Nothing is left to chance but by SEED.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from benchmarks.forms import make_form, make_rules
from intake import create_app
from intake.config import Settings
from intake.database import db, transaction
from intake.models import Membership, Staff
from intake.services import staff_accounts
from intake.services.publishing import publish_form

SEED = 20261122
TEAMS = tuple(f"team-{number}" for number in range(5))
FORMS = tuple(f"measured-{number}" for number in range(5))
PEOPLE = 6  # of each team
EMAIL, PASSWORD = "lead@example.org", "correct-horse-battery"
COLUMNS: Mapping[str, Sequence[str]] = {
    "cases": ("id", "reference", "form_id", "state", "created_at", "updated_at"),
    "destinations": (
        "id", "case_id", "team_id", "state", "urgency", "acknowledge_by", "delivered_at",
        "decided_at", "is_escalated", "assigned_to", "form_id",
    ),
    "case_events": ("id", "case_id", "at", "kind", "actor"),
}  # fmt: skip
STATES = ("delivered", "delivered", "seen", "seen", "seen", "more-information", "accepted",
          "accepted", "done", "declined")  # fmt: skip
WEIGHTS = (16, 8, 4, 2, 1)  # of the forms
QUESTIONS = 10  # of each form: the rules read some of them
AT_ONCE = 10_000  # rows of one statement, on SQLite

Rows = Iterable[tuple[str, tuple[Any, ...]]]


def fill(environment: Mapping[str, str], referrals: int) -> None:
    """Store that many referrals, a lead of all five teams, and the people of each."""
    app = create_app(Settings.from_environment(environment))
    with app.app_context():
        for form_id in FORMS:
            rules = make_rules(1, form_id=form_id)
            publish_form(make_form(QUESTIONS, form_id=form_id), f"{form_id}.json", rules_text=rules)
        people = _add_people()
        made = _rows(referrals, people, datetime.now(UTC))
        engine = db.engine
        with engine.begin() as connection:
            _without_indexes(connection, made)
        if engine.dialect.name == "postgresql":  # which does so by itself after a while
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")
        engine.dispose()


def _add_people() -> dict[str, list[str]]:
    lead = staff_accounts.add_staff(
        EMAIL, "Lee Lead", PASSWORD, teams=[(team, "lead") for team in TEAMS]
    )
    people = {team: [f"{team}-{number}" for number in range(PEOPLE)] for team in TEAMS}
    with transaction() as session:
        organisation = session.get_one(Staff, lead).organisation_id
        for team, ids in people.items():
            for staff_id in ids:
                session.add(
                    Staff(
                        id=staff_id,
                        email=f"{staff_id}@example.org",
                        name=f"Person {staff_id}",
                        organisation_id=organisation,
                        password_hash="",
                        created_at=datetime.now(UTC),
                        memberships=[Membership(team_id=team)],
                    )
                )
    return {team: [lead, *ids] for team, ids in people.items()}


def _rows(
    referrals: int, people: Mapping[str, Sequence[str]], now: datetime
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Table and row, of everything."""
    chance = random.Random(SEED)
    apart = timedelta(days=30) / referrals
    for number in range(referrals):
        at = now - apart * (referrals - number)
        case_id = f"{chance.getrandbits(128):032x}"
        team = chance.choice((TEAMS[0],) * 4 + TEAMS[1:])
        form = chance.choices(FORMS, WEIGHTS)[0]
        state = chance.choice(STATES)
        case_state = {"accepted": "open", "done": "closed"}.get(state, "new")
        due = now + timedelta(hours=chance.uniform(-24, 72))
        decided = at + timedelta(hours=1) if state in ("accepted", "done", "declined") else None
        who = chance.choice(people[team]) if chance.random() < 1 / 3 else None
        urgency = chance.choice((1, 1, 1, 1, 2, 2, 2, 3, 3, 4))
        yield "cases", (case_id, f"MEA-{number:08d}", form, case_state, at, at)
        yield "destinations", (
            f"{chance.getrandbits(128):032x}", case_id, team, state, urgency, due, at, decided,
            False, who, form,
        )  # fmt: skip
        for kind in ("submitted",) if chance.random() < 0.9 else ("submitted", "more-sent"):
            yield "case_events", (f"{chance.getrandbits(128):032x}", case_id, at, kind, "visitor")


def _without_indexes(connection: sa.Connection, rows: Rows) -> None:
    """Store the rows, and only then make the indexes of their tables: it takes a third."""
    inspector = sa.inspect(connection)
    metadata = db.metadata
    indexes = [each for table in COLUMNS for each in metadata.tables[table].indexes]
    known = {each["name"] for table in COLUMNS for each in inspector.get_indexes(table)}
    indexes = [each for each in indexes if each.name in known]
    for index in indexes:
        index.drop(connection)
    if connection.dialect.name == "postgresql":
        _copy(connection, rows)
    else:
        _insert(connection, rows)
    for index in indexes:
        index.create(connection)


def _copy(connection: sa.Connection, rows: Rows) -> None:
    driver: Any = connection.connection.driver_connection
    driver.execute("SET session_replication_role = replica")  # references are right by the recipe
    kept = _by_table(rows)
    with driver.cursor() as cursor:
        for table, columns in COLUMNS.items():
            with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in kept[table]:
                    copy.write_row(row)
    driver.execute("SET session_replication_role = DEFAULT")


def _insert(connection: sa.Connection, rows: Rows) -> None:
    for table, kept in _by_table(rows).items():
        insert = sa.insert(db.metadata.tables[table])
        for start in range(0, len(kept), AT_ONCE):
            values = [
                dict(zip(COLUMNS[table], row, strict=True)) for row in kept[start : start + AT_ONCE]
            ]
            connection.execute(insert, values)


def _by_table(rows: Rows) -> dict[str, list[tuple[Any, ...]]]:
    kept: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for table, row in rows:
        kept[table].append(row)
    return kept
