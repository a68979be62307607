"""A small form with one of everything that the way through a form has to deal with."""

import json
from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from intake.services.links import IssuedLink, issue_link
from intake.services.publishing import publish_form
from tests.journeys.form_filler import Answers, complete
from tests.journeys.html_contract import Page
from tests.journeys.visitors import FlaskTransport, Visitor

FORM: dict[str, Any] = {
    "$id": "food-parcel",
    "title": "Ask for a food parcel",
    "type": "object",
    "required": ["applying_as", "full_name", "in_danger"],
    "properties": {
        "applying_as": {
            "title": "Who is asking?",
            "oneOf": [
                {"const": "parent", "title": "A parent"},
                {"const": "professional", "title": "A professional"},
            ],
        },
        "ward": {
            "type": "string",
            "title": "Which ward?",
            "x-ui": {"when": {"applying_as": "professional"}, "required": True},
        },
        "full_name": {"type": "string", "title": "Full name", "maxLength": 60},
        "notes": {
            "type": "string",
            "title": "Anything else?",
            "maxLength": 200,
            "x-ui": {"widget": "textarea"},
        },
        "children": {
            "type": "array",
            "title": "Children",
            "maxItems": 3,
            "items": {
                "type": "object",
                "required": ["first_name"],
                "properties": {
                    "first_name": {"type": "string", "title": "First name"},
                    "school": {"type": "string", "title": "School"},
                },
            },
            "x-ui": {"item": "child"},
        },
        "in_danger": {"type": "boolean", "title": "Is anyone in danger now?"},
        "visit_days": {
            "type": "string",
            "title": "When do you visit?",
            "x-ui": {"when": {"applying_as": "professional"}},
        },
    },
    "x-form": {
        "version": "1.0.0",
        "reference_prefix": "FP",
        "audience": ["public", "professional"],
        "pages": [
            {"id": "who", "title": "Who", "questions": ["applying_as", "ward"]},
            {"id": "danger", "questions": ["in_danger"]},
            {
                "id": "call",
                "title": "Call 999",
                "type": "end",
                "when": {"in_danger": True},
                "body": "Call [999](tel:999).",
            },
            {"id": "about", "title": "About you", "questions": ["full_name", "notes"]},
            {"id": "news", "title": "Good to know", "type": "information", "body": "We deliver."},
            {"id": "family", "title": "Children", "questions": ["children"]},
            {
                "id": "visits",
                "questions": ["visit_days"],
                "when": {"applying_as": "professional"},
            },
        ],
        "facets": ["applying_as"],
        "link": {"expires": "P14D", "uses": 1, "verify": "none"},
        "retention": {"draft": "P7D", "submission": "P1Y"},
    },
}
RULES: dict[str, Any] = {
    "form": "food-parcel",
    "version": "1.0.0",
    "rules": [
        {
            "id": "professionals",
            "when": {"applying_as": "professional"},
            "to": [{"team": "northern-pumps"}],
            "urgency": "soon",
            "acknowledge_within": "PT4H",
            "why": "Professionals ask the northern team.",
        }
    ],
    "fallback": {
        "team": "duty-desk",
        "urgency": "routine",
        "acknowledge_within": "1 working day",
        "why": "Everyone else is for the duty desk.",
    },
}
CASE_FORM: dict[str, Any] = {
    "$id": "case-note",
    "title": "Note on a case",
    "type": "object",
    "required": ["what"],
    "properties": {"what": {"type": "string", "title": "What happened?"}},
    "x-form": {
        "version": "1.0.0",
        "reference_prefix": "CN",
        "audience": ["staff", "professional"],
        "on_case": True,
        "pages": [{"id": "what", "questions": ["what"]}],
    },
}
CASE_RULES: dict[str, Any] = {
    "form": "case-note",
    "version": "1.0.0",
    "rules": [],
    "fallback": {
        "case": "teams",
        "team": "duty-desk",
        "urgency": "routine",
        "acknowledge_within": "1 working day",
        "why": "For the case’s teams.",
    },
}
NAME = "Zebedee Quillfeather"  # found nowhere else
PARENT = {"applying_as": "parent", "in_danger": False, "full_name": NAME}
FILLED = Answers(by_name={"in_danger": "no"}, text=NAME)


def publish(form: dict[str, Any] = FORM, rules: dict[str, Any] = RULES) -> None:
    """Publish the form in the pushed context."""
    publish_form(json.dumps(form), f"{form['$id']}.json", rules_text=json.dumps(rules))


def a_link(form_id: str = "food-parcel", **options: Any) -> IssuedLink:
    """A link to the form; publishes nothing."""
    asked = {"recipient": "parent@example.org", "actor": "cli", "team_id": "belfast-pumps"}
    return issue_link(form_id, **{**asked, **options})


def visitor(app: Flask) -> Visitor:
    """Somebody with a fresh browser."""
    return Visitor(FlaskTransport(app.test_client(), "http://localhost"))


def send_one(app: Flask, url: str, answers: Answers = FILLED) -> Page:
    """Fill in the form behind a link; its confirmation page."""
    return complete(visitor(app), url, answers)


def as_far_as(page_id: str, browser: Visitor, url: str, answers: Answers = FILLED) -> Page:
    """Open a link and fill in the form until a page is shown."""
    from tests.journeys.form_filler import fill, forward

    page = browser.open(url)
    while not page.url.endswith(f"/{page_id}"):
        assert not page.errors, page.errors
        page = browser.press(forward(page), fill(page, answers))
    return page


def connections(engine: Any) -> tuple[list[object], Callable[[], None]]:
    """The connections that are taken from an engine from now on, and how to stop listening."""
    from sqlalchemy import event

    taken: list[object] = []

    def note(connection: object, _record: object, _proxy: object) -> None:
        taken.append(connection)

    event.listen(engine.pool, "checkout", note)
    return taken, lambda: event.remove(engine.pool, "checkout", note)


def post(client: FlaskClient, page: Page, **fields: str) -> Any:
    """Post a page as it is, with these fields; the raw response."""
    return client.post(page.url, data={**dict(page.hidden), **fields})
