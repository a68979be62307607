"""Personal and shared links, and tasks on a case."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from intake.database import db
from intake.models import Case, Draft, Link, OutboxMessage
from intake.sealing import SealedToOthers, open_sealed
from intake.sealing.team_keys import keys_of
from intake.services.link_issuing import purpose_context
from intake.services.link_terms import Shown
from intake.services.links import LinkNotIssued, find_link
from tests.intake import food_parcel as fp
from tests.intake.conftest import Clock

pytestmark = pytest.mark.database("sqlite")

SHARED: dict[str, Any] = {"kind": "shared", "recipient": "", "uses": 3}
SHOWN = Shown("We meet on Tuesday.\nBring nothing.")
WITH_ANSWERS = Shown(SHOWN.text, (("Room", "Four <b>\nGround floor"),))
TOO_LONG = Shown("", (("Room", "x" * 20_000),))
WORDS = {"verify": "passphrase", "verify_answer": "three blue boats"}


PAGES = [{"id": "all", "questions": ["applying_as", "full_name", "in_danger"]}]


@pytest.fixture
def published(app: Flask) -> Flask:
    with app.app_context():
        fp.publish()
        fp.publish(fp.CASE_FORM, fp.CASE_RULES)
    return app


def a_case(app: Flask) -> str:
    with app.app_context():
        url = fp.a_link().url
    fp.send_one(app, url)
    with app.app_context():
        return db.session.scalars(sa.select(Case.id)).one()


def test_a_shared_link_is_sent_to_nobody_and_gives_everyone_a_draft(published: Flask) -> None:
    with published.app_context():
        link = fp.a_link(**SHARED)
        assert not db.session.scalars(sa.select(OutboxMessage)).all()
        assert db.session.scalars(sa.select(Link.sealed_recipient)).all() == [None]
    references = {fp.send_one(published, link.url).reference for _ in range(3)}
    assert len(references) == 3
    assert fp.visitor(published).open(link.url).status == 410, "the cap is reached"


def test_a_shared_link_for_one_use_shows_no_visitor_the_answers_of_another(
    published: Flask,
) -> None:
    with published.app_context():
        link = fp.a_link(**{**SHARED, "uses": 1})
    first, second = fp.visitor(published), fp.visitor(published)
    fp.as_far_as("family", first, link.url)
    page = fp.as_far_as("about", second, link.url)
    assert fp.NAME not in page.html


def test_a_shared_link_comes_to_its_end(published: Flask, clock: Clock) -> None:
    with published.app_context():
        link = fp.a_link(**SHARED)
    clock.advance(days=14)
    assert fp.visitor(published).open(link.url).status == 410


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({**SHARED, "recipient": "parent@example.org"}, "to"),
        ({**SHARED, "uses": 100_001}, "uses"),
        ({**SHARED, "prefill": {"full_name": "A"}}, "prefill"),
        ({"kind": "personal", "recipient": ""}, "to"),
        ({"kind": "task"}, "case"),
        ({"shown": SHOWN}, "show"),
        ({"purpose": "x" * 501}, "purpose"),
        ({"version": "1.0.0", "version_policy": "current"}, "version"),
    ],
)
def test_what_does_not_fit_together_is_refused(
    published: Flask, options: dict[str, Any], field: str
) -> None:
    with published.app_context():
        with pytest.raises(LinkNotIssued) as refused:
            fp.a_link(**options)
        assert refused.value.field == field
        assert not db.session.scalars(sa.select(Link)).all()


def test_a_task_shows_what_was_chosen_and_nothing_else_of_its_case(published: Flask) -> None:
    case_id = a_case(published)
    with published.app_context():
        link = fp.a_link("case-note", case_id=case_id, shown=WITH_ANSWERS, **WORDS)
        assert find_link(None, link.id).kind == "task"
        reference = db.session.scalars(sa.select(Case.reference)).one()
    browser = fp.visitor(published)
    landing = browser.open(link.url)
    assert "Tuesday" not in landing.html, "whoever looks at the screen before it is opened"
    browser.press("continue")
    start = browser.press("continue", [("answer", "three blue boats")])
    for words in ("We meet on Tuesday.", "Bring nothing.", "Room", "&lt;b&gt;<br>Ground floor"):
        assert words in start.html
    seen = "".join(page.html for page in browser.seen) + browser.press("continue").html
    assert fp.NAME not in seen
    assert reference not in seen


def test_answers_of_a_case_ask_for_a_code_whatever_the_form_says(published: Flask) -> None:
    case_id = a_case(published)
    with published.app_context():
        link = fp.a_link("case-note", case_id=case_id, shown=WITH_ANSWERS)
        assert find_link(None, link.id).verify == "code"
        with pytest.raises(LinkNotIssued, match="‘code’ or stronger"):
            fp.a_link("case-note", case_id=case_id, shown=WITH_ANSWERS, verify="none")
        with pytest.raises(LinkNotIssued, match="Select fewer answers"):
            fp.a_link("case-note", case_id=case_id, shown=TOO_LONG)


def test_what_a_task_shows_is_gone_when_it_is_done(published: Flask) -> None:
    case_id = a_case(published)
    with published.app_context():
        link = fp.a_link("case-note", case_id=case_id, shown=SHOWN)
    browser = fp.visitor(published)
    fp.as_far_as("check-answers", browser, link.url)
    done = browser.press("submit")
    assert done.reference.startswith("CN-")
    assert "Tuesday" not in browser.open(done.url.replace("/done", "/start")).html


def test_what_a_task_shows_is_readable_nowhere(published: Flask) -> None:
    case_id = a_case(published)
    with published.app_context():
        link = fp.a_link("case-note", case_id=case_id, shown=SHOWN)
    browser = fp.visitor(published)
    browser.open(link.url)
    browser.press("continue")
    with published.app_context():
        rows = [
            *db.session.execute(sa.select(*Link.__table__.columns)),
            *db.session.execute(sa.select(*Draft.__table__.columns)),
        ]
    assert b"Tuesday" not in b"".join(
        value for row in rows for value in row if isinstance(value, bytes)
    )


@pytest.mark.parametrize(("policy", "words"), [("pinned", "Who is asking?"), ("current", "Who?")])
def test_a_link_begins_with_the_version_that_its_policy_says(
    published: Flask, clock: Clock, policy: str, words: str
) -> None:
    with published.app_context():
        link = fp.a_link(version_policy=policy)
        clock.advance(minutes=1)
        asked = fp.FORM["properties"]["applying_as"]
        breaking = {**asked, "title": "Who?", "oneOf": [{"const": "other", "title": "Me"}]}
        fp.publish(
            {
                **fp.FORM,
                "properties": {
                    **{name: fp.FORM["properties"][name] for name in PAGES[0]["questions"]},
                    "applying_as": breaking,
                },
                "x-form": {**fp.FORM["x-form"], "version": "2.0.0", "pages": PAGES},
            },
            {**fp.RULES, "rules": []},
        )
        clock.advance(minutes=1)
    browser = fp.visitor(published)
    browser.open(link.url)
    browser.press("continue")
    with published.app_context():
        version = db.session.scalars(sa.select(Draft.form_version)).one()
    assert version == {"pinned": "1.0.0", "current": "2.0.0"}[policy]
    assert words in browser.press("continue").html


def test_a_purpose_is_read_by_the_issuing_team_alone(published: Flask) -> None:
    with published.app_context():
        link = fp.a_link(purpose="Asked for at the visit on Monday")
        sealed = db.session.scalars(sa.select(Link.sealed_purpose)).one()
        assert b"visit" not in sealed
        keystore = published.extensions["intake"].keys
        context = purpose_context(link.id)
        opened = open_sealed(
            sealed, context, keys_of(keystore, ["belfast-pumps"]), as_teams=["belfast-pumps"]
        )
        assert opened.decode() == "Asked for at the visit on Monday"
        with pytest.raises(SealedToOthers):
            open_sealed(sealed, context, keystore.private_key, as_teams=["northern-pumps"])
