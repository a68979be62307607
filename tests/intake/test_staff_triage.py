"""The pages of triage, as staff go through them."""

import pytest

from tests.intake.case_making import NORTHERN, PUMPS, Browser, make_case, make_staff, part

pytestmark = pytest.mark.database("sqlite")
WORDS = "She has moved to her aunt."


@pytest.fixture
def case_id(app, robin):
    with app.app_context():
        return make_case()


@pytest.fixture
def browser(app, case_id):
    return Browser(app, "robin")


def test_a_case_is_sent_on_page_by_page(app, browser, case_id):
    here = f"/staff/cases/{case_id}"
    assert "Send to another team" in browser.get(here).text
    assert "Northern pumps" in browser.get(f"{here}/send-on?team={PUMPS}&words=north").text
    assert "No team matches" in browser.get(f"{here}/send-on?team={PUMPS}&words=zzz").text
    assert browser.get(f"{here}/send-on/why?team={PUMPS}").status_code == 422
    assert (
        "Why do you send it" in browser.get(f"{here}/send-on/why?team={PUMPS}&to={NORTHERN}").text
    )
    chosen = {"team": PUMPS, "to": NORTHERN}
    assert "Select why" in browser.post(f"{here}/send-on/check", **chosen).text
    chosen |= {"reason": "sent-specialist", "words": WORDS}
    check = browser.post(f"{here}/send-on/check", **chosen).text
    assert "will be able to read everything" in check
    assert WORDS in check
    assert "Nobody of Northern pumps can sign in now" in check
    with app.app_context():
        make_staff("alex", NORTHERN)
    assert "can sign in now" not in browser.post(f"{here}/send-on/check", **chosen).text
    with app.app_context():
        assert set(part(case_id).case.parts) == {PUMPS}
    assert browser.post(f"{here}/send-on", **chosen).status_code == 303
    page = browser.get(here).text
    assert "You have sent this case to Northern pumps." in page
    assert "Sent on to another team: it needs what they are trained for" in page
    assert "can no longer be done" in browser.post(f"{here}/send-on", **chosen).text


def test_a_contact_and_an_escalation_are_asked_for_in_full(browser, case_id):
    here = f"/staff/cases/{case_id}"
    assert "Enter why" in browser.post(f"{here}/escalate", team=PUMPS).text
    assert browser.post(f"{here}/escalate", team=PUMPS, words=WORDS).status_code == 303
    assert "This case is escalated." in browser.get(here).text
    assert 'value="2026"' in browser.get(f"{here}/contact?team={PUMPS}").text
    day = {"when-day": "1", "when-month": "11", "when-year": "2026"}
    whole = {"team": PUMPS, "reached": "child-seen", "way": "visit", "time": "14.30", **day}
    for wrong, message in (
        ({"reached": ""}, "Select what happened"),
        ({"way": ""}, "Select how"),
        ({"when-day": "31"}, "Enter the day, like 27 3 2026"),
        ({"when-day": "9" * 20}, "Enter the day, like 27 3 2026"),
        ({"when-year": "26"}, "Enter the day, like 27 3 2026"),
        ({"when-day": "3"}, "not in the future"),
        ({"time": "half past"}, "Enter the time like 14:30"),
    ):
        answer = browser.post(f"{here}/contact", **{**whole, **wrong})
        assert answer.status_code == 422, wrong
        assert message in answer.text
    assert browser.post(f"{here}/contact", **whole).status_code == 303
    assert "The child was seen. Home visit, 1 November 2026, 2:30pm." in browser.get(here).text
