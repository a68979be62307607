"""The life of INTAKE_SECRET_KEYS: rotating, retiring and losing one."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from intake.cli.doctor import check_secret_keys
from intake.cli.keys import keys
from intake.config import Settings
from intake.database import db
from intake.models import AuditEntry, Link
from intake.sealing import mint, secret_key_id
from intake.services.links import list_links
from intake.services.secret_keys import list_secret_keys
from tests.intake import food_parcel as fp
from tests.intake.conftest import SECRET_KEYS, Clock, dispose, make_application

pytestmark = pytest.mark.database("sqlite")

NEW_KEY = "zQ4wE7rT2yU5iO8pA1sD3fG6hJ9kL0xC"
NEW, OLD = secret_key_id(NEW_KEY), secret_key_id(SECRET_KEYS[0])


@pytest.fixture
def link(app: Flask) -> str:
    """The address of a link that the old key signed."""
    with app.app_context():
        fp.publish()
        return fp.a_link().url


def restarted(settings: Settings, clock: Clock, *secret_keys: str) -> Flask:
    return make_application(replace(settings, secret_keys=secret_keys), clock)


@pytest.fixture
def rotated(app: Flask, settings: Settings, clock: Clock) -> Iterator[Flask]:
    """The same installation after a new secret key was put in front."""
    with_new_key = restarted(settings, clock, NEW_KEY, *SECRET_KEYS)
    yield with_new_key
    dispose(with_new_key)


@pytest.fixture
def retired(app: Flask, settings: Settings, clock: Clock) -> Iterator[Flask]:
    """The same installation after the old keys were taken away."""
    without = restarted(settings, clock, NEW_KEY)
    yield without
    dispose(without)


def run(app: Flask, *args: str) -> Result:
    return app.test_cli_runner().invoke(keys, list(args))


def test_a_rotation_breaks_no_link_in_flight_and_no_draft(
    link: str, app: Flask, rotated: Flask
) -> None:
    browser = fp.visitor(app)
    fp.as_far_as("family", browser, link)
    browser.transport.client = _same_browser(browser, app, rotated)  # type: ignore[attr-defined]
    assert browser.open(browser.here.url).status == 200, "the same cookie opens the same draft"
    assert fp.send_one(rotated, link).reference


def _same_browser(browser: object, before: Flask, after: Flask) -> object:
    name = "intake-visitor"
    cookie = browser.transport.client.get_cookie(name)  # type: ignore[attr-defined]
    client = after.test_client()
    client.set_cookie(name, cookie.value)
    return client


def test_new_links_are_signed_by_the_newest_key_and_know_it(link: str, rotated: Flask) -> None:
    with rotated.app_context():
        assert fp.a_link().url.rpartition("/")[2].startswith(NEW)
        assert {line.secret_key_id for line in list_links()} == {NEW, OLD}
        assert len(list_links(secret_key_id=OLD)) == 1
        places = [(line.id, line.place, line.live_links) for line in list_secret_keys()]
    assert places[:2] == [(NEW, "newest", 1), (OLD, "older", 1)]


def test_retiring_says_which_live_links_would_end_and_changes_nothing(
    link: str, rotated: Flask, clock: Clock
) -> None:
    said = json.loads(run(rotated, "retire", OLD, "--json").stdout)
    use = {"form_id": "food-parcel", "team_id": "belfast-pumps", "live_links": 1}
    assert said == {"id": OLD, "place": "older", "links": [use], "revoked": 0}
    plain = run(rotated, "retire", OLD)
    assert "food-parcel" in plain.stdout
    assert "1 live links end" in plain.stderr
    assert fp.visitor(rotated).open(link).status == 200
    clock.advance(days=15)
    assert "No live link needs this key" in run(rotated, "retire", OLD).stderr


def test_a_key_that_was_taken_away_too_early_is_told_by_the_doctor(
    link: str, rotated: Flask, retired: Flask
) -> None:
    with rotated.app_context():
        assert check_secret_keys() == ""
    assert fp.visitor(retired).open(link).status == 404
    with retired.app_context():
        assert OLD in check_secret_keys()
        assert ("missing", 1) in [(each.place, each.live_links) for each in list_secret_keys()]


def test_a_compromised_key_ends_its_links_at_once_and_no_others(link: str, rotated: Flask) -> None:
    with rotated.app_context():
        other = fp.a_link().url
    browser = fp.visitor(rotated)
    fp.as_far_as("family", browser, link)
    said = json.loads(run(rotated, "retire", OLD, "--revoke-links", "--json").stdout)
    assert said["revoked"] == 1
    assert fp.visitor(rotated).open(link).status == 410
    assert browser.open(browser.here.url).status == 410, "who had it open reads no more of it"
    assert fp.visitor(rotated).open(other).status == 200
    with rotated.app_context():
        assert "keys.revoke-links" in db.session.scalars(sa.select(AuditEntry.action)).all()


def test_a_key_opens_no_link_that_another_key_signed(link: str, rotated: Flask) -> None:
    """Whoever has one key, the database and even the link's secret still lacks its signature."""
    from intake.services.link_opening import read_token

    with rotated.app_context():
        capability = read_token(link.rpartition("/")[2])
        forged = mint((NEW_KEY,), capability.link_id, capability.secret)
    assert fp.visitor(rotated).open(f"http://localhost/l/{forged}").status == 404


def test_the_holder_of_a_secret_key_cannot_make_a_link_without_its_secret(
    link: str, app: Flask
) -> None:
    with app.app_context():
        link_id = db.session.scalars(sa.select(Link.id)).one()
        token = mint(SECRET_KEYS, link_id, bytes(16))
    browser = fp.visitor(app)
    browser.open(f"http://localhost/l/{token}")
    assert browser.press("continue").status == 404
    with app.app_context():
        assert db.session.scalars(sa.select(Link.opened_at)).one() is None


def test_an_unknown_key_is_told_apart_from_one_without_links(app: Flask) -> None:
    assert run(app, "retire", "AAAAAAAA").exit_code == 2
    assert run(app, "retire", OLD).exit_code == 0


def test_the_list_of_keys_shows_secret_keys_by_their_ids_only(link: str, app: Flask) -> None:
    plain, listed = run(app, "list").stdout, run(app, "list", "--json").stdout
    assert f"{OLD}  secret key" in plain
    assert json.loads(listed)["secret_keys"][0] == {"id": OLD, "place": "newest", "live_links": 1}
    for secret in SECRET_KEYS:
        assert secret not in plain + listed
