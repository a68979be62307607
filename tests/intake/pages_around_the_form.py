"""The pages around a form that was sent or saved, as somebody meets them one after another."""

import re
from email import message_from_bytes, policy
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from intake.database import db
from intake.models import Case
from intake.services.link_terms import Shown
from intake.services.links import issue_link
from intake.worker import run_once
from tests.intake import food_parcel as fp
from tests.intake.conftest import Clock, dispose, make_application, make_settings, prepare
from tests.journeys.visitors import Visitor

SENSITIVE = {**fp.FORM["x-form"], "sensitive": True, "exit_this_page": True}
FORM = {**fp.FORM, "x-form": SENSITIVE}
MOST_ASKED = 31  # wishes for a new link from one address: one more than there may be
Kept = dict[str, str]


def fresh_pages(folder: Path) -> Kept:
    """The same of a new application in a folder."""
    url, clock = f"sqlite:///{folder / 'intake.sqlite3'}", Clock()
    prepare(url, folder)
    app = make_application(make_settings(url, folder / "mail"), clock)
    found = pages(app, clock, folder / "mail")
    dispose(app)
    return found


def pages(app: Flask, clock: Clock, mail: Path) -> Kept:
    """Each page's HTML by its name. ``app`` is fresh, and puts its mail into the folder."""
    with app.app_context():
        fp.publish(FORM)
        fp.publish(fp.CASE_FORM, fp.CASE_RULES)
    kept: Kept = {}
    _save_and_come_back(app, mail, kept)
    _send_and_follow(app, clock, mail, kept)
    _open_links(app, kept)
    return kept


def _mailed(app: Flask, mail: Path, to: str, pattern: str) -> str:
    with app.app_context():
        run_once()
    for path in mail.glob("*.eml"):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        body = message.get_body(["plain"])
        found = re.search(pattern, body.get_content()) if body else None
        if found and message["To"] == to:
            return found[0]
    raise AssertionError(f"nothing was sent to {to}")


def _a_link(app: Flask, **options: object) -> str:
    with app.app_context():
        return fp.a_link(**{"verify": "none", **options}).url


def _save_and_come_back(app: Flask, mail: Path, kept: Kept) -> None:
    visitor = fp.visitor(app)
    fp.as_far_as("about", visitor, _a_link(app))
    address = visitor.press("save", [("full_name", fp.NAME)]).url
    kept["saved"] = visitor.here.html
    kept["saved, wrong address"] = visitor.press("send", [("email", "nobody")]).html
    visitor.open(address)
    kept["code shown"] = visitor.press("send", [("email", "saved@example.org")]).html
    back = fp.visitor(app)
    kept["way back"] = back.open(
        _mailed(app, mail, "saved@example.org", r"http://\S+/r/[\w.-]+")
    ).html
    kept["way back, no code"] = back.press("continue", [("answer", "")]).html
    kept["no way back"] = back.open("http://localhost/r/nothing").html


def _send_and_follow(app: Flask, clock: Clock, mail: Path, kept: Kept) -> None:
    visitor = fp.visitor(app)
    fp.as_far_as("check-answers", visitor, _a_link(app))
    kept["check answers with a copy"] = visitor.here.html
    receipt = visitor.press("submit").url
    kept["receipt"] = visitor.here.html
    kept["receipt, wrong address"] = visitor.press("receipt", [("email", "nobody")]).html
    visitor.open(receipt)
    kept["receipt, sent"] = visitor.press("receipt", [("email", "sent@example.org")]).html
    _follow(fp.visitor(app), _mailed(app, mail, "sent@example.org", r"http://\S+/s/[\w.-]+"), kept)
    clock.advance(hours=2)
    kept["no copy"] = visitor.open(receipt.replace("/done", "/copy.pdf")).html


def _follow(visitor: Visitor, link: str, kept: Kept) -> None:
    kept["status link"] = visitor.open(link).html
    status = visitor.press("continue").url
    kept["status"] = visitor.here.html
    kept["send more"] = visitor.open(f"{status}/more").html
    kept["send more, nothing"] = visitor.press("send", [("more", "")]).html
    visitor.open(f"{status}/more")
    kept["status, added"] = visitor.press("send", [("more", "She has moved.")]).html
    kept["withdraw"] = visitor.open(f"{status}/withdraw").html
    kept["status, withdrawn"] = visitor.press("withdraw").html
    kept["no status"] = visitor.open("http://localhost/s/nothing").html


def _open_links(app: Flask, kept: Kept) -> None:
    visitor = fp.visitor(app)
    kept["weblink"] = visitor.open(_a_link(app, verify="code")).html
    kept["verification"] = visitor.press("continue").html
    kept["verification, no code"] = visitor.press("continue", [("answer", "")]).html
    for _ in range(5):
        visitor.press("continue", [("answer", "000000")])
    kept["link locked"] = visitor.here.html
    kept["link ended"] = visitor.open("http://localhost/l/nothing").html
    with app.app_context():
        case_id = db.session.scalars(sa.select(Case.id).limit(1)).one()
        shown = Shown("The school asks for a place from January.")
        to = {"recipient": "school@example.org", "actor": "cli", "case_id": case_id}
        url = issue_link("case-note", shown=shown, **to).url  # type: ignore[arg-type]
    visitor.open(url)
    kept["task"] = visitor.press("continue").html
    visitor.open("http://localhost/links/ask")
    client = visitor.transport.client  # type: ignore[attr-defined]
    for _ in range(MOST_ASKED):
        answer = client.post("/links/ask", data={"token": "x"})
    assert answer.status_code == 429
    kept["too many"] = answer.text
