"""Links that open only for somebody who was verified: codes, dates of birth, passphrases."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from intake.config import Settings
from intake.database import db
from intake.models import AuditEntry, Draft, Link, OutboxMessage
from intake.services.link_opening import HolderNotVerified, LinkNotUsable, exchange
from intake.services.links import LinkNotIssued, find_link, list_links, unlock_link
from intake.services.places import TooBusy
from intake.services.verifying import Verdict, checkable_link, send_code, try_answer
from intake.worker import run_once
from tests.intake import food_parcel as fp
from tests.intake.conftest import Clock
from tests.journeys.form_filler import carry_on
from tests.journeys.html_contract import Page
from tests.journeys.visitors import Visitor

ON_SQLITE = pytest.mark.database("sqlite")
BORN = {"verify": "date-of-birth", "verify_answer": "27 March 1990"}
WORDS = {"verify": "passphrase", "verify_answer": "Purple Otter, Tuesday"}
PREFILL = {"prefill": {"applying_as": "parent", "full_name": fp.NAME}}


@pytest.fixture
def published(app: Flask) -> Flask:
    with app.app_context():
        fp.publish()
    return app


def token_of(app: Flask, **options: Any) -> str:
    with app.app_context():
        return fp.a_link(**options).url.rpartition("/")[2]


def arrive(app: Flask, token: str, browser: Visitor | None = None) -> Visitor:
    """Somebody who presses the button on the link's page."""
    browser = browser or fp.visitor(app)
    browser.open(f"http://localhost/l/{token}")
    browser.press("continue")
    return browser


def codes(app: Flask, settings: Settings) -> list[str]:
    """The codes that were sent, the oldest first."""
    folder = Path(settings.mail_url.removeprefix("file:"))
    with app.app_context():
        run_once()
    found = []
    for path in sorted(folder.glob("*.eml"), key=lambda each: each.stat().st_mtime_ns):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        if message["Subject"] == "Your security code":
            assert message["To"] == "parent@example.org"
            text = message.get_body(["plain"]).get_content()
            found += [line for line in text.split() if re.fullmatch(r"\d{6}", line)]
    return found


def give(browser: Visitor, answer: str) -> Page:
    return browser.press("continue", [("answer", answer)])


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


@ON_SQLITE
def test_a_code_from_the_mail_opens_the_link(published: Flask, settings: Settings) -> None:
    browser = arrive(published, token_of(published, verify="code"))
    page = browser.here
    assert "/confirm/" in page.url
    assert "parent@example.org" not in page.text
    (control,) = [each for each in page.controls if each.name == "answer"]
    assert control.kind == "text"
    assert 'autocomplete="one-time-code"' in page.html
    assert 'inputmode="numeric"' in page.html
    (code,) = codes(published, settings)
    assert give(browser, f" {code[:3]} {code[3:]}\n").url.endswith("/start")


@ON_SQLITE
@pytest.mark.parametrize("spelling", ["{0}-{1}", "{0}{1}", "  {0} {1}  ", "{0}\u00a0{1}"])
def test_spaces_and_dashes_in_a_code_are_no_mistake(
    published: Flask, settings: Settings, spelling: str
) -> None:
    browser = arrive(published, token_of(published, verify="code"))
    (code,) = codes(published, settings)
    assert give(browser, spelling.format(code[:3], code[3:])).url.endswith("/start")


@ON_SQLITE
def test_a_code_may_be_typed_in_the_digits_of_another_script(
    published: Flask, settings: Settings
) -> None:
    browser = arrive(published, token_of(published, verify="code"))
    (code,) = codes(published, settings)
    arabic = "".join(chr(ord("\N{ARABIC-INDIC DIGIT ZERO}") + int(digit)) for digit in code)
    assert give(browser, arabic).url.endswith("/start")


@ON_SQLITE
@pytest.mark.parametrize("options", [{"verify": "code"}, BORN, WORDS])
def test_the_token_alone_gives_neither_answers_nor_a_draft(
    published: Flask, options: dict[str, str]
) -> None:
    token = token_of(published, **options, **PREFILL)
    browser = arrive(published, token)
    assert fp.NAME not in browser.here.html
    with published.app_context():
        assert not db.session.scalars(sa.select(Draft)).all()
        with pytest.raises(HolderNotVerified):
            exchange(token)


@ON_SQLITE
def test_another_browser_is_asked_again_and_shares_the_draft(
    published: Flask, settings: Settings
) -> None:
    token = token_of(published, **WORDS)
    first = arrive(published, token)
    start = give(first, "purple otter tuesday").url
    assert arrive(published, token, first).here.url == start, "this browser was verified"
    second = fp.visitor(published)
    assert second.open(start).status == 404
    assert "/confirm/" in arrive(published, token, second).here.url
    assert give(second, "PURPLE-OTTER-TUESDAY").url == start


@ON_SQLITE
def test_a_code_works_for_ten_minutes_over_the_end_of_summer_time(
    published: Flask, settings: Settings, clock: Clock
) -> None:
    clock.now = datetime(2027, 10, 31, 0, 55, tzinfo=UTC)  # 1:55, and 2:00 becomes 1:00
    browser = arrive(published, token_of(published, verify="code"))
    (code,) = codes(published, settings)
    clock.advance(minutes=9, seconds=59)
    assert give(browser, code).url.endswith("/start")


@ON_SQLITE
def test_a_code_is_too_old_after_ten_minutes_and_another_one_helps(
    published: Flask, settings: Settings, clock: Clock
) -> None:
    clock.now = datetime(2027, 3, 28, 0, 55, tzinfo=UTC)  # 0:55, and 1:00 becomes 2:00
    browser = arrive(published, token_of(published, verify="code"))
    (code,) = codes(published, settings)
    clock.advance(minutes=10)
    page = give(browser, code)
    assert "too old" in page.errors[0].text
    browser.press("resend")
    newest = codes(published, settings)[-1]
    assert newest != code or len(codes(published, settings)) == 2
    assert give(browser, newest).url.endswith("/start")


@ON_SQLITE
def test_a_code_sent_twice_by_a_double_click_opens_twice_and_not_a_minute_later(
    published: Flask, settings: Settings, clock: Clock
) -> None:
    token = token_of(published, verify="code")
    first, second = arrive(published, token), arrive(published, token)
    (code,) = codes(published, settings)
    assert give(first, code).url.endswith("/start")
    assert give(second, code).url.endswith("/start")
    third = arrive(published, token)
    clock.advance(minutes=1)
    assert "too old" in give(third, code).errors[0].text


@ON_SQLITE
def test_a_code_that_waited_longer_than_it_works_is_not_sent(
    published: Flask, settings: Settings, clock: Clock
) -> None:
    arrive(published, token_of(published, verify="code"))
    clock.advance(minutes=10)
    assert codes(published, settings) == []
    with published.app_context():
        assert set(db.session.scalars(sa.select(OutboxMessage.state))) == {"done"}


@ON_SQLITE
def test_pressing_the_button_again_sends_no_second_code(
    published: Flask, settings: Settings, clock: Clock
) -> None:
    token = token_of(published, verify="code")
    for _ in range(3):
        arrive(published, token).press("resend")
    assert len(codes(published, settings)) == 1
    clock.advance(seconds=30)
    arrive(published, token).press("resend")
    assert len(codes(published, settings)) == 2


@ON_SQLITE
def test_codes_are_not_sent_without_end(published: Flask, settings: Settings, clock: Clock) -> None:
    browser = arrive(published, token_of(published, verify="code"))
    for _ in range(9):
        clock.advance(minutes=1)
        browser.press("resend")
    assert len(codes(published, settings)) == 5
    assert "ask again in 51 minutes" in browser.here.text
    clock.advance(minutes=51)
    browser.press("resend")
    assert len(codes(published, settings)) == 6


@ON_SQLITE
@pytest.mark.parametrize("nothing", ["", "  ", "12345", "1234567", "abcdef"])
def test_what_is_no_code_at_all_is_not_counted(published: Flask, nothing: str) -> None:
    browser = arrive(published, token_of(published, verify="code"))
    for _ in range(7):
        page = give(browser, nothing)
    assert page.title.startswith("Error: ")
    assert "6 digits" in page.errors[0].text
    assert page.errors[0].href.removeprefix("#") in page.ids
    with published.app_context():
        assert db.session.scalars(sa.select(Link.wrong_tries)).all() == [0]


@ON_SQLITE
def test_five_wrong_tries_lock_the_link_and_tell_its_issuer(
    published: Flask, settings: Settings
) -> None:
    token = token_of(published, verify="code", **PREFILL)
    browser = arrive(published, token)
    (code,) = codes(published, settings)
    for left in (4, 3, 2, 1):
        assert f"{left} more time" in give(browser, wrong(code)).errors[0].text
    page = give(browser, wrong(code))
    assert page.status == 410
    assert "locked" in page.text
    assert give(arrive(published, token_of(published)), "").status == 200
    assert browser.open(f"http://localhost/l/{token}").status == 410
    with published.app_context():
        (line,) = [each for each in list_links() if each.state == "locked"]
        actions = db.session.scalars(sa.select(AuditEntry.action)).all()
        assert actions.count("link.lock") == 1
        run_once()
    told = [text for text in mails(settings) if "A link was locked" in text]
    assert len(told) == 1
    assert "belfast-pumps@example.org" in told[0]
    assert line.id in told[0]
    assert "parent@example.org" not in told[0]
    assert fp.NAME not in told[0]
    assert code not in told[0]


def mails(settings: Settings) -> list[str]:
    folder = Path(settings.mail_url.removeprefix("file:"))
    return [path.read_text() for path in folder.glob("*.eml")]


@ON_SQLITE
def test_an_unlocked_link_has_all_its_tries_again(published: Flask) -> None:
    token = token_of(published, **WORDS)
    browser = arrive(published, token)
    for _ in range(5):
        give(browser, "another phrase")
    with published.app_context():
        (line,) = list_links()
        assert line.state == "locked"
        for _ in range(2):
            unlock_link(None, line.id)
        assert find_link(None, line.id).state == "issued"
    browser = arrive(published, token)
    assert "4 more times" in give(browser, "another phrase").errors[0].text
    assert give(browser, "purple otter tuesday").url.endswith("/start")


@ON_SQLITE
def test_a_right_answer_begins_a_new_row_and_forgets_none_of_the_wrong_ones(
    published: Flask,
) -> None:
    token = token_of(published, **WORDS)
    for _ in range(2):
        browser = arrive(published, token)
        for _ in range(4):
            give(browser, "another phrase")
        assert give(browser, "purple otter tuesday").url.endswith("/start")
    browser = arrive(published, token)
    assert "1 more time" in give(browser, "another phrase").errors[0].text
    assert give(browser, "another phrase").status == 410
    assert browser.open(f"http://localhost/l/{token}").status == 410


@ON_SQLITE
def test_somebody_who_was_verified_goes_on_after_others_locked_the_link(published: Flask) -> None:
    token = token_of(published, **WORDS)
    parent = arrive(published, token)
    start = give(parent, "purple otter tuesday").url
    stranger = arrive(published, token)
    for _ in range(5):
        give(stranger, "guess after guess")
    assert parent.open(start).status == 200
    assert stranger.open(start).status == 404


@pytest.mark.parametrize("options", [{"verify": "code"}, WORDS])
def test_twenty_wrong_tries_at_once_are_five(published: Flask, options: dict[str, str]) -> None:
    token = token_of(published, **options)
    together = Barrier(20)

    def guess(number: int) -> str:
        with published.app_context():
            together.wait()
            while True:
                try:
                    return try_answer(checkable_link(token), f"{100000 + number} or so").verdict
                except LinkNotUsable as refused:
                    return f"too late: {refused.state}"
                except TooBusy:  # a passphrase takes its time, and few are tried at once
                    continue

    with ThreadPoolExecutor(20) as guessers:
        outcomes = sorted(guessers.map(guess, range(20)))
    assert outcomes == [Verdict.LOCKED, *["too late: locked"] * 15, *[Verdict.WRONG] * 4]
    with published.app_context():
        assert db.session.scalars(sa.select(Link.wrong_tries)).all() == [5]
        notices = sa.select(sa.func.count()).select_from(OutboxMessage)
        assert db.session.scalar(notices) == 2, "the link itself, and one notice to its team"


@ON_SQLITE
@pytest.mark.parametrize(
    "typed", [("27", "3", "1990"), ("27", "march", "1990"), ("27", "03", "1990")]
)
def test_a_date_of_birth_opens_the_link(published: Flask, typed: tuple[str, str, str]) -> None:
    browser = arrive(published, token_of(published, **BORN))
    names = ("answer-day", "answer-month", "answer-year")
    page = browser.press("continue", list(zip(names, typed, strict=True)))
    assert page.url.endswith("/start")


@ON_SQLITE
def test_half_a_date_of_birth_is_not_counted_and_another_day_is(published: Flask) -> None:
    browser = arrive(published, token_of(published, **BORN))
    page = browser.press("continue", [("answer-day", "27"), ("answer-month", "3")])
    assert page.errors[0].href == "#answer-day"
    assert page.control("answer-day").value == "27"
    fields = [("answer-day", "28"), ("answer-month", "3"), ("answer-year", "1990")]
    assert "4 more times" in browser.press("continue", fields).errors[0].text


@ON_SQLITE
def test_nothing_that_verifies_is_readable_in_the_database(
    published: Flask, settings: Settings
) -> None:
    for options in ({"verify": "code"}, BORN, WORDS):
        arrive(published, token_of(published, **options))
    with published.app_context():
        path = Path(db.engine.url.database)
    stored = b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))
    (code,) = codes(published, settings)
    for secret in (code, "1990-03-27", "27 March 1990", "purpleottertuesday"):
        assert secret.encode() not in stored


@ON_SQLITE
@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"verify": "date-of-birth", "verify_answer": "30 2 1990"}, "answer"),
        ({"verify": "date-of-birth", "verify_answer": "1 1 2090"}, "answer"),
        ({"verify": "date-of-birth", "verify_answer": "27 3 190"}, "answer"),
        ({"verify": "date-of-birth"}, "answer"),
        ({"verify": "passphrase", "verify_answer": "cat"}, "answer"),
        ({"verify": "code", "verify_answer": "123456"}, "answer"),
        ({"kind": "shared", "recipient": "", "verify": "code"}, "verify"),
    ],
)
def test_what_cannot_verify_anybody_is_not_issued(
    published: Flask, options: dict[str, Any], field: str
) -> None:
    with published.app_context(), pytest.raises(LinkNotIssued) as refused:
        fp.a_link(**options)
    assert refused.value.field == field


def a_form(**settings: Any) -> dict[str, Any]:
    return {**fp.FORM, "x-form": {**fp.FORM["x-form"], **settings}}


@ON_SQLITE
def test_an_issuer_may_ask_for_more_than_the_form_and_never_for_less(app: Flask) -> None:
    with app.app_context():
        fp.publish(a_form(link={"verify": "code"}))
        assert find_link(None, fp.a_link().id).verify == "code"
        assert find_link(None, fp.a_link(**WORDS).id).verify == "passphrase"
        for weaker in ({"verify": "none"}, {"kind": "shared", "recipient": ""}):
            with pytest.raises(LinkNotIssued) as refused:
                fp.a_link(**weaker)
            assert refused.value.field == "verify"


@ON_SQLITE
def test_a_sensitive_form_that_says_nothing_asks_recipients_for_a_code(app: Flask) -> None:
    with app.app_context():
        fp.publish(a_form(link={"uses": 1}, sensitive=True))
        assert find_link(None, fp.a_link().id).verify == "code"
        shared = fp.a_link(kind="shared", recipient="", uses=50)
        assert find_link(None, shared.id).verify == "none"


@ON_SQLITE
def test_the_page_that_asks_needs_the_browser_that_came_from_the_link(published: Flask) -> None:
    browser = arrive(published, token_of(published, **WORDS))
    page = browser.here
    stranger = fp.visitor(published)
    assert stranger.open(page.url).status == 404
    assert "Open your link again" in stranger.here.text
    client = published.test_client()
    assert client.post(page.url, data=dict(page.hidden)).status_code == 404


@ON_SQLITE
def test_the_page_that_asks_refuses_what_was_not_sent_from_it(published: Flask) -> None:
    client = published.test_client()
    answer = client.post(f"/l/{token_of(published, **WORDS)}")
    assert answer.status_code == 303
    assert client.post(answer.location, data={"answer": "guess after guess"}).status_code == 400
    forged = client.post(answer.location, headers={"Sec-Fetch-Site": "cross-site"})
    assert forged.status_code in (403, 404)
    with published.app_context():
        assert db.session.scalars(sa.select(Link.wrong_tries)).all() == [0]


@ON_SQLITE
def test_the_back_button_leads_on_to_the_form_and_to_the_receipt(
    published: Flask, settings: Settings
) -> None:
    browser = arrive(published, token_of(published, verify="code"))
    asked = browser.here
    (code,) = codes(published, settings)
    start = give(browser, code).url
    assert browser.open(asked.url).url == start
    browser.page = asked
    assert give(browser, code).url == start, "the same page, sent again"
    done = carry_on(browser, fp.FILLED)
    assert done.reference
    assert browser.open(asked.url).reference == done.reference


def test_asking_for_a_code_twice_at_once_sends_one(published: Flask) -> None:
    link_token = token_of(published, verify="code")
    together = Barrier(4)

    def ask(_number: int) -> bool:
        with published.app_context():
            link = checkable_link(link_token)
            together.wait()
            return send_code(link).is_sent

    with ThreadPoolExecutor(4) as tabs:
        assert all(tabs.map(ask, range(4)))
    with published.app_context():
        queued = sa.select(sa.func.count()).select_from(OutboxMessage)
        assert db.session.scalar(queued) == 2, "the link itself, and one code"


@ON_SQLITE
def test_two_links_side_by_side_in_one_browser_each_take_their_own_code(
    published: Flask, settings: Settings
) -> None:
    browser, waiting = fp.visitor(published), []
    for _ in range(2):
        page = arrive(published, token_of(published, verify="code"), browser).here
        waiting.append((page, codes(published, settings)[-1]))
    for page, code in waiting:
        browser.page = page
        assert give(browser, code).url.endswith("/start")
