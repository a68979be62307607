"""Files on the pages of a form, without JavaScript: given, looked at, removed, sent, read."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.http import parse_options_header

from form_definitions import Safety
from form_definitions.catalogues import Catalogue, Entry, write_catalogue
from form_definitions.loading import read_document, texts_in
from intake.app_state import keys
from intake.config import Settings
from intake.database import db
from intake.models import AuditEntry, DraftFile, Submission, SubmittedFile
from intake.public import page_files
from intake.sealing.submissions import open_submission
from intake.services.form_translations import Catalogues
from intake.services.forms import runnable
from intake.services.prefilling import PrefillRefused, read_prefill
from intake.services.publishing import publish_form
from intake.throttling import Limit
from tests.intake import case_making, paper_trail
from tests.intake.case_making import DUTY, PUMPS, Browser, make_staff
from tests.intake.conftest import Clock
from tests.intake.files.hostile import pdf
from tests.intake.paper_trail import Sender, picture

pytestmark = [pytest.mark.database("sqlite"), pytest.mark.usefixtures("cleaned_once")]

PHOTO = ("me.png", picture())
LETTER, OTHER = ("letter.png", picture("blue")), ("more.png", picture("green"))


@pytest.fixture
def sender(app: Flask) -> Sender:
    return paper_trail.begin(app)


def stored(app: Flask, model: type = DraftFile) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def messages(sender: Sender) -> list[tuple[str, str]]:
    return [(each.href, each.text) for each in sender.page.errors]


# -- giving ---------------------------------------------------------------------------------------


def test_continue_takes_the_files_and_goes_on(sender: Sender, app: Flask) -> None:
    page = sender.send(photo=PHOTO, letters=[LETTER, OTHER], note="Hello")
    assert page.url.endswith("/more")
    assert stored(app) == 3
    sender.open("papers")
    assert [name.split(" ")[0] for name in sender.files] == ["me.png", "letter.png", "more.png"]
    assert sender.page.control("note").value == "Hello"


def test_upload_takes_the_files_and_stays_with_what_was_typed(sender: Sender) -> None:
    page = sender.send("upload-letters", letters=LETTER, note="Hello")
    assert (page.status, page.errors) == (200, ())
    assert len(sender.files) == 1
    assert page.control("note").value == "Hello"
    sender.send("upload-letters", letters=OTHER)
    assert len(sender.files) == 2, "one after another"


def test_upload_without_a_file_asks_for_one(sender: Sender) -> None:
    sender.send("upload-photo")
    assert messages(sender) == [("#photo", "Select a photo of you")]


def test_a_required_file_is_asked_for_until_it_is_there(sender: Sender) -> None:
    sender.send()
    assert messages(sender) == [("#photo", "Select a photo of you")]
    assert sender.page.title.startswith("Error: ")
    sender.send(photo=PHOTO)
    assert sender.page.url.endswith("/more")


def test_another_photo_takes_the_place_of_the_first(sender: Sender, app: Flask) -> None:
    sender.send("upload-photo", photo=PHOTO)
    sender.send("upload-photo", photo=("newer.png", picture("yellow")))
    assert [name.split(" ")[0] for name in sender.files] == ["newer.png"]
    assert stored(app) == 1


def test_a_page_that_is_sent_twice_has_its_files_once(sender: Sender, app: Flask) -> None:
    plan = ("plan.pdf", pdf())
    for _ in range(2):
        answer = sender.post(photo=PHOTO, letters=[LETTER, plan])
        assert answer.status_code == 303
        assert answer.location.endswith("/more")
    assert stored(app) == 3


def test_two_files_of_one_name_are_two(sender: Sender) -> None:
    sender.send("upload-letters", letters=[LETTER, ("letter.png", picture("pink"))])
    assert len(sender.files) == 2


# -- what is refused ------------------------------------------------------------------------------


def test_one_refused_file_keeps_neither_the_others_nor_the_answers_away(sender: Sender) -> None:
    noise = ("notes.pdf", b"%PDF-1.7 nothing of the kind")
    sender.send(photo=PHOTO, letters=[("list.txt", b"plain"), LETTER, noise], note="Hello")
    assert messages(sender) == [
        ("#letters", "‘list.txt’ must be a JPG, PNG, GIF, WebP or PDF"),
        ("#letters", "‘notes.pdf’ is damaged or has a password. Select another file"),
    ]
    assert len(sender.files) == 2
    assert sender.page.control("note").value == "Hello"
    assert sender.send().url.endswith("/more"), "what was refused is not asked for again"


def test_of_a_refused_file_only_the_reason_is_told(sender: Sender) -> None:
    sender.send(photo=("me.pdf", b"%PDF-1.7"), note="far too long")
    assert messages(sender) == [
        ("#photo", "The selected file must be a JPG, PNG, GIF or WebP"),
        ("#note", "The answer to ‘Anything else?’ must be 9 characters or fewer"),
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The selected file is empty"),
        (bytes(11 * 1024 * 1024), "The selected file must be smaller than 10MB"),
        (b"<svg onload='x()'/>", "The selected file must be a JPG, PNG, GIF or WebP"),
    ],
)
def test_a_file_that_cannot_be_taken_is_told_at_its_question(
    sender: Sender, app: Flask, content: bytes, words: str
) -> None:
    page = sender.send(photo=("me.jpg", content))
    assert page.status == 200
    assert messages(sender) == [("#photo", words)]
    assert stored(app) == 0


def test_more_files_than_the_question_takes_are_told_and_the_first_kept(
    sender: Sender, app: Flask
) -> None:
    three = [LETTER, OTHER, ("third.png", picture("pink"))]
    sender.send("upload-letters", letters=three)
    assert messages(sender) == [("#letters", "You can only select up to 2 files")]
    assert [name.split(" ")[0] for name in sender.files] == ["letter.png", "more.png"]
    assert stored(app) == 2


def test_a_request_that_is_too_large_to_read_shows_the_page_again(sender: Sender) -> None:
    page = sender.send(photo=("film.png", bytes(62 * 1024 * 1024)))
    assert page.status == 413
    assert messages(sender) == [("#photo", "The selected file must be smaller than 10MB")]
    assert sender.send(photo=PHOTO).url.endswith("/more"), "it can be filled in as before"


def test_one_address_brings_only_so_many_bytes_a_day(
    sender: Sender, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_files, "UPLOADED", Limit("uploaded", 3, timedelta(days=1)))
    big = ("film.png", bytes(2 * 1024 * 1024))
    assert sender.post(photo=big).status_code == 200, "refused as a file, and counted all the same"
    assert sender.post(photo=big).status_code == 429
    assert stored(app) == 0


def test_a_page_without_files_refuses_a_large_body_as_ever(sender: Sender) -> None:
    sender.send(photo=PHOTO)
    page = sender.send(more="x" * 2_000_000)
    assert page.status == 413
    assert "What you sent is too large" in page.text


def test_a_file_for_a_page_that_asks_for_none_is_nowhere(sender: Sender, app: Flask) -> None:
    sender.send(photo=PHOTO)
    assert sender.send(more=("more.png", picture())).url.endswith("/check-answers")
    assert stored(app) == 1


def test_ids_that_are_typed_name_no_file(sender: Sender) -> None:
    sender.send("upload-photo", photo=PHOTO)
    (button,) = sender.removals
    file_id = button.rpartition("-")[2]
    sender.send("upload-letters", letters=file_id)
    assert messages(sender) == [("#letters", "Select letters from the school")]


@pytest.mark.parametrize("action", ["upload-", "upload-photo-1", "remove-photo-x", "upload-Photo"])
def test_a_button_that_no_page_has_is_refused(sender: Sender, action: str) -> None:
    assert sender.send(action, photo=PHOTO).status == 400


def test_a_file_without_the_pages_token_is_not_stored(sender: Sender, app: Flask) -> None:
    answer = sender.post_parts({"photo": paper_trail.part(PHOTO)})
    assert answer.status_code == 400
    assert stored(app) == 0


def test_a_link_cannot_bring_a_file_along(app: Flask, sender: Sender) -> None:
    with app.app_context(), pytest.raises(PrefillRefused, match="only its visitor can give"):
        read_prefill(runnable("paper-trail", "1.0.0").definition, [("photo", "f" * 32)])


# -- looking at it, and taking it away ------------------------------------------------------------


def test_a_file_that_was_given_can_be_saved_again_and_does_nothing(sender: Sender) -> None:
    sender.send("upload-photo", photo=("Ünï „قطة“.png", picture()))
    (url,) = [url for text, url in sender.page.links if "/files/" in url]
    answer = sender.client.get(url)
    assert answer.data.startswith(b"\x89PNG")
    assert answer.mimetype == "image/png"
    assert answer.content_length == len(answer.data)
    said = answer.headers["Content-Disposition"]
    assert said.isascii()  # a server refuses to send a header that is not
    kind, options = parse_options_header(said)
    assert (kind, options["filename"]) == ("attachment", "Ünï „قطة“.png")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_nobody_else_can_open_it(sender: Sender, app: Flask) -> None:
    sender.send("upload-photo", photo=PHOTO)
    (url,) = [url for text, url in sender.page.links if "/files/" in url]
    assert app.test_client().get(url).status_code == 404
    assert sender.client.get(f"{sender.draft}/files/{'0' * 32}").status_code == 404


def test_remove_takes_one_file_away_and_again_nothing(sender: Sender, app: Flask) -> None:
    sender.send("upload-letters", letters=[LETTER, OTHER])
    first, _ = sender.removals
    for _ in range(2):  # pressed twice: the other one stays
        sender.send(first, note="Hello")
        assert [name.split(" ")[0] for name in sender.files] == ["more.png"]
    assert sender.page.control("note").value == "Hello"
    assert stored(app) == 1


def test_check_answers_names_the_files_with_a_way_to_look_at_and_change_them(
    sender: Sender,
) -> None:
    sender.send(photo=PHOTO, letters=[LETTER])
    page = sender.send(more="Yes")
    assert page.url.endswith("/check-answers")
    links = dict(page.links)
    assert "/files/" in links["me.png"]
    assert "/files/" in links["letter.png"]
    assert any(url.endswith("/papers?change=1#photo") for url in links.values())


# -- sent -----------------------------------------------------------------------------------------


def submitted(sender: Sender) -> str:
    """Send everything in; the address of the case."""
    sender.send(photo=PHOTO, letters=[LETTER])
    sender.send(more="Yes")
    page = sender.send("submit")
    assert page.reference
    return page.reference


def test_staff_find_the_files_on_the_case_and_each_reading_is_recorded(
    sender: Sender, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = submitted(sender)
    assert own
    assert (stored(app), stored(app, SubmittedFile)) == (0, 2)
    with app.app_context():
        case_making.prepare(app, monkeypatch)
        make_staff("robin", DUTY)
        make_staff("stranger", PUMPS)
        case_id = db.session.scalar(sa.text("SELECT id FROM cases"))
    case = Browser(app, "robin").get(f"/staff/cases/{case_id}").text
    links = re.findall(rf'href="(/staff/cases/{case_id}/files/[^"]+)">([^<]+)<', case)
    assert [name for _, name in links] == ["me.png", "letter.png"]
    answer = Browser(app, "robin").client.get(links[0][0])
    assert answer.data.startswith(b"\x89PNG")
    assert "filename=me.png" in answer.headers["Content-Disposition"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert Browser(app, "stranger").get(links[0][0]).status_code == 404
    assert Browser(app, "robin").get(f"{links[0][0][:-32]}{'0' * 32}").status_code == 404
    with app.app_context():
        read = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "file.read"))
        assert [entry.thing_id for entry in read] == [links[0][0][-32:]]


def test_after_sending_the_visitor_has_no_files_any_more(sender: Sender) -> None:
    sender.send("upload-photo", photo=PHOTO)
    (url,) = [url for text, url in sender.page.links if "/files/" in url]
    submitted(sender)
    assert sender.client.get(url).status_code == 404


def test_no_name_and_no_content_lies_readable_anywhere(
    sender: Sender, settings: Settings, tmp_path: Path
) -> None:
    sender.send(photo=("Zebedee Quillfeather.png", picture()))
    assert settings.database_url
    for path in tmp_path.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"Quillfeather" not in content
            assert b"\x89PNG" not in content


# -- while the form is published anew -------------------------------------------------------------


def publish_anew(version: str, change: Callable[[dict[str, Any]], object]) -> Safety | None:
    form = json.loads(json.dumps(paper_trail.FORM))
    form["x-form"]["version"] = version
    change(form)
    texts = [text for text, _line in texts_in(read_document(json.dumps(form), "f"), "f")]
    entries = tuple(Entry(one.text, f"cy {one.text}", one.context) for one in texts)
    published = publish_form(
        json.dumps(form),
        "form.json",
        rules_text=json.dumps(paper_trail.RULES),
        catalogues=Catalogues({"cy": write_catalogue(Catalogue("cy", entries))}),
    )
    return published.safety


def breaking(form: dict[str, Any]) -> None:
    """Half of what is asked goes, and the photo takes something else."""
    for name in ("letters", "note"):
        del form["properties"][name]
    form["properties"]["photo"] = {"type": "string", "title": "Describe yourself"}
    form["x-form"]["pages"][0]["questions"] = ["photo"]


def safe(form: dict[str, Any]) -> None:
    form["properties"]["note"]["maxLength"] = 99
    form["properties"]["name"] = {"type": "string", "title": "What is your name?"}
    form["x-form"]["pages"][1]["questions"].append("name")


@pytest.fixture
def welsh(app: Flask, clock: Clock) -> Sender:
    """Somebody who fills in the form in Welsh, with three files and a note."""
    sender = paper_trail.begin(app)
    with app.app_context():
        publish_anew("1.0.0", lambda form: None)
    sender.send("language-cy")
    assert '<html lang="cy"' in sender.page.html
    sender.send(photo=PHOTO, letters=[LETTER, OTHER], note="Helo")
    clock.advance(minutes=1)
    return sender


def sent_with(app: Flask) -> tuple[str, dict[str, Any], int]:
    """The version of what was sent, its answers, and how many files it has."""
    with app.app_context():
        row = db.session.scalars(sa.select(Submission)).one()
        answers = dict(open_submission(row, keys(), as_teams=["duty-desk"]).answers)
        return row.form_version, answers, stored(app, SubmittedFile)


@pytest.mark.parametrize(
    ("version", "change", "safety"),
    [("2.0.0", breaking, Safety.BREAKING), ("1.1.0", safe, Safety.SAFE)],
)
def test_a_draft_in_welsh_with_files_keeps_all_of_it_when_the_form_is_published_anew(
    app: Flask, welsh: Sender, version: str, change: Any, safety: Safety
) -> None:
    with app.app_context():
        assert publish_anew(version, change) is safety
    names = ["me.png", "letter.png", "more.png"]
    welsh.open("papers")
    assert '<html lang="cy"' in welsh.page.html, "the language stays too"
    assert [name.split(" ")[0] for name in welsh.files] == names
    assert welsh.page.control("note").value == "Helo"
    welsh.send(note="Helo eto")
    more = {"name": "Made Up"} if safety is Safety.SAFE else {}
    welsh.send(more="Dyna ni", **more)
    assert welsh.page.url.endswith("/check-answers"), welsh.page.url
    assert all(name in welsh.page.html for name in names)
    welsh.send("submit")
    used, answers, files = sent_with(app)
    assert used == ("1.0.0" if safety is Safety.BREAKING else version)
    assert answers.keys() == {"photo", "letters", "note", "more", *more}
    assert (answers["note"], files) == ("Helo eto", 3)
