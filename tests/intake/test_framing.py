"""A form inside another website's page, where it says whose; every other page in nobody's."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from form_definitions import FormFileError, check_form, parse_form
from intake.config import Settings
from tests.form_definitions.factories import make_form
from tests.intake import food_parcel as fp
from tests.intake.conftest import Clock, dispose, make_application

pytestmark = pytest.mark.database("sqlite")

TRUST = "https://www.trust.example.org"
LOCAL = "http://127.0.0.1:8080"
FRAMED = {**fp.FORM, "x-form": {**fp.FORM["x-form"], "embed": [TRUST, LOCAL]}}
OPEN = "/forms/food-parcel"
INSIDE = {"Sec-Fetch-Dest": "iframe"}


@pytest.fixture
def published(app: Flask, settings: Settings, clock: Clock) -> Iterator[Flask]:
    """An installation on https."""
    with app.app_context():
        fp.publish(FRAMED)
        fp.publish({**fp.FORM, "$id": "clothes"}, {**fp.RULES, "form": "clothes"})
    secure = make_application(replace(settings, base_url="https://localhost"), clock)
    yield secure
    dispose(secure)


def framed_by(answer: object) -> str:
    policy = answer.headers["Content-Security-Policy"]  # type: ignore[attr-defined]
    (ancestors,) = [part for part in policy.split("; ") if part.startswith("frame-ancestors")]
    is_denied = answer.headers.get("X-Frame-Options") == "DENY"  # type: ignore[attr-defined]
    assert is_denied is (ancestors == "frame-ancestors 'none'")
    return str(ancestors.removeprefix("frame-ancestors "))


def test_every_page_of_the_form_and_no_other_may_be_framed(published: Flask) -> None:
    client = published.test_client()
    opened = client.post(OPEN, base_url="https://localhost")
    draft = opened.headers["Location"].removesuffix("/start")
    pages = (OPEN, f"{draft}/start", f"{draft}/who", f"{draft}/check-answers", f"{draft}/nothing")
    answers = [opened, *(client.get(each, base_url="https://localhost") for each in pages)]
    answers.append(client.post(f"{draft}/who", base_url="https://localhost"))  # no CSRF token
    assert {framed_by(answer) for answer in answers} == {TRUST}, "and on https no plain website"
    for other in ("/", "/help", "/forms/clothes", "/l/made-up", "/healthz", "/staff/sign-in"):
        assert framed_by(client.get(other, base_url="https://localhost")) == "'none'"


def test_a_draft_begun_in_a_frame_has_a_cookie_for_that_website_alone(published: Flask) -> None:
    client = published.test_client()
    opened = client.post(OPEN, base_url="https://localhost", headers=INSIDE)
    (cookie,) = opened.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-intake-framed=")
    for part in ("Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/"):
        assert part in cookie.split("; ")
    start = opened.headers["Location"]
    assert client.get(start, base_url="https://localhost", headers=INSIDE).status_code == 200
    page = start.replace("start", "who")
    assert client.get(page, base_url="https://localhost", headers=INSIDE).status_code == 200
    left = client.get("/exit/food-parcel/1.0.0", base_url="https://localhost")
    assert "Partitioned" in left.headers["Set-Cookie"]
    (usual,) = client.post(OPEN, base_url="https://localhost").headers.getlist("Set-Cookie")
    assert "SameSite=Lax" in usual
    assert "Partitioned" not in usual
    (other,) = client.post(
        "/forms/clothes", base_url="https://localhost", headers=INSIDE
    ).headers.getlist("Set-Cookie")
    assert "SameSite=Lax" in other, "a form that nobody may frame"


def test_whose_browser_keeps_no_cookie_in_a_frame_is_offered_a_tab(published: Flask) -> None:
    opened = published.test_client().post(OPEN, base_url="https://localhost", headers=INSIDE)
    stranger = published.test_client()
    address = opened.headers["Location"]
    page = stranger.get(address, base_url="https://localhost", headers=INSIDE)
    assert page.status_code == 404
    assert "Open the form in a new tab" in page.text
    assert f'href="{OPEN}" target="_blank"' in page.text
    assert framed_by(page) == TRUST
    assert "new tab" not in stranger.get(address, base_url="https://localhost").text


@pytest.mark.parametrize(
    "origin",
    ["*", "https://*", "https://*.org", "http://www.example.org", "https://a.example.org/page"],
)
def test_a_form_names_whole_https_websites_and_no_patterns(origin: str) -> None:
    form = make_form({"why": {"type": "string"}}, embed=[origin])
    with pytest.raises(FormFileError, match="the address of one website"):
        parse_form(json.dumps(form))


def test_authors_are_warned_of_a_sensitive_form_and_of_what_does_nothing() -> None:
    settings = {"embed": [TRUST], "sensitive": True, "on_case": True, "challenge": True}
    form = make_form({"why": {"type": "string"}}, **settings)
    told = " ".join(problem.message for problem in check_form(json.dumps(form)))
    assert "the form is sensitive" in told
    assert "open to all" in told
    assert "‘challenge’ says nothing" in told
