"""A row for every kind of message to the public: none goes where an email is not safe."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from intake.app_state import clock
from intake.config import Settings
from intake.database import db, transaction
from intake.models import (
    BlindIndexEntry,
    Campaign,
    Case,
    Destination,
    Link,
    OutboxMessage,
    StatusLink,
    Submission,
)
from intake.services import campaigns, messages
from intake.services.campaign_plans import check_plan
from intake.services.campaign_queueing import queue_messages
from intake.services.campaign_reminders import remind
from intake.services.case_decisions import accept
from intake.services.link_care import Replacement, care_for, replace_link, resend_link
from intake.services.links import LinkNotIssued, issue_link
from intake.services.safe_contact import is_unsafe
from intake.services.telling_sender import keep_address
from tests.intake import food_parcel as fp
from tests.intake.campaign_making import work
from tests.intake.case_making import DUTY, PUMPS, Browser, make_staff, part
from tests.intake.conftest import Clock
from tests.intake.test_safe_contact import FORM, SAFE, UNSAFE
from tests.journeys.form_filler import Answers, complete
from tests.journeys.visitors import Visitor

pytestmark = pytest.mark.database("sqlite")

ADDRESS = "parent@example.org"
TEXT = "Subject: A form for you\n\nHello,\n\n{link}\n\nIt works until {expires}.\n"
# what tells staff; everything else that is a message goes to the public
TO_STAFF = {
    "team",
    "new_link_asked",
    "heard",
    "link_locked",
    "raised",
    "clock",
    "many_late",
    "digest",
    "webhook_stopped",
}


@dataclass
class Scene:
    """An installation with somebody who answers whether an email is safe."""

    app: Flask
    folder: Path
    clock: Clock
    answers: Answers

    def mails(self) -> list[str]:
        """What was sent to the address, the oldest first."""
        with self.app.app_context():
            work()
        paths = sorted(self.folder.glob("*.eml"), key=lambda each: each.stat().st_mtime_ns)
        read = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]
        return [
            str(each.get_body(["plain"]).get_content())
            for each in read
            if each["To"].lower() == ADDRESS
        ]

    def link(self, **options: object) -> str:
        with self.app.app_context():
            return fp.a_link(team_id=DUTY, recipient=ADDRESS, **options).url

    def sent_before(self) -> Visitor:
        """They sent a form, whose link went to the address; the worker has looked at it."""
        browser, url = fp.visitor(self.app), self.link()
        self.mails()
        complete(browser, url, self.answers)
        self.mails()
        return browser

    def saved(self, url: str) -> Visitor:
        """They gave the answer, and saved the form for later."""
        browser = fp.visitor(self.app)
        fp.as_far_as("contact", browser, url, self.answers)
        browser.press("save", [("safe_to_email", str(self.answers.by_name["safe_to_email"]))])
        return browser


def ask(scene: Scene, act: Callable[[], object]) -> None:
    with scene.app.app_context():
        if scene.answers is SAFE:
            act()
            return
        with pytest.raises(LinkNotIssued, match="could put them in danger") as refused:
            act()
        assert refused.value.field == "to"


def a_personal_link(scene: Scene) -> None:
    scene.sent_before()
    ask(scene, lambda: fp.a_link(team_id=DUTY, recipient=f" {ADDRESS.upper()} "))


def a_task_on_the_case(scene: Scene) -> None:
    scene.sent_before()
    with scene.app.app_context():
        fp.publish(fp.CASE_FORM, fp.CASE_RULES)
        case_id = db.session.scalars(sa.select(Case.id)).one()
    ask(
        scene,
        lambda: issue_link("case-note", recipient=ADDRESS, actor="cli", case_id=case_id),
    )


def a_link_in_the_place_of_another(scene: Scene) -> None:
    url = scene.link()
    scene.mails()
    scene.saved(url)
    with scene.app.app_context():
        link_id = db.session.scalars(sa.select(Link.id)).one()
        until = clock() + timedelta(days=3)
    ask(scene, lambda: replace_link(None, link_id, Replacement(ADDRESS, until)))


def the_same_message_again(scene: Scene) -> None:
    url = scene.link()
    with scene.app.app_context(), transaction() as session:
        session.execute(sa.update(OutboxMessage).values(state="dead"))
        link_id = session.scalars(sa.select(Link.id)).one()
    scene.saved(url)
    with scene.app.app_context():
        lead, is_safe = make_staff("lee", DUTY, role="lead"), scene.answers is SAFE
        assert care_for(lead, link_id).resend is is_safe
        assert resend_link(lead, link_id) is is_safe


def a_message_that_waits(scene: Scene) -> None:
    url = scene.link()
    scene.saved(url)


def a_campaign(scene: Scene) -> str:
    with scene.app.app_context():
        content = f"email\n{ADDRESS}\n".encode()
        plan = campaigns.prepare("food-parcel", content, TEXT, team_id=DUTY)
        campaigns.begin(plan, check_plan(plan), actor="cli")
        list(queue_messages(plan, "cli"))
        return plan.id


def the_message_of_a_campaign(scene: Scene) -> None:
    scene.sent_before()
    a_campaign(scene)


def the_reminder_of_a_campaign(scene: Scene) -> None:
    plan_id = a_campaign(scene)
    (first,) = scene.mails()
    scene.saved(re.search(r"http://\S+/l/[\w.-]+", first)[0])  # type: ignore[index]
    scene.clock.advance(days=3)
    with scene.app.app_context():
        campaign = db.session.get_one(Campaign, plan_id)
        list(remind(campaign, after=timedelta(days=1), actor="cli"))
    scene.clock.advance(minutes=5)


def a_way_back(scene: Scene) -> None:
    browser = scene.saved(scene.link(uses=2))
    post_email(browser, "send")


def a_receipt(scene: Scene) -> None:
    post_email(scene.sent_before(), "receipt")


def news(scene: Scene) -> None:
    """They asked for it when it seemed safe; then a team took the case on."""
    settings = {**FORM["x-form"], "version": "1.1.0", "tell_sender": ["accepted"]}
    with scene.app.app_context():
        fp.publish({**FORM, "x-form": settings}, {**fp.RULES, "version": "1.1.0"})
    scene.sent_before()
    with scene.app.app_context():
        sent = db.session.scalars(sa.select(Submission)).one()
        with transaction() as session:
            session.add(StatusLink(submission_id=sent.id, secret_check=b"", created_at=clock()))
            keep_address(sent.id, ADDRESS, "https://intake.example.org/s/x", "en")
        accept(make_staff("lee", DUTY), part(sent.case_id, DUTY), address="")


def post_email(browser: Visitor, action: str) -> None:
    """Ask for a message, whether the page offers it or not."""
    html = "".join(page.html for page in browser.seen)
    token = re.findall(r'name="csrf_token" value="([^"]+)"', html)[-1]
    client = browser.transport.client  # type: ignore[attr-defined]
    data = {"csrf_token": token, "action": action, "email": ADDRESS}
    client.post(browser.here.url, data=data)


def a_code(scene: Scene) -> None:
    """The form was begun where it was opened first; now it is opened on another device."""
    url = scene.link(verify="code")
    browser = fp.visitor(scene.app)
    browser.open(url)
    browser.press("continue")
    code = re.search(r"code is:\s+(\d{3} ?\d{3})", "\n".join(scene.mails()))[1]  # type: ignore[index]
    browser.press("continue", [("answer", code)])
    while not browser.here.url.endswith("/contact"):
        from tests.journeys.form_filler import fill, forward

        browser.press(forward(browser.here), fill(browser.here, scene.answers))
    browser.press("save", [("safe_to_email", str(scene.answers.by_name["safe_to_email"]))])
    scene.clock.advance(minutes=30)
    other = fp.visitor(scene.app)
    other.open(url)
    other.press("continue")
    if scene.answers is UNSAFE:
        assert "We cannot send a code" in other.here.text
        assert "email" not in other.here.text, "whoever looks on does not learn why"


#: kind → how it comes about, and how many messages the address had had before
KINDS: dict[str, tuple[Callable[[Scene], object], int]] = {
    "weblink": (a_personal_link, 1),
    "task": (a_task_on_the_case, 1),
    "replaced link": (a_link_in_the_place_of_another, 1),
    "weblink again": (the_same_message_again, 0),
    "weblink that waits": (a_message_that_waits, 0),
    "campaign": (the_message_of_a_campaign, 1),
    "reminder": (the_reminder_of_a_campaign, 1),
    "resume": (a_way_back, 1),
    "receipt": (a_receipt, 1),
    "code": (a_code, 2),
    "news": (news, 1),
}


@pytest.fixture
def scene(app: Flask, settings: Settings, clock: Clock) -> Scene:
    with app.app_context():
        fp.publish(FORM)
    return Scene(app, Path(settings.mail_url.removeprefix("file:")), clock, UNSAFE)


@pytest.mark.parametrize("kind", KINDS)
def test_no_message_goes_where_an_email_is_not_safe(scene: Scene, kind: str) -> None:
    act, before = KINDS[kind]
    act(scene)
    if kind == "resume":
        before = 0  # the link's own message waited, and was let go too
    assert len(scene.mails()) == before


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_message_goes_where_it_is_safe(scene: Scene, kind: str) -> None:
    scene.answers = SAFE
    act, before = KINDS[kind]
    act(scene)
    assert len(scene.mails()) == before + 1


def test_every_kind_of_message_is_to_staff_or_has_a_row() -> None:
    found = {
        name.removesuffix("_message")
        for name, _ in inspect.getmembers(messages, inspect.isfunction)
        if name.endswith("_message") and not name.startswith("_")
    }
    assert found - TO_STAFF <= KINDS.keys()


def test_only_a_team_that_could_read_it_is_refused(scene: Scene) -> None:
    scene.sent_before()
    with scene.app.app_context():
        assert is_unsafe(ADDRESS, DUTY)
        assert not is_unsafe(ADDRESS, PUMPS), "it learns nothing of others' cases"
        assert not is_unsafe("other@example.org", DUTY)
        entries = db.session.scalars(sa.select(BlindIndexEntry)).all()
        assert ADDRESS.encode() not in b"".join(each.digest for each in entries)


def test_the_newest_answer_counts(scene: Scene) -> None:
    url, again = scene.link(), scene.link()
    scene.mails()
    complete(fp.visitor(scene.app), url, UNSAFE)
    scene.clock.advance(minutes=1)
    complete(fp.visitor(scene.app), again, SAFE)
    scene.mails()
    with scene.app.app_context():
        assert not is_unsafe(ADDRESS, DUTY)


def test_an_answer_that_is_put_right_lets_the_link_be_used_again(scene: Scene) -> None:
    url = scene.link()
    browser = scene.saved(url)
    with scene.app.app_context():
        assert db.session.scalars(sa.select(Link.email_unsafe)).one()
    browser.open(browser.here.url.replace("come-back", "contact"))
    browser.press("continue", [("safe_to_email", "yes")])
    with scene.app.app_context():
        assert not db.session.scalars(sa.select(Link.email_unsafe)).one()


def test_staff_are_told_why_and_what_to_do_instead(scene: Scene) -> None:
    scene.sent_before()
    with scene.app.app_context():
        fp.publish(fp.CASE_FORM, fp.CASE_RULES)
        make_staff("lee", DUTY, role="lead")
        with transaction() as session:
            session.execute(sa.update(Destination).values(state="accepted"))
        case_id = db.session.scalars(sa.select(Case.id)).one()
    staff = Browser(scene.app, "lee")
    address = f"/staff/cases/{case_id}/links/new?team={DUTY}"
    assert "Somebody on this case must not be emailed" in staff.get(address).text
    fields = {"team": DUTY, "form_id": "case-note", "recipient": "school@example.org"}
    answer = staff.post(address, **fields)
    assert answer.status_code == 422
    assert "Confirm that this address is not theirs" in answer.text
    answer = staff.post(address, **fields, is_someone_else="yes")
    assert answer.status_code == 303
    answer = staff.post(address, **{**fields, "recipient": ADDRESS}, is_someone_else="yes")
    assert answer.status_code == 422
    assert "Call or meet them: fill in the form together" in answer.text
