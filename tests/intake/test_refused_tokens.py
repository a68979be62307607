"""Tokens that were not minted here: all refused, unasked of the database, with the same bytes."""

import base64
import hashlib
import html
import random
import secrets
from collections.abc import Iterator
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from flask import Flask
from itsdangerous import Signer

from intake.database import db
from intake.models import Link
from intake.sealing import BadToken, derive, mint, read, secret_key_id
from intake.sealing.weblinks import SALT
from tests.intake import food_parcel as fp
from tests.intake.conftest import SECRET_KEYS

pytestmark = pytest.mark.database("sqlite")

OTHERS = ("zQ4wE7rT2yU5iO8pA1sD3fG6hJ9kL0xC",)


@pytest.fixture
def token(app: Flask) -> str:
    with app.app_context():
        fp.publish()
        return fp.a_link().url.rpartition("/")[2]


def flipped(token: str) -> Iterator[str]:
    """The token with each of its bits flipped in turn."""
    raw = token.encode("ascii")
    for place in range(len(raw)):
        for bit in range(8):
            changed = bytearray(raw)
            changed[place] ^= 1 << bit
            yield changed.decode("latin-1")


def of_another_purpose(token: str) -> Iterator[str]:
    """What our own secret keys sign for other things."""
    signed, key_id = token.rpartition(".")[0], secret_key_id(SECRET_KEYS[0])
    material = SECRET_KEYS[0].encode()
    for purpose, salt in (
        ("weblink-signature", b"intake.receipt.1"),
        ("flask-session", SALT),
        ("throttling", SALT),
    ):
        yield signer(derive(material, purpose), salt).sign(signed).decode()
    random_body = base64.urlsafe_b64encode(secrets.token_bytes(60)).decode()
    weblinks = signer(derive(material, "weblink-signature"), SALT)
    yield weblinks.sign(f"{key_id}.{random_body}").decode()  # signed, and encrypted by nobody


def signer(key: bytes, salt: bytes) -> Signer:
    return Signer(key, salt, sep=b".", key_derivation="hmac", digest_method=hashlib.sha256)


def of_another_installation() -> str:
    return mint(OTHERS, secrets.token_hex(16), secrets.token_bytes(16))


def with_our_key_id(token: str) -> str:
    return secret_key_id(SECRET_KEYS[0]) + token[8:]


def random_tokens(number: int) -> Iterator[str]:
    """Random ones of the right shape, half of them naming our key."""
    chance, ours = random.Random(4), secret_key_id(SECRET_KEYS[0])
    for each in range(number):
        body = base64.urlsafe_b64encode(chance.randbytes(102)).decode()
        yield f"{ours if each % 2 else body[124:132]}.{body[:80]}.{body[80:123]}"


def test_a_token_with_any_one_bit_flipped_is_refused(token: str) -> None:
    for changed in flipped(token):
        with pytest.raises(BadToken):
            read(SECRET_KEYS, changed)


def refused_among_random(number: int) -> int:
    refused = 0
    for each in random_tokens(number):
        try:
            read(SECRET_KEYS, each)
        except BadToken:
            refused += 1
    return refused


def test_thousands_of_random_tokens_are_refused() -> None:
    assert refused_among_random(20_000) == 20_000


@pytest.mark.slow
@pytest.mark.nightly
def test_many_random_tokens_are_refused() -> None:
    """`make bench` goes on to a million."""
    assert refused_among_random(200_000) == 200_000


def test_tokens_of_another_purpose_or_installation_are_refused(token: str) -> None:
    others = of_another_installation()
    for bad in (*of_another_purpose(token), others, with_our_key_id(others)):
        with pytest.raises(BadToken):
            read(SECRET_KEYS, bad)


def test_every_refused_token_has_the_same_page_and_asks_no_database(app: Flask, token: str) -> None:
    others = of_another_installation()
    bad = [
        *(each for number, each in enumerate(flipped(token)) if number % 13 == 0),
        *of_another_purpose(token),
        *random_tokens(20),
        others,
        with_our_key_id(others),
        token + "A",
        token.upper(),
    ]
    client = app.test_client()
    with app.app_context():
        connections, stop = fp.connections(db.engine)
        statements = heard(db.engine)
    answers = {
        answer(client, method, each) for each in bad if "/" not in each for method in METHODS
    }
    client.post("/links/ask", data={"token": others})
    stop()
    assert connections == statements == []
    assert len(answers) == len(METHODS), "the page, and none for a HEAD"


METHODS = ("GET", "POST", "HEAD")


def answer(client: object, method: str, token: str) -> tuple[object, ...]:
    """Status, headers and bytes, but for the token itself and for the request's own number."""
    given = client.open(f"/l/{quote(token, safe='')}", method=method)  # type: ignore[attr-defined]
    shown = str(html.escape(token)).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")
    body = given.get_data(as_text=True).replace(f'value="{shown}"', 'value="TOKEN"')
    assert given.status_code == 404
    changing = ("content-length", "date", "x-request-id")
    headers = tuple((name, value) for name, value in given.headers if name.lower() not in changing)
    return method, headers, body


def heard(engine: sa.Engine) -> list[str]:
    """The statements that are sent from now on."""
    statements: list[str] = []

    @sa.event.listens_for(engine, "before_cursor_execute")
    def note(_conn: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    return statements


def test_a_token_that_was_moved_to_another_form_opens_nothing(app: Flask, token: str) -> None:
    """Somebody who can write to the database lets one link stand for another form."""
    with app.app_context():
        fp.publish(fp.CASE_FORM, fp.CASE_RULES)
        db.session.execute(sa.update(Link).values(form_id="case-note"))
        db.session.commit()
    browser = fp.visitor(app)
    browser.open(f"http://localhost/l/{token}")
    assert browser.press("continue").status == 404
