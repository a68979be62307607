"""The pages on which managers draft, look at and publish routing rules."""

import json
import re

import pytest
import sqlalchemy as sa

from intake.database import db
from intake.services.rule_versions import list_rules
from tests.intake.case_making import DUTY, Browser, make_case, make_staff, prepare
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
    wrong = robin.post(f"{draft}/ask", start="day", day="31", month="2", year="2027", seen="2")
    assert wrong.status_code == 422
    assert "Enter a real date" in wrong.text
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
