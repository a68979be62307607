"""The directory is stored whole or not at all, and what a file does not speak of stays."""

from copy import deepcopy

import pytest
import sqlalchemy as sa

from intake.access import CasePart
from intake.app_state import clock
from intake.database import db
from intake.models import AuditEntry
from intake.services.case_decisions import accept
from intake.services.cases import find_case
from intake.services.directory import current_directory, team_load
from intake.services.directory_storing import plan_values, store_values
from intake.services.directory_values import stored_values
from intake.services.unattended import find_unattended, give_unattended
from referral_router import DirectoryError
from tests.intake.case_making import DUTY, NORTHERN, PUMPS, make_case, make_staff, prepare

SETTINGS = {
    "nation": "northern-ireland",
    "hours": {"monday": "08:00-20:00", "saturday": "10:00-13:30"},
    "closures": [{"first_day": "2026-12-24", "last_day": "2027-01-04", "why": "Christmas"}],
    "capacity": 2,
    "cover": NORTHERN,
    "is_paused": True,
    "paused_until": "2026-11-05",
}


@pytest.fixture(autouse=True)
def forms(context, monkeypatch):
    prepare(context, monkeypatch)


def changed(team, **settings):
    """The directory as it is, with one team changed."""
    values = deepcopy(stored_values())
    next(each for each in values["teams"] if each["id"] == team).update(settings)
    db.session.rollback()
    return values


def without(team):
    values = deepcopy(stored_values())
    values["teams"] = [each for each in values["teams"] if each["id"] != team]
    values["provision"] = [each for each in values["provision"] if each["teams"] != [team]]
    db.session.rollback()
    return values


def the_team(team):
    found = current_directory().teams[team]
    db.session.rollback()
    return found


def test_a_teams_settings_are_stored_and_the_router_reads_them(context, clock):
    before = stored_values()
    plan = store_values(changed(PUMPS, **SETTINGS))
    assert [change.id for change in plan.changes] == [PUMPS]
    team = the_team(PUMPS)
    assert (team.nation, team.capacity, team.cover) == ("northern-ireland", 2, NORTHERN)
    assert team.hours[0] == ("08:00", "20:00")
    assert team.hours[1] is None
    assert [tuple(map(str, days)) for days in team.closures] == [("2026-12-24", "2027-01-04")]
    assert team.is_paused
    clock.advance(days=3)
    assert not the_team(PUMPS).is_paused, "the pause has ended by itself"
    silent = {key: value for key, value in before.items() if key != "teams"}
    silent["teams"] = [
        {"id": each["id"], "name": each["name"], "organisation": each["organisation"]}
        for each in before["teams"]
    ]
    assert store_values(silent).changes == (), "what a file does not speak of stays"
    assert the_team(PUMPS).capacity == 2
    store_values(before)
    assert stored_values() == before


@pytest.mark.database("sqlite")
def test_a_directory_that_cannot_be_used_changes_nothing(context):
    before = stored_values()
    with pytest.raises(DirectoryError, match="nobody"):
        store_values({**changed(PUMPS, capacity=1), "fallback_team": "nobody"})
    with pytest.raises(DirectoryError, match="own cover"):
        store_values(changed(PUMPS, cover=PUMPS))
    assert stored_values() == before


def test_load_is_counted_no_further_than_needed_and_only_where_there_is_one(context):
    for _ in range(3):
        make_case()
    current_directory()
    assert team_load() == {}
    store_values(changed(PUMPS, capacity=2))
    current_directory()
    assert team_load() == {PUMPS: 2}


def test_what_only_a_removed_team_has_goes_to_the_fallback_team(context):
    staffed = {team: make_staff(f"of-{team}", team) for team in (PUMPS, DUTY)}
    case_id = make_case()
    plan = plan_values(without(PUMPS))
    assert [(each.id, each.live) for each in plan.leaving] == [(PUMPS, 1)]
    assert PUMPS in {each["id"] for each in stored_values()["teams"]}, "a plan changes nothing"
    store_values(without(PUMPS))
    assert (the_team(PUMPS).is_paused, the_team(PUMPS).cover) == (True, DUTY)
    assert [each.kind for each in find_unattended()] == ["unstaffed"]
    db.session.rollback()
    assert give_unattended(clock()) == 1
    accept(staffed[DUTY], CasePart(find_case(case_id), DUTY), address="192.0.2.1")
    assert find_unattended() == ()
    query = sa.select(AuditEntry.why).where(AuditEntry.action == "directory.import")
    assert f"removed teams {PUMPS}" in db.session.scalar(query)


@pytest.mark.database("sqlite")
def test_a_pause_moves_nothing_that_is_there_already(context):
    make_staff("of-pumps", PUMPS)
    make_case()
    store_values(changed(PUMPS, is_paused=True, paused_until=None))
    assert find_unattended() == ()


@pytest.mark.database("sqlite")
def test_a_team_that_comes_back_is_as_any_other(context):
    store_values(changed(NORTHERN, cover=PUMPS))
    left = without(PUMPS)
    for each in left["teams"]:
        del each["cover"]
    told = [each.words for each in plan_values(left).changes]
    assert any("covered by belfast-pumps → none" in words for words in told)
    store_values(changed(NORTHERN, cover=""))
    before = stored_values()
    store_values(without(PUMPS))
    store_values(before)
    assert not the_team(PUMPS).is_paused
    assert stored_values() == before


@pytest.mark.database("sqlite")
def test_what_is_given_in_a_county_is_given_in_its_districts(context):
    values = deepcopy(stored_values())
    values["areas"].append({"code": "E10000016", "name": "Kent"})
    kent = {"service": "breast-pump-loan", "area": "E10000016", "teams": [PUMPS]}
    values["provision"].append(kent)
    plan = store_values(values)
    assert len(plan.changes) == 2, "the districts are not stored"
    directory = current_directory()
    assert directory.teams_for("breast-pump-loan", "E07000108") == (PUMPS,)
    assert directory.area_name("E07000108") == "Dover"
