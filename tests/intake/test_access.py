"""Who may do what."""

from hypothesis import given
from hypothesis import strategies as st

from intake.access import (
    RULES,
    CaseForm,
    CasePart,
    CaseThing,
    MatchThing,
    TeamThing,
    User,
    may,
    parts_for,
)

PART_STATES = ("delivered", "seen", "more-information", "accepted", "declined", "done")
CASE_STATES = ("new", "open", "review", "closed", "archived")


def make_user(*teams, role="practitioner", training=()):
    return User(
        staff_id="u1",
        name="Sam Example",
        email="sam@example.org",
        organisation_id="belfast-trust",
        teams=frozenset(teams),
        roles=dict.fromkeys(teams, role),
        training=frozenset(training),
    )


def make_case(state="open", **parts):
    return CaseThing("c1", state, {team.replace("_", "-"): part for team, part in parts.items()})


def things_of_other_teams(case_state, part_state):
    case = CaseThing("c1", case_state, {"pumps": part_state})
    part = CasePart(case, "pumps")
    return (case, part, CaseForm(part), TeamThing("pumps"), MatchThing((case, case)))


def test_nobody_may_do_anything_without_being_signed_in():
    case = make_case(pumps="accepted")
    things = (None, case, CasePart(case, "pumps"), CaseForm(CasePart(case, "pumps")))
    assert not any(may(None, action, thing) for action in RULES for thing in things)


def test_an_unknown_action_is_denied():
    assert not may(make_user("pumps"), "case.burn", make_case(pumps="accepted"))


def test_an_action_on_a_thing_of_another_kind_is_denied():
    assert not may(make_user("pumps"), "case.read", TeamThing("pumps"))


@given(
    st.sampled_from(sorted(RULES)),
    st.sampled_from(CASE_STATES),
    st.sampled_from(PART_STATES),
    st.sampled_from(["practitioner", "lead", "administrator"]),
)
def test_whatever_belongs_to_other_teams_only_is_denied(action, case_state, part_state, role):
    stranger = make_user("other", role=role, training=["gcp2"])
    for thing in things_of_other_teams(case_state, part_state):
        assert not may(stranger, action, thing)


def test_a_member_reads_what_came_to_their_team_whatever_it_answered():
    for state in PART_STATES:
        assert may(make_user("pumps"), "case.read", make_case(pumps=state))


def test_a_case_is_followed_by_whose_team_did_not_decline_it():
    case = make_case(pumps="declined", north="accepted", desk="done")
    assert not may(make_user("pumps"), "case.follow", case)
    assert not may(make_user("elsewhere"), "case.follow", case)
    assert may(make_user("pumps", "north"), "case.follow", case)
    assert may(make_user("desk"), "case.follow", case)


def test_a_team_accepts_and_declines_only_while_it_owes_an_answer():
    user = make_user("pumps")
    for state in ("delivered", "seen", "more-information"):
        assert may(user, "case.decline", CasePart(make_case(pumps=state), "pumps"))
    for state in ("accepted", "declined", "done"):
        assert not may(user, "case.decline", CasePart(make_case(pumps=state), "pumps"))


def test_a_team_that_declined_may_still_accept_after_all_unless_a_rule_excludes_it_by_now():
    assert may(make_user("pumps"), "case.accept", CasePart(make_case(pumps="declined"), "pumps"))
    for state, is_allowed in (("declined", False), ("seen", True)):
        case = CaseThing("c1", "open", {"pumps": state}, frozenset({"pumps"}))
        assert may(make_user("pumps"), "case.accept", CasePart(case, "pumps")) is is_allowed


def test_a_case_is_triaged_by_whoever_has_a_live_part_in_it():
    allowed = {
        action: [
            state
            for state in PART_STATES
            if may(make_user("pumps"), action, CasePart(make_case(pumps=state), "pumps"))
        ]
        for action in ("case.ask", "case.send-on", "case.escalate", "case.contact")
    }
    unanswered = ["delivered", "seen", "more-information"]
    assert allowed.pop("case.ask") == unanswered
    assert all(states == [*unanswered, "accepted"] for states in allowed.values())


def test_nobody_accepts_a_closed_case():
    part = CasePart(make_case("closed", pumps="delivered"), "pumps")
    assert not may(make_user("pumps"), "case.accept", part)


def test_two_people_are_compared_only_by_who_follows_both_cases():
    one, two = make_case(pumps="accepted"), make_case("archived", north="done", desk="declined")
    for action in ("match.read", "match.decide"):
        assert may(make_user("pumps", "north"), action, MatchThing((one, two)))
        for teams in (("pumps",), ("north",), ("pumps", "desk"), ("elsewhere",)):
            for pair in ((one, two), (two, one)):
                assert not may(make_user(*teams, role="lead"), action, MatchThing(pair))


def test_only_a_team_that_accepted_works_on_the_case():
    user = make_user("pumps")
    allowed = {
        state: may(user, "case.work", CasePart(make_case(pumps=state), "pumps"))
        for state in PART_STATES
    }
    assert [state for state, is_allowed in allowed.items() if is_allowed] == ["accepted"]


def test_a_licensed_form_is_only_for_those_whose_training_is_recorded():
    form = CaseForm(CasePart(make_case(pumps="accepted"), "pumps"), requires_training="gcp2")
    assert not may(make_user("pumps"), "case.fill-form", form)
    assert may(make_user("pumps", training=["gcp2"]), "case.fill-form", form)


def test_a_closed_case_is_archived_and_reopened_by_a_team_that_worked_on_it():
    case = make_case("closed", pumps="done", duty_desk="declined")
    for action in ("case.archive", "case.reopen"):
        assert may(make_user("pumps"), action, CasePart(case, "pumps"))
        assert not may(make_user("duty-desk"), action, CasePart(case, "duty-desk"))


def test_undelivered_messages_are_for_those_who_lead_the_team():
    for role, is_allowed in (("practitioner", False), ("lead", True), ("administrator", True)):
        assert may(make_user("pumps", role=role), "message.list") is is_allowed
        thing = TeamThing("pumps")
        assert may(make_user("pumps", role=role), "message.send-again", thing) is is_allowed


def test_someone_in_two_teams_of_a_case_acts_for_the_one_that_owes_an_answer():
    case = make_case(pumps="accepted", duty_desk="seen")
    parts = parts_for(make_user("pumps", "duty-desk"), "case.decline", case)
    assert [part.team for part in parts] == ["duty-desk"]
