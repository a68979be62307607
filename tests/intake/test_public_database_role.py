"""The database role that the manual gives to public processes: enough to work, and no more."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError

from intake.app_state import clock
from intake.config import Settings
from intake.database import db
from intake.models import Case, Key, Link, Membership, Staff, Submission, SubmittedFile, Team
from intake.services.files import remove_file
from intake.services.links import IssuedLink
from intake.services.submitting import Incomplete, submit_referral
from tests.intake import food_parcel as fp
from tests.intake import photo_album as album
from tests.intake.conftest import Clock, dispose, make_application

pytestmark = pytest.mark.database("postgresql")

MANUAL = Path(__file__).parents[2] / "docs/operators/running-in-production.md"


@pytest.fixture
def public_app(app: Flask, settings: Settings, clock: Clock) -> Iterator[Flask]:
    """A public process that connects in the role that the manual makes."""
    grants = re.search(r"```sql\n(.*?)```", MANUAL.read_text("utf-8"), re.DOTALL)
    assert grants
    with app.app_context(), db.engine.connect() as connection:
        connection.exec_driver_sql(grants[1])
        connection.commit()
    url = make_url(settings.database_url).set(username="intake_public")
    public = make_application(
        replace(
            settings,
            role="public",
            master_key=None,
            database_url=url.render_as_string(hide_password=False),
        ),
        clock,
    )
    yield public
    dispose(public)
    with app.app_context(), db.engine.connect() as connection:
        connection.exec_driver_sql("DROP OWNED BY intake_public; DROP ROLE intake_public")
        connection.commit()


def test_a_form_is_completed_and_no_account_membership_or_key_can_be_changed(
    app: Flask, public_app: Flask, link: IssuedLink
) -> None:
    fp.send_one(public_app, link.url)
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Submission)) == 1
    for change in (
        sa.update(Staff).values(session_version=1),
        sa.insert(Membership).values(staff_id="s", team_id="duty-desk"),
        sa.update(Key).values(retired_at=None),
        sa.update(Team).values(name="Another"),
        sa.update(Case).values(state="closed"),
        sa.delete(Submission),
    ):
        with public_app.app_context(), pytest.raises(ProgrammingError, match="permission denied"):
            db.session.execute(change)


def test_a_holder_is_sent_a_code_and_locked_out(app: Flask, public_app: Flask) -> None:
    with app.app_context():
        fp.publish()
        url = fp.a_link(verify="code").url
    browser = fp.visitor(public_app)
    browser.open(url)
    browser.press("continue")
    for number in range(5):
        browser.press("continue", [("answer", f"00000{number}")])
    assert "locked" in browser.here.text
    with app.app_context():
        assert db.session.scalars(sa.select(Link.locked_at)).one()


def test_files_are_sent_and_removed_and_those_of_submissions_cannot_be_deleted(
    app: Flask, public_app: Flask
) -> None:
    with app.app_context():
        album.publish()
    with public_app.app_context():
        draft = album.a_draft()
        kept, removed = album.send(draft), album.send(draft)
        remove_file(draft, removed.id, clock())
        album.answered(draft, {"photos": [kept.id]})
        assert not isinstance(submit_referral(draft.id, draft.key, now=clock()), Incomplete)
        with pytest.raises(ProgrammingError, match="permission denied"):
            db.session.execute(sa.delete(SubmittedFile))
