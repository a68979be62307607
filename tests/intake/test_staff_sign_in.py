"""Signing in and out, and how long a session lasts."""

from dataclasses import replace

import pytest
from flask import session

from intake.database import db
from intake.models import AuditEntry
from intake.services import passwords, sign_in_attempts, staff_accounts
from tests.intake.case_making import PASSWORD, Browser, make_staff
from tests.intake.conftest import make_application

pytestmark = [pytest.mark.database("sqlite"), pytest.mark.usefixtures("robin")]


def plain(answer, browser):
    """The page without the CSRF token and what was typed."""
    return answer.status_code, answer.text.replace(browser.token, "").replace("nobody", "robin")


def is_signed_in(browser):
    return browser.get("/staff/queue").status_code == 200


def test_the_right_password_leads_to_the_queue(app):
    browser = Browser(app)
    answer = browser.sign_in("robin")
    assert (answer.status_code, answer.location) == (303, "/staff/queue")
    assert "Robin" in browser.get("/staff/queue").text


def test_an_address_is_read_without_case_and_spaces(app):
    browser = Browser(app)
    browser.get("/staff/sign-in")
    answer = browser.post("/staff/sign-in", email="  Robin@Example.org ", password=PASSWORD)
    assert answer.status_code == 303


def test_an_unknown_address_a_wrong_password_and_a_closed_account_look_the_same(app):
    with app.app_context():
        make_staff("closed")
        staff_accounts.close_account("closed@example.org")
    pages = []
    for name, password in (("robin", "wrong"), ("nobody", PASSWORD), ("closed", PASSWORD)):
        browser = Browser(app)
        status, text = plain(browser.sign_in(name, password), browser)
        pages.append((status, text.replace(f"{name}@", "robin@")))
    assert pages[0][0] == 422
    assert pages[0] == pages[1] == pages[2]
    assert PASSWORD not in pages[1][1]


def test_an_unknown_address_takes_one_check_as_a_known_one_does(app, monkeypatch):
    checked = []

    class Counting:
        def verify(self, password_hash, _password):
            checked.append(password_hash)
            raise passwords.VerificationError

    monkeypatch.setattr(passwords, "hasher", Counting())
    for name in ("robin", "nobody"):
        Browser(app).sign_in(name, "wrong")
    assert len(checked) == 2
    assert checked[1] == passwords.NOBODYS_HASH


def test_empty_fields_are_said_and_not_checked(app):
    browser = Browser(app)
    browser.get("/staff/sign-in")
    answer = browser.post("/staff/sign-in", email=" ", password="")
    assert answer.status_code == 422
    assert "Enter your email address" in answer.text
    assert 'href="#password"' in answer.text
    assert "<title>Error: Sign in" in answer.text


def test_too_many_attempts_are_stopped_and_told_when_to_try_again(app, clock):
    for _ in range(10):
        assert Browser(app).sign_in("robin", "wrong").status_code == 422
    answer = Browser(app).sign_in("robin")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "in 15 minutes" in answer.text
    clock.advance(minutes=16)
    assert Browser(app).sign_in("robin").status_code == 303


def from_elsewhere(app, number):
    browser = Browser(app)
    browser.client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
    return browser


def test_a_strangers_guesses_do_not_lock_the_owner_of_the_account_out(app, monkeypatch):
    monkeypatch.setattr(
        sign_in_attempts, "BY_EMAIL", replace(sign_in_attempts.BY_EMAIL, attempts=12)
    )
    stranger = from_elsewhere(app, 1)
    for _ in range(14):
        answer = stranger.sign_in("robin", "wrong")
    assert answer.status_code == 429
    assert Browser(app).sign_in("robin").status_code == 303
    assert stranger.sign_in("robin").status_code == 429, "whose place is closed stays outside"


def test_guessing_at_one_account_from_many_addresses_is_stopped(app, monkeypatch):
    monkeypatch.setattr(
        sign_in_attempts, "BY_EMAIL", replace(sign_in_attempts.BY_EMAIL, attempts=12)
    )
    answers = [from_elsewhere(app, number).sign_in("robin", "wrong") for number in range(13)]
    assert [answer.status_code for answer in answers] == [*([422] * 12), 429]


def test_an_unknown_address_is_stopped_in_the_same_way(app):
    for _ in range(10):
        Browser(app).sign_in("nobody", "wrong")
    assert Browser(app).sign_in("nobody").status_code == 429
    assert Browser(app).sign_in("robin").status_code == 303


def test_a_successful_sign_in_starts_the_count_again(app):
    for _ in range(9):
        Browser(app).sign_in("robin", "wrong")
    assert Browser(app).sign_in("robin").status_code == 303
    assert Browser(app).sign_in("robin", "wrong").status_code == 422


def test_guessing_at_many_accounts_from_one_address_is_stopped(app, monkeypatch):
    monkeypatch.setattr(
        "intake.services.sign_in_attempts.BY_ADDRESS",
        replace(staff_accounts_limit(), attempts=3),
    )
    answers = [Browser(app).sign_in(f"someone{number}", "wrong") for number in range(4)]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 429]


def staff_accounts_limit():
    from intake.services.sign_in_attempts import BY_ADDRESS

    return BY_ADDRESS


def test_nothing_of_the_session_before_is_kept(app):
    browser = Browser(app)
    browser.get("/staff/sign-in")
    with browser.client.session_transaction() as planted:
        planted["planted"] = "by somebody else"
        before = planted["csrf_token"]
    browser.post("/staff/sign-in", email="robin@example.org", password=PASSWORD)
    with browser.client.session_transaction() as after:
        assert "planted" not in after
        assert after.get("csrf_token") != before


def test_signing_out_ends_the_session_everywhere(app):
    here, elsewhere = Browser(app, "robin"), Browser(app, "robin")
    copied = here.client.get_cookie("intake-staff").value
    assert here.post("/staff/sign-out").status_code == 303
    assert not is_signed_in(here)
    assert not is_signed_in(elsewhere)
    thief = Browser(app)
    thief.client.set_cookie("intake-staff", copied)
    assert not is_signed_in(thief)


def test_signing_out_needs_a_post(app):
    browser = Browser(app, "robin")
    assert browser.get("/staff/sign-out").status_code == 405
    assert is_signed_in(browser)


def session_of_a_public_process(public_app, **values):
    """A cookie that whoever broke into a public process can sign."""
    client = public_app.test_client()
    with client.session_transaction() as forged:
        forged.update(values)
    return client.get_cookie("intake-staff").value


def test_a_public_process_cannot_make_a_session_that_the_staff_side_takes(
    app, public_app, robin, clock
):
    at = int(clock().timestamp())
    user = {"_user_id": f"{robin.staff_id}:1", "_fresh": True}
    for proof in ({}, {"proof": ""}, {"proof": "é"}, {"proof": "0" * 64}):
        browser = Browser(app)
        cookie = session_of_a_public_process(
            public_app, **user, **proof, signed_in_at=at, seen_at=at
        )
        browser.client.set_cookie("intake-staff", cookie)
        assert not is_signed_in(browser)


@pytest.mark.parametrize("of", ["account", "time"])
def test_the_proof_of_a_session_proves_no_other_account_and_no_later_time(
    app, public_app, clock, of
):
    browser = Browser(app, "robin")
    with browser.client.session_transaction() as own:
        values = dict(own)
    clock.advance(minutes=5)
    if of == "account":
        with app.app_context():
            values["_user_id"] = f"{make_staff('kim').staff_id}:1"
    else:
        values["signed_in_at"] = int(clock().timestamp())
    browser.client.set_cookie("intake-staff", session_of_a_public_process(public_app, **values))
    assert not is_signed_in(browser)


def test_a_session_ends_after_half_an_hour_without_use(app, clock):
    browser = Browser(app, "robin")
    for _ in range(3):
        clock.advance(minutes=29)
        assert is_signed_in(browser)
    clock.advance(minutes=31)
    answer = browser.get("/staff/queue")
    assert answer.location == "/staff/sign-in"
    assert "Your session has ended" in browser.get("/staff/sign-in").text


def test_a_session_ends_after_a_shift_however_busy(app, clock):
    browser = Browser(app, "robin")
    for _ in range(36):
        clock.advance(minutes=20)
        assert is_signed_in(browser)
    clock.advance(minutes=1)
    assert not is_signed_in(browser)


def test_a_closed_account_is_out_at_once(app):
    browser = Browser(app, "robin")
    with app.app_context():
        staff_accounts.close_account("robin@example.org")
    assert not is_signed_in(browser)


def test_a_new_password_ends_every_session(app):
    browser = Browser(app, "robin")
    with app.app_context():
        staff_accounts.change_password("robin@example.org", "another-long-password")
    assert not is_signed_in(browser)
    assert Browser(app).sign_in("robin").status_code == 422
    assert Browser(app).sign_in("robin", "another-long-password").status_code == 303


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/staff/links", "/staff/links"),
        ("/staff/queue?team=belfast-pumps", "/staff/queue?team=belfast-pumps"),
        ("https://elsewhere.example.org/staff/x", "/staff/queue"),
        ("//elsewhere.example.org/staff/", "/staff/queue"),
        ("/staff/\\elsewhere.example.org", "/staff/queue"),
        ("/forms/visit", "/staff/queue"),
        ("/staff/sign-out", "/staff/queue"),
    ],
)
def test_one_comes_back_only_to_pages_of_the_staff_side(app, wanted, reached):
    browser = Browser(app)
    browser.get("/staff/sign-in")
    answer = browser.client.post(
        "/staff/sign-in",
        query_string={"next": wanted},
        data={"csrf_token": browser.token, "email": "robin@example.org", "password": PASSWORD},
    )
    assert answer.location == reached


def test_a_page_that_was_asked_for_is_shown_after_signing_in(app):
    browser = Browser(app)
    sign_in = browser.get("/staff/links").location
    assert browser.sign_in("robin", where=sign_in).location == "/staff/links"


def test_a_post_without_the_token_changes_nothing(app):
    browser = Browser(app, "robin")
    answer = browser.client.post("/staff/sign-out")
    assert answer.status_code == 400
    assert "out of date" in answer.text
    assert is_signed_in(browser)


def test_someone_signed_in_skips_the_sign_in_page(app):
    assert Browser(app, "robin").get("/staff/sign-in").location == "/staff/queue"


def test_the_cookie_is_closed_to_scripts_and_ends_with_the_browser(app):
    browser = Browser(app)
    cookie = browser.sign_in("robin").headers["Set-Cookie"]
    assert cookie.startswith("intake-staff=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires" not in cookie
    assert browser.client.get_cookie("remember_token") is None


def test_over_https_the_cookie_is_bound_to_the_host(app, settings, clock):
    secure = make_application(replace(settings, base_url="https://intake.example.org"), clock)
    with secure.test_request_context(base_url="https://intake.example.org"):
        session["x"] = 1
        response = secure.process_response(secure.make_response(""))
        db.engine.dispose()
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-intake-staff=")
    assert "Secure" in cookie
    assert "Path=/" in cookie


def test_too_many_at_once_are_asked_to_wait(app, monkeypatch):
    monkeypatch.setattr(passwords, "LONGEST_WAIT", 0.01)
    held = [passwords._places.acquire() for _ in range(passwords.AT_ONCE)]
    try:
        answer = Browser(app).sign_in("robin")
    finally:
        for _ in held:
            passwords._places.release()
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"


def test_sign_ins_and_refusals_are_audited_without_what_was_typed(app):
    Browser(app).sign_in("robin", "wrong")
    Browser(app).sign_in("nobody", "wrong")
    Browser(app, "robin").post("/staff/sign-out")
    with app.app_context():
        entries = db.session.query(AuditEntry).order_by(AuditEntry.position).all()
        told = [(each.action, each.thing_id) for each in entries][-4:]
        assert [action for action, _ in told] == [
            "account.sign-in-refused",
            "account.sign-in-refused",
            "account.sign-in",
            "account.sign-out",
        ]
        assert told[1][1] == "unknown"
        assert not any("nobody" in f"{each.why}{each.thing_id}" for each in entries)
