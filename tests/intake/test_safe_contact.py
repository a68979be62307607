"""Whoever says that an email is not safe is offered none, and none is sent to them."""

import json
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from form_definitions import FormFileError, parse_form
from intake.database import db
from intake.models import OutboxMessage
from intake.services.drafts import load_draft, save_answers, start_draft
from intake.services.following import send_receipt
from intake.services.mail_limits import EmailUnsafe
from intake.services.resuming import send_way_back
from intake.services.sealed_drafts import Draft
from intake.services.submitting import submit_referral
from tests.intake import food_parcel as fp
from tests.intake.conftest import START
from tests.journeys.form_filler import Answers, complete

pytestmark = pytest.mark.database("sqlite")

FORM = {
    **fp.FORM,
    "properties": {
        **fp.FORM["properties"],
        "safe_to_email": {"type": "boolean", "title": "Is it safe to email you?"},
    },
    "x-form": {
        **fp.FORM["x-form"],
        "no_email_when": {"safe_to_email": False},
        "pages": [
            *fp.FORM["x-form"]["pages"],
            {"id": "contact", "questions": ["safe_to_email"]},
        ],
    },
}
UNSAFE = Answers(by_name={"in_danger": "no", "safe_to_email": "no"}, text=fp.NAME)
SAFE = Answers(by_name={"in_danger": "no", "safe_to_email": "yes"}, text=fp.NAME)
DONE = ("who", "danger", "about", "news", "family", "visits", "contact")
TO_THE_VISITOR: dict[str, Callable[[Draft, str], object]] = {
    "the way back": send_way_back,
    "the receipt": send_receipt,
}


def a_draft(*, is_safe: bool, is_sent: bool) -> Draft:
    fp.publish(FORM)
    opened = start_draft("food-parcel", now=START)
    draft = load_draft(opened.draft_id, opened.key, START)
    answers = {**fp.PARENT, "safe_to_email": is_safe}
    draft = save_answers(draft, answers, done=DONE, now=START)
    if is_sent:
        submit_referral(draft.id, draft.key, now=START)
        draft = load_draft(draft.id, draft.key, START)
        assert draft.receipt
    return draft


def mails() -> int:
    query = sa.select(sa.func.count()).select_from(OutboxMessage).filter_by(team_id=None)
    return db.session.scalar(query.where(OutboxMessage.kind == "email")) or 0


@pytest.mark.parametrize("kind", TO_THE_VISITOR)
def test_no_message_is_sent_to_who_said_that_it_is_not_safe(context: Flask, kind: str) -> None:
    draft = a_draft(is_safe=False, is_sent=kind == "the receipt")
    with pytest.raises(EmailUnsafe):
        TO_THE_VISITOR[kind](draft, "me@example.org")
    assert mails() == 0


@pytest.mark.parametrize("kind", TO_THE_VISITOR)
def test_a_message_is_sent_to_who_said_that_it_is_safe(context: Flask, kind: str) -> None:
    draft = a_draft(is_safe=True, is_sent=kind == "the receipt")
    TO_THE_VISITOR[kind](draft, "me@example.org")
    assert mails() == 1


@pytest.mark.parametrize("answers", [SAFE, UNSAFE])
def test_the_receipt_offers_an_email_only_where_it_is_safe(app: Flask, answers: Answers) -> None:
    with app.app_context():
        fp.publish(FORM)
        url = fp.a_link().url
    page = complete(fp.visitor(app), url, answers)
    assert ("Get this by email" in page.text) is (answers is SAFE)
    assert "See what happens" in page.text


def test_saving_for_later_offers_an_email_only_where_it_is_safe(app: Flask) -> None:
    with app.app_context():
        fp.publish(FORM)
        url = fp.a_link(uses=2).url
    browser = fp.visitor(app)
    page = fp.as_far_as("contact", browser, url, UNSAFE)
    page = browser.press("save", [("safe_to_email", "no")])
    assert not page.has_form
    assert "You told us that it is not safe to email you" in page.text


def test_a_condition_on_a_question_that_is_not_there_is_found() -> None:
    settings = {**FORM["x-form"], "no_email_when": {"safe_to_mail": False}}
    with pytest.raises(FormFileError, match="safe_to_mail"):
        parse_form(json.dumps({**FORM, "x-form": settings}), "food.json")
