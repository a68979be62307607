"""Keys made, rotated, and used from paper; through the commands, as an operator does it."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from flask import Flask

from intake.app_state import keys
from intake.cli.keys import keys as keys_command
from intake.database import db, transaction
from intake.models import AuditEntry, CaseEvent, Key, SealedKeyCopy, Submission
from intake.sealing import CannotOpen, MasterKeyMissing, WrongMasterKey
from intake.sealing.keystore import RECOVERY, TEAM, KeyStore
from intake.sealing.recovery_key import from_paper, to_paper
from intake.sealing.submissions import open_submission
from intake.services import key_care
from intake.services.case_notes import open_note
from tests.intake.conftest import MASTER_KEY, START
from tests.intake.sealed_submissions import ANSWERS, make_submission

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    """Run a command of ``intake keys`` on the test's application."""
    runner = app.test_cli_runner()
    return lambda *arguments: runner.invoke(keys_command, list(arguments))


def answers(submission_id: str, *teams: str) -> object:
    db.session.rollback()
    submission = db.session.get_one(Submission, submission_id)
    return open_submission(submission, keys(), as_teams=teams or None).answers


def remake_recovery_key() -> str:
    """A recovery key that the test has on paper."""
    with transaction() as session:
        session.execute(sa.delete(Key).where(Key.owner_kind == RECOVERY))
        _, private = keys().create(RECOVERY, None, START)
    return to_paper(private)


def test_each_of_its_teams_opens_a_submission_and_no_other(context: Flask) -> None:
    submission_id = make_submission()
    assert answers(submission_id, "belfast-pumps") == ANSWERS
    assert answers(submission_id, "duty-desk") == ANSWERS
    with pytest.raises(CannotOpen):
        answers(submission_id, "northern-pumps")


def test_a_public_process_opens_nothing(app: Flask, public_app: Flask) -> None:
    with app.app_context():
        submission_id = make_submission()
    with public_app.app_context(), pytest.raises(MasterKeyMissing):
        answers(submission_id)


def test_another_master_key_opens_nothing(context: Flask) -> None:
    submission_id = make_submission()
    context.extensions["intake"].keys = KeyStore(MASTER_KEY[::-1])
    with pytest.raises(WrongMasterKey):
        answers(submission_id)


def test_a_private_key_put_under_another_owner_does_not_open(context: Flask) -> None:
    with transaction() as session:
        key = session.scalars(sa.select(Key).where(Key.team_id == "belfast-pumps")).one()
        key.team_id = "northern-pumps"
    with pytest.raises(WrongMasterKey):
        keys().private_key(key.id)


def test_init_makes_what_is_missing_and_nothing_twice(app: Flask, run: Run) -> None:
    with app.app_context(), transaction() as session:
        session.execute(sa.delete(Key))
    made = json.loads(run("init", "--json").stdout)
    owners = [(key["owner"], key["team"]) for key in made["keys"]]
    assert owners == [
        ("worker", None),
        ("recovery", None),
        ("team", "belfast-pumps"),
        ("team", "duty-desk"),
        ("team", "northern-pumps"),
    ]
    assert made["recovery_key"].startswith("# Intake recovery key")
    assert json.loads(run("init", "--json").stdout) == {"keys": []}


def test_the_recovery_keys_private_half_is_stored_nowhere(app: Flask, run: Run) -> None:
    with app.app_context(), transaction() as session:
        session.execute(sa.delete(Key))
    run("init")
    with app.app_context():
        recovery = db.session.scalars(sa.select(Key).where(Key.owner_kind == RECOVERY)).one()
        assert recovery.wrapped_private_key is None


def test_the_recovery_key_opens_a_submission_without_the_master_key(
    app: Flask, public_app: Flask, tmp_path: Path
) -> None:
    paper = tmp_path / "recovery.txt"
    with app.app_context():
        paper.write_text(remake_recovery_key())
        make_submission()
    runner = public_app.test_cli_runner()
    arguments = ["recover", "foo-7k2m-9qxt", "--recovery-key-file", str(paper)]
    assert json.loads(runner.invoke(keys_command, arguments).stdout) == ANSWERS
    with app.app_context():
        entry = db.session.scalars(sa.select(AuditEntry)).one()
        assert entry.action == "submission.recover"


def test_a_team_that_lost_its_key_gets_a_submission_back(
    app: Flask, run: Run, tmp_path: Path
) -> None:
    paper = tmp_path / "recovery.txt"
    with app.app_context():
        paper.write_text(remake_recovery_key())
        submission_id = make_submission()
        with transaction() as session:
            session.execute(sa.delete(SealedKeyCopy).where(SealedKeyCopy.team_id.is_not(None)))
    result = run(
        "recover", "FOO-7K2M-9QXT", "--recovery-key-file", str(paper), "--reseal-to", "duty-desk"
    )
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    with app.app_context():
        assert answers(submission_id, "duty-desk") == ANSWERS


@pytest.mark.parametrize("team", [None, "duty-desk"])
def test_the_recovery_key_opens_nothing_before_that_is_recorded(
    context: Flask, monkeypatch: pytest.MonkeyPatch, team: str | None
) -> None:
    private = from_paper(remake_recovery_key())
    make_submission()

    def opening(*_arguments: object) -> None:
        db.session.rollback()  # only what is committed is left
        recorded = db.session.scalars(sa.select(AuditEntry.action)).all()
        assert recorded == ["submission.reseal" if team else "submission.recover"]
        raise CannotOpen("data-key")

    monkeypatch.setattr(key_care, "open_key", opening)
    command = partial(key_care.reseal_recovered, team_id=team) if team else key_care.recover
    with pytest.raises(CannotOpen):
        command("FOO-7K2M-9QXT", private)


def test_a_mistyped_recovery_key_names_file_and_line(run: Run, tmp_path: Path) -> None:
    paper = tmp_path / "recovery.txt"
    paper.write_text("\n".join(["AAAA AAAA AAAA AAAA AAAA AAAA"] * 8))
    result = run("recover", "FOO-7K2M-9QXT", "--recovery-key-file", str(paper))
    assert result.exit_code == 2
    assert "recovery.txt: line 1" in result.stderr


def test_rotation_seals_to_the_new_key_and_leaves_the_bodies(app: Flask, run: Run) -> None:
    with app.app_context():
        submission_id = make_submission()
        before = db.session.get_one(Submission, submission_id).sealed_answers
        old = keys().public_key(TEAM, "belfast-pumps").key_id
    result = run("rotate", "--team", "belfast-pumps", "--json")
    assert json.loads(result.stdout)["resealed"] == 2, result.output
    with app.app_context():
        assert answers(submission_id, "belfast-pumps") == ANSWERS
        assert db.session.get_one(Submission, submission_id).sealed_answers == before
        assert keys().public_key(TEAM, "belfast-pumps").key_id != old
        copies = set(db.session.scalars(sa.select(SealedKeyCopy.key_id)))
        assert old not in copies
        event = db.session.scalars(sa.select(CaseEvent)).one()
        assert open_note(event, as_teams=["belfast-pumps"]) == "a note"
        assert old.encode() not in (event.sealed_note or b"")


def test_rotating_the_recovery_key_needs_no_paper(app: Flask, run: Run, tmp_path: Path) -> None:
    with app.app_context():
        make_submission()
    rotated = json.loads(run("rotate", "--recovery", "--json").stdout)
    paper = tmp_path / "recovery.txt"
    paper.write_text(rotated["recovery_key"])
    opened = run("recover", "FOO-7K2M-9QXT", "--recovery-key-file", str(paper))
    assert json.loads(opened.stdout) == ANSWERS
    with app.app_context():
        event = db.session.scalars(sa.select(CaseEvent)).one()
        assert rotated["keys"][0]["id"].encode() in (event.sealed_note or b"")


def test_a_rotation_that_was_stopped_is_finished_later(app: Flask, run: Run) -> None:
    with app.app_context():
        submission_id = make_submission()
        key_care.new_key(TEAM, "belfast-pumps")
        assert answers(submission_id, "belfast-pumps") == ANSWERS
    assert json.loads(run("rotate", "--resume", "--json").stdout)["resealed"] == 2


def test_a_new_recovery_key_is_shown_even_if_sealing_anew_fails(app: Flask, run: Run) -> None:
    with app.app_context():
        make_submission()
    app.extensions["intake"].keys = KeyStore(MASTER_KEY[::-1])
    result = run("rotate", "--recovery")
    assert isinstance(result.exception, WrongMasterKey)
    assert result.stdout.startswith("# Intake recovery key")


def test_a_key_whose_master_key_was_lost_is_replaced_without_it(app: Flask, run: Run) -> None:
    app.extensions["intake"].keys = KeyStore(MASTER_KEY[::-1])
    assert run("rotate", "--team", "duty-desk", "--no-reseal").exit_code == 0
    with app.app_context():
        keys().private_key(keys().public_key(TEAM, "duty-desk").key_id)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rotate"], "Say whose key"),
        (["rotate", "--team", "nobody"], "there is no team"),
        (["recover", "FOO"], "--recovery-key-file"),
    ],
)
def test_bad_input_ends_with_status_two(run: Run, arguments: list[str], said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_fresh_secrets_need_no_settings() -> None:
    result = CliRunner().invoke(keys_command, ["secrets", "--json"])
    assert set(json.loads(result.stdout)) == {"INTAKE_SECRET_KEYS", "INTAKE_MASTER_KEY"}


def test_the_list_counts_what_is_sealed_to_each_key(app: Flask, run: Run) -> None:
    with app.app_context():
        make_submission()
    listed = json.loads(run("list", "--json").stdout)["keys"]
    copies = {key["team"] or key["owner"]: key["copies"] for key in listed}
    assert copies["belfast-pumps"] == copies["recovery"] == 1
    assert copies["northern-pumps"] == 0
