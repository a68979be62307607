"""Rules that hold from a moment on: drafted by one person, published by another."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from intake.app_state import clock as app_clock
from intake.cli import route_checking
from intake.cli import routes as route_commands
from intake.cli.routes import routes
from intake.database import db, transaction
from intake.models import AuditEntry, Case, Destination, FormVersion, RuleVersion
from intake.services.case_decisions import NotNow
from intake.services.forms import startable
from intake.services.passing_on import stand_in
from intake.services.publishing import publish_form
from intake.services.rule_drafts import (
    VersionTaken,
    begin_draft,
    change_draft,
    discard_draft,
    operator,
    signed_in,
    store_draft,
)
from intake.services.rule_publishing import (
    RulesRefused,
    ask_for_second_person,
    publish_rules,
    send_back,
    withdraw_rules,
)
from intake.services.rule_versions import find_rules, in_force_ids, list_rules, standing
from intake.services.rules_in_force import rules_now
from tests.intake.case_making import (
    DUTY,
    NORTHERN,
    PUMPS,
    REFERRAL,
    RULES,
    make_case,
    make_staff,
    prepare,
    rule,
)

pytestmark = pytest.mark.database("sqlite")
both_databases = pytest.mark.database("sqlite", "postgresql")


@pytest.fixture
def two(context, monkeypatch):
    """Two administrators of the fallback team, with the forms published."""
    prepare(context, monkeypatch)
    people = (make_staff(name, DUTY, role="administrator") for name in ("robin", "kim"))
    return tuple(signed_in(user, "192.0.2.1") for user in people)


def send_belfast_north(content: dict[str, Any]) -> None:
    first = rule("belfast", {"area": ["belfast", "both"]}, NORTHERN)
    content["rules"] = [first, *content["rules"][1:]]  # the list may be everybody's


def teams_of(case_id: str) -> set[str]:
    db.session.rollback()
    query = sa.select(Destination.team_id).where(Destination.case_id == case_id)
    return set(db.session.scalars(query))


def draft_of(author) -> Any:
    rules_id = begin_draft("visit", author)
    change_draft(rules_id, author, 1, send_belfast_north)
    return find_rules(rules_id)


@both_databases
def test_a_draft_routes_nobody_until_somebody_else_publishes_it(two, clock):
    robin, kim = two
    draft = draft_of(robin)
    assert (draft.version, draft.base_version, draft.state) == ("1.1.0", "1.0.0", "draft")
    urgent = {"is_urgent": True}
    assert teams_of(make_case(**urgent)) == {PUMPS}
    with pytest.raises(NotNow, match="Somebody else has to look at it"):
        publish_rules(draft.id, robin, draft.revision)
    later = clock.now + timedelta(days=1)
    ask_for_second_person(draft.id, robin, draft.revision, later)
    publish_rules(draft.id, kim, draft.revision + 1, follows="")
    assert teams_of(make_case()) == {PUMPS}
    clock.advance(days=1)
    assert teams_of(make_case()) == {NORTHERN}
    assert rules_now(startable("visit", None, clock.now), clock.now).version == "1.1.0"
    published = find_rules(draft.id)
    assert published.checked_with == ["1.0.0"]
    assert (published.edited_by, published.published_by) == (robin.actor, kim.actor)
    assert standing(published, clock.now, in_force_ids(clock.now)["visit"]) == "in-force"
    withdraw_rules(draft.id, kim, published.revision, "The wrong team")
    assert teams_of(make_case()) == {PUMPS}
    actions = db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.position))
    done = [each for each in actions if each.startswith("rules.")]
    assert done == ["rules.edit", "rules.edit", "rules.ask", "rules.publish", "rules.withdraw"]


@both_databases
def test_of_two_who_act_at_once_one_wins_and_the_other_is_told(two):
    robin, kim = two
    draft = draft_of(robin)
    publish_rules(draft.id, kim, draft.revision)
    for late in (
        lambda: publish_rules(draft.id, kim, draft.revision),
        lambda: send_back(draft.id, kim, draft.revision, "No."),
        lambda: change_draft(draft.id, robin, draft.revision, send_belfast_north),
        lambda: discard_draft(draft.id, robin, draft.revision),
    ):
        with pytest.raises(NotNow, match="since you opened"):
            late()
    other = draft_of(robin)
    assert other.base_version == "1.1.0"
    with pytest.raises(NotNow, match="Other rules of this form were published"):
        publish_rules(other.id, kim, other.revision, follows="")


def test_who_edits_a_draft_that_waits_has_to_ask_again(two):
    robin, kim = two
    draft = draft_of(robin)
    ask_for_second_person(draft.id, robin, draft.revision, None)
    send_back(draft.id, kim, draft.revision + 1, "Say why.")
    returned = find_rules(draft.id)
    assert (returned.asked_at, returned.returned_why) == (None, "Say why.")

    def say_why(content: dict[str, Any]) -> None:
        content["rules"][0]["why"] = "They moved."

    ask_for_second_person(draft.id, robin, returned.revision, None)
    change_draft(draft.id, kim, returned.revision + 1, say_why)
    edited = find_rules(draft.id)
    assert (edited.asked_at, edited.edited_by) == (None, kim.actor)
    publish_rules(draft.id, robin, edited.revision)


def test_rules_with_problems_are_not_published(two):
    robin, kim = two
    rules_id = begin_draft("visit", robin)

    def name_nobody(content: dict[str, Any]) -> None:
        content["rules"][0]["to"] = [{"team": "no-such-team"}]

    change_draft(rules_id, robin, 1, name_nobody)
    with pytest.raises(RulesRefused, match="no-such-team"):
        publish_rules(rules_id, kim, 2)
    assert find_rules(rules_id).state == "draft"


def test_a_version_that_decisions_name_is_never_another(two):
    robin, _kim = two
    with pytest.raises(VersionTaken):
        store_draft("visit", json.dumps({**RULES, "nation": "scotland"}), robin)
    draft = draft_of(robin)
    publish_rules(draft.id, _kim, draft.revision)
    assert store_draft("visit", draft.content, robin) == draft.id
    changed = {**json.loads(draft.content), "nation": "scotland"}
    with pytest.raises(VersionTaken):
        store_draft("visit", json.dumps(changed), robin)


@both_databases
def test_published_rules_hold_for_the_versions_of_the_form_that_they_fit(two):
    """A new version of the form keeps them, unless it no longer has what they ask."""
    robin, kim = two
    draft = draft_of(robin)
    publish_rules(draft.id, kim, draft.revision)
    form = json.loads(json.dumps(REFERRAL))
    form["x-form"]["version"] = "1.1.0"
    told = publish_form(json.dumps(form), "visit.json", rules_text=json.dumps(RULES)).remarks
    assert told == (
        "rules 1.1.0, which two people published, hold for it, and not those of its file",
    )
    assert teams_of(make_case()) == {NORTHERN}
    form["x-form"]["version"] = "2.0.0"
    form["properties"]["area"]["oneOf"][2]["const"] = "either"
    own = json.loads(json.dumps(RULES).replace("both", "either"))
    told = publish_form(json.dumps(form), "visit.json", rules_text=json.dumps(own)).remarks
    assert "do not fit it" in told[0]
    assert teams_of(make_case()) == {PUMPS}
    assert find_rules(draft.id).checked_with == ["1.0.0", "1.1.0"]


def test_only_administrators_of_the_fallback_team_write_rules(two):
    lead = signed_in(make_staff("lee", DUTY, role="lead"), "")
    stranger = signed_in(make_staff("alex", PUMPS, role="administrator"), "")
    for author in (lead, stranger):
        with pytest.raises(NotNow):
            begin_draft("visit", author)
    assert list_rules() == ()


def test_published_rules_say_how_clocks_count_and_who_stands_in_too(two):
    robin, kim = two

    def in_hours_and_not_for_the_fallback_team(content):
        within = {"acknowledge_within": "PT5H", "exclude": [{"team": DUTY}]}
        only = rule("within-hours", {"area": ["belfast", "both"]}, PUMPS) | within
        content["rules"] = [only]
        content["fallback"] = {**content["fallback"], "instead": NORTHERN}

    rules_id = begin_draft("visit", robin)
    change_draft(rules_id, robin, 1, in_hours_and_not_for_the_fallback_team)
    publish_rules(rules_id, kim, 2)
    case = db.session.get_one(Case, make_case())
    assert [part.acknowledge_kind for part in case.destinations] == ["elapsed"]
    assert stand_in(case) == NORTHERN


def test_rules_that_cannot_be_read_any_more_leave_the_forms_own(two, clock):
    robin, kim = two
    draft = draft_of(robin)
    publish_rules(draft.id, kim, draft.revision)
    with transaction() as session:
        session.get_one(RuleVersion, draft.id).content = "{}"
    assert teams_of(make_case()) == {PUMPS}


def test_a_submission_asks_nothing_more_once_the_rules_are_read(two):
    robin, kim = two
    make_case()
    draft = draft_of(robin)
    publish_rules(draft.id, kim, draft.revision)
    make_case()
    asked: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    make_case()
    assert asked
    assert not [each for each in asked if "rule_versions" in each]
    assert db.session.scalar(sa.select(FormVersion.rules_line).filter_by(form_id="visit"))


# -- the command line --------------------------------------------------------------------------


def run(app, *arguments: str) -> Any:
    return app.test_cli_runner().invoke(routes, list(arguments))


def test_at_the_command_line_too_it_takes_two_names_and_both_are_on_the_record(
    two, context, tmp_path: Path
):
    content = {**RULES, "version": "1.2.0"}
    send_belfast_north(content)
    file = tmp_path / "next.json"
    file.write_text(json.dumps(content), "utf-8")
    assert run(context, "draft", str(file), "--by", "robin@example.org").exit_code == 0
    same = run(context, "publish", "visit@1.2.0", "--by", "robin@example.org")
    assert (same.exit_code, "Somebody else" in same.stderr) == (1, True)
    day = f"{app_clock() + timedelta(days=3):%Y-%m-%d}"
    told = run(context, "publish", "visit@1.2.0", "--by", "Sam Example", "--from", day, "--json")
    assert json.loads(told.stdout)["state"] == "coming"
    entry = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.position.desc())).first()
    assert (entry.actor, entry.action) == ("cli", "rules.publish")
    assert entry.why == "visit 1.2.0; for operator:Sam Example"
    listed = json.loads(run(context, "list", "--json").stdout)
    assert [(each["version"], each["state"]) for each in listed] == [("1.2.0", "coming")]
    assert json.loads(run(context, "show", "visit@1.2.0").stdout) == content
    withdrawn = run(context, "withdraw", "visit@1.2.0", "--by", "Sam Example", "--why", "No.")
    assert withdrawn.stdout.startswith("visit 1.2.0: withdrawn")


def test_bad_input_at_the_command_line_gets_a_clear_answer(two, context, tmp_path: Path):
    file = tmp_path / "next.json"
    file.write_text("[]", "utf-8")
    deep, twice = tmp_path / "deep.json", tmp_path / "twice.json"
    deep.write_text("[" * 100_000, "utf-8")
    twice.write_text('{"a": 1, "a": 2}', "utf-8")
    for arguments, words in (
        (("draft", str(file), "--by", "Sam"), "next.json:1:1: it holds no JSON object"),
        (("draft", str(deep), "--by", "Sam"), "deep.json:1:66: this is nested too deeply"),
        (("replay", "--rules", str(deep), "--since", "2026-01-01"), "deep.json:1:66"),
        (("explain", "--form", "closure", "--answers", str(deep)), "deep.json:1:66"),
        (("explain", "--form", "closure", "--answers", str(twice)), "‘a’ is written twice"),
        (("publish", "visit@9.9.9", "--by", "Sam"), "there are no such rules"),
        (("publish", "visit", "--by", "Sam"), "form@version"),
        (("show", "visit@9.9.9"), "there are no such rules"),
    ):
        result = run(context, *arguments)
        assert (result.exit_code, words in result.stderr) == (2, True), arguments
    file.write_text(json.dumps({**RULES, "version": "1.2.0"}), "utf-8")
    make_staff("lee", DUTY, role="lead")
    for who in ("nobody@example.org", "lee@example.org", " "):
        assert run(context, "draft", str(file), "--by", who).exit_code == 2
    operator_draft = store_draft("visit", file.read_text("utf-8"), operator("Sam"))
    assert find_rules(operator_draft).edited_by == "operator:Sam"


def test_one_person_under_two_spellings_is_no_second_person(two, context, tmp_path: Path):
    file = tmp_path / "next.json"
    file.write_text(json.dumps({**RULES, "version": "1.2.0"}), "utf-8")
    assert run(context, "draft", str(file), "--by", "Sam Example").exit_code == 0
    same = run(context, "publish", "visit@1.2.0", "--by", " sam  EXAMPLE")
    assert (same.exit_code, "Somebody else" in same.stderr) == (1, True)
    has_account = run(context, "publish", "visit@1.2.0", "--by", "robin")
    assert (has_account.exit_code, "Give its address" in has_account.stderr) == (2, True)


def test_published_rules_keep_their_day_and_say_how_they_stand(two, context, tmp_path: Path):
    file = tmp_path / "next.json"
    file.write_text(json.dumps({**RULES, "version": "1.2.0"}), "utf-8")
    run(context, "draft", str(file), "--by", "Sam")
    for _ in range(2):
        told = run(context, "publish", "visit@1.2.0", "--by", "Kit", "--from", "2020-01-01")
        assert (told.exit_code, "in force from" in told.stdout) == (0, True)
    moved = run(context, "publish", "visit@1.2.0", "--by", "Kit", "--from", "2999-01-01")
    assert (moved.exit_code, "keeps its day" in moved.stderr) == (1, True)
    assert "in force" in run(context, "draft", str(file), "--by", "Sam").stdout
    told = run(context, "withdraw", "visit@1.2.0", "--by", "Kit")
    assert told.stdout == "visit 1.2.0: withdrawn\n"


def test_a_form_that_cannot_be_read_is_told_by_the_check_of_its_rules(
    two, context, tmp_path: Path, monkeypatch
):
    broken = tmp_path / "closure.json"
    broken.write_text("{", "utf-8")
    monkeypatch.setattr(route_checking, "form_files", lambda _folder: {"closure": broken})
    monkeypatch.setattr(route_checking, "rule_files", lambda _folder: {"closure": broken})
    result = run(context, "check")
    assert (result.exit_code, f"{broken}:1:2: " in result.stderr) == (2, True)


def test_explaining_says_if_the_rules_on_disk_are_not_those_in_force(
    two, context, tmp_path: Path, monkeypatch
):
    form, rules, answers = (tmp_path / name for name in ("visit.json", "rules.json", "a.json"))
    form.write_text(json.dumps(REFERRAL), "utf-8")
    answers.write_text("{}", "utf-8")
    monkeypatch.setattr(route_commands, "form_files", lambda _folder: {"visit": form})
    monkeypatch.setattr(route_commands, "rule_files", lambda _folder: {"visit": rules})
    told = []
    for content in (RULES, {**RULES, "nation": "scotland"}):
        rules.write_text(json.dumps(content), "utf-8")
        result = run(context, "explain", "--form", "visit", "--answers", str(answers))
        told.append((result.exit_code, "these are not the rules in force" in result.stderr))
    assert told == [(0, False), (0, True)]
