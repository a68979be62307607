"""Publishing while people are filling in the form: no answer is lost, on both databases."""

import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from form_definitions import Safety
from intake.app_state import keys
from intake.database import db
from intake.models import Draft, Submission
from intake.sealing.submissions import open_submission
from intake.services.forms import FormNotFound, FormWithdrawn, current_forms, startable
from intake.services.link_opening import exchange
from intake.services.links import IssuedLink
from intake.services.publishing import PublishedVersion, publish_form
from intake.services.withdrawing import withdraw_form
from tests.intake import case_making
from tests.intake import food_parcel as fp
from tests.intake.conftest import START, Clock
from tests.journeys.form_filler import carry_on
from tests.journeys.html_contract import Page
from tests.journeys.visitors import Visitor

TYPED = "Gluten-free, and no nuts"
PARENT = [("applying_as", "parent")]
SECOND = timedelta(seconds=1)


def edited(version: str, **titles: str) -> dict[str, Any]:
    """The form as another version, with some questions worded otherwise."""
    form = json.loads(json.dumps(fp.FORM))
    form["x-form"]["version"] = version
    for name, title in titles.items():
        form["properties"][name]["title"] = title
    return form


def breaking() -> dict[str, Any]:
    """A version that loses a question, renames another, and drops an option."""
    form = edited("2.0.0")
    properties = form["properties"]
    del properties["notes"]
    properties["name"] = properties.pop("full_name")
    form["required"] = ["applying_as", "name", "in_danger"]
    properties["applying_as"]["oneOf"][0] = {"const": "carer", "title": "A carer"}
    form["x-form"]["pages"][3] = {"id": "you", "title": "You", "questions": ["name"]}
    return form


def safe() -> dict[str, Any]:
    """A version that asks one thing more, after a page under another name."""
    form = edited("1.1.0")
    form["properties"]["allergies"] = {"type": "string", "title": "Any allergies?"}
    form["required"].append("allergies")
    form["x-form"]["pages"][0]["questions"].append("allergies")
    form["x-form"]["pages"][3]["id"] = "about-you"
    return form


def publish(form: dict[str, Any], **options: Any) -> PublishedVersion:
    return publish_form(json.dumps(form), "form.json", rules_text=json.dumps(fp.RULES), **options)


def stored() -> tuple[str, dict[str, Any]]:
    """The version of the one submission, and its answers."""
    row = db.session.scalars(sa.select(Submission)).one()
    opened = open_submission(row, keys(), as_teams=["duty-desk"])
    return row.form_version, dict(opened.answers)


def version_of_draft() -> str:
    db.session.rollback()
    return str(db.session.scalar(sa.select(Draft.form_version)))


def half_way(browser: Visitor, link: IssuedLink) -> Page:
    """Up to the children, with the notes typed by hand."""
    fp.as_far_as("about", browser, link.url)
    browser.press("continue", [("full_name", fp.NAME), ("notes", TYPED)])
    return fp_at(browser, "family")


def fp_at(browser: Visitor, page_id: str) -> Page:
    while not browser.here.url.endswith(f"/{page_id}"):
        browser.press("continue")
    return browser.here


def test_a_breaking_change_loses_no_answer_of_an_open_draft(
    app: Flask, browser: Visitor, link: IssuedLink, clock: Clock
) -> None:
    page = half_way(browser, link)
    clock.advance(minutes=1)
    with app.app_context():
        published = publish(breaking())
        assert (published.replaces, published.safety) == ("1.0.0", Safety.BREAKING)
    # the page that was open is posted, the others are looked at again, and a second device opens it
    page = browser.press("continue", [("children-0-first_name", "Ann")])
    assert page.url.endswith("/check-answers"), page.url
    for words in (fp.NAME, TYPED, "Ann", "A parent"):
        assert words in page.text
    assert browser.open(page.url.replace("check-answers", "about")).control("notes").value == TYPED
    other = fp.visitor(app)
    other.open(link.url)
    other.press("continue")
    page = other.open(page.url)
    assert TYPED in page.text
    done = other.press("submit")
    assert done.reference
    with app.app_context():
        version, answers = stored()
    assert version == "1.0.0"
    assert answers == {**fp.PARENT, "notes": TYPED, "children": [{"first_name": "Ann"}]}


def test_a_new_draft_is_begun_on_the_version_in_force(
    app: Flask, browser: Visitor, link: IssuedLink, clock: Clock
) -> None:
    clock.advance(minutes=1)
    with app.app_context():
        publish(safe())
    browser.open("http://localhost/forms/food-parcel")
    browser.press("continue")
    with app.app_context():
        assert version_of_draft() == "1.1.0"


def test_a_safe_change_moves_the_draft_with_all_its_answers_and_asks_what_is_new(
    app: Flask, browser: Visitor, link: IssuedLink, clock: Clock
) -> None:
    half_way(browser, link)
    with app.app_context():
        assert publish(safe()).safety is Safety.SAFE
    # the page from before is taken as it was asked; then the draft moves
    page = browser.press("continue", [("children-0-first_name", "Ann")])
    assert page.url.split("?")[0].endswith("/who"), "one question more is asked there"
    with app.app_context():
        assert version_of_draft() == "1.1.0"
    assert [error.href for error in browser.press("continue", PARENT).errors] == ["#allergies"]
    page = browser.press("continue", [*PARENT, ("allergies", "Nuts")])
    assert page.url.endswith("/check-answers")
    for words in (TYPED, "Ann", "Nuts"):
        assert words in page.text
    old = browser.open(page.url.replace("check-answers", "about"))
    assert old.url.endswith("/check-answers"), "an address of the version before leads on"
    now = browser.open(page.url.replace("check-answers", "about-you"))
    assert now.control("notes").value == TYPED
    browser.open(page.url)
    assert browser.press("submit").reference
    with app.app_context():
        version, answers = stored()
    assert version == "1.1.0"
    assert answers["notes"] == TYPED
    assert answers["allergies"] == "Nuts"
    assert answers["children"] == [{"first_name": "Ann"}]


def test_a_question_in_other_words_is_shown_again_with_its_answer(
    app: Flask, browser: Visitor, link: IssuedLink
) -> None:
    page = fp.as_far_as("check-answers", browser, link.url)
    with app.app_context():
        publish(edited("1.0.1", full_name="Your own name"))
    page = browser.open(page.url)
    assert page.url.split("?")[0].endswith("/about")
    assert page.control("full_name").value == fp.NAME
    assert browser.press("continue", [("full_name", fp.NAME)]).url.endswith("/check-answers")


def test_what_is_on_the_screen_is_sent_as_it_was_read(
    app: Flask, browser: Visitor, link: IssuedLink
) -> None:
    fp.as_far_as("check-answers", browser, link.url)
    with app.app_context():
        publish(edited("1.0.1", full_name="Your own name"))
    assert browser.press("submit").reference
    with app.app_context():
        assert stored()[0] == "1.0.0"


def test_staff_see_a_submission_through_the_version_it_was_made_with(
    app: Flask, browser: Visitor, link: IssuedLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    fp.as_far_as("about", browser, link.url)
    browser.press("continue", [("full_name", fp.NAME), ("notes", TYPED)])
    assert carry_on(browser, fp.FILLED).reference
    with app.app_context():
        case_making.prepare(app, monkeypatch)
        case_making.make_staff("robin", case_making.DUTY)
        publish(breaking())
        withdraw_form("food-parcel", actor="cli", now=START + SECOND)
        case_id = db.session.scalar(sa.select(Submission.case_id))
    html = case_making.Browser(app, "robin").get(f"/staff/cases/{case_id}").text
    for words in (TYPED, "Anything else?", "A parent", fp.NAME):
        assert words in html


def test_a_scheduled_version_comes_into_force_at_its_time(app: Flask, clock: Clock) -> None:
    with app.app_context():
        fp.publish()
        publish(safe(), current_from=START + timedelta(days=1))
        assert startable("food-parcel", None, clock.now).definition.version == "1.0.0"
        later = clock.advance(days=1)
        assert startable("food-parcel", None, later).definition.version == "1.1.0"
        assert [form.definition.version for form in current_forms(later)] == ["1.1.0"]
        assert [form.definition.version for form in current_forms(later - SECOND)] == ["1.0.0"]


def test_a_draft_moves_only_when_the_scheduled_version_is_in_force(
    app: Flask, browser: Visitor, link: IssuedLink, clock: Clock
) -> None:
    page = half_way(browser, link)
    with app.app_context():
        publish(safe(), current_from=START + timedelta(days=1))
        browser.open(page.url)
        assert version_of_draft() == "1.0.0"
        clock.advance(days=1)
        browser.open(page.url)
        assert version_of_draft() == "1.1.0"


def test_publishing_an_older_version_again_puts_it_back_in_force(app: Flask, clock: Clock) -> None:
    with app.app_context():
        fp.publish()
        publish(safe())
        assert startable("food-parcel", None, START).definition.version == "1.1.0"
        again = publish(fp.FORM)
        assert (again.is_new, again.replaces) == (False, "1.1.0")
        assert startable("food-parcel", None, START).definition.version == "1.0.0"


def test_a_withdrawn_form_is_not_started_and_says_so(
    app: Flask, browser: Visitor, link: IssuedLink
) -> None:
    with app.app_context():
        assert withdraw_form("food-parcel", actor="cli", now=START) == ("1.0.0",)
        assert withdraw_form("food-parcel", actor="cli", now=START) == ()
        with pytest.raises(FormWithdrawn):
            startable("food-parcel", None, START)
        with pytest.raises(FormWithdrawn):
            fp.a_link()
    page = browser.open("http://localhost/forms/food-parcel")
    assert (page.status, page.heading) == (410, "This form is no longer used")
    assert "Ask for a food parcel" in page.text
    page = browser.open(link.url)
    assert (page.status, page.heading) == (410, "This form is no longer used")
    assert "food parcel" not in page.text, "a link says nothing of its form"
    assert "food parcel" not in browser.open("http://localhost/").text


def test_whoever_has_begun_a_withdrawn_form_may_finish(
    app: Flask, browser: Visitor, link: IssuedLink
) -> None:
    half_way(browser, link)
    with app.app_context():
        withdraw_form("food-parcel", actor="cli", now=START)
    other = fp.visitor(app)
    assert other.open(link.url).status == 200, "also from another device"
    assert other.press("continue").status == 200
    browser.press("continue")
    assert browser.press("submit").reference


def test_a_shared_draft_that_ran_out_is_not_begun_again_on_a_withdrawn_form(
    app: Flask, browser: Visitor, link: IssuedLink, clock: Clock
) -> None:
    half_way(browser, link)
    clock.advance(days=8)
    with app.app_context():
        withdraw_form("food-parcel", actor="cli", now=clock.now)
        with pytest.raises(FormWithdrawn):
            exchange(link.url.rsplit("/", 1)[1])
    assert browser.open(link.url).status == 410


def test_publishing_a_withdrawn_version_again_opens_it_again(app: Flask) -> None:
    with app.app_context():
        fp.publish()
        withdraw_form("food-parcel", "1.0.0", actor="cli", now=START)
        fp.publish()
        assert startable("food-parcel", None, START).definition.version == "1.0.0"


def test_a_withdrawn_version_that_was_only_scheduled_never_comes_into_force(
    app: Flask, clock: Clock
) -> None:
    with app.app_context():
        fp.publish()
        publish(safe(), current_from=START + timedelta(days=1))
        withdraw_form("food-parcel", "1.1.0", actor="cli", now=START)
        later = clock.advance(days=2)
        assert startable("food-parcel", None, later).definition.version == "1.0.0"


def test_what_was_never_published_is_not_withdrawn(context: Flask) -> None:
    with pytest.raises(FormNotFound):
        withdraw_form("food-parcel", "9.9.9", actor="cli", now=START)


def test_a_shared_draft_that_moved_and_ran_out_begins_again(
    app: Flask, browser: Visitor, link: IssuedLink, clock: Clock
) -> None:
    page = half_way(browser, link)
    with app.app_context():
        publish(safe())
    browser.open(page.url)
    clock.advance(days=8)
    page = fp.as_far_as("who", fp.visitor(app), link.url)
    assert page.status == 200
    with app.app_context():
        assert version_of_draft() == "1.1.0", "it began with the link's version, and moved"
