"""Weblinks: issuing, sending, listing and revoking, from the command line and as a service."""

import json
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from intake.cli.links import links
from intake.config import Settings
from intake.database import db
from intake.models import AuditEntry, Case, Link
from intake.services.links import LinkNotFound, LinkNotIssued, list_links, revoke_link
from intake.worker import run_once
from tests.intake import food_parcel as fp

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def published(app: Flask) -> Flask:
    with app.app_context():
        fp.publish()
        fp.publish(fp.CASE_FORM, fp.CASE_RULES)
    return app


def run(app: Flask, *args: str) -> Result:
    return app.test_cli_runner().invoke(links, list(args))


def issue(app: Flask, *more: str) -> Result:
    form = () if "--form" in more else ("--form", "food-parcel")
    return run(app, "issue", *form, "--to", "parent@example.org", *more)


def sent_messages(settings: Settings) -> list:
    folder = Path(settings.mail_url.removeprefix("file:"))
    read = (path.read_bytes() for path in sorted(folder.glob("*.eml")))
    return [message_from_bytes(each, policy=policy.default) for each in read]


def test_an_issued_link_is_printed_and_sent(published: Flask, settings: Settings) -> None:
    result = issue(published, "--json")
    assert result.exit_code == 0, result.stderr
    issued = json.loads(result.stdout)
    assert set(issued) == {"id", "url", "expires_at"}
    assert len(issued["url"].rpartition("/")[2]) < 200
    with published.app_context():
        run_once()
        assert list_links()[0].state == "sent"
    (message,) = sent_messages(settings)
    assert message["To"] == "parent@example.org"
    plain = message.get_body(["plain"]).get_content()
    html = message.get_body(["html"]).get_content()
    assert issued["url"] in plain
    assert issued["url"] in html
    assert "food" not in f"{message['Subject']}{plain}".lower(), "neutral words"


def test_without_json_only_the_link_is_printed(published: Flask) -> None:
    assert issue(published).stdout.startswith("http://localhost/l/")


def test_expiry_and_uses_can_be_said(published: Flask) -> None:
    result = issue(published, "--expires", "P3DT12H", "--uses", "5", "--team", "belfast-pumps")
    assert result.exit_code == 0
    (line,) = json.loads(run(published, "list", "--json").stdout)
    assert (line["uses_allowed"], line["team_id"]) == (5, "belfast-pumps")
    assert line["expires_at"].startswith("2026-11-05T21:30")


def test_without_a_team_the_link_belongs_to_the_fallback_team(published: Flask) -> None:
    issue(published)
    (line,) = json.loads(run(published, "list", "--json").stdout)
    assert line["team_id"] == "duty-desk"


@pytest.mark.parametrize(
    ("more", "named"),
    [
        (("--form", "no-such-form"), "--form"),
        (("--to", "nonsense"), "--to"),
        (("--to", "a@example.org\nBcc: b@example.org"), "--to"),
        (("--to", "x" * 250 + "@example.org"), "--to"),
        (("--uses", "0"), "--uses"),
        (("--uses", "many"), "--uses"),
        (("--expires", "soon"), "--expires"),
        (("--expires", "PT0M"), "--expires"),
        (("--team", "nobody"), "--team"),
        (("--case", "XX-0000"), "--case"),
        (("--form", "case-note"), "--case"),
    ],
)
def test_a_bad_request_names_the_option_and_issues_nothing(
    published: Flask, more: tuple[str, ...], named: str
) -> None:
    result = issue(published, *more)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert named in result.stderr
    with published.app_context():
        assert not list_links()


def test_kind_verification_and_version_can_be_said(published: Flask) -> None:
    told = ("--verify", "passphrase", "--answer", "three wise otters", "--version", "current")
    assert issue(published, *told, "--purpose", "After the visit").exit_code == 0
    shared = run(published, "issue", "--form", "food-parcel", "--kind", "shared", "--uses", "500")
    assert shared.exit_code == 0, shared.stderr
    assert shared.stdout.startswith("http://localhost/l/")
    lines = json.loads(run(published, "list", "--json").stdout)
    known = {(each["kind"], each["verify"], each["version_policy"]) for each in lines}
    assert known == {("personal", "passphrase", "current"), ("shared", "none", "pinned")}


def test_an_answer_that_is_not_given_is_asked_for_and_not_shown(published: Flask) -> None:
    asked = published.test_cli_runner().invoke(
        links,
        ["issue", "--form", "food-parcel", "--to", "a@example.org", "--verify", "date-of-birth"],
        input="27 3 1990\n",
    )
    assert asked.exit_code == 0, asked.stderr
    assert "1990" not in asked.output


def test_a_link_that_is_not_locked_stays_as_it_is_when_unlocked(published: Flask) -> None:
    link_id = json.loads(issue(published, "--json").stdout)["id"]
    unlocked = run(published, "unlock", link_id, "--json")
    assert json.loads(unlocked.stdout) == {"id": link_id, "state": "issued"}
    assert run(published, "unlock", "0" * 32).exit_code == 2


def test_a_link_for_a_case_belongs_to_the_cases_team(published: Flask) -> None:
    with published.app_context():
        reference = fp.send_one(published, fp.a_link().url).reference
        case_id = db.session.scalars(sa.select(Case.id)).one()
    result = issue(published, "--form", "case-note", "--case", reference)
    assert result.exit_code == 0, result.stderr
    (line,) = json.loads(run(published, "list", "--case", reference, "--json").stdout)
    assert (line["case_id"], line["team_id"]) == (case_id, "duty-desk")


def test_a_form_completed_through_a_cases_link_joins_the_case(published: Flask) -> None:
    with published.app_context():
        fp.send_one(published, fp.a_link().url)
        case_id = db.session.scalars(sa.select(Case.id)).one()
        link = fp.a_link("case-note", case_id=case_id)
    assert fp.send_one(published, link.url).reference.startswith("CN-")
    with published.app_context():
        assert db.session.scalars(sa.select(Case.id)).all() == [case_id]


def test_a_revoked_link_stays_revoked(published: Flask) -> None:
    link_id = json.loads(issue(published, "--json").stdout)["id"]
    for _ in range(2):
        assert run(published, "revoke", link_id).exit_code == 0
    assert json.loads(run(published, "list", "--json").stdout)[0]["state"] == "revoked"
    assert run(published, "revoke", "0" * 32).exit_code == 2
    with published.app_context():
        actions = db.session.scalars(sa.select(AuditEntry.action)).all()
    assert actions == ["link.issue", "link.revoke"]


def test_nothing_about_the_holder_is_readable(published: Flask) -> None:
    issue(published)
    with published.app_context():
        path = Path(db.engine.url.database)
    stored = path.read_bytes() + path.with_name(path.name + "-wal").read_bytes()
    assert b"parent@example.org" not in stored


def test_another_teams_link_is_as_one_that_does_not_exist(published: Flask) -> None:
    from intake.access import User

    with published.app_context():
        link = fp.a_link()
        stranger = User(
            "s",
            "S",
            "s@example.org",
            "northern-trust",
            frozenset({"northern-pumps"}),
            {},
            frozenset(),
        )
        for link_id in (link.id, "0" * 32):
            with pytest.raises(LinkNotFound):
                revoke_link(stranger, link_id)
        assert list_links(stranger) == ()


def test_issuing_from_a_service_names_the_wrong_argument(published: Flask) -> None:
    with published.app_context():
        with pytest.raises(LinkNotIssued) as refused:
            fp.a_link(recipient="nobody")
        assert refused.value.field == "to"
        assert not db.session.scalars(sa.select(Link)).all()


@pytest.mark.parametrize("command", sorted(links.commands))
def test_every_command_explains_itself_with_an_example(app: Flask, command: str) -> None:
    assert "Example: intake links" in run(app, command, "--help").stdout
