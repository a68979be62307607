"""Envelopes: what goes in comes out, for the right key at the right place only."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.sealing import (
    CannotOpen,
    Context,
    PrivateKey,
    UnknownSuite,
    new_data_key,
    open_body,
    open_key,
    open_sealed,
    reseal,
    seal_body,
    seal_for,
    seal_key,
)
from intake.sealing.canonical import bucket, canonical_json, pad, read_json, unpad
from intake.sealing.envelopes import sealed_keys
from intake.sealing.keypairs import SUITE, fingerprint, generate_pair, pair_from_private

HERE = Context("answers", "breast-pump-loan", "1.0.0", "ab" * 16)
ELSEWHERE = [
    Context("decision", "breast-pump-loan", "1.0.0", "ab" * 16),
    Context("answers", "closure", "1.0.0", "ab" * 16),
    Context("answers", "breast-pump-loan", "1.0.1", "ab" * 16),
    Context("answers", "breast-pump-loan", "1.0.0", "cd" * 16),
]
TEAM, TEAM_PRIVATE = generate_pair("belfast-pumps")
OTHER, OTHER_PRIVATE = generate_pair("northern-pumps")
PRIVATE = {key.key_id: key for key in (TEAM_PRIVATE, OTHER_PRIVATE)}
KEY = new_data_key()

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


def private_key(key_id: str) -> PrivateKey:
    return PRIVATE[key_id]


@given(st.binary(max_size=3000))
def test_a_body_comes_back_as_it_was(plaintext: bytes) -> None:
    assert open_body(KEY, seal_body(KEY, plaintext, HERE), HERE) == plaintext


@given(st.binary(max_size=200_000))
def test_padding_is_undone_and_hides_the_length_within_a_bucket(plaintext: bytes) -> None:
    padded = pad(plaintext)
    assert unpad(padded) == plaintext
    assert len(padded) == bucket(len(padded))


@given(st.integers(0, 500), st.integers(0, 500))
def test_short_answers_all_have_one_length(one: int, two: int) -> None:
    assert len(seal_body(KEY, b"x" * one, HERE)) == len(seal_body(KEY, b"x" * two, HERE))


@given(JSON)
def test_equal_values_have_one_spelling(value: object) -> None:
    text = canonical_json(value)
    assert canonical_json(json.loads(text)) == text


@given(JSON | st.integers() | st.floats() | st.dictionaries(st.text(), st.floats()))
def test_an_answer_is_read_as_python_reads_it(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False).encode()
    assert repr(read_json(text)) == repr(json.loads(text))


@pytest.mark.parametrize("text", [b"", b"{", b'{"a": }', b"\xff", b"[1] 2"])
def test_what_is_no_json_is_a_value_error(text: bytes) -> None:
    with pytest.raises(ValueError):
        read_json(text)


@pytest.mark.parametrize("team_id", [None, "belfast-pumps", 'Cŵl "caffi"\\'])
def test_the_line_of_sealed_keys_is_canonical_json(team_id: str | None) -> None:
    line = seal_for(b"x", [replace(TEAM, team_id=team_id), OTHER], HERE).partition(b"\n")[0]
    assert canonical_json(json.loads(line)) == line
    assert json.loads(line)[0]["team"] == team_id


def test_a_number_that_json_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical_json(float("nan"))


@given(st.data())
def test_a_body_with_any_bit_flipped_does_not_open(data: st.DataObject) -> None:
    sealed = bytearray(seal_body(KEY, b"answers", HERE))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises((CannotOpen, UnknownSuite)):
        open_body(KEY, bytes(sealed), HERE)


@pytest.mark.parametrize("place", ELSEWHERE)
def test_a_body_moved_elsewhere_does_not_open(place: Context) -> None:
    with pytest.raises(CannotOpen):
        open_body(KEY, seal_body(KEY, b"answers", HERE), place)


def test_a_body_does_not_open_under_another_key() -> None:
    with pytest.raises(CannotOpen):
        open_body(new_data_key(), seal_body(KEY, b"answers", HERE), HERE)


def test_a_data_key_opens_for_its_recipient_only() -> None:
    sealed = seal_key(KEY, TEAM, HERE)
    assert sealed.suite == SUITE
    assert sealed.key_id == TEAM.key_id
    assert open_key(sealed, TEAM_PRIVATE, HERE) == KEY
    with pytest.raises(CannotOpen):
        open_key(sealed, OTHER_PRIVATE, HERE)


@pytest.mark.parametrize("place", ELSEWHERE)
def test_a_sealed_key_moved_elsewhere_does_not_open(place: Context) -> None:
    with pytest.raises(CannotOpen):
        open_key(seal_key(KEY, TEAM, HERE), TEAM_PRIVATE, place)


def test_a_key_pair_survives_its_bytes() -> None:
    public, private = pair_from_private(TEAM_PRIVATE.raw, "belfast-pumps")
    assert (public, private) == (TEAM, TEAM_PRIVATE)
    assert public.key_id == fingerprint(SUITE, public.raw)
    assert (len(private.raw), len(public.raw)) == (96, 1216)


def test_a_message_opens_for_each_of_its_teams_and_nobody_else() -> None:
    message = seal_for(b"note", [TEAM, OTHER], HERE)
    for team in ("belfast-pumps", "northern-pumps"):
        assert open_sealed(message, HERE, private_key, as_teams=[team]) == b"note"
    with pytest.raises(CannotOpen):
        open_sealed(message, HERE, private_key, as_teams=["duty-desk"])


def test_sharing_a_message_adds_a_reader_and_leaves_the_body() -> None:
    message = seal_for(b"note", [TEAM], HERE)
    shared = reseal(message, HERE, TEAM_PRIVATE, OTHER, keep_old=True)
    assert {key.team_id for key in sealed_keys(shared)} == {"belfast-pumps", "northern-pumps"}
    assert shared.split(b"\n", 1)[1] == message.split(b"\n", 1)[1]


def test_rotating_a_key_replaces_the_old_copy() -> None:
    new, _ = generate_pair("belfast-pumps")
    rotated = reseal(seal_for(b"note", [TEAM, OTHER], HERE), HERE, TEAM_PRIVATE, new)
    assert {key.key_id for key in sealed_keys(rotated)} == {new.key_id, OTHER.key_id}


@given(st.binary(max_size=300))
def test_rubbish_in_the_place_of_a_message_is_refused(rubbish: bytes) -> None:
    with pytest.raises(CannotOpen):
        open_sealed(rubbish, HERE, private_key)
