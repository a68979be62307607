"""Submissions put into the database directly, sealed as the front door seals them."""

from collections.abc import Mapping
from typing import Any

from intake.app_state import keys
from intake.database import transaction
from intake.models import Case, Submission
from intake.sealing.submissions import key_copies, seal_submission
from intake.services.case_notes import add_event
from tests.intake.conftest import START

ANSWERS = {"full_name": "Made Up Person"}


def make_submission(reference: str = "FOO-7K2M-9QXT", answers: Mapping[str, Any] = ANSWERS) -> str:
    """A submission of two teams, with a note on its case; its id."""
    with transaction() as session:
        case = Case(reference=reference, form_id="food-parcel", created_at=START, updated_at=START)
        session.add(case)
        session.flush()
        submission_id = reference.encode().hex().ljust(32, "0")
        sealed = seal_submission(
            submission_id,
            "food-parcel",
            "1.0.0",
            answers,
            {"why": "because"},
            keys().recipients(["belfast-pumps", "duty-desk"]),
        )
        session.add(
            Submission(
                id=submission_id,
                reference=reference,
                case_id=case.id,
                form_id="food-parcel",
                form_version="1.0.0",
                content_hash="",
                rules_version="1",
                submitted_at=START,
                submitted_by="visitor",
                facets={},
                sealed_answers=sealed.answers,
                sealed_decision=sealed.decision,
            )
        )
        session.flush()
        session.add_all(key_copies(submission_id, sealed.keys))
        add_event(case.id, "noted", "cli", START, words="a note", readers=["belfast-pumps"])
    return submission_id
