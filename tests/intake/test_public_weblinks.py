"""Weblinks as their holders meet them."""

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from intake.database import db
from intake.models import Draft, Link, OutboxMessage
from intake.services.links import IssuedLink, revoke_link
from tests.intake import food_parcel as fp

pytestmark = pytest.mark.database("sqlite")

GONE = 410  # the link was ours and has come to its end, as HTTP says of what will not come back


def rows(app: Flask, model: type) -> list[tuple]:
    with app.app_context():
        return [tuple(row) for row in db.session.execute(sa.select(*model.__table__.columns))]


def test_looking_at_a_link_changes_nothing(
    app: Flask, client: FlaskClient, link: IssuedLink
) -> None:
    before = rows(app, Link), rows(app, Draft), rows(app, OutboxMessage)
    for _ in range(50):
        assert client.get(link.url).status_code == 200
        assert client.head(link.url).status_code == 200
    assert (rows(app, Link), rows(app, Draft), rows(app, OutboxMessage)) == before


def test_the_page_of_a_link_has_no_detail_and_one_button(
    app: Flask, client: FlaskClient, link: IssuedLink
) -> None:
    page = fp.visitor(app).open(link.url)
    assert "food" not in page.text.lower()
    assert page.buttons == ("continue",)
    assert client.get(link.url).headers["Cache-Control"] == "no-store"
    assert client.get(link.url).headers["Referrer-Policy"] == "no-referrer"


def test_the_button_exchanges_the_token_for_a_cookie(
    app: Flask, client: FlaskClient, link: IssuedLink
) -> None:
    answer = client.post(link.url)
    assert answer.status_code == 303
    assert answer.location.startswith("/form/")
    assert link.url.rpartition("/")[2] not in answer.location
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert rows(app, Draft)


def test_a_changed_character_is_refused_without_a_query(
    app: Flask, client: FlaskClient, link: IssuedLink
) -> None:
    token = link.url.rpartition("/")[2]
    with app.app_context():
        seen, stop = fp.connections(db.engine)
    for place in range(len(token)):
        changed = "A" if token[place] != "A" else "B"
        altered = token[:place] + changed + token[place + 1 :]
        assert client.get(f"/l/{altered}").status_code == 404
        assert client.post(f"/l/{altered}").status_code == 404
        client.post("/links/ask", data={"token": altered})
    stop()
    assert seen == []


def test_every_link_that_does_not_work_has_the_same_page(
    app: Flask, clock: object, link: IssuedLink
) -> None:
    with app.app_context():
        used, revoked = fp.a_link(), fp.a_link()
        revoke_link(None, revoked.id)
    fp.send_one(app, used.url)
    altered = link.url[:-1] + ("A" if link.url[-1] != "A" else "B")
    clock.advance(days=15)  # type: ignore[attr-defined]
    texts = set()
    for url, status in (
        (used.url, GONE),
        (revoked.url, GONE),
        (link.url, GONE),
        (altered, 404),
        ("http://localhost/l/x", 404),
    ):
        for method in ("GET", "POST"):
            answer = app.test_client().open(url, method=method)
            assert answer.status_code == status
        texts.add(fp.visitor(app).open(url).text)
    assert len(texts) == 1
    assert "It is not your fault" in texts.pop()


def test_a_single_use_link_has_one_draft_for_everyone_who_holds_it(
    app: Flask, link: IssuedLink
) -> None:
    first, second = fp.visitor(app), fp.visitor(app)
    fp.as_far_as("family", first, link.url)
    second.open(link.url)
    second.press("continue")
    page = second.press("continue")
    assert page.url.endswith("/family"), "they go on where the other one was"
    assert len(rows(app, Draft)) == 1


@pytest.mark.parametrize(
    "options", [{}, {"verify": "passphrase", "verify_answer": "three wise otters"}]
)
def test_whoever_lost_the_receipt_finds_it_by_the_link_in_the_same_browser(
    app: Flask, options: dict[str, str]
) -> None:
    """The answer to *Submit* got lost, the page was closed: the form was sent all the same."""
    with app.app_context():
        fp.publish()
        url = fp.a_link(**options).url
    browser = fp.visitor(app)
    browser.open(url)
    browser.press("continue")
    if options:
        browser.press("continue", [("answer", "three wise otters")])
    sent = fp.as_far_as("done", browser, browser.here.url)
    assert sent.reference
    opened = browser.open(url)
    assert opened.buttons == ("continue",)
    assert sent.reference not in opened.html
    assert browser.press("continue").reference == sent.reference
    assert fp.visitor(app).open(url).status == GONE, "nobody else learns that it was sent"


def test_whoever_began_in_time_goes_on_by_the_expired_link_in_the_same_browser(
    app: Flask, clock: object, link: IssuedLink
) -> None:
    clock.advance(days=13)  # type: ignore[attr-defined]
    browser = fp.visitor(app)
    fp.as_far_as("family", browser, link.url)
    clock.advance(days=2)  # type: ignore[attr-defined]
    assert fp.visitor(app).open(link.url).status == GONE
    assert fp.as_far_as("done", browser, link.url).reference
    clock.advance(days=8)  # type: ignore[attr-defined]
    assert browser.open(link.url).status == GONE, "the draft's own time is over"


def test_a_revoked_link_leads_nowhere_in_the_browser_that_began(
    app: Flask, link: IssuedLink
) -> None:
    browser = fp.visitor(app)
    fp.as_far_as("family", browser, link.url)
    with app.app_context():
        revoke_link(None, link.id)
    assert browser.open(link.url).status == GONE


@pytest.mark.parametrize("is_open", [True, False])
def test_a_form_for_many_goes_on_in_the_browser_that_began_it(app: Flask, is_open: bool) -> None:
    with app.app_context():
        fp.publish()
        url = fp.a_link(kind="shared", recipient="", uses=9).url
    url = "http://localhost/forms/food-parcel" if is_open else url
    browser = fp.visitor(app)
    fp.as_far_as("family", browser, url)
    page = browser.open(url)
    assert page.buttons == ("continue",), "one button, which begins a new one"
    way_on = dict(page.links)["Go on where you stopped"]
    assert "/form/" not in fp.visitor(app).open(url).html
    assert browser.open(way_on).url.endswith("/family")
    assert fp.as_far_as("done", browser, browser.here.url).reference
    assert "/form/" not in browser.open(url).html, "what is sent is done with"


def test_a_sensitive_form_for_many_says_nothing_of_what_was_begun(app: Flask) -> None:
    with app.app_context():
        fp.publish({**fp.FORM, "x-form": {**fp.FORM["x-form"], "sensitive": True}})
    browser, url = fp.visitor(app), "http://localhost/forms/food-parcel"
    fp.as_far_as("family", browser, url)
    assert "/form/" not in browser.open(url).html


def test_a_link_for_several_uses_gives_each_visitor_their_own_draft(app: Flask) -> None:
    with app.app_context():
        fp.publish()
        link = fp.a_link(uses=2)
    references = {fp.send_one(app, link.url).reference for _ in range(2)}
    assert len(references) == 2
    assert fp.visitor(app).open(link.url).status == GONE


def test_a_shared_draft_whose_time_is_over_begins_again(
    app: Flask, clock: object, link: IssuedLink
) -> None:
    fp.as_far_as("family", fp.visitor(app), link.url)
    clock.advance(days=8)  # type: ignore[attr-defined]
    assert fp.send_one(app, link.url).reference


def test_prefilled_answers_are_in_the_draft_and_nowhere_readable(app: Flask) -> None:
    with app.app_context():
        fp.publish()
        link = fp.a_link(prefill={"applying_as": "parent", "full_name": fp.NAME})
    page = fp.as_far_as("about", fp.visitor(app), link.url)
    assert page.control("full_name").value == fp.NAME
    assert fp.NAME.encode() not in b"".join(
        bytes(value) for row in rows(app, Link) for value in row if isinstance(value, bytes)
    )


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_website_cannot_press_the_button(
    client: FlaskClient, link: IssuedLink, site: str
) -> None:
    answer = client.post(link.url, headers={"Sec-Fetch-Site": site})
    assert answer.status_code in (403, 404)
    assert "Set-Cookie" not in answer.headers


def test_the_holder_can_ask_for_a_new_link(app: Flask, clock: object, link: IssuedLink) -> None:
    clock.advance(days=15)  # type: ignore[attr-defined]
    before = len(rows(app, OutboxMessage))
    browser = fp.visitor(app)
    browser.open(link.url)
    page = browser.press("")
    assert page.status == 200
    assert page.url.endswith("/links/ask")
    assert len(rows(app, OutboxMessage)) == before + 1


def test_asking_is_throttled_and_always_answers_the_same(
    app: Flask, client: FlaskClient, link: IssuedLink
) -> None:
    before = len(rows(app, OutboxMessage))
    texts = {client.post("/links/ask", data={"token": link.url}).text for _ in range(5)}
    texts.add(client.post("/links/ask", data={"token": "x"}).text)
    assert len(texts) == 1
    assert len(rows(app, OutboxMessage)) == before + 2


def test_asking_without_a_link_is_told_what_to_do(app: Flask) -> None:
    browser = fp.visitor(app)
    browser.open("http://localhost/links/ask")
    page = browser.press("", [("token", "  ")])
    assert page.title.startswith("Error: ")
    assert page.errors[0].href.removeprefix("#") in page.ids


def test_asking_writes_on_the_timeline_of_the_links_case(app: Flask) -> None:
    from intake.models import Case, CaseEvent

    with app.app_context():
        fp.publish()
        fp.publish(fp.CASE_FORM, fp.CASE_RULES)
        reference = fp.send_one(app, fp.a_link().url).reference
        case_id = db.session.scalar(sa.select(Case.id).where(Case.reference == reference))
        link = fp.a_link("case-note", case_id=case_id)
    app.test_client().post("/links/ask", data={"token": link.url})
    with app.app_context():
        kinds = set(db.session.scalars(sa.select(CaseEvent.kind)))
    assert {"submitted", "delivered", "link-sent", "new-link-asked"} <= kinds
