"""On arrival: people named are compared with those known, by the worker."""

import json

import pytest
import sqlalchemy as sa

from intake.app_state import keys
from intake.cli.matching import matching as matching_command
from intake.database import db, transaction
from intake.matching.blocking import KIND_STRENGTH
from intake.models import BlindIndexEntry, MatchingRun, PersonMatch, SealedKeyCopy, Submission
from intake.services import matching
from intake.services.indexing import index_submission
from intake.services.matching import match_people
from tests.intake.case_making import make_case, prepare, send, work

ON_SQLITE = pytest.mark.database("sqlite")
KNOWN = {"date_of_birth": "1990-03-04", "postcode": "BT12 6BA", "telephone": "07700 900123"}


@pytest.fixture(autouse=True)
def forms(context, monkeypatch):
    prepare(context, monkeypatch)


def arrive(area="belfast", **answers):
    """A case that the worker has indexed and compared; its submission."""
    case_id = make_case(area, **{**KNOWN, **answers})
    work()
    return db.session.query(Submission.id).filter_by(case_id=case_id).scalar()


def queries(do, submission_id):
    """How many SELECTs a piece of work makes."""
    asked = []

    def keep(_connection, _cursor, text, *_more):
        asked.append(text.lstrip().startswith("SELECT"))

    sa.event.listen(db.engine, "before_cursor_execute", keep)
    do(submission_id)
    sa.event.remove(db.engine, "before_cursor_execute", keep)
    return sum(asked)


def found():
    """The stored matches, newest state."""
    db.session.rollback()
    return db.session.scalars(sa.select(PersonMatch)).all()


def test_somebody_known_is_suggested_in_whichever_team_and_spelling():
    first = arrive()
    second = arrive(
        "northern", first_name="Peregrin", last_name="UNDERHILL", date_of_birth="1990-04-03"
    )
    (match,) = found()
    assert {match.first_submission_id, match.second_submission_id} == {first, second}
    assert match.state == "suggested"
    assert "birth.swapped" in match.evidence
    run = db.session.get(MatchingRun, second)
    assert (run.compared, run.left_out, run.weights_version) == (1, 0, "1")


@ON_SQLITE
def test_nothing_of_a_person_is_readable_in_what_is_stored():
    arrive()
    arrive("northern")
    stored = repr([vars(each) for each in found()])
    stored += repr([vars(each) for each in db.session.scalars(sa.select(BlindIndexEntry))])
    for secret in ("peregrine", "underhill", "1990", "bt12", "900123"):
        assert secret not in stored.lower()


@ON_SQLITE
def test_somebody_else_and_somebody_of_the_same_case_are_not_suggested():
    case_id = make_case(**KNOWN)
    answers = {"area": "belfast", "first_name": "Peregrine", "last_name": "Underhill", **KNOWN}
    send("visit", answers, case_id=case_id)
    arrive(first_name="Ruth", last_name="Bell", date_of_birth="1971-08-09", telephone="")
    assert found() == []


def test_comparing_again_changes_nothing_and_keeps_what_was_decided():
    first, second = arrive(), arrive("northern")
    assert match_people(first) == match_people(second) == 1
    assert len(found()) == 1
    with transaction() as session:
        session.execute(sa.update(PersonMatch).values(state="not-same", revision=1))
    match_people(second)
    (again,) = found()
    assert (again.state, again.revision) == ("not-same", 1)


@ON_SQLITE
def test_what_is_no_longer_alike_is_no_longer_suggested(monkeypatch):
    arrive()
    second = arrive("northern")
    monkeypatch.setattr(matching, "suggested", lambda *_people: None)
    match_people(second)
    assert found() == []


def test_erasing_a_submission_takes_its_suggestions_and_hashes_along():
    first = arrive()
    arrive("northern")
    with transaction() as session:
        session.execute(sa.delete(SealedKeyCopy).where(SealedKeyCopy.submission_id == first))
    assert index_submission(first) == 0
    assert found() == []
    left = sa.select(sa.func.count()).where(BlindIndexEntry.submission_id == first)
    assert db.session.scalar(left) == 0
    arrive("northern")
    assert len(found()) == 1  # with the second, not with what was erased


@ON_SQLITE
def test_a_submission_that_cannot_be_opened_hides_no_other():
    first, _second = arrive(), arrive("northern")
    with transaction() as session:
        session.execute(
            sa.update(SealedKeyCopy)
            .where(SealedKeyCopy.submission_id == first)
            .values(sealed_key=b"damaged")
        )
    arrive("both")
    assert len(found()) == 2  # the first two, and the last two


def test_of_those_who_share_something_only_the_nearest_are_opened(monkeypatch):
    monkeypatch.setattr(matching, "MOST_CANDIDATES", 1)
    arrive(telephone="")
    near, last = arrive(), arrive("northern")
    run = db.session.get(MatchingRun, last)
    assert (run.compared, run.left_out) == (1, 1)
    ends = {match.first_submission_id for match in found()}
    ends |= {match.second_submission_id for match in found()}
    assert {near, last} <= ends


def test_what_very_many_share_is_passed_over(monkeypatch):
    monkeypatch.setattr(matching, "MOST_IN_A_BLOCK", 1)
    arrive()
    arrive("northern")
    last = arrive("both")
    run = db.session.get(MatchingRun, last)
    assert (run.compared, run.left_out) == (0, 2)


def test_the_number_of_queries_does_not_grow_with_the_candidates():
    counts = []
    for _round in range(2):
        last = [arrive(date_of_birth=f"1990-03-{day:02}") for day in (4, 5, 6)][-1]
        db.session.rollback()
        db.session.expunge_all()
        counts.append(queries(match_people, last))
    assert counts[0] == counts[1]


@ON_SQLITE
def test_every_kind_that_people_are_looked_up_by_is_indexed():
    arrive(nhs_number="9990000018", email="peregrine@example.org")
    kinds = set(db.session.scalars(sa.select(BlindIndexEntry.kind)))
    assert set(KIND_STRENGTH) <= kinds
    assert keys().index_key()


def test_everybody_is_compared_again_after_an_upgrade_or_a_change_of_weights(context):
    arrive()
    arrive("northern")
    run = context.test_cli_runner().invoke
    assert json.loads(run(matching_command, ["again", "--json"]).stdout) == {"queued": 0}
    with transaction() as session:
        session.execute(sa.delete(PersonMatch))
        session.execute(sa.update(MatchingRun).values(weights_version="0"))
    assert "2 of 2" in run(matching_command, ["again"]).stdout
    work()
    assert len(found()) == 1
    assert "0 of 0" in run(matching_command, ["again"]).stdout
