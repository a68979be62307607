"""At the author's desk, a page shows what is filled in beforehand, and says so."""

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from form_definitions import parse_form
from intake.cli.previewing import FormOnDisk, preview_app
from intake.cli.rendering import write_pages
from tests.form_definitions.factories import make_form

NOTICE = "We filled in ‘Home’ from the case. We filled in ‘Your name’ from your profile."
LINE = "An example answer"


@pytest.fixture
def form_text() -> str:
    home = {"type": "object", "title": "Home"}
    form = make_form(
        {
            "home": {**home, "x-ui": {"widget": "address", "prefill": "person.address"}},
            "you": {"type": "string", "title": "Your name", "x-ui": {"prefill": "worker.name"}},
            "went": {"type": "string", "title": "How did it go?"},
        }
    )
    form["x-form"]["prefill"] = {"person": ["Child"]}
    return json.dumps(form)


@pytest.fixture
def client(tmp_path: Path, form_text: str) -> FlaskClient:
    path = tmp_path / "note.json"
    path.write_text(form_text, "utf-8")
    return preview_app(FormOnDisk(path)).test_client()


def page_id(form_text: str) -> str:
    return parse_form(form_text).pages[0].id


def test_the_preview_shows_a_page_as_it_is_filled_in_beforehand(
    client: FlaskClient, form_text: str
) -> None:
    page = page_id(form_text)
    assert f'href="/prefilled/{page}"' in client.get("/").text
    assert client.get(f"/frames/prefilled/{page}").status_code == 200
    shown = client.get(f"/prefilled/{page}").text
    assert NOTICE in shown
    assert shown.count(f'value="{LINE}"') >= 2, "the name and the lines of the address"
    for state in ("empty", "sample"):
        assert NOTICE not in client.get(f"/{state}/{page}").text


def test_a_question_that_nothing_fills_in_stays_empty(client: FlaskClient, form_text: str) -> None:
    page = page_id(form_text)
    answered = client.get(f"/sample/{page}").text.count(LINE)
    assert client.get(f"/prefilled/{page}").text.count(LINE) == answered - 1


def test_a_page_that_nothing_fills_in_has_no_such_state(tmp_path: Path) -> None:
    path = tmp_path / "note.json"
    path.write_text(json.dumps(make_form({"a": {"type": "string", "title": "A"}})), "utf-8")
    assert "/prefilled/" not in preview_app(FormOnDisk(path)).test_client().get("/").text


def test_pages_are_rendered_with_it_unless_answers_are_given(
    tmp_path: Path, form_text: str
) -> None:
    definition = parse_form(form_text)
    for answers, is_told in (({}, True), ({"you": "Ann"}, False)):
        write_pages(definition, tmp_path / str(is_told), answers)
        html = (tmp_path / str(is_told) / f"{page_id(form_text)}.html").read_text("utf-8")
        assert (NOTICE in html, LINE in html) == (is_told, is_told)
