"""Send us more, with files: sealed as they arrive to the teams that have the referral."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from intake.database import db, transaction
from intake.models import AuditEntry, CaseEvent, EventFile
from intake.public import page_files
from intake.sealing.keystore import TEAM
from intake.services import hearing
from intake.services.blob_sweep import sweep_blobs
from intake.services.case_notes import open_note
from intake.services.event_files import files_of_events
from intake.services.key_care import new_key
from intake.services.resealing import reseal_everything
from intake.services.sharing import share_case
from intake.throttling import Limit
from tests.intake import food_parcel as fp
from tests.intake.case_making import DUTY, PUMPS, Browser, make_staff
from tests.intake.conftest import Clock
from tests.intake.files.hostile import gif_that_is_html, pdf, photograph
from tests.intake.photo_album import blobs
from tests.intake.test_following import MORE, sent
from tests.journeys.html_contract import Page, read_page
from tests.journeys.visitors import Visitor

pytestmark = pytest.mark.usefixtures("cleaned_once")

ON_SQLITE = pytest.mark.database("sqlite")
PHOTO = ("IMG 1.jpg", photograph())
Given = tuple[str, bytes]


@pytest.fixture
def browser(app: Flask) -> Visitor:
    """Somebody at the page of *send us more*."""
    browser = sent(app, fp.FORM)
    status = browser.press("follow")
    browser.open(f"{status.url}/more")
    return browser


def give(browser: Visitor, *files: Given, words: str = "", **fields: Any) -> Page:
    """Send the page as a browser without scripts does."""
    data = {
        **dict(browser.here.hidden),
        "more": words,
        "action": "send",
        "files": [(io.BytesIO(content), name) for name, content in files] or (io.BytesIO(), ""),
        **fields,
    }
    client = browser.transport.client  # type: ignore[attr-defined]
    answer = client.post(browser.here.url, data=data, follow_redirects=True)
    return read_page(f"http://localhost{answer.request.full_path}", answer.status_code, answer.text)


def events() -> list[CaseEvent]:
    query = sa.select(CaseEvent).filter_by(kind="more-sent").order_by(CaseEvent.id)
    return list(db.session.scalars(query))


def names(team: str = DUTY) -> list[str]:
    found = files_of_events(events(), [team])
    return [file.name for files in found.values() for file in files]


def test_files_and_words_reach_the_teams_and_each_download_is_recorded(
    app: Flask, browser: Visitor
) -> None:
    page = give(browser, PHOTO, ("letter.pdf", pdf()), words=MORE)
    assert "We have added it to what you sent." in page.text
    with app.app_context():
        make_staff("dana", DUTY)
        make_staff("robin", PUMPS)
        (event,) = events()
        assert open_note(event, as_teams=[DUTY]) == MORE
        case_id = event.case_id
    staff = Browser(app, "dana")
    shown = staff.get(f"/staff/cases/{case_id}").text
    links = re.findall(rf'href="(/staff/cases/{case_id}/more/[^"]+)">([^<]+)<', shown)
    assert sorted(name for _, name in links) == ["IMG 1.jpg", "letter.pdf"]
    href = next(href for href, name in links if name == "IMG 1.jpg")
    answer = staff.client.get(href)
    assert answer.mimetype == "image/jpeg"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.data.startswith(b"\xff\xd8")
    with app.app_context():
        read = db.session.scalars(sa.select(AuditEntry).filter_by(action="file.read")).all()
        assert [each.thing_id for each in read] == [href.rpartition("/")[2]]
    assert Browser(app, "robin").get(href).status_code == 404


def test_nothing_readable_is_stored_and_the_content_is_kept(
    app: Flask, browser: Visitor, clock: Clock
) -> None:
    give(browser, PHOTO)
    folder = app.extensions["intake"].blobs.folder
    stored = b"".join((folder / name).read_bytes() for name in blobs(app))
    assert b"JFIF" not in stored
    with app.app_context():
        (row,) = db.session.scalars(sa.select(EventFile))
        assert b"IMG" not in row.sealed_about
        assert names() == ["IMG 1.jpg"], "with no words beside it"
        assert names(PUMPS) == []
        clock.advance(days=3)
        assert sweep_blobs(clock.now) == 0


def test_who_the_case_is_shared_with_and_a_new_key_open_the_files(
    app: Flask, browser: Visitor
) -> None:
    give(browser, PHOTO, words=MORE)
    with app.app_context():
        case_id = events()[0].case_id
        with transaction():
            share_case(case_id, from_team=DUTY, to_team=PUMPS)
        assert names(PUMPS) == ["IMG 1.jpg"]
        new_key(TEAM, PUMPS)
        list(reseal_everything(TEAM, PUMPS))
        db.session.expire_all()
        assert names(PUMPS) == ["IMG 1.jpg"]


@ON_SQLITE
def test_a_file_that_is_refused_keeps_nothing_else_back(app: Flask, browser: Visitor) -> None:
    page = give(browser, PHOTO, ("x.gif", gif_that_is_html()), ("y.txt", b"Hello"), words=MORE)
    assert [each.href for each in page.errors] == ["#files"] * 2 or len(page.errors) == 1
    assert "‘y.txt’ must be a JPG, PNG, GIF, WebP or PDF" in [each.text for each in page.errors]
    assert "We have added the rest to what you sent." in page.text
    assert not page.control("more").value.strip()
    with app.app_context():
        assert "IMG 1.jpg" in names()
        assert "y.txt" not in names()
        assert len(events()) == 1


@ON_SQLITE
def test_if_all_is_refused_nothing_is_added_and_the_words_stay(
    app: Flask, browser: Visitor
) -> None:
    page = give(browser, ("y.txt", b"Hello"))
    assert page.title.startswith("Error: ")
    assert "We have added" not in page.text
    assert give(browser).errors[0].href == "#more"
    page = give(browser, PHOTO, words="x" * 2001)
    assert [each.text for each in page.errors][1] == "Choose your files again"
    assert page.control("more").value.strip() == "x" * 2001
    with app.app_context():
        assert not events()
    assert blobs(app) == []


@ON_SQLITE
def test_what_is_sent_twice_is_added_once(app: Flask, browser: Visitor) -> None:
    for _ in range(2):
        assert "We have added it" in give(browser, PHOTO, words=MORE).text
    with app.app_context():
        assert len(events()) == 1
        assert names() == ["IMG 1.jpg"]
    assert len(blobs(app)) == 1


@ON_SQLITE
def test_what_is_sent_twice_at_once_is_added_once(
    app: Flask, browser: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    pressed, sealed = [], hearing.seal_file

    def meanwhile(*args: Any, **named: Any) -> Any:
        if not pressed:
            pressed.append(True)
            give(browser, PHOTO, words=MORE)
        return sealed(*args, **named)

    monkeypatch.setattr(hearing, "seal_file", meanwhile)
    assert "We have added it" in give(browser, PHOTO, words=MORE).text
    with app.app_context():
        assert len(events()) == 1
        assert names() == ["IMG 1.jpg"]
    assert len(blobs(app)) == 1


@ON_SQLITE
def test_one_address_sends_only_so_many_bytes_a_day(
    app: Flask, browser: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_files, "UPLOADED", Limit("uploaded", 3, timedelta(days=1)))
    monkeypatch.setattr(page_files, "mib_of_request", lambda: 2)
    assert give(browser, PHOTO, words=MORE).status == 200
    assert give(browser, PHOTO, words=MORE, once="another").status == 429
    with app.app_context():
        assert len(events()) == 1


@ON_SQLITE
def test_no_more_files_than_a_form_takes(
    app: Flask, browser: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = give(browser, *[(f"{n}.jpg", photograph((20 + n, 20))) for n in range(6)])
    assert page.errors[0].text == "You can only select up to 5 files"
    with app.app_context():
        assert len(names()) == 5
    settings = app.extensions["intake"].settings
    object.__setattr__(settings, "files_per_draft", 5)
    address = browser.here.url
    browser.open(address)
    assert "You have sent us a lot already" in give(browser, PHOTO, words="once more").text
    with app.app_context():
        assert len(names()) == 5
        assert len(events()) == 1
    assert len(blobs(app)) == 5


@ON_SQLITE
def test_without_the_cookie_or_the_token_of_the_page_nothing_is_taken(
    app: Flask, browser: Visitor
) -> None:
    assert give(browser, PHOTO, csrf_token="").status == 400
    stranger = fp.visitor(app)
    stranger.page = browser.here
    assert give(stranger, PHOTO).status == 404
    with app.app_context():
        assert not events()
    assert blobs(app) == []
