"""What each of those who meet a weblink learns or can do: docs/security/weblinks.md, by row."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask

from intake.app_state import keys
from intake.config import Settings
from intake.database import db
from intake.models import Draft, Link, OutboxMessage, Submission
from intake.sealing import CannotOpen, MasterKeyMissing, derive, mint, open_body, open_sealed
from intake.services.drafts import load_draft
from intake.services.link_issuing import recipient_context
from intake.services.link_opening import (
    HolderNotVerified,
    LinkNotUsable,
    exchange,
    read_token,
    shared_draft,
)
from intake.services.links import revoke_link
from intake.services.sealed_drafts import DraftNotFound
from tests.intake import food_parcel as fp
from tests.intake.case_making import PUMPS, Browser, make_staff
from tests.intake.conftest import SECRET_KEYS, Clock, dispose, make_application
from tests.journeys.html_contract import Page
from tests.journeys.visitors import Visitor

pytestmark = pytest.mark.database("sqlite")

TESTS = Path(__file__).parents[1]
TABLE = TESTS.parent / "docs/security/weblinks.md"
PREFILL = {"prefill": {"applying_as": "parent", "full_name": fp.NAME}}
MOST_PRESSES = 60  # of a scanner that is very patient


@pytest.fixture
def published(app: Flask) -> Flask:
    with app.app_context():
        fp.publish()
    return app


def link_of(app: Flask, **options: Any) -> str:
    """The address of a link."""
    with app.app_context():
        return fp.a_link(**options).url


def token_of(url: str) -> str:
    return url.rpartition("/")[2]


def on_the_way(app: Flask, url: str, page_id: str = "family") -> Visitor:
    """The person whom the link is for, in the middle of the form."""
    browser = fp.visitor(app)
    fp.as_far_as(page_id, browser, url)
    return browser


def test_every_row_of_the_table_names_a_test_that_exists() -> None:
    table = TABLE.read_text("utf-8").partition("\n## ")[0]
    rows = re.findall(r"^\|[^|]+\|[^|]+\|(.*)\|$", table, re.MULTILINE)[2:]
    assert len(rows) >= 9
    written = "".join(path.read_text("utf-8") for path in TESTS.glob("*/test_*.py"))
    for row in rows:
        named = re.findall(r"`(test_\w+)`", row)
        assert named, row
        for name in named:
            assert f"def {name}(" in written, name


def test_no_log_line_of_ours_holds_a_token_or_a_draft(
    published: Flask, capfd: pytest.CaptureFixture[str]
) -> None:
    url = link_of(published)
    browser = on_the_way(published, url)
    browser.open(url + "x")
    browser.open(url + "/nothing-here")
    logged = capfd.readouterr()
    assert "/l/<token>" in logged.err
    draft_id = urlsplit(browser.seen[-3].url).path.split("/")[2]
    for secret in (token_of(url), token_of(url)[:40], draft_id):
        assert secret not in logged.err + logged.out


def test_no_page_sends_its_address_to_others_or_holds_anything_of_theirs(published: Flask) -> None:
    url = link_of(published)
    browser = fp.visitor(published)
    fp.as_far_as("check-answers", browser, url)
    done = browser.press("submit")
    for page in browser.seen:
        headers = published.test_client().get(page.url).headers
        assert headers["Referrer-Policy"] == "no-referrer"
        loaded = re.findall(r'(?:src|href|action)="(?:https?:)?//([^/"]+)', page.html)
        assert loaded == [], "nothing is fetched from another host, and no form goes there"
        if page.url != url:
            assert token_of(url) not in page.url + page.html
    assert done.reference


def test_an_address_without_the_token_opens_nothing_in_another_browser(published: Flask) -> None:
    browser = on_the_way(published, link_of(published))
    for page in browser.seen[1:]:
        seen = fp.visitor(published).open(page.url)
        assert seen.status == 404
        assert fp.NAME not in seen.html


def test_whoever_copies_the_address_meets_the_question_first(published: Flask) -> None:
    url = link_of(published, verify="passphrase", verify_answer="three wise otters", **PREFILL)
    parent = fp.visitor(published)
    parent.open(url)
    parent.press("continue")
    parent.press("continue", [("answer", "Three wise otters")])
    thief = fp.visitor(published)
    thief.open(url)
    thief.press("continue")
    for guess in ("otters", "three wise men", "password"):
        thief.press("continue", [("answer", guess)])
    assert fp.NAME not in "".join(page.html for page in thief.seen)
    with published.app_context(), pytest.raises(HolderNotVerified):
        exchange(token_of(url))


def test_a_scanner_that_fetches_changes_nothing(published: Flask) -> None:
    url = link_of(published)
    before = rows_of(published)
    client = published.test_client()
    for _ in range(20):
        assert client.get(url).status_code == client.head(url).status_code == 200
        assert client.options(url).status_code == 200
    assert rows_of(published) == before


def rows_of(app: Flask) -> list[str]:
    with app.app_context():
        models = (Link, Draft, OutboxMessage, Submission)
        queries = (sa.select(*model.__table__.columns) for model in models)
        return [repr(row) for query in queries for row in db.session.execute(query)]


def press_everything(app: Flask, url: str) -> list[Page]:
    """What a scanner sees that presses each button of each page that it comes to, once."""
    scanner, seen, pressed = fp.visitor(app), [], set()
    waiting = [scanner.open(url)]
    while waiting and len(pressed) < MOST_PRESSES:
        page = waiting.pop(0)
        for button in (*page.buttons, ""):
            if (page.url, button) in pressed or not page.forms:
                continue
            pressed.add((page.url, button))
            scanner.page = page
            seen.append(scanner.press(button))
            waiting.append(seen[-1])
    return seen


def test_a_scanner_that_presses_every_button_sends_nothing_and_uses_nothing_up(
    published: Flask,
) -> None:
    url = link_of(published, **PREFILL)
    press_everything(published, url)
    with published.app_context():
        assert not db.session.scalars(sa.select(Submission)).all()
        assert db.session.scalars(sa.select(Link.uses_count)).all() == [0]
    assert fp.send_one(published, url).reference, "the person still can"


def test_a_scanner_that_presses_every_button_gets_one_code_sent_and_sees_no_answer(
    published: Flask,
) -> None:
    url = link_of(published, verify="code", **PREFILL)
    for _ in range(5):
        seen = press_everything(published, url)
        assert fp.NAME not in "".join(page.html for page in seen)
    with published.app_context():
        messages = db.session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage))
        assert messages == 2, "the link itself, and one code"
        assert db.session.scalars(sa.select(Link.wrong_tries)).all() == [0]


def test_a_scanner_that_presses_every_button_has_not_begun_to_write(published: Flask) -> None:
    """So a campaign's reminder still carries the link."""
    seen = press_everything(published, link_of(published))
    assert any(page.url.endswith("/come-back") for page in seen), "it pressed to save, too"
    with published.app_context():
        link = db.session.scalars(sa.select(Link)).one()
        assert link.opened_at
        assert link.started_at is None


def stored_bytes(app: Flask) -> bytes:
    """Every byte of the database's files."""
    with app.app_context():
        path = Path(db.engine.url.database or "")
    return b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))


def test_the_database_alone_holds_no_token_recipient_or_answer(published: Flask) -> None:
    url = link_of(published, purpose="Asked for by Quillfeather", **PREFILL)
    on_the_way(published, url)
    with published.app_context():
        capability = read_token(token_of(url))
        draft = shared_draft(capability)
    stored = stored_bytes(published)
    for secret in (
        token_of(url).encode(),
        token_of(url)[9:60].encode(),
        capability.secret,
        draft.key,
        b"parent@example.org",
        fp.NAME.encode(),
        b"Quillfeather",
    ):
        assert secret not in stored


def test_the_database_and_the_public_environment_open_no_link_made_before(
    published: Flask, public_app: Flask
) -> None:
    """Everything that is stored, and every key that a public process has."""
    url = link_of(published, **PREFILL)
    on_the_way(published, url)
    with public_app.app_context():
        link = db.session.scalars(sa.select(Link)).one()
        draft = db.session.scalars(sa.select(Draft)).one()
        forged = mint(SECRET_KEYS, link.id, bytes(16))
        assert fp.visitor(public_app).open(f"http://localhost/l/{forged}").status == 200
        with pytest.raises(LinkNotUsable):
            exchange(forged)
        for key in every_key_of(link, draft):
            with pytest.raises(DraftNotFound):
                load_draft(draft.id, key, public_app.extensions["intake"].clock())
            with pytest.raises(CannotOpen):
                open_body(key, link.sealed_holder, recipient_context(link.id))
        assert link.sealed_recipient
        with pytest.raises(MasterKeyMissing):
            open_sealed(link.sealed_recipient, recipient_context(link.id), keys().private_key)


def every_key_of(link: Link, draft: Draft) -> Iterator[bytes]:
    """What a thief could take for a key: derived from all that they have."""
    materials = [secret.encode() for secret in SECRET_KEYS]
    materials += [bytes.fromhex(link.id), bytes.fromhex(draft.id), link.sealed_holder]
    for material in materials:
        for purpose in ("draft", "link-holder", "weblink-encryption"):
            yield derive(material, purpose, link.id)


def test_staff_who_issue_a_link_see_neither_its_address_nor_what_is_written(
    published: Flask,
) -> None:
    with published.app_context():
        make_staff("robin", PUMPS)
    robin = Browser(published, "robin")
    robin.get("/staff/links/new")
    issued = robin.post(
        "/staff/links/new",
        team=PUMPS,
        form_id="food-parcel",
        recipient="parent@example.org",
        expires="14",
        uses="1",
    )
    assert issued.status_code == 303
    shown = issued.text + robin.get(issued.location).text + robin.get("/staff/links").text
    assert "/l/" not in shown
    url = link_of(published)
    on_the_way(published, url)
    with published.app_context():
        link_id = read_token(token_of(url)).link_id
    page = robin.get(f"/staff/links/{link_id}").text
    assert fp.NAME not in page
    assert token_of(url) not in page


def test_another_recipient_opens_only_their_own_form(published: Flask) -> None:
    mine, yours = link_of(published, **PREFILL), link_of(published)
    me = on_the_way(published, mine)
    you = on_the_way(published, yours, "about")
    for page in me.seen[1:]:
        assert you.open(page.url).status == 404
    with published.app_context():
        drafts = [shared_draft(read_token(token_of(url))) for url in (mine, yours)]
        with pytest.raises(DraftNotFound):
            load_draft(drafts[0].draft_id, drafts[1].key, published.extensions["intake"].clock())


def test_yesterdays_link_tells_nothing_and_asks_the_team_only(
    published: Flask, settings: Settings, clock: Clock
) -> None:
    used, revoked, late = (link_of(published, **PREFILL) for _ in range(3))
    fp.send_one(published, used)
    with published.app_context():
        revoke_link(None, read_token(token_of(revoked)).link_id)
    clock.advance(days=15)
    pages = set()
    for url in (used, revoked, late):
        page = fp.visitor(published).open(url)
        assert page.status == 410
        pages.add(page.html.replace(token_of(url), "TOKEN"))
        finder = fp.visitor(published)
        finder.open(url)
        finder.press("")
    assert len(pages) == 1
    assert fp.NAME not in pages.pop()
    with published.app_context():
        asked = sa.select(sa.func.count()).where(OutboxMessage.link_id.is_(None))
        assert db.session.scalar(asked), "the team is told, and nobody is sent a link"
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Link)) == 3


def test_revoking_stops_whoever_has_the_link_open(published: Flask) -> None:
    url = link_of(published)
    browser = on_the_way(published, url)
    with published.app_context():
        revoke_link(None, read_token(token_of(url)).link_id)
    page = browser.open(browser.here.url)
    assert page.status == 410
    assert fp.NAME not in page.html


def test_the_cookie_that_waits_for_an_answer_is_closed_to_scripts_and_other_sites(
    published: Flask, settings: Settings, clock: Clock
) -> None:
    url = link_of(published, verify="code")
    secure = make_application(replace(settings, base_url="https://intake.example.org"), clock)
    answer = secure.test_client().post(f"/l/{token_of(url)}", base_url="https://intake.example.org")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-intake-confirm-")
    for promise in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert promise in cookie
    assert token_of(url) not in answer.location
    dispose(secure)
