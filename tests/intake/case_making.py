"""Cases and staff for tests of the staff side: small forms, and everything else real."""

import json
import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from intake.access import CasePart, User
from intake.app_state import blobs, clock, keys
from intake.database import db, new_id, transaction
from intake.files.pieces import SealingWriter, file_context, sealed_size
from intake.models import Destination, PersonMatch, Staff, Submission, SubmittedFile
from intake.sealing import new_data_key
from intake.sealing.submissions import data_key
from intake.services import publishing
from intake.services.case_notes import add_event
from intake.services.cases import find_case
from intake.services.drafts import load_draft, save_answers, start_draft
from intake.services.event_files import event_file
from intake.services.following import status_token
from intake.services.forms import startable
from intake.services.journeys import journey
from intake.services.publishing import publish_form
from intake.services.sealed_drafts import OpenedDraft
from intake.services.staff_accounts import add_staff, load_signed_in, record_training
from intake.services.stored_files import StoredFile, blob_name, seal_about, seal_file_key
from intake.services.submitting import submit_referral
from intake.worker import run_once

PASSWORD = "correct-horse-battery"
NAME = "Peregrine Underhill"  # found nowhere else
PUMPS, NORTHERN, DUTY = "belfast-pumps", "northern-pumps", "duty-desk"

REFERRAL: dict[str, Any] = {
    "$id": "visit",
    "title": "Ask for a visit",
    "type": "object",
    "required": ["first_name", "last_name", "area"],
    "properties": {
        "area": {
            "title": "Where do you live?",
            "oneOf": [
                {"const": "belfast", "title": "Belfast"},
                {"const": "northern", "title": "The north"},
                {"const": "both", "title": "Between both"},
                {"const": "nowhere", "title": "Somewhere else"},
            ],
        },
        "first_name": {"type": "string", "title": "First name"},
        "last_name": {"type": "string", "title": "Last name"},
        "date_of_birth": {"type": "string", "format": "date", "title": "Date of birth"},
        "nhs_number": {"type": "string", "format": "nhs-number", "title": "NHS number"},
        "postcode": {"type": "string", "format": "postcode", "title": "Postcode"},
        "telephone": {"type": "string", "format": "telephone", "title": "Phone number"},
        "email": {"type": "string", "format": "email", "title": "Email address"},
        "is_urgent": {"type": "boolean", "title": "Is it urgent?"},
    },
    "x-form": {
        "version": "1.0.0",
        "reference_prefix": "VIS",
        "audience": ["public"],
        "pages": [
            {
                "id": "all",
                "title": "All",
                "questions": [
                    "area",
                    "first_name",
                    "last_name",
                    "date_of_birth",
                    "nhs_number",
                    "postcode",
                    "telephone",
                    "email",
                    "is_urgent",
                ],
            }
        ],
        "people": [
            {
                "role": "Parent",
                "name": ["first_name", "last_name"],
                "date_of_birth": "date_of_birth",
                "nhs_number": "nhs_number",
                "postcode": "postcode",
                "telephone": "telephone",
                "email": "email",
            }
        ],
    },
}


def rule(rule_id: str, when: dict[str, Any], *teams: str, urgency: str = "routine") -> Any:
    return {
        "id": rule_id,
        "when": when,
        "to": [{"team": team} for team in teams],
        "urgency": urgency,
        "acknowledge_within": "PT4H" if urgency == "urgent" else "P2D",
        "why": f"The rule {rule_id} says so.",
    }


RULES: dict[str, Any] = {
    "form": "visit",
    "version": "1.0.0",
    "rules": [
        rule("belfast", {"area": ["belfast", "both"]}, PUMPS),
        rule("north", {"area": ["northern", "both"]}, NORTHERN),
        rule("urgent", {"is_urgent": True, "area": "belfast"}, PUMPS, urgency="urgent"),
    ],
    "fallback": {
        "team": DUTY,
        "urgency": "routine",
        "acknowledge_within": "P1D",
        "why": "No rule matched.",
    },
}


def case_form(form_id: str, title: str, **options: Any) -> dict[str, Any]:
    return {
        "$id": form_id,
        "title": title,
        "type": "object",
        "required": ["outcome"],
        "properties": {"outcome": {"type": "string", "title": "What was the outcome?"}},
        "x-form": {
            "version": "1.0.0",
            "reference_prefix": form_id[:3].upper(),
            "audience": ["staff", "professional"],
            "on_case": True,
            "pages": [{"id": "outcome", "title": "Outcome", "questions": ["outcome"]}],
            **options,
        },
    }


def case_rules(form_id: str) -> dict[str, Any]:
    fallback = {**RULES["fallback"], "case": "teams"}
    return {"form": form_id, "version": "1.0.0", "rules": [], "fallback": fallback}


parse_once = cache(publishing.parse_form)
parse_rules_once = cache(publishing.parse_rules)


def publish_all() -> None:
    """Publish the three forms in the pushed context."""
    for form, rules in (
        (REFERRAL, RULES),
        (case_form("closure", "Closing form"), case_rules("closure")),
        (case_form("gcp2", "Profile", requires_training="gcp2"), case_rules("gcp2")),
    ):
        publish_form(json.dumps(form), f"{form['$id']}.json", rules_text=json.dumps(rules))


def prepare(app: Flask, monkeypatch: Any) -> None:
    """The three forms, in the pushed context; they are parsed once a process."""
    monkeypatch.setattr(publishing, "parse_form", parse_once)
    monkeypatch.setattr(publishing, "parse_rules", parse_rules_once)
    publish_all()


def send(form_id: str, answers: dict[str, Any], **on_case: Any) -> str:
    """Fill in and submit a form; its reference."""
    return _send(form_id, answers, **on_case)[0]


def send_and_follow(area: str = "belfast", **answers: Any) -> tuple[str, str]:
    """A submitted referral whose sender asked to follow it: the token, and the case's id."""
    given, family = NAME.split()
    named = {"area": area, "first_name": given, "last_name": family, **answers}
    reference, opened = _send("visit", named)
    token = status_token(load_draft(opened.draft_id, opened.key, clock()))
    return token, case_id_of(reference)


def _send(form_id: str, answers: dict[str, Any], **on_case: Any) -> tuple[str, OpenedDraft]:
    opened = start_draft(form_id, now=clock(), **on_case)
    draft = load_draft(opened.draft_id, opened.key, clock())
    pages = journey(startable(form_id, None, clock()).definition, answers, frozenset()).pages
    save_answers(draft, answers, done=[page.id for page in pages], now=clock())
    receipt = submit_referral(opened.draft_id, opened.key, now=clock())
    return receipt.reference, opened  # type: ignore[union-attr]


def make_case(area: str = "belfast", **answers: Any) -> str:
    """A submitted referral; the id of its case."""
    given, family = NAME.split()
    reference = send("visit", {"area": area, "first_name": given, "last_name": family, **answers})
    return case_id_of(reference)


def case_id_of(reference: str) -> str:
    found = db.session.query(Submission.case_id).filter_by(reference=reference).scalar()
    db.session.rollback()
    return str(found)


def make_staff(
    name: str, *teams: str, role: str = "practitioner", training: tuple[str, ...] = ()
) -> User:
    """An account with PASSWORD; its address is <name>@example.org."""
    email = f"{name}@example.org"
    staff_id = add_staff(
        email, name.title(), PASSWORD, teams=[(team, role) for team in teams or (PUMPS,)]
    )
    for course in training:
        record_training(email, course)
    return user_of(staff_id)


def user_of(staff_id: str) -> User:
    signed_in = load_signed_in(staff_id)
    assert signed_in
    return signed_in.user


def leave(user: User) -> None:
    """Somebody's account ends."""
    db.session.execute(sa.update(Staff).where(Staff.id == user.staff_id).values(is_active=False))
    db.session.commit()


def work(now: datetime | None = None) -> None:
    """Let a worker do all that is due."""
    while run_once(now):
        pass


def part(case_id: str, team: str = PUMPS) -> CasePart:
    """The team's part as it is now."""
    db.session.rollback()
    thing = find_case(case_id)
    assert thing
    return CasePart(thing, team)


def add_file_twice(submission_id: str) -> tuple[str, str]:
    """A file of a submission, as it is stored, which also came later; its id and the event's."""
    submission = db.session.get_one(Submission, submission_id)
    file_id, words = new_id(), b"A letter."
    writer = SealingWriter(blobs().writer(blob_name(file_id)), file_context(file_id))
    writer.write(words)
    writer.finish()
    own = data_key(submission, keys(), as_teams=None)
    shown = StoredFile(file_id, "letter.pdf", "application/pdf", len(words))
    with transaction() as session:
        session.add(
            SubmittedFile(
                id=file_id,
                submission_id=submission_id,
                sealed_key=seal_file_key(writer.key, own, submission_id, file_id),
                sealed_about=seal_about(shown, writer.key),
                stored_size=sealed_size(len(words)),
                created_at=clock(),
            )
        )
        fresh = new_data_key()
        teams = [part.team_id for part in parts_of_case(submission.case_id)]
        event = add_event(
            submission.case_id, "more-sent", "visitor", clock(), readers=teams, data_key=fresh
        )
        session.flush()
        session.add(event_file(event.id, shown, writer.key, fresh, clock()))
        return file_id, event.id


def parts_of_case(case_id: str) -> Sequence[Destination]:
    """The teams' parts in a case."""
    return db.session.scalars(sa.select(Destination).where(Destination.case_id == case_id)).all()


def add_match(submission_id: str) -> str:
    """A suggestion that whoever a submission names is named in another case too; its id."""
    other = db.session.query(Submission.id).filter_by(case_id=make_case()).scalar()
    first, second = sorted((submission_id, other))
    with transaction() as session:
        match = PersonMatch(
            first_submission_id=first,
            first_position=0,
            first_digest=bytes(32),
            second_submission_id=second,
            second_position=0,
            second_digest=bytes(32),
            score=20.0,
            evidence=["birth.same", "family.same"],
            weights_version="1",
            found_at=clock(),
        )
        session.add(match)
    return match.id


class Browser:
    """A staff member's browser: it sends the CSRF token of the page it saw last."""

    def __init__(self, app: Flask, name: str = "", password: str = PASSWORD) -> None:
        self.client: FlaskClient = app.test_client()
        self.token = ""
        if name:
            answer = self.sign_in(name, password)
            assert answer.status_code == 303, answer.text

    def sign_in(self, name: str, password: str = PASSWORD, where: str = "/staff/sign-in") -> Any:
        self.get(where)
        return self.post(where, email=f"{name}@example.org", password=password)

    def get(self, address: str) -> Any:
        return self._seen(self.client.get(address))

    def post(self, address: str, **fields: Any) -> Any:
        if not self.token:
            self.get("/staff/find")
        return self._seen(self.client.post(address, data={"csrf_token": self.token, **fields}))

    def _seen(self, answer: Any) -> Any:
        found = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
        if found:
            self.token = found[1]
        if answer.status_code == 303:
            self.token = ""
        return answer
