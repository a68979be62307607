"""Other rules tried on past referrals, before they decide about anybody."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from intake.cli.routes import routes
from intake.database import db
from intake.models import AuditEntry, Submission
from intake.services.past_referrals import BATCH, count_since, past_referrals
from tests.intake import food_parcel as fp
from tests.intake.conftest import START
from tests.intake.sealed_submissions import make_submission

PROFESSIONAL = {"applying_as": "professional", "ward": "4", "in_danger": False, "full_name": "P"}


@pytest.fixture
def sent(context: Flask) -> Flask:
    fp.publish()
    for at, answers in enumerate([fp.PARENT, fp.PARENT, PROFESSIONAL]):
        make_submission(f"FP-AAAA-AAA{at + 2}", answers)
    return context


def next_rules(**parts: Any) -> dict[str, Any]:
    rule = {**fp.RULES["rules"][0], "when": {"applying_as": "parent"}, "urgency": "urgent"}
    return {**fp.RULES, "version": "1.1.0", "rules": [rule], **parts}


def run(app: Flask, *arguments: str) -> Any:
    return app.test_cli_runner().invoke(routes, ["replay", *arguments])


@pytest.fixture
def rules_file(tmp_path: Path, sent: Flask, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A rule file to try; the form is on disk too, as for whoever writes rules."""
    form = tmp_path / "forms" / "food-parcel.json"
    form.parent.mkdir()
    form.write_text(json.dumps(fp.FORM), "utf-8")
    monkeypatch.setattr("intake.cli.routes.form_files", lambda _folder: {"food-parcel": form})
    path = tmp_path / "next.json"
    path.write_text(json.dumps(next_rules()), "utf-8")
    return path


def test_a_replay_says_what_would_change_for_whom_and_every_teams_load(sent, rules_file):
    result = run(sent, "--rules", str(rules_file), "--since", "2026-01-01", "--json")
    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    assert told["referrals"] == len(told["changed"]) == 3
    assert {each["team"]: (each["before"], each["after"]) for each in told["teams"]} == {
        "duty-desk": (2, 1),
        "northern-pumps": (1, 2),
    }
    parent = next(each for each in told["changed"] if each["reference"] == "FP-AAAA-AAA2")
    assert parent["before"] == {"duty-desk": "routine"}
    assert parent["after"] == {"northern-pumps": "urgent"}


def test_a_replay_in_words_has_a_sentence_a_table_and_the_references(sent, rules_file):
    said = run(sent, "--rules", str(rules_file), "--since", "2026-01-01").stdout
    assert "3 referrals since 1 January 2026. 3 would go elsewhere" in said
    assert "FP-AAAA-AAA2: " in said
    assert fp.NAME not in said


def test_the_same_rules_change_nothing(sent, rules_file):
    rules_file.write_text(json.dumps(fp.RULES), "utf-8")
    told = json.loads(
        run(sent, "--rules", str(rules_file), "--since", "2026-01-01", "--json").stdout
    )
    assert (told["referrals"], told["changed"]) == (3, [])


def test_what_was_opened_for_a_trial_is_on_the_record_and_nothing_else_is_stored(sent, rules_file):
    before = db.session.scalars(sa.select(Submission.sealed_answers)).all()
    run(sent, "--rules", str(rules_file), "--since", "2026-01-01")
    entry = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.position.desc())).first()
    assert entry is not None
    assert (entry.action, entry.thing_id, entry.why) == (
        "routes.replay",
        "food-parcel",
        "since 2026-01-01",
    )
    assert db.session.scalars(sa.select(Submission.sealed_answers)).all() == before


def test_a_referral_that_was_erased_is_counted_and_stops_nothing(sent):
    erased = db.session.scalars(sa.select(Submission)).first()
    assert erased is not None
    db.session.execute(sa.text("DELETE FROM sealed_key_copies WHERE submission_id = :id"),
                       {"id": erased.id})  # fmt: skip
    db.session.commit()
    ((opened, lost),) = past_referrals("food-parcel", START, actor="cli", why="a test")
    assert (len(opened), lost) == (2, 1)


def test_only_what_was_sent_since_then_is_opened(sent):
    assert count_since("food-parcel", START) == 3
    later = START + timedelta(seconds=1)
    assert count_since("food-parcel", later) == 0
    assert list(past_referrals("food-parcel", later, actor="cli", why="a test")) == []


def test_the_number_of_queries_follows_the_batches_and_not_the_referrals(sent):
    asked: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    list(past_referrals("food-parcel", START, actor="cli", why="a test"))
    reads = [each for each in asked if each.startswith("SELECT") and "keys" not in each]
    few = len(reads)
    for at in range(5):
        make_submission(f"FP-BBBB-BBB{at + 2}", fp.PARENT)
    asked.clear()
    list(past_referrals("food-parcel", START, actor="cli", why="a test"))
    assert len([each for each in asked if each.startswith("SELECT") and "keys" not in each]) == few
    assert BATCH > 8


def test_a_public_process_can_try_no_rules_on_what_was_sent(sent, rules_file, public_app):
    with public_app.app_context():
        result = run(public_app, "--rules", str(rules_file), "--since", "2026-01-01")
    assert result.exit_code == 2
    assert "INTAKE_MASTER_KEY" in result.stderr


def test_a_file_that_names_no_form_is_refused(sent, rules_file):
    rules_file.write_text("{}", "utf-8")
    result = run(sent, "--rules", str(rules_file), "--since", "2026-01-01")
    assert result.exit_code == 2
    assert "names no “form”" in result.stderr
