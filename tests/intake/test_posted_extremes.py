"""Whatever is posted to a page of a form ends in a page or a refusal, and is never kept so."""

import pytest
from flask import Flask

from tests.intake import food_parcel as fp

pytestmark = pytest.mark.database("sqlite")

HALF = "%ED%A0%80"  # half of a character, as bytes that are no UTF-8
BODIES = {
    "unknown fields": "nobody=1&full_name-x=2&=3&__proto__=4&children-first_name=5",
    "NUL": "full_name=%00An%00n%00&notes=%00",
    "half characters": f"full_name={HALF}&{HALF}={HALF}&children-0-first_name={HALF}",
    "right to left": "full_name=%E2%80%AEnnA%E2%81%A6&notes=%E2%80%8F",
    "a list where none is": "&".join(f"full_name={n}" for n in range(500)),
    "items far away": "children-9999-first_name=a&children-99999999999-first_name=b"
    "&children--1-first_name=c&children-%D9%A3-first_name=d",
    "a button of nobody": "action=remove-children-0-x-9999&full_name=Ann",
    "a very long button": "action=add-" + "children-0-" * 2000,
    "not a form": "{" * 2000,
}


def test_each_ends_in_a_page_or_a_refusal(app: Flask) -> None:
    with app.app_context():
        fp.publish()
        url = fp.a_link().url
    browser = fp.visitor(app)
    page = fp.as_far_as("about", browser, url)
    token = dict(page.hidden)["csrf_token"]
    client = browser.transport.client
    for what, body in BODIES.items():
        answer = client.post(
            page.url,
            data=f"csrf_token={token}&{body}",
            content_type="application/x-www-form-urlencoded",
        )
        assert answer.status_code in {200, 303, 400}, what
        again = browser.open(page.url)
        assert again.status == 200, what
        assert "\x00" not in again.html


def test_a_million_fields_are_refused_before_they_are_read(app: Flask) -> None:
    with app.app_context():
        fp.publish()
        url = fp.a_link().url
    browser = fp.visitor(app)
    page = fp.as_far_as("about", browser, url)
    token = dict(page.hidden)["csrf_token"]
    many = "&a=1" * 1_000_000
    answer = browser.transport.client.post(
        page.url,
        data=f"csrf_token={token}{many}",
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code in {400, 413}
