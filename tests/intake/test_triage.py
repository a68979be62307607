"""Triage of one case: sent on, escalated, contact made, its outcome. On both databases."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from intake.access import CasePart
from intake.app_state import clock
from intake.database import db
from intake.models import AuditEntry, Case, OutboxMessage, SealedKeyCopy, Team
from intake.services import case_decisions
from intake.services.contacting import Contact, record_contact
from intake.services.deciding import NotNow
from intake.services.raising import escalate
from intake.services.sending_on import find_teams, send_on
from tests.intake.case_making import DUTY, NORTHERN, PUMPS, make_case, make_staff, part, prepare
from tests.intake.case_making import send as complete
from tests.intake.case_reading import read_as, states

on_sqlite = pytest.mark.database("sqlite")
WORDS = "She has moved to her aunt."


@pytest.fixture(autouse=True)
def forms(context, monkeypatch):
    prepare(context, monkeypatch)


@pytest.fixture
def robin():
    return make_staff("robin", PUMPS)


@pytest.fixture
def alex():
    return make_staff("alex", NORTHERN)


def decline(user, case_id, team, words="No."):
    return case_decisions.decline(user, part(case_id, team), "other", words, address="")


def send(user, case_id, to=NORTHERN, from_team=PUMPS):
    send_on(user, part(case_id, from_team), to, "sent-outside-area", WORDS, address="")


def test_a_case_that_is_sent_on_is_read_by_the_new_team_and_its_sender_sees_that_it_was(
    robin, alex
):
    case_id = make_case(is_urgent=True)
    case_decisions.accept(robin, part(case_id), address="")
    send(robin, case_id)
    assert states(case_id) == {PUMPS: "declined", NORTHERN: "delivered"}
    theirs = read_as(alex, case_id)
    assert theirs.referral.is_open
    assert [each.words for each in theirs.timeline if each.kind == "sent-on"] == [WORDS]
    new = next(each for each in theirs.parts if each.is_own)
    assert (new.urgency, new.acknowledge_by) == (3, clock() + timedelta(hours=4))
    ours = read_as(robin, case_id)
    assert ours.referral.is_open
    assert ours.timeline[0].kind == "sent-on"
    assert ours.timeline[0].team == "Northern pumps"
    told = db.session.scalars(
        sa.select(OutboxMessage).where(OutboxMessage.team_id == NORTHERN)
    ).all()
    assert [each.kind for each in told] == ["team-news"]
    entry = db.session.scalars(
        sa.select(AuditEntry).where(AuditEntry.action == "case.send-on")
    ).one()
    assert entry.why == f"sent-outside-area to {NORTHERN}"


@on_sqlite
def test_what_its_sender_cannot_read_is_not_sent_on_while_another_team_works_on_it(robin):
    case_id = make_case("both")
    alex = make_staff("alex", NORTHERN)
    case_decisions.accept(alex, part(case_id, NORTHERN), address="")
    decline(robin, case_id, PUMPS)
    case_decisions.close(alex, part(case_id, NORTHERN), WORDS, address="")
    case_decisions.reopen(alex, part(case_id, NORTHERN), address="")
    case_decisions.accept(robin, part(case_id, PUMPS), address="")
    db.session.execute(sa.delete(SealedKeyCopy).where(SealedKeyCopy.team_id == PUMPS))
    db.session.commit()
    send(robin, case_id, DUTY)
    page = read_as(make_staff("kim", DUTY), case_id)
    assert not page.referral.is_open
    assert next(each for each in page.parts if each.is_own).sent_from == "Belfast pumps"


def test_what_the_new_team_declines_comes_back_once_and_then_goes_to_the_fallback_team(robin, alex):
    case_id = make_case()
    send(robin, case_id)
    assert decline(alex, case_id, NORTHERN) == PUMPS
    assert states(case_id) == {PUMPS: "delivered", NORTHERN: "declined"}
    assert "came-back" in [each.kind for each in read_as(robin, case_id).timeline]
    assert decline(robin, case_id, PUMPS) == DUTY


@on_sqlite
def test_what_is_sent_on_to_the_fallback_team_can_come_back_from_there(robin):
    case_id = make_case()
    send(robin, case_id, DUTY)
    assert decline(make_staff("kim", DUTY), case_id, DUTY) == PUMPS


@on_sqlite
def test_it_is_not_sent_to_a_team_that_has_it_is_paused_or_must_not_have_it(context, robin):
    case_id = make_case("both")
    with pytest.raises(NotNow, match="has this case already"):
        send(robin, case_id)
    case_id = make_case()
    db.session.execute(sa.update(Case).values(excluded_teams=[NORTHERN]))
    db.session.execute(sa.update(Team).where(Team.id == DUTY).values(is_paused=True))
    db.session.commit()
    context.extensions.pop("intake.directory")  # as if somebody had changed it by its page
    with pytest.raises(NotNow, match="keeps this case"):
        send(robin, case_id)
    with pytest.raises(NotNow, match="is paused"):
        send(robin, case_id, DUTY)
    assert states(case_id) == {PUMPS: "delivered"}


@on_sqlite
def test_a_team_is_found_by_its_name_its_service_or_its_area():
    seen = part(make_case())
    for words in ("north", "PUMPS", "trust", "loan northern"):
        assert NORTHERN in [each.id for each in find_teams(seen, words).teams], words
    assert find_teams(seen, "nobody of this name").total == 0
    assert PUMPS not in [each.id for each in find_teams(seen, "").teams]


def test_of_two_who_send_it_on_one_is_told_that_it_has_moved_on(robin):
    case_id = make_case()
    seen = part(case_id)
    send(robin, case_id)
    with pytest.raises(NotNow):
        send_on(robin, CasePart(seen.case, PUMPS), DUTY, "sent-other", WORDS, address="")
    assert states(case_id) == {PUMPS: "declined", NORTHERN: "delivered"}


def test_an_escalated_case_is_immediate_and_who_leads_is_told(robin):
    case_id = make_case()
    make_staff("jo", PUMPS, role="lead")
    given = escalate(robin, part(case_id), WORDS, to_fallback=True, address="")
    assert given == DUTY
    page = read_as(robin, case_id)
    own = next(each for each in page.parts if each.is_own)
    assert (own.urgency, own.is_escalated) == (4, True)
    assert [each.words for each in page.timeline if each.kind == "raised"] == [WORDS]
    assert read_as(make_staff("kim", DUTY), case_id).referral.is_open
    told = db.session.execute(
        sa.select(OutboxMessage.team_id, sa.func.count()).group_by(OutboxMessage.team_id)
    )
    assert dict(told.tuples().all())[DUTY] == 1


def test_the_first_contact_with_the_family_is_kept_and_a_try_is_not_one(robin):
    case_id = make_case()
    case_decisions.accept(robin, part(case_id), address="")
    tries = (
        Contact(clock() - timedelta(hours=3), "telephone", "no-answer"),
        Contact(clock() - timedelta(hours=1), "visit", "child-seen", WORDS),
        Contact(clock() - timedelta(hours=2), "telephone", "parent-spoken"),
    )
    for each in tries:
        record_contact(robin, part(case_id), each, "2 November 2026", address="")
    page = read_as(robin, case_id)
    kinds = [each.kind for each in page.timeline]
    assert (kinds.count("contact-made"), kinds.count("contact-tried")) == (2, 1)
    assert page.parts[0].first_contact_at == clock() - timedelta(hours=2)
    assert f"The child was seen. Home visit, 2 November 2026.\n{WORDS}" in [
        each.words for each in page.timeline
    ]
    ahead = Contact(clock() + timedelta(hours=1), "visit", "child-seen")
    with pytest.raises(NotNow):
        record_contact(robin, part(case_id), ahead, "later", address="")


@on_sqlite
def test_the_outcome_of_a_part_is_kept_until_it_is_opened_again(robin):
    case_id = make_case()
    case_decisions.accept(robin, part(case_id), address="")
    case_decisions.close(robin, part(case_id), "Done.", outcome="helped", address="")
    assert read_as(robin, case_id).parts[0].outcome == "helped"
    case_decisions.reopen(robin, part(case_id), address="")
    assert read_as(robin, case_id).parts[0].outcome == ""


@on_sqlite
def test_who_sent_it_on_and_takes_it_back_reads_what_came_meanwhile(robin, alex):
    case_id = make_case()
    send(robin, case_id)
    case_decisions.accept(alex, part(case_id, NORTHERN), address="")
    complete("closure", {"outcome": "Well."}, case_id=case_id)
    case_decisions.accept(robin, part(case_id), address="")
    assert [each.is_open for each in read_as(robin, case_id).submissions] == [True, True]
