"""A form with files at the author's desk: previewed, tried, rendered, reviewed."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from form_definitions import parse_form
from intake.cli.previewing import FormOnDisk, preview_app
from intake.cli.rendering import write_pages
from intake.cli.reviewing import review
from tests.intake import paper_trail

SAMPLE = "f" * 32


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    path = tmp_path / "paper-trail.json"
    path.write_text(json.dumps(paper_trail.FORM), "utf-8")
    return preview_app(FormOnDisk(path)).test_client()


def tried(client: FlaskClient, **fields: Any) -> str:
    answer = client.post("/try/papers", data=fields, content_type="multipart/form-data")
    if answer.status_code == 303:
        answer = client.get(answer.location)
    return answer.text


def test_the_preview_shows_example_files_and_the_errors_of_none(client: FlaskClient) -> None:
    shown = client.get("/sample/papers").text
    assert "example.jpg" in shown
    assert "(242KB)" in shown
    assert "Select a photo of you" in client.get("/missing/papers").text
    assert client.get("/wrong/papers").status_code == 200


def test_a_file_that_is_tried_is_thrown_away_and_an_example_stands_in_its_place(
    client: FlaskClient,
) -> None:
    photo = (io.BytesIO(b"anything"), "me.png")
    assert "example.jpg" in tried(client, action="upload-photo", photo=photo)
    assert "example.jpg" not in tried(client, action=f"remove-photo-{SAMPLE}")
    assert "Select a photo of you" in tried(client, action="continue")
    photo = (io.BytesIO(b"anything"), "me.png")
    assert "Is that all?" in tried(client, action="continue", photo=photo)


def test_pages_as_files_and_the_review_say_which_files_are_taken(tmp_path: Path) -> None:
    definition = parse_form(json.dumps(paper_trail.FORM))
    write_pages(definition, tmp_path, {"photo": SAMPLE})
    assert "example.jpg" in (tmp_path / "papers.html").read_text("utf-8")
    assert "example.jpg" in (tmp_path / "check-answers.html").read_text("utf-8")
    listed = review(definition)
    assert "Several files, at most 2, JPG, PNG, GIF, WebP or PDF, up to 100KB each" in listed
