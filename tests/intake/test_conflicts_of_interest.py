"""Whom a rule excludes never gets the case, whichever way it goes. On both databases."""

import json
from copy import deepcopy

import pytest
import sqlalchemy as sa

from intake.access import CasePart
from intake.app_state import clock
from intake.database import db
from intake.models import Case, CaseEvent, SealedKeyCopy, Submission, Team
from intake.services import case_decisions, submitting
from intake.services.case_decisions import NotNow
from intake.services.cases import CaseNotFound, find_case, read_case, read_submission
from intake.services.directory_storing import store_values
from intake.services.directory_values import stored_values
from intake.services.publishing import publish_form
from intake.services.sending_on import team_to_send_to
from intake.services.unattended import give_unattended
from tests.intake.case_making import (
    DUTY,
    NORTHERN,
    PUMPS,
    REFERRAL,
    RULES,
    case_form,
    case_rules,
    leave,
    make_case,
    make_staff,
    part,
    prepare,
    rule,
    send,
    work,
)
from tests.intake.case_reading import states

LATE = "coast-pumps"


@pytest.fixture(autouse=True)
def forms(context, monkeypatch):
    prepare(context, monkeypatch)


def exclude(*teams, organisations=(), instead=NORTHERN):
    """From now on a referral about somebody called Conflict excludes these teams."""
    theirs = [{"organisation": each} for each in organisations]
    conflict = {
        "id": "conflict",
        "when": {"last_name": "Conflict"},
        "exclude": [*({"team": team} for team in teams), *theirs],
        "why": "They work there.",
    }
    rules = {
        **RULES,
        "rules": [*RULES["rules"], conflict],
        "fallback": {**RULES["fallback"], "instead": instead},
    }
    publish(REFERRAL, rules)


def publish(form, rules):
    form = {**form, "x-form": {**form["x-form"], "version": "1.1.0"}}
    rules = {**rules, "version": "1.1.0"}
    publish_form(json.dumps(form), "form.json", rules_text=json.dumps(rules))


def readers(case_id):
    """Who has a key to each form of the case."""
    rows = db.session.execute(
        sa.select(Submission.form_id, SealedKeyCopy.team_id)
        .join(SealedKeyCopy)
        .where(Submission.case_id == case_id, SealedKeyCopy.team_id.is_not(None))
    )
    found = {}
    for form_id, team in rows:
        found.setdefault(form_id, set()).add(team)
    return found


def decline(user, case_id, team):
    return case_decisions.decline(user, part(case_id, team), "other", "No.", address="")


def test_a_declined_case_goes_to_who_stands_in_for_an_excluded_fallback_team():
    exclude(DUTY)
    case_id = make_case(last_name="Conflict")
    assert db.session.get(Case, case_id).excluded_teams == [DUTY]
    assert decline(make_staff("robin", PUMPS), case_id, PUMPS) == NORTHERN
    assert states(case_id) == {PUMPS: "declined", NORTHERN: "delivered"}
    assert readers(case_id) == {"visit": {PUMPS, NORTHERN}}
    with pytest.raises(NotNow, match="every case comes back"):
        decline(make_staff("alex", NORTHERN), case_id, NORTHERN)


def test_a_rescued_case_goes_there_too_and_only_once():
    exclude(DUTY)
    case_id = make_case(last_name="Conflict")
    robin, _kim = make_staff("robin", PUMPS), make_staff("kim", DUTY)
    leave(robin)
    assert [give_unattended(clock()) for _ in range(2)] == [1, 0]
    assert states(case_id) == {PUMPS: "delivered", NORTHERN: "delivered"}


@pytest.mark.database("sqlite")
def test_if_everybody_is_excluded_the_fallback_team_gets_it_all_the_same():
    exclude(DUTY, NORTHERN)
    case_id = make_case(last_name="Conflict")
    assert decline(make_staff("robin", PUMPS), case_id, PUMPS) == DUTY
    assert readers(case_id) == {"visit": {PUMPS, DUTY}}


def test_a_later_form_on_the_case_excludes_a_team_from_then_on():
    case_id = make_case("both")
    closing = {
        **case_rules("closure"),
        "rules": [{"id": "conflict", "exclude": [{"team": NORTHERN}], "why": "About them."}],
    }
    closing["fallback"] = {**closing["fallback"], "instead": PUMPS}
    publish(case_form("closure", "Closing form"), closing)
    send("closure", {"outcome": "Somebody of the north did it."}, case_id=case_id)
    assert db.session.get(Case, case_id).excluded_teams == [NORTHERN]
    assert readers(case_id) == {"visit": {PUMPS, NORTHERN}, "closure": {PUMPS}}
    alex = make_staff("alex", NORTHERN)
    shown = read_case(alex, find_case(case_id), address="")
    assert [each.form_title for each in shown.submissions] == ["Ask for a visit"]
    assert {each.form_title for each in shown.timeline} <= {"Ask for a visit", ""}
    assert "form-submitted" not in {each.kind for each in shown.timeline}
    closing_id = db.session.scalar(sa.select(Submission.id).where(Submission.form_id == "closure"))
    with pytest.raises(CaseNotFound):
        read_submission(alex, find_case(case_id), closing_id, address="")
    decline(alex, case_id, NORTHERN)
    with pytest.raises(NotNow):
        case_decisions.accept(alex, CasePart(find_case(case_id), NORTHERN), address="")
    send("gcp2", {"outcome": "Well."}, case_id=case_id)
    assert readers(case_id)["gcp2"] == {PUMPS}


@pytest.mark.parametrize("by", ["staff", "worker"])
@pytest.mark.database("sqlite")
def test_who_gets_a_case_whose_only_team_a_later_form_excludes_can_read_it(monkeypatch, by):
    case_id = make_case()
    conflict = {"id": "conflict", "exclude": [{"team": PUMPS}], "why": "About them."}
    closing = {**case_rules("closure"), "rules": [conflict]}
    closing["fallback"] = {**closing["fallback"], "instead": NORTHERN}
    publish(case_form("closure", "Closing"), closing)
    if by == "worker":  # what a process without the master key stores
        monkeypatch.setattr(submitting, "let_answer", lambda *_: None)
    send("closure", {"outcome": "Somebody of them did it."}, case_id=case_id)
    assert states(case_id)[DUTY] == "delivered"
    if by == "worker":
        assert readers(case_id)["visit"] == {PUMPS}
        work()
    assert readers(case_id) == {"visit": {PUMPS, DUTY}, "closure": {DUTY}}
    told = sa.select(CaseEvent.team_id).where(CaseEvent.kind == "gave-all")
    assert db.session.scalars(told).all() == [DUTY]


@pytest.mark.database("sqlite")
def test_what_an_earlier_form_excludes_a_later_rule_cannot_send_it_to():
    exclude(NORTHERN, instead=PUMPS)
    case_id = make_case(last_name="Conflict")
    to_north = {
        **case_rules("closure"),
        "rules": [
            {
                "id": "north",
                "to": [{"team": NORTHERN}],
                "urgency": "routine",
                "acknowledge_within": "P1D",
                "why": "The north closes cases.",
            }
        ],
    }
    publish(case_form("closure", "Closing form"), to_north)
    send("closure", {"outcome": "Well."}, case_id=case_id)
    assert states(case_id) == {PUMPS: "delivered"}


@pytest.mark.database("sqlite")
def test_a_team_that_an_excluded_organisation_gets_later_is_kept_out_as_well(context):
    exclude(organisations=["northern-trust"], instead=DUTY)
    case_id = make_case(last_name="Conflict")
    db.session.add(Team(id=LATE, name="Coast pumps", organisation_id="northern-trust"))
    db.session.commit()
    context.extensions.pop("intake.directory")  # as if somebody had imported it
    for team in (NORTHERN, LATE):
        assert "keeps this case" in team_to_send_to(part(case_id), team).why_not, team
    assert find_case(case_id).excluded >= {NORTHERN, LATE}
    to_them = {**case_rules("closure"), "rules": [rule("coast", {"outcome": "Well."}, LATE)]}
    publish(case_form("closure", "Closing form"), to_them)
    send("closure", {"outcome": "Well."}, case_id=case_id)
    assert states(case_id) == {PUMPS: "delivered"}


@pytest.mark.database("sqlite")
def test_a_team_that_left_the_directory_stands_in_for_nobody():
    exclude(DUTY)
    case_id = make_case(last_name="Conflict")
    values = deepcopy(stored_values())
    values["teams"] = [each for each in values["teams"] if each["id"] != NORTHERN]
    values["provision"] = [each for each in values["provision"] if each["teams"] != [NORTHERN]]
    store_values(values)
    robin = make_staff("robin", PUMPS)
    assert decline(robin, case_id, PUMPS) == DUTY, "before nobody's eyes is worse"
