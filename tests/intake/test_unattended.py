"""Nothing falls out: what no team would look at is found, and goes to the fallback team."""

import json

import pytest
import sqlalchemy as sa

from intake.access import CasePart
from intake.app_state import clock
from intake.cli.doctor import check_referrals, doctor
from intake.database import db
from intake.models import Case, Destination, SealedKeyCopy, Staff
from intake.services.case_decisions import accept, close, decline
from intake.services.cases import find_case, read_case
from intake.services.unattended import find_unattended, give_unattended
from tests.intake.case_making import DUTY, NORTHERN, PUMPS, leave, make_case, make_staff, prepare
from tests.intake.case_reading import states


@pytest.fixture(autouse=True)
def forms(context, monkeypatch):
    prepare(context, monkeypatch)


@pytest.fixture
def staffed():
    """Everybody who could get something has somebody."""
    return {team: make_staff(f"of-{team}", team) for team in (PUMPS, NORTHERN, DUTY)}


def kinds():
    found = {each.kind: each.count for each in find_unattended()}
    db.session.rollback()
    return found


def change(model, condition, **values):
    db.session.execute(sa.update(model).where(condition).values(**values))
    db.session.commit()


def test_a_referral_that_its_team_can_see_needs_nobody_else(staffed):
    case_id = make_case()
    assert kinds() == {}
    assert give_unattended(clock()) == 0
    assert states(case_id) == {PUMPS: "delivered"}


def test_a_referral_whose_team_has_lost_its_last_member_goes_to_the_fallback_team(staffed):
    case_id = make_case()
    leave(staffed[PUMPS])
    assert kinds() == {"unstaffed": 1}
    assert give_unattended(clock()) == 1
    assert states(case_id) == {PUMPS: "delivered", DUTY: "delivered"}
    assert kinds() == {}
    page = read_case(staffed[DUTY], find_case(case_id), address="192.0.2.1")
    assert page.referral.is_open
    assert page.referral.answers["first_name"]
    assert "escalated" in [each.kind for each in page.timeline]


def test_it_is_given_once(staffed):
    make_case()
    leave(staffed[PUMPS])
    assert [give_unattended(clock()) for _ in range(3)] == [1, 0, 0]


def test_a_referral_that_another_team_has_too_stays_where_it_is(staffed):
    case_id = make_case("both")
    leave(staffed[PUMPS])
    assert kinds() == {}
    assert give_unattended(clock()) == 0
    assert DUTY not in states(case_id)


def test_a_case_that_is_open_and_in_no_queue_goes_to_the_fallback_team(staffed):
    case_id = make_case()
    change(Destination, Destination.case_id == case_id, state="done")  # by no service: a fault
    assert kinds() == {"nowhere": 1}
    assert give_unattended(clock()) == 1
    assert states(case_id)[DUTY] == "delivered"
    assert kinds() == {}


def test_nothing_is_moved_to_a_fallback_team_that_has_nobody_either(staffed):
    case_id = make_case()
    leave(staffed[PUMPS])
    leave(staffed[DUTY])
    assert give_unattended(clock()) == 0
    assert states(case_id) == {PUMPS: "delivered"}
    assert "no team that has them has staff" in check_referrals()


def test_a_case_that_its_teams_cannot_open_is_told(staffed):
    make_case()
    db.session.execute(sa.delete(SealedKeyCopy).where(SealedKeyCopy.team_id == PUMPS))
    db.session.commit()
    assert kinds() == {"unreadable": 1}


def test_a_closed_case_that_is_still_in_a_queue_is_told(staffed):
    case_id = make_case()
    change(Case, Case.id == case_id, state="closed")
    assert kinds() == {"half-closed": 1}


def test_an_end_that_somebody_recorded_is_one(staffed):
    case_id = make_case()
    accept(staffed[PUMPS], CasePart(find_case(case_id), PUMPS), address="192.0.2.1")
    part = CasePart(find_case(case_id), PUMPS)
    close(staffed[PUMPS], part, "They moved away.", address="192.0.2.1")
    assert states(case_id) == {PUMPS: "done"}
    assert kinds() == {}


def test_a_declined_case_is_never_nowhere(staffed):
    case_id = make_case()
    decline(
        staffed[PUMPS], CasePart(find_case(case_id), PUMPS), "no-capacity", "", address="192.0.2.1"
    )
    assert states(case_id) == {PUMPS: "declined", DUTY: "delivered"}
    assert kinds() == {}


def test_the_doctor_tells_of_referrals_alone_with_their_references(context, staffed):
    case_id = make_case()
    run = context.test_cli_runner().invoke
    assert json.loads(run(doctor, ["--referrals", "--json"]).stdout) == {"referrals": "ok"}
    leave(staffed[PUMPS])
    reference = db.session.scalar(sa.select(Case.reference).where(Case.id == case_id))
    result = run(doctor, ["--referrals"])
    assert result.exit_code == 1
    assert f"1 cases: no team that has them has staff ({reference})" in result.stdout


@pytest.mark.database("sqlite")
def test_whoever_got_it_because_nobody_is_left_can_finish_it_and_it_does_not_come_back(staffed):
    case_id = make_case()
    leave(staffed[PUMPS])
    give_unattended(clock())
    own = CasePart(find_case(case_id), DUTY)
    accept(staffed[DUTY], own, address="")
    assert close(staffed[DUTY], CasePart(find_case(case_id), DUTY), "We helped.", address="")
    assert states(case_id) == {PUMPS: "done", DUTY: "done"}
    assert (kinds(), give_unattended(clock())) == ({}, 0)


@pytest.mark.database("sqlite")
def test_a_team_that_still_has_somebody_goes_on_with_its_part(staffed):
    case_id = make_case()
    leave(staffed[PUMPS])
    give_unattended(clock())
    accept(staffed[DUTY], CasePart(find_case(case_id), DUTY), address="")
    change(Staff, Staff.id == staffed[PUMPS].staff_id, is_active=True)
    assert not close(staffed[DUTY], CasePart(find_case(case_id), DUTY), "We helped.", address="")
    assert states(case_id) == {PUMPS: "delivered", DUTY: "done"}
