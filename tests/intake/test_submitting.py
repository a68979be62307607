"""From the submit button to a stored, routed and readable referral: exactly once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from intake import audit
from intake.app_state import clock, keys
from intake.config import Settings
from intake.database import db
from intake.models import (
    Case,
    CaseEvent,
    Destination,
    Draft,
    Link,
    OutboxMessage,
    SealedKeyCopy,
    Submission,
)
from intake.sealing import CannotOpen, MasterKeyMissing
from intake.sealing.submissions import open_submission
from intake.services.drafts import load_draft, save_answers, start_draft
from intake.services.link_opening import LinkNotUsable, exchange
from intake.services.links import revoke_link
from intake.services.receipts import Receipt
from intake.services.sealed_drafts import OpenedDraft
from intake.services.submitting import Incomplete, submit_referral
from intake.worker import run_once
from tests.intake import food_parcel as fp

PAGES = ("who", "danger", "about", "news", "family", "visits")
PROFESSIONAL = {**fp.PARENT, "applying_as": "professional", "ward": "Ward 5"}
ON_SQLITE = pytest.mark.database("sqlite")


def filled(opened: OpenedDraft, answers: dict[str, object] = fp.PARENT) -> OpenedDraft:
    """A draft with these answers and every page completed."""
    draft = load_draft(opened.draft_id, opened.key, clock())
    save_answers(draft, answers, done=PAGES, now=clock())
    return opened


def a_filled_draft(answers: dict[str, object] = fp.PARENT) -> OpenedDraft:
    fp.publish()
    return filled(start_draft("food-parcel", now=clock()), answers)


def submit(opened: OpenedDraft) -> Receipt | Incomplete:
    return submit_referral(opened.draft_id, opened.key, now=clock())


def count(model: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


@ON_SQLITE
def test_a_submission_takes_no_more_statements_than_it_has_kinds_of_things(context: Flask) -> None:
    first, second = a_filled_draft(), filled(start_draft("food-parcel", now=clock()))
    submit(first)  # it reads the directory
    seen: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda _c, _cu, text, *_: seen.append(text))
    submit(second)
    reads = [text for text in seen if text.startswith("SELECT")]
    writes = [text for text in seen if text.startswith(("INSERT", "UPDATE"))]
    assert len(reads) == 3, "the directory's revision, the keys, the end of the audit chain"
    assert len(writes) == 8, "draft, case, submission, keys, parts, events, messages, audit entry"


def test_a_submission_is_stored_routed_sealed_and_told_in_one_go(context: Flask) -> None:
    receipt = submit(a_filled_draft(PROFESSIONAL))
    assert isinstance(receipt, Receipt)
    submission = db.session.scalars(sa.select(Submission)).one()
    case = db.session.scalars(sa.select(Case)).one()
    part = db.session.scalars(sa.select(Destination)).one()
    assert submission.reference == case.reference == receipt.reference
    assert (part.team_id, part.urgency, part.state) == ("northern-pumps", 2, "delivered")
    assert submission.facets == {"applying_as": "professional"}
    readers = set(db.session.scalars(sa.select(SealedKeyCopy.team_id)))
    assert readers == {"northern-pumps", None}, "the team and the recovery key"
    kinds = sorted(db.session.scalars(sa.select(OutboxMessage.kind)))
    assert kinds == ["index-submission", "team-news"]
    assert audit.verify() == []
    opened = open_submission(submission, keys(), as_teams=["northern-pumps"])
    assert opened.answers == PROFESSIONAL
    with pytest.raises(CannotOpen):
        open_submission(submission, keys(), as_teams=["belfast-pumps"])


@ON_SQLITE
def test_the_team_is_told_without_a_word_of_the_content(context: Flask, settings: Settings) -> None:
    receipt = submit(a_filled_draft())
    run_once()
    folder = settings.mail_url.removeprefix("file:")
    (text,) = [path.read_text() for path in Path(folder).glob("*.eml")]
    assert receipt.reference in text
    assert "duty-desk@example.org" in text
    assert fp.NAME not in text


@ON_SQLITE
def test_answers_to_what_was_not_shown_are_not_stored(context: Flask) -> None:
    submit(a_filled_draft({**fp.PARENT, "ward": "typed before", "stray": "x"}))
    submission = db.session.scalars(sa.select(Submission)).one()
    assert open_submission(submission, keys()).answers == fp.PARENT


@ON_SQLITE
def test_what_no_rule_wants_goes_to_the_fallback_team(context: Flask) -> None:
    submit(a_filled_draft())
    assert db.session.scalars(sa.select(Destination.team_id)).all() == ["duty-desk"]


def test_sent_twice_it_is_stored_once_with_the_same_receipt(context: Flask) -> None:
    opened = a_filled_draft()
    assert submit(opened) == submit(opened)
    assert count(Submission) == count(Case) == 1


def test_sent_at_once_from_two_places_it_is_stored_once(app: Flask) -> None:
    with app.app_context():
        fp.publish()
        link = fp.a_link()
        opened = filled(exchange(link.url.rpartition("/")[2]))
        audited = audit.head().position
    together = threading.Barrier(4)

    def press(_number: int) -> Receipt | Incomplete:
        with app.app_context():
            together.wait()
            return submit(opened)

    with ThreadPoolExecutor(4) as people:
        receipts = set(people.map(press, range(4)))
    assert len(receipts) == 1
    with app.app_context():
        assert count(Submission) == count(Case) == count(Destination) == 1
        assert db.session.scalars(sa.select(Link.uses_count)).all() == [1]
        assert audit.head().position == audited + 1
        assert audit.verify() == []


def test_a_link_for_two_uses_is_not_used_three_times(app: Flask) -> None:
    with app.app_context():
        fp.publish()
        token = fp.a_link(uses=2).url.rpartition("/")[2]
        drafts = [filled(exchange(token)) for _ in range(4)]
    together = threading.Barrier(4)

    def press(opened: OpenedDraft) -> str:
        with app.app_context():
            together.wait()
            try:
                submit(opened)
            except LinkNotUsable as refused:
                return refused.state.value
            return "stored"

    with ThreadPoolExecutor(4) as people:
        outcomes = sorted(people.map(press, drafts))
    assert outcomes == ["stored", "stored", "used", "used"]
    with app.app_context():
        assert count(Submission) == 2


@ON_SQLITE
def test_a_revoked_link_stops_what_was_begun_and_keeps_the_answers(context: Flask) -> None:
    fp.publish()
    link = fp.a_link()
    opened = filled(exchange(link.url.rpartition("/")[2]))
    revoke_link(None, link.id)
    with pytest.raises(LinkNotUsable):
        submit(opened)
    assert count(Submission) == count(Case) == 0
    assert load_draft(opened.draft_id, opened.key, clock()).answers == fp.PARENT


@ON_SQLITE
def test_whoever_opened_a_link_in_time_may_finish_after_it_expired(
    context: Flask, clock: object
) -> None:
    fp.publish()
    link = fp.a_link(expires_at=clock.now.replace(hour=10))  # type: ignore[attr-defined]
    opened = filled(exchange(link.url.rpartition("/")[2]))
    clock.advance(hours=2)  # type: ignore[attr-defined]
    assert isinstance(submit(opened), Receipt)


@ON_SQLITE
@pytest.mark.parametrize(
    ("answers", "page"),
    [
        ({}, "who"),
        ({**fp.PARENT, "in_danger": True}, "call"),
        ({**fp.PARENT, "full_name": "x" * 61}, "about"),
    ],
)
def test_what_is_not_complete_is_not_submitted(
    context: Flask, answers: dict[str, object], page: str
) -> None:
    assert submit(a_filled_draft(answers)) == Incomplete(page)
    assert count(Submission) == 0


@ON_SQLITE
def test_a_page_that_was_never_shown_must_be_seen_first(context: Flask) -> None:
    fp.publish()
    opened = start_draft("food-parcel", now=clock(), answers=fp.PARENT)
    assert submit(opened) == Incomplete("who")


@ON_SQLITE
def test_after_submission_the_draft_holds_only_the_receipt(context: Flask) -> None:
    opened = a_filled_draft()
    receipt = submit(opened)
    draft = load_draft(opened.draft_id, opened.key, clock())
    assert (draft.answers, draft.receipt) == ({}, receipt)
    sealed = db.session.scalars(sa.select(Draft.sealed_answers)).one()
    assert receipt.reference.encode() not in sealed


@ON_SQLITE
def test_a_failure_half_way_stores_nothing(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = a_filled_draft()
    full = sa.exc.OperationalError("INSERT", {}, Exception("database or disk is full"))

    def fail(*_args: object, **_more: object) -> None:
        raise full

    monkeypatch.setattr("intake.services.submitting.audit.record", fail)
    with pytest.raises(sa.exc.OperationalError):
        submit(opened)
    monkeypatch.undo()
    assert count(Submission) == count(Case) == count(OutboxMessage) == 0
    assert isinstance(submit(opened), Receipt), "the answers are kept, and can be sent again"


@ON_SQLITE
def test_a_public_process_submits_what_it_cannot_read(app: Flask, public_app: Flask) -> None:
    with public_app.app_context():
        submit(a_filled_draft())
    with public_app.app_context(), pytest.raises(MasterKeyMissing):
        open_submission(db.session.scalars(sa.select(Submission)).one(), keys())
    with app.app_context():
        stored = open_submission(db.session.scalars(sa.select(Submission)).one(), keys())
        assert stored.answers == fp.PARENT


def a_case_form(case_id: str) -> OpenedDraft:
    fp.publish(fp.CASE_FORM, fp.CASE_RULES)
    opened = start_draft("case-note", now=clock(), case_id=case_id)
    draft = load_draft(opened.draft_id, opened.key, clock())
    save_answers(draft, {"what": "A visit"}, done=["what"], now=clock())
    return opened


def test_a_form_on_a_case_belongs_to_it_and_to_its_teams(context: Flask) -> None:
    submit(a_filled_draft(PROFESSIONAL))
    case_id = db.session.scalars(sa.select(Case.id)).one()
    submit(a_case_form(case_id))
    assert count(Case) == count(Destination) == 1
    submission = db.session.scalars(
        sa.select(Submission).where(Submission.form_id == "case-note")
    ).one()
    assert submission.case_id == case_id
    assert open_submission(submission, keys(), as_teams=["northern-pumps"]).answers
    kinds = set(db.session.scalars(sa.select(CaseEvent.kind)))
    assert kinds == {"submitted", "delivered", "form-submitted"}


@ON_SQLITE
def test_a_case_that_gets_a_team_meanwhile_is_sealed_to_it_too(
    context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit(a_filled_draft(PROFESSIONAL))
    part = db.session.scalars(sa.select(Destination)).one()
    case_id, values = part.case_id, {"urgency": 1, "acknowledge_by": clock()}
    opened = a_case_form(case_id)
    from intake.services import submitting

    prepare = submitting._prepare

    def meanwhile(*args: object) -> object:
        arrival = prepare(*args)  # type: ignore[arg-type]
        if len(arrival.before.working) == 1:
            db.session.add(
                Destination(
                    case_id=case_id, team_id="belfast-pumps", delivered_at=clock(), **values
                )
            )
            db.session.commit()
        return arrival

    monkeypatch.setattr(submitting, "_prepare", meanwhile)
    submit(opened)
    submission = db.session.scalars(
        sa.select(Submission).where(Submission.form_id == "case-note")
    ).one()
    assert open_submission(submission, keys(), as_teams=["belfast-pumps"]).answers


def declined_by_northern_and_taken_by_belfast(case_id: str) -> None:
    part = db.session.scalars(sa.select(Destination)).one()
    part.state, part.decline_reason = "declined", "outside-area"
    values = {"delivered_at": clock(), "acknowledge_by": clock(), "urgency": 1}
    db.session.add(Destination(case_id=case_id, team_id="belfast-pumps", **values))
    db.session.commit()


def readers_of(form_id: str) -> set[str | None]:
    query = sa.select(SealedKeyCopy.team_id).join(Submission)
    return set(db.session.scalars(query.where(Submission.form_id == form_id)))


def test_a_team_that_declined_is_neither_given_nor_told_what_comes_later(context: Flask) -> None:
    submit(a_filled_draft(PROFESSIONAL))
    case_id = db.session.scalars(sa.select(Case.id)).one()
    declined_by_northern_and_taken_by_belfast(case_id)
    assert isinstance(submit(a_case_form(case_id)), Receipt)
    assert readers_of("case-note") == {"belfast-pumps", None}
    told = db.session.scalars(sa.select(OutboxMessage.team_id)).all()
    assert told.count("northern-pumps") == told.count("belfast-pumps") == 1


def test_a_declining_meanwhile_is_heeded(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    submit(a_filled_draft(PROFESSIONAL))
    case_id = db.session.scalars(sa.select(Case.id)).one()
    opened = a_case_form(case_id)
    from intake.services import submitting

    prepare = submitting._prepare

    def meanwhile(*args: object) -> object:
        arrival = prepare(*args)  # type: ignore[arg-type]
        if arrival.before.working == ("northern-pumps",):
            declined_by_northern_and_taken_by_belfast(case_id)
        return arrival

    monkeypatch.setattr(submitting, "_prepare", meanwhile)
    submit(opened)
    assert readers_of("case-note") == {"belfast-pumps", None}


def test_a_rule_that_names_a_team_which_declined_gives_it_a_part_again(context: Flask) -> None:
    submit(a_filled_draft(PROFESSIONAL))
    case_id = db.session.scalars(sa.select(Case.id)).one()
    declined_by_northern_and_taken_by_belfast(case_id)
    fp.publish(fp.CASE_FORM, fp.CASE_RULES)
    rule = {**fp.RULES["rules"][0], "when": {"what": "A visit"}, "urgency": "immediate"}
    form = {**fp.CASE_FORM, "x-form": {**fp.CASE_FORM["x-form"], "version": "1.1.0"}}
    fp.publish(form, {**fp.CASE_RULES, "rules": [rule]})
    opened = start_draft("case-note", now=clock(), case_id=case_id)
    draft = load_draft(opened.draft_id, opened.key, clock())
    save_answers(draft, {"what": "A visit"}, done=["what"], now=clock())
    assert isinstance(submit(opened), Receipt)
    assert readers_of("case-note") == {"belfast-pumps", "northern-pumps", None}
    db.session.expire_all()
    part = db.session.scalars(
        sa.select(Destination).where(Destination.team_id == "northern-pumps")
    ).one()
    assert (part.state, part.urgency, part.decline_reason) == ("delivered", 4, None)


@ON_SQLITE
def test_a_revoked_link_shows_its_holder_nothing_more(app: Flask) -> None:
    with app.app_context():
        fp.publish()
        link = fp.a_link()
    browser = fp.visitor(app)
    fp.as_far_as("check-answers", browser, link.url)
    assert fp.NAME in browser.here.text
    with app.app_context():
        revoke_link(None, link.id)
    for page in ("check-answers", "about", "start"):
        shown = browser.open(browser.here.url.rpartition("/")[0] + f"/{page}")
        assert shown.status == 410
        assert fp.NAME not in shown.text


@ON_SQLITE
def test_a_receipt_outlives_its_link(app: Flask) -> None:
    with app.app_context():
        fp.publish()
        link = fp.a_link()
    browser = fp.visitor(app)
    fp.as_far_as("check-answers", browser, link.url)
    reference = browser.press("submit").reference
    with app.app_context():
        revoke_link(None, link.id)
    assert browser.open(browser.here.url).reference == reference


@ON_SQLITE
def test_through_the_pages_both_holders_of_a_link_see_its_receipt(app: Flask) -> None:
    with app.app_context():
        fp.publish()
        link = fp.a_link()
    first, second = fp.visitor(app), fp.visitor(app)
    fp.as_far_as("check-answers", first, link.url)
    second.open(link.url)
    second.press("continue")
    second.press("continue")
    assert second.here.url.endswith("/check-answers")
    references = {first.press("submit").reference, second.press("submit").reference}
    assert len(references) == 1
    again = second.open(second.here.url)
    assert {again.reference} == references
    assert second.open(again.url.replace("/done", "/about")).reference in references


@ON_SQLITE
def test_a_revoked_link_is_said_gently_at_the_end(app: Flask) -> None:
    with app.app_context():
        fp.publish()
        link = fp.a_link()
    browser = fp.visitor(app)
    fp.as_far_as("check-answers", browser, link.url)
    with app.app_context():
        revoke_link(None, link.id)
    page = browser.press("submit")
    assert page.status == 410
    assert "not your fault" in page.text


@ON_SQLITE
def test_a_draft_of_staff_opens_for_nobody_else(app: Flask, settings: Settings) -> None:
    from intake.models import Staff
    from intake.visitor_cookie import remember

    with app.app_context():
        fp.publish()
        submit(filled(start_draft("food-parcel", now=clock())))
        fp.publish(fp.CASE_FORM, fp.CASE_RULES)
        case_id = db.session.scalars(sa.select(Case.id)).one()
        staff = Staff(
            email="worker@example.org",
            name="A Worker",
            organisation_id="belfast-trust",
            password_hash="-",
            created_at=clock(),
        )
        db.session.add(staff)
        db.session.commit()
        opened = start_draft("case-note", now=clock(), case_id=case_id, staff_id=staff.id)
    with app.test_request_context():
        cookie = remember(app.response_class(), opened).headers["Set-Cookie"]
    name, _, value = cookie.partition(";")[0].partition("=")
    client = app.test_client()
    client.set_cookie(name, value)
    assert client.get(f"/form/{opened.draft_id}/what").status_code == 404
