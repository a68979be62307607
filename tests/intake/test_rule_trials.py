"""The effect of a draft: on what was really sent, in rounded counts, and with made-up answers."""

import json

import pytest
import sqlalchemy as sa

from intake.cli.routes import routes
from intake.database import db
from intake.models import AuditEntry
from intake.services.past_referrals import past_referrals
from intake.services.rule_drafts import operator, store_draft
from intake.services.rule_trials import count_words, rounded, since_last, trial_of
from intake.services.rule_versions import list_rules
from tests.intake.case_making import NAME, NORTHERN, RULES, make_case, prepare
from tests.intake.test_rule_pages import hidden, keepers, one_draft

__all__ = ["keepers", "one_draft"]

pytestmark = pytest.mark.database("sqlite")


def write(browser, draft: str, **parts) -> None:
    """Write the whole draft as a file."""
    content = {**RULES, "version": "1.1.0", **parts}
    seen = hidden(browser.get(f"{draft}/file"), "seen")
    answer = browser.post(f"{draft}/file", content=json.dumps(content), seen=seen)
    assert answer.status_code == 303


def to_the_north(when: dict) -> list:
    first = {**RULES["rules"][0], "when": when, "to": [{"team": NORTHERN}], "urgency": "urgent"}
    return [first, *RULES["rules"][1:]]


@pytest.mark.database("sqlite", "postgresql")
def test_a_trial_shows_rounded_counts_and_opens_only_on_the_record(app, one_draft):
    browser, draft = one_draft
    with app.app_context():
        for _ in range(7):
            make_case()
        make_case("northern")
    write(browser, draft, rules=to_the_north({"area": ["belfast", "both"]}))
    assert "Try it now" in browser.get(f"{draft}/trial").text
    assert browser.post(f"{draft}/trial").status_code == 303
    page = browser.get(f"{draft}/trial").text
    assert "about 10" in page
    assert "fewer than 5" in page
    assert '<svg class="govuk-body intake-chart"' in page
    assert NAME.split()[1] not in page
    with app.app_context():
        (stored,) = list_rules("visit")
        trial = trial_of(stored)
        assert {each.team: (each.before, each.after) for each in trial.teams} == {
            "belfast-pumps": (5, 0),
            NORTHERN: (None, 10),
        }
        assert (trial.referrals, trial.elsewhere, trial.more_urgent) == (10, 5, 5)
        entry = db.session.scalars(
            sa.select(AuditEntry).where(AuditEntry.action == "routes.replay")
        ).one()
        assert entry.actor.startswith("staff:")
        assert "rules 1.1.0" in entry.why
    write(browser, draft, rules=[])
    assert "The draft has changed since it was tried" in browser.get(f"{draft}/publish").text


def test_nobody_is_looked_for_by_a_trial(app, one_draft):
    """A rule that compares what people type would answer whether somebody was referred."""
    browser, draft = one_draft
    with app.app_context():
        make_case()
    for when in (
        {"last_name": "Underhill"},
        {"all": [{"area": "belfast"}, {"not": {"postcode": "BT12 6BA"}}]},
        {"date_of_birth": "2026-03-27"},
    ):
        write(browser, draft, rules=to_the_north(when))
        answer = browser.post(f"{draft}/trial")
        assert answer.status_code == 409
        assert "compares what people type" in answer.text
    with app.app_context():
        actions = set(db.session.scalars(sa.select(AuditEntry.action)))
    assert "routes.replay" not in actions


def test_a_trial_without_referrals_or_of_a_broken_draft_says_so(app, one_draft):
    browser, draft = one_draft
    answer = browser.post(f"{draft}/trial")
    assert (answer.status_code, "Nothing was sent" in answer.text) == (409, True)
    write(browser, draft, rules=[{"id": "x"}])
    for page in ("trial", "try"):
        answer = browser.post(f"{draft}/{page}")
        assert (answer.status_code, "cannot be read" in answer.text) == (409, True)


def test_counts_are_rounded_so_that_they_tell_of_nobody():
    assert [rounded(count) for count in (0, 1, 4, 5, 7, 8, 12, 13)] == [
        0, None, None, 5, 5, 10, 10, 15,
    ]  # fmt: skip
    assert [count_words(count) for count in (0, None, 1005)] == [
        "0",
        "fewer than 5",
        "about 1,005",
    ]


def test_only_the_last_referrals_are_tried(context, monkeypatch, clock):
    prepare(context, monkeypatch)
    assert since_last("visit") is None
    for _ in range(3):
        make_case()
        clock.advance(hours=1)
    since = since_last("visit", most=2)
    ((batch, _lost),) = past_referrals("visit", since, actor="cli", why="a test")
    assert len(batch) == 2


def test_made_up_answers_show_the_decision_and_nothing_is_stored(app, one_draft):
    browser, draft = one_draft
    page = browser.get(f"{draft}/try").text
    assert "Where do you live?" in page
    assert "First name" not in page
    answer = browser.post(f"{draft}/try", area="both", is_urgent="true")
    assert answer.status_code == 200
    assert "Belfast pumps (Belfast" in answer.text
    assert "Northern pumps (" in answer.text
    assert "‘Where do you live?’ is ‘Belfast’ or ‘Between both’" in answer.text
    assert 'value="both" selected' in answer.text
    nobody = browser.post(f"{draft}/try", area="", is_urgent="x").text
    assert "No rule applies" in nobody


def test_at_the_command_line_a_draft_is_tried_on_more_and_its_page_shows_it(context, monkeypatch):
    prepare(context, monkeypatch)
    for _ in range(6):
        make_case()
    content = {**RULES, "version": "1.1.0", "rules": to_the_north({"last_name": "Underhill"})}
    store_draft("visit", json.dumps(content), operator("Sam"))
    run = context.test_cli_runner().invoke
    told = run(routes, ["replay", "--draft", "visit@1.1.0", "--since", "2026-01-01", "--json"])
    assert told.exit_code == 0, told.stderr
    assert {each["team"]: each["after"] for each in json.loads(told.stdout)["teams"]} == {
        "belfast-pumps": 0,
        NORTHERN: 6,
    }
    (stored,) = list_rules("visit")
    assert trial_of(stored).elsewhere == 5
    neither = run(routes, ["replay", "--since", "2026-01-01"])
    assert (neither.exit_code, "either --rules" in neither.stderr) == (2, True)
