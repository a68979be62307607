"""Other rules tried on 10,000 past referrals, sealed in a database, and how the time grows."""

import time
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from benchmarks.forms import make_answers, make_rules
from benchmarks.installation import sqlite_installation
from benchmarks.measuring import Figure, shown
from intake import create_app
from intake.app_state import keys
from intake.config import Settings
from intake.database import db, transaction
from intake.models import Case, Submission
from intake.sealing.submissions import key_copies, seal_submission
from intake.services.directory import current_directory
from intake.services.forms import startable
from intake.services.past_referrals import past_referrals
from referral_router import Replay, parse_rules

QUESTIONS = 60
FEW, MANY = 1_000, 10_000
SECONDS = 30
LINEAR_WITHIN = 1.3
START = datetime(2026, 1, 1, tzinfo=UTC)
ROWS = 500  # in one transaction


def measure() -> list[Figure]:
    """Seconds for 10,000, and the time for each against each of 1,000."""
    with sqlite_installation(QUESTIONS) as installation:
        app = create_app(Settings.from_environment(installation.environment))
        with app.app_context():
            fill(MANY)
            last_thousand = START + timedelta(minutes=MANY - FEW)
            few, many = replayed(last_thousand), replayed(START)
            db.engine.dispose()
    growth = (many / MANY) / (few / FEW)
    return [
        Figure("Replay of 10,000 past referrals", shown(many), "–", many, SECONDS, "s"),
        Figure(
            "Time for each of 10,000",
            shown(many / MANY),
            f"each of 1,000: {shown(few / FEW)}",
            growth,
            LINEAR_WITHIN,
            "×",
        ),
    ]


def replayed(since: datetime) -> float:
    """Route what was sent since then by the rules in force and by others; the seconds."""
    form = startable("measured", None, START + timedelta(days=365))
    other = parse_rules(make_rules(40), form.definition, "others.json")
    replay = Replay(form.rules, other, current_directory())
    begun = time.perf_counter()
    for batch, lost in past_referrals("measured", since, actor="cli", why="a measurement"):
        assert not lost
        replay.add(batch)
    took = time.perf_counter() - begun
    assert replay.total in {FEW, MANY}, replay.total
    return took


def fill(count: int) -> None:
    """So many referrals, a minute apart."""
    answers, version = make_answers(QUESTIONS), "1.0.0"
    decision = {"made": "up"}
    teams = [*current_directory().teams][:2]
    recipients = keys().recipients(teams)
    for first in range(0, count, ROWS):
        with transaction() as session:
            for at in range(first, first + ROWS):
                name = f"{at:032x}"
                sent = START + timedelta(minutes=at)
                sealed = seal_submission(name, "measured", version, answers, decision, recipients)
                session.add(
                    Case(id=name, reference=name[-24:], form_id="measured", state="new",
                         created_at=sent, updated_at=sent)
                )  # fmt: skip
                session.flush()
                session.add(
                    Submission(
                        id=name, reference=name[-24:], case_id=name, form_id="measured",
                        form_version=version, content_hash="", rules_version=version,
                        submitted_at=sent, submitted_by="visitor", facets={},
                        sealed_answers=sealed.answers, sealed_decision=sealed.decision,
                    )
                )  # fmt: skip
                session.flush()
                session.add_all(key_copies(name, sealed.keys))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Submission)) == count
