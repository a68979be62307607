"""Drafts that are filled in up to the submit button, and the request that would submit them."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from benchmarks.forms import make_answers
from intake import create_app
from intake.app_state import clock
from intake.config import Settings
from intake.database import db
from intake.services.drafts import load_draft, save_answers, start_draft
from intake.services.journeys import journey
from intake.services.sealed_drafts import csrf_token


@dataclass(frozen=True)
class Submitting:
    """The POST request that submits one draft."""

    draft_id: str
    path: str
    body: bytes
    headers: Mapping[str, str]


def filled_drafts(environment: Mapping[str, str], count: int, questions: int) -> list[Submitting]:
    """That many drafts of the measured form, complete."""
    app = create_app(Settings.from_environment(environment))
    with app.app_context():
        made = [filled_draft(questions) for _ in range(count)]
        db.engine.dispose()
    return made


def filled_draft(questions: int) -> Submitting:
    """One draft, complete, with its cookie and token as a browser would send them."""
    now = clock()
    opened = start_draft("measured", now=now)
    draft = load_draft(opened.draft_id, opened.key, now)
    answers = make_answers(questions)
    pages = journey(draft.form.definition, answers, frozenset()).pages
    save_answers(draft, answers, done=[page.id for page in pages], now=now)
    token = csrf_token(opened.draft_id, opened.key)
    cookie = urlsafe_b64encode(bytes.fromhex(opened.draft_id) + opened.key).decode()
    return Submitting(
        opened.draft_id,
        f"/form/{opened.draft_id}/check-answers",
        urlencode({"csrf_token": token, "action": "submit"}).encode(),
        {
            "Host": "localhost",
            "Cookie": f"intake-visitor={cookie}",
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )
