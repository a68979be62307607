"""The queue: its order, its filters, and that it names nobody."""

import re
from datetime import timedelta
from itertools import chain

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from intake.database import db, transaction
from intake.models import Destination
from intake.services import case_decisions, queue
from tests.intake.case_making import (
    DUTY,
    NAME,
    NORTHERN,
    PUMPS,
    Browser,
    make_case,
    make_staff,
    part,
)

pytestmark = [pytest.mark.database("sqlite"), pytest.mark.usefixtures("robin")]


@pytest.fixture
def browser(app):
    return Browser(app, "robin")


def make(app, area="belfast", **answers):
    with app.app_context():
        return make_case(area, **answers)


def listed(answer):
    return re.findall(r'href="/staff/cases/([0-9a-f]{32})"', answer.text)


def test_the_most_urgent_comes_first_then_the_first_due(app, clock):
    first = make(app)
    clock.advance(hours=1)
    second = make(app)
    clock.advance(hours=1)
    urgent = make(app, is_urgent=True)
    assert listed(Browser(app, "robin").get("/staff/queue")) == [urgent, first, second]


@pytest.mark.database("postgresql")
def test_a_page_reads_without_a_transaction_and_a_decision_is_written_in_one(app, browser):
    case_id, modes = make(app), []

    def note(connection, _cursor, statement, *_more):
        writes = statement.startswith(("INSERT", "UPDATE", "DELETE")) or "FOR UPDATE" in statement
        modes.append((writes, connection.connection.dbapi_connection.autocommit))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    assert listed(browser.get("/staff/queue")) == [case_id]
    assert {*modes} == {(False, True)}
    accept = f"/staff/cases/{case_id}/accept"
    assert browser.post(accept, team=PUMPS).status_code == 303
    assert {at_once for writes, at_once in modes if writes} == {False}


def test_a_row_has_reference_form_urgency_due_time_and_state_and_names_nobody(app, browser):
    make(app, is_urgent=True)
    text = browser.get("/staff/queue").text
    assert re.search(r"VIS-[0-9A-Z]{4}-[0-9A-Z]{4}", text)
    for words in ("Ask for a visit", "Urgent", "4 hours left", "2 November 2026, 1:30pm", "New"):
        assert words in text
    for name in NAME.split():
        assert name not in text


def test_what_is_overdue_says_by_how_much(app, clock):
    make(app, is_urgent=True)
    clock.advance(hours=6, minutes=10)
    browser = Browser(app, "robin")
    text = browser.get("/staff/queue").text
    assert "Overdue by 2 hours" in text
    assert 'data-figure="overdue">1</span> overdue' in text


def test_a_team_sees_only_what_came_to_it(app, browser):
    own, other = make(app), make(app, "northern")
    assert listed(browser.get("/staff/queue")) == [own]
    with app.app_context():
        make_staff("alex", NORTHERN)
    assert listed(Browser(app, "alex").get("/staff/queue")) == [other]


def test_someone_in_two_teams_has_a_tab_for_each_with_what_waits(app):
    own, other = make(app), make(app, "northern")
    with app.app_context():
        make_staff("jo", PUMPS, NORTHERN)
    browser = Browser(app, "jo")
    answer = browser.get("/staff/queue")
    assert listed(answer) == [own]
    assert 'aria-current="page">Belfast pumps <span class="intake-count">1' in answer.text
    assert listed(browser.get(f"/staff/queue?team={NORTHERN}")) == [other]


def test_what_was_answered_leaves_the_queue_for_its_own_list(app, browser, robin):
    case_id = make(app)
    with app.app_context():
        case_decisions.accept(robin, part(case_id), address="")
    assert listed(browser.get("/staff/queue")) == []
    assert listed(browser.get("/staff/queue?show=accepted")) == [case_id]
    with app.app_context():
        case_decisions.close(robin, part(case_id), "Done.", address="")
    assert listed(browser.get("/staff/queue?show=finished")) == [case_id]
    with app.app_context():
        case_decisions.archive(robin, part(case_id), address="")
    assert listed(browser.get("/staff/queue?show=finished")) == []
    assert listed(browser.get("/staff/queue?show=archived")) == [case_id]


def test_a_declined_case_is_listed_as_declined_and_waits_for_the_fallback_team(app, browser, robin):
    case_id = make(app)
    with app.app_context():
        case_decisions.decline(robin, part(case_id), "outside-area", "", address="")
        make_staff("kim", DUTY)
    assert listed(browser.get("/staff/queue?show=declined")) == [case_id]
    answer = Browser(app, "kim").get("/staff/queue")
    assert listed(answer) == [case_id]
    assert "Escalated" in answer.text


def test_filters_are_in_the_address_and_can_be_taken_off_one_by_one(app, browser, clock):
    urgent, routine = make(app, is_urgent=True), make(app)
    answer = browser.get("/staff/queue?urgency=3&form=visit")
    assert listed(answer) == [urgent]
    assert "Remove this filter" in answer.text
    assert 'name="urgency" type="checkbox" value="3" checked' in answer.text
    assert listed(browser.get("/staff/queue?urgency=1")) == [routine]
    assert listed(browser.get("/staff/queue?form=other")) == []
    clock.advance(hours=5)
    browser = Browser(app, "robin")
    assert listed(browser.get("/staff/queue?overdue=yes")) == [urgent]


@pytest.mark.parametrize(
    "address",
    [
        "?show=nonsense&assigned=me2",
        "?urgency=x&urgency=9",
        "?urgency=" + "9" * 5000,
        "?form=%00",
        "?after=1.x",
        "?before=1.9999999999999999999.x",
    ],
)
def test_a_filter_that_makes_no_sense_is_left_out(app, browser, address):
    case_id = make(app)
    assert listed(browser.get(f"/staff/queue{address}")) == [case_id]


def pages(browser, address, direction):
    """What each page lists, following the link to the next or the previous one."""
    while True:
        answer = browser.get(address)
        yield listed(answer)
        found = re.search(rf'href="([^"]*{direction}=[^"]*)"', answer.text)
        if not found:
            return
        address = found[1].replace("&amp;", "&")


@pytest.mark.database("sqlite", "postgresql")
@pytest.mark.parametrize("show", ["waiting", "finished"])
def test_a_long_queue_has_pages_forwards_and_back(app, monkeypatch, show, robin):
    monkeypatch.setattr(queue, "PAGE_SIZE", 2)
    cases = [make(app, is_urgent=number == 3) for number in range(5)]
    if show == "finished":
        with app.app_context():
            for case_id in cases:
                case_decisions.accept(robin, part(case_id), address="")
                case_decisions.close(robin, part(case_id), "Done.", address="")
    browser = Browser(app, "robin")
    start = f"/staff/queue?show={show}"
    forwards = list(pages(browser, start, "after"))
    assert [len(each) for each in forwards] == [2, 2, 1]
    assert sorted(chain(*forwards)) == sorted(cases)
    if show == "waiting":
        assert forwards[0][0] == cases[3]
    last = browser.get(start)
    while found := re.search(r'href="([^"]*after=[^"]*)"', last.text):
        last = browser.get(found[1].replace("&amp;", "&"))
    before = re.search(r'href="([^"]*before=[^"]*)"', last.text)[1].replace("&amp;", "&")
    assert list(pages(browser, before, "before")) == [forwards[1], forwards[0]]
    assert len(listed(browser.get(f"{start}&after=nonsense"))) == 2


def test_a_longer_queue_takes_no_more_queries(app, browser):
    make(app)
    browser.get("/staff/queue")

    def queries():
        seen = []

        def note(_connection, _cursor, statement, *_rest):
            seen.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        browser.get("/staff/queue")
        event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    before = queries()
    for _ in range(6):
        make(app)
    assert queries() == before


def test_an_empty_queue_says_so(browser):
    assert "Nothing waits for your team" in browser.get("/staff/queue").text


def test_what_is_accepted_goes_by_when_it_is_to_be_decided(app, robin, clock):
    late, soon, timeless = (make(app) for _ in range(3))
    with app.app_context():
        for case_id in (timeless, late, soon):
            case_decisions.accept(robin, part(case_id), address="")
        with transaction():
            for case_id, hours in ((late, 5), (soon, 1), (timeless, None)):
                decide_by = None if hours is None else clock.now + timedelta(hours=hours)
                row = db.session.scalars(sa.select(Destination).filter_by(case_id=case_id)).one()
                row.decide_by = decide_by
    clock.advance(hours=2)
    browser = Browser(app, "robin")
    answer = browser.get("/staff/queue?show=accepted")
    assert listed(answer) == [soon, late, timeless]
    assert "No time set" in answer.text
    assert listed(browser.get("/staff/queue?show=open&overdue=yes")) == [soon]
    assert 'data-figure="overdue">1<' in answer.text


def test_a_page_that_is_left_open_hears_what_is_new_and_nothing_twice(app, clock):
    make(app)
    clock.advance(minutes=1)
    browser = Browser(app, "robin")
    source = re.search(r'data-source="([^"]+)"', browser.get("/staff/queue").text)[1]
    source = source.replace("&amp;", "&")
    quiet = browser.get(source)
    assert quiet.json["words"] == ""
    assert quiet.json["figures"]["waiting"] == "1"
    mark = {"If-None-Match": quiet.headers["ETag"]}
    assert browser.client.get(source, headers=mark).status_code == 304
    make(app)
    answer = browser.client.get(source, headers=mark)
    assert answer.json["words"] == "1 new referral"
    assert answer.json["figures"]["waiting"] == "2"
    assert browser.get(source.replace(PUMPS, NORTHERN)).status_code == 404
    assert browser.get(source.replace("seen=1", "seen=x")).status_code == 404


def test_a_page_that_asks_what_is_new_keeps_nobody_signed_in(app, clock):
    browser = Browser(app, "robin")
    source = re.search(r'data-source="([^"]+)"', browser.get("/staff/queue").text)[1]
    for _ in range(31):
        clock.advance(minutes=1)
        answer = browser.get(source.replace("&amp;", "&"))
    assert answer.status_code == 303
