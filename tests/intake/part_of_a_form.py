"""A form of which one team is sent only two pages, with something to find out on every other."""

import json
from typing import Any

from intake.app_state import clock
from intake.database import db
from intake.models import Submission
from intake.services.drafts import load_draft, save_answers, start_draft
from intake.services.following import status_token
from intake.services.journeys import journey
from intake.services.publishing import publish_form
from intake.services.receipts import Receipt
from intake.services.submitting import submit_referral
from tests.intake import photo_album as album
from tests.intake.case_making import DUTY, NORTHERN, PUMPS, rule

HIDDEN = "Quicksilver"  # in every answer that the team is not sent
CHILD, NUMBER, PHONE = "Peregrine Underhill", "999 000 0018", "07700 900123"
OWN_EMAIL, HIDDEN_EMAIL = "parent@example.org", "quicksilver@example.org"


def text(title: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "title": title, **more}


FORM: dict[str, Any] = {
    "$id": "notice",
    "title": "Tell a school",
    "type": "object",
    "required": ["child", "born", "happened", "hurt"],
    "properties": {
        "child": text("Child’s name"),
        "born": text("When were they born?", format="date"),
        "own_email": text("A parent’s email", format="email"),
        "letter": text("A letter for the school", format="file"),
        "note": {**text("What the school should know"), "x-ui": {"when": {"hurt": True}}},
        "hurt": {"type": "boolean", "title": "Was a child hurt?"},
        "safe": {"type": "boolean", "title": "Is email safe?"},
        "happened": text("What happened?"),
        "suspect": text("Who did it?"),
        "nhs_number": text("NHS number", format="nhs-number"),
        "telephone": text("Phone", format="telephone"),
        "hidden_email": text("Email of whoever told us", format="email"),
        "harms": {"type": "integer", "title": "How many times?", "minimum": 0},
        "photo": text("A photograph", format="file"),
    },
    "x-form": {
        "version": "1.0.0",
        "reference_prefix": "NOT",
        "audience": ["public", "staff"],
        "no_email_when": {"safe": False},
        "pages": [
            {"id": "incident", "title": "The incident", "questions": ["happened", "hurt", "harms"]},
            {"id": "child", "title": "The child", "questions": ["child", "born", "own_email"]},
            {"id": "school", "title": "For the school", "questions": ["note", "letter"]},
            {
                "id": "people",
                "title": "Other people",
                "questions": ["suspect", "nhs_number", "telephone", "hidden_email", "safe"],
            },
            {"id": "photo", "title": "A photograph", "questions": ["photo"]},
        ],
        "calculated": {
            "age": {
                "title": "Age on the day",
                "function": "age_on",
                "born": "born",
                "on": "today",
                "visible": False,
            },
            "severity": {
                "title": "Quicksilver severity",
                "function": "sum",
                "of": ["harms"],
                "visible": False,
            },
        },
        "people": [
            {
                "role": "Child",
                "name": ["child"],
                "date_of_birth": "born",
                "nhs_number": "nhs_number",
                "telephone": "telephone",
                "email": "own_email",
            },
            {"role": "Suspect", "name": ["suspect"], "email": "hidden_email"},
        ],
    },
}


def to_school(**more: Any) -> dict[str, Any]:
    """The rule that sends the school its pages, because of an answer that it is not sent."""
    return {
        **rule("school", {"hurt": True}, urgency="urgent"),
        "to": [{"team": PUMPS, "send": ["school", "child"]}],
        "ask": "Who talks to the child?",
        **more,
    }


RULES: dict[str, Any] = {
    "form": "notice",
    "version": "1.0.0",
    "rules": [
        {
            "id": "many",
            "when": {"harms": {"minimum": 3}},
            "raise_urgency": "immediate",
            "acknowledge_within": "PT1H",
            "why": "Quicksilver hurt a child three times.",
            "tags": ["quicksilver"],
        },
        to_school(),
        rule("harms", {"harms": {"minimum": 5}}, NORTHERN),
    ],
    "fallback": {
        "team": DUTY,
        "urgency": "routine",
        "acknowledge_within": "P1D",
        "why": "No rule matched.",
    },
}


def publish(form: dict[str, Any] = FORM, rules: dict[str, Any] = RULES) -> None:
    publish_form(json.dumps(form), "notice.json", rules_text=json.dumps(rules))


def send_notice(harms: int = 3, **answers: Any) -> Submission:
    """Send the form with both files; the submission."""
    return send_and_follow(harms, **answers)[0]


def send_and_follow(harms: int = 3, **answers: Any) -> tuple[Submission, str]:
    """The same, and the token of its status page."""
    opened = start_draft("notice", now=clock())
    given = {
        "child": CHILD,
        "born": "2016-03-27",
        "own_email": OWN_EMAIL,
        "note": "Keep an eye on them.",
        "hurt": True,
        "safe": False,
        "happened": f"{HIDDEN} shouted.",
        "suspect": f"{HIDDEN} Smith",
        "nhs_number": NUMBER,
        "telephone": PHONE,
        "hidden_email": HIDDEN_EMAIL,
        "harms": harms,
        **{name: _file(opened, name) for name in ("letter", "photo")},
        **answers,
    }
    draft = load_draft(opened.draft_id, opened.key, clock())
    pages = journey(draft.form.definition, given, frozenset()).pages
    save_answers(draft, given, done=[page.id for page in pages], now=clock())
    receipt = submit_referral(opened.draft_id, opened.key, now=clock())
    assert isinstance(receipt, Receipt), receipt
    db.session.rollback()
    token = status_token(load_draft(opened.draft_id, opened.key, clock()))
    return db.session.query(Submission).filter_by(reference=receipt.reference).one(), token


def _file(opened: Any, name: str) -> str:
    draft = load_draft(opened.draft_id, opened.key, clock())
    return album.send(draft, name=f"{name}.jpg").id
