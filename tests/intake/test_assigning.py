"""Who of a team has a case: one at a time, many at once, and two people at the same moment."""

import re
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import pytest
import sqlalchemy as sa

from intake.access import CasePair
from intake.database import db, transaction
from intake.models import AuditEntry, Destination, Membership
from intake.services import case_decisions, staff_accounts
from intake.services.assignments import holders_of, take
from intake.services.deciding import NotNow
from intake.services.merging import merge
from intake.services.queue import queue_page
from intake.services.queue_figures import team_counts
from intake.services.queue_filters import QueueFilter
from intake.services.unmerging import unmerge
from tests.intake.case_making import NORTHERN, PUMPS, Browser, make_case, part

pytestmark = pytest.mark.usefixtures("people")


def make(app, *areas):
    with app.app_context():
        return [make_case(area) for area in areas or ("belfast",)]


def whose(app, case_id):
    with app.app_context():
        holder = holders_of(case_id, [PUMPS]).get(PUMPS)
        db.session.rollback()
        return holder.name if holder else ""


def listed(answer):
    return re.findall(
        r'class="[^"]*intake-reference" href="/staff/cases/([0-9a-f]{32})"', answer.text
    )


def test_of_two_who_take_a_case_at_once_one_has_it_and_the_other_is_told_who(app, people):
    (case_id,) = make(app)

    def try_to(name):
        with app.app_context():
            try:
                take(people[name], part(case_id), address="")
            except NotNow as problem:
                return str(problem)
            return ""

    with ThreadPoolExecutor() as pool:
        told = dict(zip(("robin", "sam"), pool.map(try_to, ("robin", "sam")), strict=True))
    winner = next(name for name, problem in told.items() if not problem)
    loser = "sam" if winner == "robin" else "robin"
    assert told[loser].startswith(f"{winner.title()} has taken this case.")
    assert whose(app, case_id) == winner.title()
    with app.app_context():
        entries = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "case.take"))
        assert [entry.actor for entry in entries] == [people[winner].actor]


@pytest.mark.database("sqlite")
def test_a_case_is_taken_handed_over_with_words_and_put_back(app, people):
    (case_id,) = make(app)
    robin = Browser(app, "robin")
    page = f"/staff/cases/{case_id}"
    assert "Nobody of Belfast pumps has this case." in robin.get(page).text
    assert "Assign it" not in robin.get(page).text
    robin.post(f"{page}/take", team=PUMPS)
    assert "You have this case." in robin.get(page).text
    assert listed(robin.get("/staff/queue?show=yours")) == [case_id]
    answer = robin.post(f"{page}/assign", team=PUMPS, to="", words="")
    assert "Select who is to have this case" in answer.text
    sam = people["sam"].staff_id
    robin.post(f"{page}/assign", team=PUMPS, to=sam, words="She is at work until 5.")
    assert "Given to Sam. She is at work until 5." in robin.get(page).text
    assert whose(app, case_id) == "Sam"
    assert robin.post(f"{page}/assign", team=PUMPS, to=sam).status_code == 409
    lee = Browser(app, "lee")
    stale = lee.post(f"{page}/assign", team=PUMPS, to="nobody", seen=people["robin"].staff_id)
    assert "Sam has it now" in stale.text
    lee.post(f"{page}/assign", team=PUMPS, to="nobody", seen=sam)
    assert whose(app, case_id) == ""
    assert lee.post(f"{page}/assign", team=PUMPS, to=people["alex"].staff_id).status_code == 422


@pytest.mark.database("sqlite")
def test_many_are_taken_at_once_and_each_has_its_own_result(app, people):
    first, second, third = make(app, "belfast", "belfast", "belfast")
    with app.app_context():
        take(people["sam"], part(second), address="")
    robin = Browser(app, "robin")
    robin.get("/staff/queue")
    act = "/staff/queue/act"
    answer = robin.post(act, team=PUMPS, action="take", case=[f"{first}:", f"{second}:"])
    assert "Not changed: 1 case" in answer.text
    assert "Sam has taken this case." in answer.text
    assert [whose(app, each) for each in (first, second, third)] == ["Robin", "Sam", ""]
    answer = robin.post(act, team=PUMPS, take=third, back="show=accepted")
    assert answer.location == "/staff/queue?show=accepted"
    assert whose(app, third) == "Robin"
    assert robin.post(act, team=PUMPS, action="take").status_code == 422
    lee, sam = Browser(app, "lee"), people["sam"].staff_id
    lee.get("/staff/queue")
    chosen = [f"{first}:{people['robin'].staff_id}", f"{third}:"]  # Lee's page is older
    answer = lee.post(act, team=PUMPS, action="assign", to=sam, case=chosen)
    assert "Robin has it now" in answer.text
    assert [whose(app, each) for each in (first, third)] == ["Sam", "Robin"]
    robin.post(act, team=PUMPS, action="assign", to=sam, case=[f"{second}:{sam}"])
    assert whose(app, second) == "Sam"


@pytest.mark.database("sqlite")
def test_a_case_of_another_team_among_many_is_as_one_that_does_not_exist(app, people):
    own, other = make(app, "belfast", "northern")
    robin = Browser(app, "robin")
    robin.get("/staff/queue")
    for missing in (other, "0" * 32):
        answer = robin.post("/staff/queue/act", team=PUMPS, action="take", case=[own, missing])
        assert answer.status_code == 404
    assert robin.post("/staff/queue/act", team=NORTHERN, take=other).status_code == 404
    assert whose(app, own) == ""


def test_what_somebody_had_who_left_or_whose_account_is_closed_is_nobodys(app, people):
    first, second = make(app, "belfast", "belfast")
    with app.app_context():
        for case_id, name in ((first, "robin"), (second, "sam")):
            take(people[name], part(case_id), address="")
        staff_accounts.close_account("robin@example.org")
        with transaction() as session:
            session.delete(session.get(Membership, (people["sam"].staff_id, PUMPS)))
        rows = queue_page(PUMPS, QueueFilter(assigned="nobody")).rows
        assert {row.case_id for row in rows} == {first, second}
        (counts,) = team_counts(people["lee"])
        assert counts.counted["nobodys"] == 2
        db.session.rollback()
    assert whose(app, first) == whose(app, second) == ""


STATES = ("delivered", "seen", "more-information", "accepted", "declined", "done", "a new one")


def test_whatever_its_state_a_part_is_in_exactly_one_list(app, people):
    case_ids = make(app, *["belfast"] * len(STATES))
    with app.app_context():
        for is_archived in (False, True):
            with transaction() as session:
                for case_id, state in zip(case_ids, STATES, strict=True):
                    session.execute(
                        sa.update(Destination)
                        .where(Destination.case_id == case_id)
                        .values(state=state, is_archived=is_archived)
                    )
            shows = ("waiting", "accepted", "finished", "declined", "archived")
            lists = {
                show: [row.case_id for row in queue_page(PUMPS, QueueFilter(show=show)).rows]
                for show in shows
            }
            assert sorted(chain(*lists.values())) == sorted(case_ids)
            if is_archived:
                assert sorted(lists["archived"]) == sorted(case_ids)
            db.session.rollback()


@pytest.mark.database("sqlite")
def test_what_is_taken_up_again_is_nobodys_if_whoever_had_it_has_left(app, people):
    case_ids = make(app, "belfast", "belfast", "belfast")
    with app.app_context():
        reopened, again, merged = case_ids
        robin, lee = people["robin"], people["lee"]
        for case_id in case_ids:
            take(robin, part(case_id), address="")
        case_decisions.accept(lee, part(reopened), address="")
        case_decisions.close(lee, part(reopened), "Done.", address="")
        case_decisions.decline(lee, part(again), "other", "No.", address="")
        kept = make_case()
        merge(lee, CasePair(part(kept).case, part(merged).case), "Twice.", (), address="")
        staff_accounts.close_account("robin@example.org")
        case_decisions.reopen(lee, part(reopened), address="")
        case_decisions.accept(lee, part(again), address="")
        unmerge(lee, CasePair(part(kept).case, part(merged).case), "No.", address="")
        found = sa.select(Destination.assigned_to).where(Destination.team_id == PUMPS)
        assert set(db.session.scalars(found)) == {None}
        db.session.rollback()


@pytest.mark.database("sqlite")
def test_who_gives_a_case_to_somebody_who_got_it_meanwhile_is_told_so(app, people):
    (case_id,) = make(app)
    with app.app_context():
        take(people["sam"], part(case_id), address="")
    lee = Browser(app, "lee")
    answer = lee.post(f"/staff/cases/{case_id}/assign", to=people["sam"].staff_id, seen="")
    assert answer.status_code == 409
    assert "Sam has it now" in answer.text
