"""Save and come back later: nothing typed is lost, and only link and code together open it."""

import json
import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from intake.app_state import clock as now
from intake.config import Settings
from intake.database import db
from intake.models import Draft, OutboxMessage, Resume
from intake.observability import redact
from intake.rounds import purge
from intake.sealing import BadToken, CannotOpen, read
from intake.sealing.weblinks import STATUS
from intake.services.drafts import load_draft
from intake.services.mail_limits import TO_AN_ADDRESS
from intake.services.sealed_drafts import DraftNotFound
from intake.throttling import attempt
from intake.worker import run_once
from tests.intake import food_parcel as fp
from tests.intake.conftest import SECRET_KEYS, Clock
from tests.journeys.form_filler import fill, forward
from tests.journeys.html_contract import Page
from tests.journeys.visitors import Visitor

ON_SQLITE = pytest.mark.database("sqlite")
ADDRESS = "parent@example.org"
OPEN = {**fp.FORM, "x-form": {**fp.FORM["x-form"], "link": {"expires": "P14D", "uses": 3}}}


@pytest.fixture
def published(app: Flask) -> Flask:
    with app.app_context():
        fp.publish(OPEN)
    return app


def stopped(app: Flask, **options: object) -> Visitor:
    """Somebody who typed half a page and saves it for later."""
    with app.app_context():
        url = fp.a_link(**options).url
    browser = fp.visitor(app)
    fp.as_far_as("about", browser, url)
    browser.press("save", [("full_name", fp.NAME), ("notes", "n" * 201)])
    return browser


def code_on(page: Page) -> str:
    return page.reference.replace(" ", "")


def ask_for_link(browser: Visitor, address: str = ADDRESS) -> str:
    """Have the way back sent; the code that is shown."""
    code = code_on(browser.press("send", [("email", address)]))
    assert re.fullmatch(r"\d{6}", code)
    return code


def messages(app: Flask, settings: Settings) -> list[str]:
    """The resume messages that were sent, the oldest first, whole."""
    with app.app_context():
        run_once()
    folder = Path(settings.mail_url.removeprefix("file:"))
    paths = sorted(folder.glob("*.eml"), key=lambda each: each.stat().st_mtime_ns)
    read_ = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]
    found = []
    for message in read_:
        if message["Subject"] == "Your way back":
            assert message["To"] == ADDRESS
            parts = (message.get_body([kind]).get_content() for kind in ("plain", "html"))
            found.append("\n".join(parts))
    return found


def link_in(message: str) -> str:
    return re.search(r"http://\S+/r/[\w.-]+", message)[0]  # type: ignore[index]


def arrive(app: Flask, link: str, code: str, browser: Visitor | None = None) -> Visitor:
    browser = browser or fp.visitor(app)
    browser.open(link)
    browser.press("continue", [("answer", code)])
    return browser


def test_a_second_browser_continues_where_the_first_stopped(
    published: Flask, settings: Settings
) -> None:
    first = stopped(published)
    assert first.here.url.endswith("/come-back")
    assert "We keep them until 9 November 2026" in first.here.text
    code = ask_for_link(first)
    (message,) = messages(published, settings)
    second = arrive(published, link_in(message), f"{code[:3]}-{code[3:]} ")
    assert second.here.url.endswith("/about")
    assert second.here.control("full_name").value == fp.NAME
    assert second.here.control("notes").value.strip() == "n" * 201, "wrong answers are kept too"


@ON_SQLITE
def test_both_devices_have_the_same_draft_and_send_it_once(
    published: Flask, settings: Settings
) -> None:
    first = stopped(published)
    code = ask_for_link(first)
    (message,) = messages(published, settings)
    second = arrive(published, link_in(message), code)
    while not second.here.reference:
        second.press(forward(second.here), fill(second.here, fp.FILLED))
    first.open(second.here.url)
    assert first.here.reference == second.here.reference
    third = arrive(published, link_in(message), code)
    assert third.here.reference == second.here.reference, "the link then shows the receipt"


@ON_SQLITE
def test_the_message_has_no_answer_form_team_or_code(published: Flask, settings: Settings) -> None:
    code = ask_for_link(stopped(published))
    (message,) = messages(published, settings)
    for secret in (fp.NAME, "food", "parcel", "n" * 20, code, "Belfast"):
        assert secret not in message.replace(link_in(message), "")


@ON_SQLITE
def test_looking_at_the_link_changes_nothing(published: Flask, settings: Settings) -> None:
    code = ask_for_link(stopped(published))
    (message,) = messages(published, settings)
    for _ in range(8):
        assert fp.visitor(published).open(link_in(message)).status == 200
        scanner = fp.visitor(published)
        scanner.open(link_in(message))
        scanner.press("continue")  # a scanner that presses the button, too
    assert arrive(published, link_in(message), code).here.url.endswith("/about")


def test_five_wrong_codes_end_the_link(published: Flask, settings: Settings) -> None:
    first = stopped(published)
    code = ask_for_link(first)
    (message,) = messages(published, settings)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    guesser = fp.visitor(published)
    left = [arrive(published, link_in(message), wrong, guesser).here for _ in range(4)]
    assert [re.search(r"(\d) more", page.text)[1] for page in left] == ["4", "3", "2", "1"]  # type: ignore[index]
    assert arrive(published, link_in(message), wrong, guesser).here.status == 410
    assert guesser.open(link_in(message)).status == 410
    first.open(first.seen[-2].url)
    assert first.here.status == 200, "whoever saved goes on where they are"


@ON_SQLITE
def test_only_the_newest_link_works(published: Flask, settings: Settings) -> None:
    first = stopped(published)
    asked = first.here.url
    old = ask_for_link(first)
    first.open(asked)
    new = ask_for_link(first)
    links = {link_in(each) for each in messages(published, settings)}
    assert len(links) == 2
    opened = [arrive(published, link, code).here for link in links for code in (old, new)]
    assert sum(page.url.endswith("/about") for page in opened) == 1


@ON_SQLITE
def test_everything_but_the_visitors_secret_opens_no_draft(
    published: Flask, settings: Settings
) -> None:
    """The database, every key of the installation and the code: the mailed secret is missing."""
    code = ask_for_link(stopped(published))
    (message,) = messages(published, settings)
    token = link_in(message).rpartition("/")[2]
    with published.app_context():
        row = db.session.scalars(sa.select(Resume)).one()
        draft = db.session.scalars(sa.select(Draft)).one()
        stored = b"".join(
            bytes(value) if isinstance(value, bytes) else str(value).encode()
            for model in (Resume, Draft, OutboxMessage)
            for one in db.session.scalars(sa.select(model))
            for value in vars(one).values()
        )
        right = read(SECRET_KEYS, token, "resume")
        for secret in (right.secret, code.encode(), fp.NAME.encode(), token.encode()):
            assert secret not in stored
        from intake.sealing import LinkCapability, new_link_secret, open_body
        from intake.services.resuming import _context, _key

        forged = LinkCapability(row.id, new_link_secret())
        with pytest.raises(CannotOpen):
            open_body(_key(forged, code), row.sealed_key or b"", _context(forged))
        for key in (right.secret * 2, *(each.encode()[:32] for each in SECRET_KEYS)):
            with pytest.raises(DraftNotFound):
                load_draft(draft.id, key, datetime(2026, 11, 2, tzinfo=UTC))


@ON_SQLITE
def test_the_mail_without_the_code_opens_nothing(published: Flask, settings: Settings) -> None:
    code = ask_for_link(stopped(published))
    (message,) = messages(published, settings)
    for guess in ("", f"{(int(code) + 1) % 10**6:06d}"):
        thief = arrive(published, link_in(message), guess)
        assert thief.here.errors
        assert thief.transport.client.get_cookie("intake-visitor") is None  # type: ignore[attr-defined]
    assert (
        published.test_client()
        .post(link_in(message), headers={"Sec-Fetch-Site": "cross-site"})
        .status_code
        == 404
    )


def test_a_link_of_another_purpose_is_refused(context: Flask) -> None:
    fp.publish()
    token = fp.a_link().url.rpartition("/")[2]
    for purpose in ("resume", STATUS):
        with pytest.raises(BadToken):
            read(SECRET_KEYS, token, purpose)
    assert context.test_client().get(f"/r/{token}").status_code == 404


def test_the_way_back_ends_with_the_draft(
    published: Flask, settings: Settings, clock: Clock
) -> None:
    code = ask_for_link(stopped(published))
    (message,) = messages(published, settings)
    clock.advance(days=6, hours=23, minutes=59)
    assert arrive(published, link_in(message), code).here.url.endswith("/about")
    clock.advance(minutes=2)
    assert arrive(published, link_in(message), code).here.status == 410
    with published.app_context():
        purge(clock.now)
        assert not db.session.scalars(sa.select(Resume)).all()


@ON_SQLITE
@pytest.mark.parametrize(
    ("begun", "last_day"),
    [
        # 23:30 in London, the day before; seven times 24 hours later it is 22:30 there
        (datetime(2026, 10, 24, 22, 30, tzinfo=UTC), "31 October 2026"),
        # 23:30 in London, the day before; seven times 24 hours later it is 0:30 there
        (datetime(2027, 3, 27, 23, 30, tzinfo=UTC), "4 April 2027"),
    ],
)
def test_the_day_is_right_over_the_change_of_summer_time(
    app: Flask, clock: Clock, begun: datetime, last_day: str
) -> None:
    clock.now = begun
    with app.app_context():
        fp.publish(OPEN)
    browser = stopped(app)
    assert f"We keep them until {last_day}" in browser.here.text
    clock.now = begun + timedelta(days=7, minutes=-1)
    assert browser.open(browser.here.url).status == 200
    clock.advance(minutes=2)
    assert browser.open(browser.here.url).status == 404


@ON_SQLITE
def test_the_link_that_one_was_sent_is_enough(published: Flask) -> None:
    assert (
        "The link that you were sent opens your answers again"
        in stopped(published, uses=1).here.text
    )
    assert "The link that you were sent" not in stopped(published).here.text


@ON_SQLITE
@pytest.mark.parametrize("typed", ["parent@", "=?utf-8?q?other=40example=2Eorg=2C?=b@example.org"])
def test_a_wrong_address_is_said_and_nothing_is_sent(
    published: Flask, settings: Settings, typed: str
) -> None:
    browser = stopped(published)
    page = browser.press("send", [("email", typed)])
    assert [each.text for each in page.errors] == ["Enter an email address, like name@example.com"]
    assert page.control("email").value == typed
    assert messages(published, settings) == []


@ON_SQLITE
def test_nobody_can_have_many_messages_sent_to_somebody(published: Flask) -> None:
    browser = stopped(published)
    asked = browser.here.url
    for _ in range(5):
        ask_for_link(browser)
        browser.open(asked)
    page = browser.press("send", [("email", ADDRESS)])
    assert "ask again in 60 minutes" in page.errors[0].text


@ON_SQLITE
def test_a_stranger_cannot_use_up_what_somebodys_mailbox_may_get(published: Flask) -> None:
    def asking(url: str) -> Page:
        browser = fp.visitor(published)
        fp.as_far_as("about", browser, url)
        browser.press("save", [("full_name", fp.NAME)])
        return browser.press("send", [("email", ADDRESS)])

    stranger = "http://localhost/forms/food-parcel"
    asked = [asking(stranger) for _ in range(4)]
    assert [bool(page.errors) for page in asked] == [False, False, False, True]
    with published.app_context():
        own = fp.a_link().url
        for _ in range(10):
            attempt(TO_AN_ADDRESS, ADDRESS, now())
    assert not asking(own).errors, "whoever holds a link of their own is not counted with strangers"


@ON_SQLITE
def test_every_page_of_a_form_can_be_saved(published: Flask) -> None:
    with published.app_context():
        url = fp.a_link().url
    browser = fp.visitor(published)
    browser.open(url)
    browser.press("continue")
    browser.press("continue")
    while not browser.here.reference:
        page = browser.here
        assert "save" in page.buttons, page.url
        assert "We keep your answers until 9 November 2026." in page.text
        browser.press("save", fill(page, fp.FILLED))
        assert browser.here.heading == "Your answers are saved"
        browser.open(page.url)
        browser.press(forward(browser.here), fill(browser.here, fp.FILLED))


@ON_SQLITE
def test_what_was_saved_is_not_in_any_other_cookie_or_address(
    published: Flask, settings: Settings
) -> None:
    code = ask_for_link(stopped(published))
    (message,) = messages(published, settings)
    browser = arrive(published, link_in(message), code)
    token = link_in(message).rpartition("/")[2]
    assert token not in browser.here.url + browser.here.html
    assert json.dumps([page.url for page in browser.seen[1:]]).count(token) == 0


@ON_SQLITE
def test_more_time_is_given_to_who_asks_in_time(published: Flask, clock: Clock) -> None:
    browser = stopped(published)
    browser.open(browser.seen[-2].url)
    client = browser.transport.client  # type: ignore[attr-defined]
    where = browser.here.url.rpartition("/")[0] + "/stay"
    clock.advance(days=6, hours=23, minutes=57)
    answer = client.post(where, data=dict(browser.here.hidden))
    assert answer.json == {
        "until": int(clock.now.timestamp()) + 7 * 24 * 3600,
        "words": "We keep your answers until 16 November 2026.",
    }
    assert client.post(where).status_code == 400, "only from a page of this draft"
    clock.advance(days=1)
    assert browser.open(browser.here.url).control("full_name").value == fp.NAME
    clock.advance(days=6, minutes=1)
    assert client.post(where, data=dict(browser.here.hidden)).status_code == 404


@pytest.mark.parametrize("path", ["r/AbC-1.d_E", "s/AbC-1.d_E", "status/0a1b2c", "form/0a1b/stay"])
def test_no_log_line_holds_a_way_back_or_a_status_page(path: str) -> None:
    line = redact(f'"GET /{path} HTTP/1.1" 200')
    assert path.partition("/")[2] not in line
