"""Clocks on the pages of staff: a pause, the chain of a team, and what was late."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from intake.cli.reports import report
from intake.database import db
from intake.models import AuditEntry, Destination, EscalationStep
from intake.services import case_decisions
from tests.intake.case_making import DUTY, NORTHERN, PUMPS, Browser, make_case, part

pytestmark = pytest.mark.usefixtures("people")


def actions(app):
    with app.app_context():
        return set(db.session.scalars(sa.select(AuditEntry.action)))


@pytest.mark.database("sqlite")
def test_a_team_pauses_its_clocks_and_lets_them_go_on(app, clock):
    with app.app_context():
        case_id = make_case()
    browser = Browser(app, "robin")
    address = f"/staff/cases/{case_id}"
    assert "Pause the clocks" in browser.get(address).text
    browser.get(f"{address}/pause")
    answer = browser.post(f"{address}/pause", reason="family-away", words="Kim calls.")
    assert answer.status_code == 422
    assert "Enter the day on which the clocks go on" in answer.text
    day = {"until-day": "1", "until-month": "12", "until-year": "2026"}
    too_far = browser.post(f"{address}/pause", reason="family-away", words="Kim calls.", **day)
    assert "Enter a day from 3 November 2026 to 16 November 2026" in too_far.text
    day |= {"until-day": "9", "until-month": "11"}
    paused = browser.post(f"{address}/pause", reason="family-away", words="Kim calls.", **day)
    assert paused.status_code == 303
    text = browser.get(address).text
    assert "until 9 November 2026. The family is away or in hospital." in text
    assert "Kim calls." in text
    assert browser.get(f"{address}/pause").status_code == 409  # it is paused already
    assert browser.post(f"{address}/resume").status_code == 303
    assert browser.post(f"{address}/resume").status_code == 409
    assert "Clocks go on" in browser.get(address).text
    assert "case.pause" in actions(app)


@pytest.mark.database("sqlite")
def test_a_pause_is_not_offered_where_somebody_may_be_in_danger(app):
    with app.app_context():
        case_id = make_case("both")
        to_another = sa.update(Destination).where(Destination.team_id == NORTHERN)
        db.session.execute(to_another.values(urgency=4))
        db.session.commit()
    assert "Pause the clocks" not in Browser(app, "robin").get(f"/staff/cases/{case_id}").text


@pytest.mark.database("sqlite")
def test_a_team_that_accepted_records_what_it_decided(app, people, clock):
    with app.app_context():
        case_id = make_case()
        case_decisions.accept(people["robin"], part(case_id), address="")
        due = sa.update(Destination).values(decide_by=clock.now + timedelta(days=2))
        db.session.execute(due)
        db.session.commit()
    browser, address = Browser(app, "robin"), f"/staff/cases/{case_id}"
    assert "Record the decision" in browser.get(address).text
    assert browser.post(f"{address}/conclude", words=" ").status_code == 422
    assert browser.post(f"{address}/conclude", words="A visit on Monday.").status_code == 303
    text = browser.get(address).text
    assert "A visit on Monday." in text
    assert "Record the decision" not in text
    assert browser.post(f"{address}/conclude", words="Again.").status_code == 409
    assert "case.conclude" in actions(app)


@pytest.mark.database("sqlite")
def test_a_lead_chooses_who_is_told_and_two_at_once_have_one_winner(app, people):
    browser, other = Browser(app, "lee"), Browser(app, "lee")
    assert "Robin" in browser.get("/staff/escalation").text
    other.get("/staff/escalation")
    first = {"person-1": people["lee"].staff_id, "after-1": "60"}
    wrong = browser.post("/staff/escalation", team=PUMPS, seen="", **{**first, "after-1": "1"})
    assert wrong.status_code == 422
    assert browser.post("/staff/escalation", team=PUMPS, seen="", **first).status_code == 303
    late = other.post(
        "/staff/escalation", team=PUMPS, seen="", **{**first, "person-1": people["robin"].staff_id}
    )
    assert late.status_code == 409
    assert "Somebody has changed this chain" in late.text
    assert browser.post("/staff/escalation", team=DUTY, seen="", **first).status_code == 404
    assert Browser(app, "robin").get("/staff/escalation").status_code == 404
    with app.app_context():
        stored = db.session.query(EscalationStep.staff_id, EscalationStep.after_minutes).all()
        assert stored == [(people["lee"].staff_id, 60)]
    assert "escalation.set" in actions(app)


def test_the_report_tells_what_was_late_and_by_how_much_in_two_queries(app, people, clock):
    with app.app_context():
        cases = [make_case() for _ in range(6)] + [make_case("northern")]
        for case_id, hours in zip(cases, (1, 46, 1, 10), strict=False):  # two days each
            clock.advance(hours=hours)
            case_decisions.accept(people["robin"], part(case_id), address="")
    clock.advance(days=1)
    browser = Browser(app, "lee")
    with app.app_context():
        statements = []
        engine = db.engine
    listen = lambda *args: statements.append(args[2])  # noqa: E731
    event.listen(engine, "before_cursor_execute", listen)
    text = browser.get("/staff/late").text
    event.remove(engine, "before_cursor_execute", listen)
    assert len([each for each in statements if "clocks" in each]) == 2
    assert "Belfast pumps" in text
    assert "Northern pumps" not in text
    assert "50%" in text  # three of six in time
    assert text.count("Still not answered") == 2
    assert "the longest late first" in text
    run = app.test_cli_runner().invoke
    told = json.loads(run(report, ["late", "--since", "2026-11-01", "--json"]).stdout)
    figures = {each["team"]: each for each in told["figures"]}
    assert figures[PUMPS] == {
        "team": PUMPS,
        "clock": "acknowledge",
        "due": 6,
        "late": 3,
        "in_time_percent": 50.0,
        "median_minutes": 34 * 60,  # of 10, 34 and 34 hours
        "worst_minutes": 34 * 60,
    }
    assert figures[NORTHERN]["late"] == 1
    lines = run(report, ["late", "--since", "2026-11-01", "--team", PUMPS, "--csv"]).stdout
    assert len(lines.splitlines()) == 4
    assert run(report, ["late", "--since", "2026-11-01", "--team", "nobody"]).exit_code == 2


@pytest.mark.database("sqlite")
def test_nobody_sees_the_lateness_of_a_team_that_they_do_not_lead(app):
    assert Browser(app, "robin").get("/staff/late").status_code == 404
    assert Browser(app, "lee").get(f"/staff/late?team={NORTHERN}").status_code == 404
    assert Browser(app, "lee").get(f"/staff/late?team={PUMPS}").status_code == 200
