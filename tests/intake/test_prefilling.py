"""What a link fills in beforehand is said to be so, and can be changed."""

import json

import pytest
from flask import Flask

from form_definitions import parse_form
from intake.cli.links import links
from intake.services.prefilling import PrefillRefused, read_prefill
from tests.form_definitions.factories import checkboxes, make_form
from tests.intake import food_parcel as fp

pytestmark = pytest.mark.database("sqlite")

NOTICE = "from the link that you were sent"


def issue(app: Flask, *pairs: str) -> str:
    """The URL of a link that was issued on the command line."""
    with app.app_context():
        fp.publish()
    options = [part for pair in pairs for part in ("--prefill", pair)]
    asked = ["issue", "--form", "food-parcel", "--to", "parent@example.org", *options, "--json"]
    result = app.test_cli_runner().invoke(links, asked)
    assert result.exit_code == 0, result.stderr
    return str(json.loads(result.stdout)["url"])


def test_a_page_says_what_was_filled_in_until_it_was_completed(app: Flask) -> None:
    url = issue(app, f"full_name={fp.NAME}", "in_danger=no")
    browser = fp.visitor(app)
    page = fp.as_far_as("about", browser, url)
    assert page.control("full_name").value == fp.NAME
    assert f"‘Full name’ {NOTICE}" in page.text
    assert "‘Anything else?’" not in page.text, "that one is for the visitor to say"
    browser.press("continue", [("full_name", "Somebody Else")])
    assert NOTICE not in browser.open(page.url).text, "now it is their own answer"
    assert browser.here.control("full_name").value == "Somebody Else"


def test_a_page_with_nothing_filled_in_says_nothing(app: Flask) -> None:
    page = fp.as_far_as("who", fp.visitor(app), issue(app, "full_name=Ann"))
    assert NOTICE not in page.text


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ("shoe_size=44", "no question ‘shoe_size’"),
        ("applying_as=nobody", "Who is asking?"),
        ("full_name=" + "x" * 61, "60 characters"),
        ("full_name=", "Full name"),
        ("children.first_name=Ann", "holds other questions"),
        ("children.0.first_name=Ann", "no question"),
        ("full_name", "write name=value"),
    ],
)
def test_what_cannot_be_filled_in_is_refused_with_what_to_do(
    app: Flask, pair: str, words: str
) -> None:
    with app.app_context():
        fp.publish()
    asked = ["issue", "--form", "food-parcel", "--to", "a@example.org", "--prefill", pair]
    result = app.test_cli_runner().invoke(links, asked)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr


def test_words_are_read_as_they_would_be_typed() -> None:
    form = make_form(
        {
            "home": {"type": "object", "x-ui": {"widget": "address"}},
            "needs": checkboxes("bed", "cot"),
            "born": {"type": "string", "format": "date"},
            "agree": {"type": "boolean"},
            "span": {
                "type": "array",
                "prefixItems": [
                    {"type": "integer", "title": "From"},
                    {"type": "integer", "title": "To"},
                ],
                "items": False,
            },
        }
    )
    pairs = [
        ("home.postcode", "bt126ba"),
        ("needs", "bed"),
        ("needs", "cot"),
        ("born", "27 March 2020"),
        ("agree", "yes"),
        ("span.0", "3"),
        ("span.1", "5"),
    ]
    assert read_prefill(parse_form(json.dumps(form)), pairs) == {
        "home": {"postcode": "BT12 6BA"},
        "needs": ["bed", "cot"],
        "born": "2020-03-27",
        "agree": True,
        "span": [3, 5],
    }


def test_a_group_is_not_one_answer() -> None:
    form = make_form({"home": {"type": "object", "x-ui": {"widget": "address"}}})
    with pytest.raises(PrefillRefused, match=r"home.*name one"):
        read_prefill(parse_form(json.dumps(form)), [("home", "1 High Street")])
