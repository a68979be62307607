"""`intake staff`, `intake directory` and `intake audit`."""

import json

import pytest
import sqlalchemy as sa

from intake.app_state import keys
from intake.cli.audit import audit as audit_command
from intake.cli.directory import directory
from intake.cli.staff import staff
from intake.database import transaction
from intake.models import AuditEntry, Staff
from intake.services.directory import current_directory
from intake.services.staff_accounts import load_signed_in, sign_in
from tests.intake.case_making import PASSWORD, PUMPS, prepare

pytestmark = pytest.mark.database("sqlite")

TYPED = f"{PASSWORD}\n{PASSWORD}\n"
DIRECTORY = {
    "organisations": [{"id": "trust", "name": "A trust", "partnership": "Here"}],
    "teams": [
        {"id": "new-team", "name": "New team", "organisation": "trust"},
        {"id": "fallback", "name": "Fallback", "organisation": "trust"},
    ],
    "services": [{"id": "visits", "name": "Visits"}],
    "areas": [{"code": "here", "name": "Here"}],
    "provision": [{"service": "visits", "area": "here", "teams": ["new-team"]}],
    "fallback_team": "fallback",
}


@pytest.fixture
def run(app, monkeypatch):
    with app.app_context():
        prepare(app, monkeypatch)
    runner = app.test_cli_runner()
    return lambda command, *args, typed=None: runner.invoke(command, args, input=typed)


@pytest.fixture
def directory_file(tmp_path):
    file = tmp_path / "directory.json"
    file.write_text(json.dumps(DIRECTORY), encoding="utf-8")
    return file


def test_a_team_that_is_added_has_a_key_at_once(app, run, directory_file):
    assert run(directory, "load", str(directory_file)).exit_code == 0
    with app.app_context():
        assert keys().public_key("team", "new-team").key_id


def add(run, email="Sam@Example.org", *more, team=f"{PUMPS}:lead", typed=TYPED):
    args = ("add", email, "--name", "Sam Example", "--team", team, *more)
    return run(staff, *args, typed=typed)


def user(app):
    with app.app_context():
        with transaction() as session:
            staff_id = session.scalar(sa.select(Staff.id))
        return load_signed_in(staff_id).user


def test_someone_is_added_with_team_and_role(app, run):
    result = add(run)
    assert result.exit_code == 0, result.output
    assert PASSWORD not in result.output
    added = user(app)
    assert (added.email, dict(added.roles)) == ("sam@example.org", {PUMPS: "lead"})


def test_with_json_only_the_answer_is_printed(run):
    result = add(run, "sam@example.org", "--json", "--password-stdin", typed=f"{PASSWORD}\n")
    assert json.loads(result.stdout)["email"] == "sam@example.org"


def test_a_password_is_never_an_argument_that_a_process_list_shows(app, run):
    for command in (("add", "--name", "S", "--team", PUMPS), ("password",)):
        result = run(staff, *command, "sam@example.org", "--password", PASSWORD)
        assert (result.exit_code, "No such option" in result.output) == (2, True)
    add(run, "sam@example.org", "--password-stdin", typed=f"{PASSWORD}\n")
    with app.app_context():
        assert sign_in("sam@example.org", PASSWORD, address="")
    changed = "another-long-password"
    run(staff, "password", "sam@example.org", "--password-stdin", typed=f"{changed}\n")
    with app.app_context():
        assert sign_in("sam@example.org", changed, address="")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"team": "nowhere"}, "There is no team “nowhere”"),
        ({"team": f"{PUMPS}:king"}, "“king” is not a role"),
        ({"email": "sam"}, "is not an email address"),
        ({"typed": "short\nshort\n"}, "12 to 200 characters"),
    ],
)
def test_what_cannot_be_used_is_said_with_exit_status_2(run, change, words):
    result = add(run, **change)
    assert result.exit_code == 2
    assert words in result.output


def test_an_address_has_one_account(run):
    add(run)
    result = add(run)
    assert result.exit_code == 2
    assert "has an account already" in result.output


def test_training_is_recorded_with_its_day(app, run):
    add(run)
    assert run(staff, "train", "sam@example.org", "gcp2", "--on", "2026-09-01").exit_code == 0
    assert user(app).training == {"gcp2"}
    assert run(staff, "train", "nobody@example.org", "gcp2").exit_code == 2


def test_a_password_is_changed_and_an_account_closed(app, run):
    add(run)
    result = run(staff, "password", "sam@example.org", typed=TYPED)
    assert result.exit_code == 0, result.output
    assert run(staff, "close", "sam@example.org").exit_code == 0
    assert run(staff, "close", "nobody@example.org").exit_code == 2
    with app.app_context(), transaction() as session:
        account = session.scalar(sa.select(Staff))
        assert not account.is_active
        assert account.session_version == 3


def test_teams_are_listed_with_their_ids(run):
    assert PUMPS in run(staff, "teams").output
    assert json.loads(run(staff, "teams", "--json").stdout)["teams"][PUMPS] == "Belfast pumps"


def test_a_directory_takes_the_place_of_the_one_before(app, run, tmp_path):
    file = tmp_path / "directory.json"
    file.write_text(json.dumps(DIRECTORY))
    with app.app_context():
        assert PUMPS in current_directory().teams
    result = run(directory, "load", str(file), "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {"teams": 2, "services": 1, "areas": 1}
    with app.app_context():
        read = current_directory()
        assert read.teams_for("visits", "here") == ("new-team",)
        assert read.fallback_team == "fallback"
        assert read.teams[PUMPS].is_paused
        assert read.teams["new-team"].organisation_name == "A trust"


def test_a_directory_that_cannot_be_used_names_the_problem(run, tmp_path):
    file = tmp_path / "directory.json"
    file.write_text(json.dumps({**DIRECTORY, "fallback_team": "nobody"}))
    result = run(directory, "load", str(file))
    assert result.exit_code == 2
    assert "nobody" in result.output


def test_the_audit_is_verified_and_prints_its_head(app, run):
    add(run)
    result = run(audit_command, "verify")
    assert result.exit_code == 0
    head = result.output.strip().splitlines()[-1]
    assert run(audit_command, "verify", "--since", head).exit_code == 0
    assert json.loads(run(audit_command, "verify", "--json").stdout) == {
        "is_whole": True,
        "problems": [],
        "head": head,
    }


def test_a_broken_audit_is_told_with_exit_status_1(app, run):
    add(run)
    with app.app_context(), transaction() as session:
        session.execute(sa.update(AuditEntry).values(actor="staff:somebody-else"))
    result = run(audit_command, "verify")
    assert result.exit_code == 1
    assert "Entry 1 was altered." in result.stderr
    assert run(audit_command, "verify", "--since", "x").exit_code == 2
