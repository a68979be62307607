"""What is worked out is sealed with the answers, by the day on which they were sent."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from intake.app_state import clock, keys
from intake.database import db
from intake.models import Submission
from intake.sealing.submissions import open_submission
from intake.services.drafts import load_draft, save_answers, start_draft
from intake.services.receipts import Receipt
from intake.services.sealed_drafts import OpenedDraft
from intake.services.submitting import submit_referral
from tests.intake import food_parcel as fp

FORM: dict[str, Any] = {
    "$id": "of-age",
    "title": "Of age",
    "type": "object",
    "required": ["born"],
    "properties": {
        "born": {"type": "string", "format": "date", "title": "Date of birth"},
        "words": {"type": "string", "title": "In your own words"},
    },
    "x-form": {
        "version": "1.0.0",
        "reference_prefix": "OA",
        "audience": ["public"],
        "calculated": {
            "age": {"function": "age_on", "title": "Age", "born": "born", "on": "today"}
        },
        "pages": [
            {"id": "born", "questions": ["born"]},
            {"id": "words", "questions": ["words"], "when": {"age": {"minimum": 16}}},
        ],
        "facets": ["age"],
    },
}
RULES = {
    "form": "of-age",
    "version": "1.0.0",
    "rules": [],
    "fallback": {
        "team": "duty-desk",
        "urgency": "routine",
        "acknowledge_within": "1 working day",
        "why": "Everything is for the duty desk.",
    },
}


def a_draft(answers: Mapping[str, Any]) -> OpenedDraft:
    fp.publish(FORM, RULES)
    opened = start_draft("of-age", now=clock())
    draft = load_draft(opened.draft_id, opened.key, clock())
    save_answers(draft, answers, done=("born", "words"), now=clock())
    return opened


@pytest.mark.database("sqlite")
def test_an_age_is_that_of_the_day_of_sending_whatever_a_visitor_says(context: Flask) -> None:
    today = clock().date()
    born = today.replace(year=today.year - 16) + timedelta(days=1)  # 16 tomorrow
    forged = {"born": born.isoformat(), "words": "Mine", "age": 40, "$today": "2099-01-01"}
    opened = a_draft(forged)
    assert isinstance(submit_referral(opened.draft_id, opened.key, now=clock()), Receipt)
    submission = db.session.scalars(sa.select(Submission)).one()
    assert submission.facets == {"age": 15}
    assert open_submission(submission, keys()).answers == {
        "$today": today.isoformat(),
        "born": born.isoformat(),
        "age": 15,
    }
