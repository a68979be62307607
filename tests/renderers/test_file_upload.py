"""The control for files: its limits, the files that were given, and where they are shown."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup

from form_definitions import FieldError
from renderers import GivenFile
from tests.renderers.forms import renderer_of

ID, OTHER = "0123456789abcdef" * 2, "f" * 32
PHOTO: dict[str, Any] = {"type": "string", "format": "file", "title": "Photo"}
LETTERS: dict[str, Any] = {
    "type": "array",
    "items": {"type": "string", "format": "file"},
    "maxItems": 3,
    "title": "Letters",
    "x-ui": {"accept": ["pdf"], "hint": "From the school", "max_size": "5MB"},
}
TEXT: dict[str, Any] = {"type": "string", "title": "Anything else?"}
FILES = {
    ID: GivenFile('My <b>"cat"</b>.png', 1_500_000, "/form/d/files/1"),
    OTHER: GivenFile("plan.pdf", 5_000),
}


def page(properties: dict[str, Any], answers: dict[str, Any], **others: Any) -> BeautifulSoup:
    html = renderer_of(properties).page("only", answers, csrf="token", files=FILES, **others)
    return BeautifulSoup(html, "html.parser")


def test_a_page_with_a_file_is_sent_in_parts_and_others_are_not() -> None:
    with_file, without = page({"photo": PHOTO}, {}), page({"more": TEXT}, {})
    assert [one.form.get("enctype") for one in (with_file, without) if one.form] == [
        "multipart/form-data",
        None,
    ]


def test_a_list_of_one_file_says_so() -> None:
    soup = page({"letters": {**LETTERS, "maxItems": 1}}, {})
    control, hint = soup.select_one("input[type=file]"), soup.select_one("#letters-hint")
    assert control is not None
    assert not control.has_attr("multiple")
    assert hint is not None
    assert "The file must be a PDF, smaller than 5MB." in hint.text


def test_the_input_says_what_it_takes_in_words_and_to_the_browser() -> None:
    soup = page({"letters": LETTERS}, {})
    control = soup.select_one("input[type=file]")
    assert control is not None
    assert control["name"] == control["id"] == "letters"
    assert control["accept"] == ".pdf,application/pdf"
    assert control.has_attr("multiple")
    assert not control.has_attr("capture"), "the phone offers its camera, and its files too"
    hint = soup.select_one("#letters-hint")
    assert hint is not None
    assert hint.text.strip() == (
        "From the school. Up to 3 files. Each must be a PDF, smaller than 5MB."
    )
    assert control["aria-describedby"] == "letters-hint"


def test_one_file_is_one_file() -> None:
    control = page({"photo": PHOTO}, {}).select_one("input[type=file]")
    assert control is not None
    assert not control.has_attr("multiple")


def test_the_files_that_were_given_are_listed_with_size_link_and_a_button_each() -> None:
    soup = page({"letters": LETTERS}, {"letters": [ID, OTHER]})
    rows = soup.select(".intake-files__file")
    assert [" ".join(row.span.text.split()) for row in rows if row.span] == [
        'My <b>"cat"</b>.png (1.4MB)',
        "plan.pdf (5KB)",
    ]
    links = soup.select(".intake-files a")
    assert [link["href"] for link in links] == ["/form/d/files/1"]
    buttons = {str(one["value"]): " ".join(one.text.split()) for one in soup.select("li button")}
    assert buttons == {
        f"remove-letters-{ID}": 'Remove My <b>"cat"</b>.png',
        f"remove-letters-{OTHER}": "Remove plan.pdf",
    }


def test_a_file_that_nothing_is_known_of_can_still_be_removed() -> None:
    soup = page({"photo": PHOTO}, {"photo": "a" * 32})
    row = soup.select_one(".intake-files__file")
    assert row is not None
    assert " ".join(row.text.split()) == "A file Remove A file"


def test_without_scripts_there_is_a_button_to_send_the_file_at_once() -> None:
    soup = page({"photo": PHOTO, "more": TEXT}, {})
    actions = [str(one.get("value")) for one in soup.select("form button[name=action]")]
    assert actions == ["", "upload-photo", "continue", "save"]


def test_return_in_a_text_box_does_not_remove_a_file() -> None:
    soup = page({"photo": PHOTO, "more": TEXT}, {"photo": ID})
    first = soup.select_one("form button")
    assert first is not None
    assert first["value"] == ""


def test_an_error_stands_at_the_control_that_the_summary_leads_to() -> None:
    error = FieldError("photo", "fileSize", "The selected file must be smaller than 10MB")
    soup = page({"photo": PHOTO}, {"photo": ID}, errors=(error,))
    link = soup.select_one(".govuk-error-summary a")
    control = soup.select_one("#photo")
    assert link is not None
    assert control is not None
    assert link["href"] == "#photo"
    assert "photo-error" in str(control["aria-describedby"])
    assert soup.select(".intake-files__file"), "what was given before is still there"


@pytest.mark.parametrize("posted", [{"more": "Words"}, {"more": "Words", "photo": OTHER}])
def test_reading_a_page_leaves_its_files_alone(posted: dict[str, str]) -> None:
    from werkzeug.datastructures import MultiDict

    renderer = renderer_of({"photo": PHOTO, "more": TEXT})
    read = renderer.read("only", MultiDict(posted), {"photo": ID, "more": "Old"})
    assert read == {"photo": ID, "more": "Words"}, "an id is never taken from what is typed"


def test_summaries_name_the_files_and_escape_their_names() -> None:
    renderer = renderer_of({"photo": PHOTO, "letters": LETTERS})
    answers = {"photo": ID, "letters": [OTHER]}
    html = renderer.summary(answers, files=FILES)
    assert "My &lt;b&gt;&#34;cat&#34;&lt;/b&gt;.png</a> (1.4MB)" in html
    assert 'href="/form/d/files/1"' in html
    assert "plan.pdf (5KB)" in html
    checked = renderer.check_answers(
        answers, csrf="t", change_url=lambda page_id: f"/{page_id}", files=FILES
    )
    assert "plan.pdf" in checked
    assert 'href="/only#letters"' in checked


def test_a_file_question_that_the_browser_shows_comes_with_the_rest_of_the_page() -> None:
    told = {"type": "boolean", "title": "Do you have a photo?"}
    photo = {**PHOTO, "x-ui": {"when": {"told": True}}}
    html = renderer_of({"told": told, "photo": photo}).page("only", {}, csrf="token")
    soup = BeautifulSoup(html, "html.parser")
    place = soup.select_one('[data-live="photo"]')
    assert place is not None
    assert "type=&quot;file&quot;" in str(place) or 'type="file"' in str(place["data-held"])
    live = soup.select_one("#intake-live")
    assert live is not None
    assert '"as": "server"' in str(live["data-page"])
