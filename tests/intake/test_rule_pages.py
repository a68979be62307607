"""The pages on which managers draft, look at and publish routing rules."""

import json
import re

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from intake.database import db
from intake.services.rule_versions import list_rules
from intake.staff.rule_input import from_post
from tests.intake.case_making import DUTY, RULES, Browser, make_case, make_staff, prepare
from tests.intake.test_rule_versions import teams_of

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def keepers(app, monkeypatch):
    """Two administrators of the fallback team at their browsers."""
    with app.app_context():
        prepare(app, monkeypatch)
        for name in ("robin", "kim"):
            make_staff(name, DUTY, role="administrator")
    return Browser(app, "robin"), Browser(app, "kim")


def hidden(answer, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.text)
    assert found, answer.text
    return found[1]


def begin(browser) -> str:
    """Draft a change; the address of the draft."""
    browser.get("/staff/rules/visit")
    answer = browser.post("/staff/rules/visit/draft")
    assert answer.status_code == 303
    return str(answer.location)


def test_a_manager_reads_the_rules_as_sentences(keepers):
    robin, _kim = keepers
    listed = robin.get("/staff/rules").text
    assert "Version 1.0.0, 3 rules" in listed
    assert ">Rules</a>" in robin.get("/staff/queue").text
    page = robin.get("/staff/rules/visit").text
    assert 'href="/staff/rules" aria-current="page"' in page
    assert "If ‘Where do you live?’ is ‘Belfast’ or ‘Between both’" in page
    assert "Send it to Belfast pumps" in page
    assert "Urgent: acknowledge it within 4 hours" in page
    assert "If no rule sends it anywhere" in page


@pytest.mark.database("sqlite", "postgresql")
def test_one_drafts_and_another_publishes(app, keepers):
    robin, kim = keepers
    draft = begin(robin)
    seen = hidden(robin.get(draft), "seen")
    removed = robin.post(f"{draft}/remove", number="1", seen=seen)
    assert removed.status_code == 303
    late = robin.post(f"{draft}/remove", number="1", seen=seen)
    assert late.status_code == 409
    assert "since you opened them" in late.text
    assert f'href="{draft}"' in late.text
    page = robin.get(f"{draft}/publish")
    assert "North <strong" in page.text
    assert "Taken out" in page.text
    for day, year in (("31", "2027"), ("9" * 20, "2027"), ("1", "27")):
        given = {"day-day": day, "day-month": "2", "day-year": year}
        wrong = robin.post(f"{draft}/ask", start="day", seen="2", **given)
        assert wrong.status_code == 422
        assert "Enter a real date" in wrong.text
        assert 'href="/staff/rules" aria-current="page"' in wrong.text
    assert robin.post(f"{draft}/ask", start="published", seen="2").status_code == 303
    page = robin.get(f"{draft}/publish").text
    assert "Another administrator" in page
    assert "Publish these rules" not in page
    assert robin.post(f"{draft}/approve", seen="3", follows="").status_code == 409
    page = kim.get(f"{draft}/publish").text
    assert "Robin asked for a second person" in page
    assert kim.post(f"{draft}/send-back", words=" ", seen="3").status_code == 422
    assert kim.post(f"{draft}/approve", seen="3", follows="").status_code == 303
    assert "In force" in kim.get(draft).text
    with app.app_context():
        assert teams_of(make_case("both")) == {"belfast-pumps"}
    assert kim.post(f"{draft}/withdraw", words="No.", seen="4").status_code == 303
    assert "Withdrawn" in kim.get("/staff/rules/visit").text


def test_a_draft_is_sent_back_in_words_and_can_be_given_up(app, keepers):
    robin, kim = keepers
    draft = begin(robin)
    robin.post(f"{draft}/ask", start="published", seen="1")
    assert kim.post(f"{draft}/send-back", words="Why the north?", seen="2").status_code == 303
    page = robin.get(draft).text
    assert "Kim sent it back: “Why the north?”" in page
    assert robin.get(f"{draft}/discard").status_code == 200
    assert robin.post(f"{draft}/discard", seen="3").status_code == 303
    with app.app_context():
        assert list_rules("visit") == ()
    assert robin.get(draft).status_code == 404


def test_the_number_of_queries_follows_neither_forms_nor_versions(app, keepers):
    """One more draft asks nothing more of the database."""
    robin, _kim = keepers
    begin(robin)
    robin.get("/staff/rules")
    asked: list[str] = []
    with app.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    robin.get("/staff/rules")
    few = len(asked)
    begin(robin)
    asked.clear()
    robin.get("/staff/rules")
    assert len(asked) == few


def test_rules_move_among_those_of_their_rank(app, keepers):
    robin, _kim = keepers
    draft = begin(robin)
    assert robin.post(f"{draft}/move", number="2", where="up", seen="1").status_code == 303
    with app.app_context():
        (stored,) = list_rules("visit")
    assert [each["id"] for each in json.loads(stored.content)["rules"]] == [
        "belfast",
        "urgent",
        "north",
    ]


NEW_RULE = {
    "name": "High risk",
    "why": "It is urgent.",
    "effect": "send",
    "to": json.dumps({"team": DUTY}),
    "urgency": "urgent",
    "acknowledge": "4 working hours",
    "joint": "all",
    "g0-joint": "any",
    "g0-r0-subject": "area",
    "g0-r0-operator": "is-not",
    "g0-r0-values": ["belfast", "both"],
    "g0-r1-subject": "is_urgent",
    "g0-r1-operator": "is",
    "g0-r1-values": "true",
    "action": "save",
    "seen": "1",
}


def rules_of(app) -> list:
    with app.app_context():
        (stored,) = list_rules("visit")
    return json.loads(stored.content)["rules"]


def test_a_manager_writes_a_rule_by_choosing(app, keepers):
    robin, _kim = keepers
    draft = begin(robin)
    page = robin.get(f"{draft}/rule").text
    assert "Always, as long as there is no comparison" in page
    added = robin.post(f"{draft}/rule", action="add", **{"add-subject-new": "area"})
    assert added.status_code == 200
    assert "Between both" in added.text
    assert len(rules_of(app)) == 3
    assert robin.post(f"{draft}/rule", **NEW_RULE).status_code == 303
    assert rules_of(app)[3] == {
        "id": "high-risk",
        "when": {"any": [{"not": {"area": ["belfast", "both"]}}, {"is_urgent": True}]},
        "to": [{"team": DUTY}],
        "urgency": "urgent",
        "acknowledge_within": "4 working hours",
        "why": "It is urgent.",
    }
    again = robin.get(f"{draft}/rule?number=3").text
    assert 'value="both" checked' in again
    fields = {**NEW_RULE, "seen": "2", "action": "remove-g0-r1"}
    assert "Is it urgent?</strong>" not in robin.post(f"{draft}/rule?number=3", **fields).text


WRONG = (
    ({"name": ""}, "Enter a short name"),
    ({"why": ""}, "Enter why"),
    ({"g0-r0-values": []}, "Select or enter the answer"),
    ({"g0-r0-operator": "maybe"}, "Select how it is compared"),
    ({"g0-r0-subject": "nothing"}, "Select how it is compared"),
    ({"g0-r0-values": "nowhere-at-all"}, "is not an option of"),
    ({"to": []}, "Select who gets it"),
    ({"to": "[]"}, "who gets it is a JSON object"),
    ({"urgency": "very"}, "is not how urgent something can be"),
    ({"acknowledge_other": "soon"}, "is not a length of time"),
    ({"rank": "first"}, "is no rank"),
    ({"rank": "9" * 5000}, "is no rank"),
    ({"effect": "exclude"}, "Select who must not get it"),
    ({"name": "North"}, "another rule has the id"),
    ({"when_json": "{"}, "This is no JSON"),
)


def test_a_rule_that_is_wrong_is_shown_again_with_the_problem_at_its_field(app, one_draft):
    browser, draft = one_draft
    for fields, said in WRONG:
        answer = browser.post(f"{draft}/rule", **{**NEW_RULE, **fields})
        assert answer.status_code == 422, fields
        assert said.casefold() in answer.text.casefold()
        assert "There is a problem" in answer.text
    assert len(rules_of(app)) == 3


@pytest.fixture
def one_draft(app, keepers):
    robin, _kim = keepers
    return robin, begin(robin)


def test_a_condition_that_has_no_rows_stays_and_is_written_as_json(app, one_draft):
    browser, draft = one_draft
    nested = {
        "all": [{"is_urgent": True}, {"any": [{"all": [{"area": "both"}, {"is_urgent": False}]}]}]
    }
    content = {**RULES, "version": "1.1.0", "rules": [{**RULES["rules"][0], "when": nested}]}
    content["rules"][0]["raise"] = 1
    answer = browser.post(f"{draft}/file", content=json.dumps(content), seen="1")
    assert answer.status_code == 303
    broken = browser.get(draft).text
    assert "These rules cannot hold as they are" in broken
    assert "‘raise’ is not known here" in broken
    page = browser.get(f"{draft}/rule?number=0").text
    assert "goes beyond what these fields can show" in page
    assert browser.post(f"{draft}/file", content="{", seen="2").status_code == 422
    assert (
        browser.post(f"{draft}/file", content='{"version": "1.0.0"}', seen="2").status_code == 422
    )


def test_the_fallback_and_the_bank_holidays_are_changed_on_a_page_of_their_own(app, one_draft):
    browser, draft = one_draft
    assert browser.get(f"{draft}/fallback").status_code == 200
    fields = {
        "team": DUTY,
        "instead": "northern-pumps",
        "urgency": "soon",
        "acknowledge": "1 working day",
        "why": "Nobody else.",
        "nation": "northern-ireland",
        "seen": "1",
    }
    assert browser.post(f"{draft}/fallback", **{**fields, "why": ""}).status_code == 422
    assert browser.post(f"{draft}/fallback", **{**fields, "nation": "x"}).status_code == 422
    assert browser.post(f"{draft}/fallback", **fields).status_code == 303
    page = browser.get(draft).text
    assert "Bank holidays of Northern Ireland" in page
    assert "send it to Northern pumps" in page
    late = browser.post(f"{draft}/fallback", **fields)
    assert late.status_code == 409


@pytest.mark.parametrize(
    ("ticked", "sent"),
    [(["a"], {"send": ["a"]}), (["a", "b"], {}), ([], {})],
)
def test_a_team_is_sent_the_parts_that_are_ticked_and_with_all_or_none_everything(ticked, sent):
    posted = MultiDict({"to": '{"team": "desk", "send": ["b"]}', "to-0-sections": "a b"})
    posted.setlist("to-0-send", ticked)
    (target,) = from_post(posted).to
    assert json.loads(target) == {"team": "desk", **sent}
