"""Weblink tokens: what was minted is read, and nothing else is."""

import secrets
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.sealing.weblinks import BadToken, LinkCapability, mint, new_link_secret, read

KEYS = ("m2X5vQ8rT1wZ4yB7nC0dF3gH6jK9lPqS", "aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0zL")
ALPHABET = string.ascii_letters + string.digits + "-_"


def make_token(keys: tuple[str, ...] = KEYS) -> tuple[str, LinkCapability]:
    capability = LinkCapability(secrets.token_hex(16), new_link_secret())
    return mint(keys, capability.link_id, capability.secret), capability


def test_a_token_gives_its_link_and_secret_back() -> None:
    token, capability = make_token()
    assert read(KEYS, token) == capability


def test_a_token_is_url_safe_and_under_two_hundred_characters() -> None:
    token, _ = make_token()
    assert len(token) < 200
    assert set(token) <= set(ALPHABET + ".")


def test_two_tokens_of_one_link_differ_and_show_nothing_of_it() -> None:
    token, capability = make_token()
    again = mint(KEYS, capability.link_id, capability.secret)
    assert token[9:] != again[9:]
    assert capability.link_id not in token


def test_one_changed_character_anywhere_is_refused() -> None:
    token, _ = make_token()
    for place, character in enumerate(token):
        for other in ALPHABET + ".=+/ \n":
            if other != character:
                with pytest.raises(BadToken):
                    read(KEYS, token[:place] + other + token[place + 1 :])


def test_one_character_more_or_less_is_refused() -> None:
    token, _ = make_token()
    for place in range(len(token) + 1):
        with pytest.raises(BadToken):
            read(KEYS, token[:place] + "A" + token[place:])
        with pytest.raises(BadToken):
            read(KEYS, token[:place] + token[place + 1 :] if place < len(token) else token + "=")


def test_another_spelling_of_the_same_bytes_is_refused() -> None:
    token, _ = make_token()
    last = ALPHABET_ORDER.index(token[-1])  # 32 bytes leave two spare bits in the last character
    for spare in range(1, 4):
        other = ALPHABET_ORDER[(last & ~3) | ((last + spare) & 3)]
        with pytest.raises(BadToken):
            read(KEYS, token[:-1] + other)


ALPHABET_ORDER = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"


def test_a_token_of_an_older_key_is_still_read() -> None:
    token, capability = make_token(KEYS[1:])
    assert read(KEYS, token) == capability


def test_a_token_of_a_withdrawn_key_is_refused() -> None:
    token, _ = make_token(KEYS[1:])
    with pytest.raises(BadToken):
        read(KEYS[:1], token)


def test_parts_of_two_tokens_do_not_fit_together() -> None:
    one, two = make_token()[0].split("."), make_token()[0].split(".")
    with pytest.raises(BadToken):
        read(KEYS, ".".join((one[0], one[1], two[2])))


@given(st.text(max_size=200))
def test_whatever_else_is_sent_is_refused_with_the_same_answer(text: str) -> None:
    with pytest.raises(BadToken) as caught:
        read(KEYS, text)
    assert str(caught.value) == str(BadToken())
