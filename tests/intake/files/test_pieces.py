"""Sealed pieces: what comes back is what was sealed, or nothing."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.files.blobs import BlobStore
from intake.files.pieces import (
    HEADER_SIZE,
    ROOM,
    SEALED_PIECE,
    SealingWriter,
    file_context,
    open_pieces,
    sealed_size,
)
from intake.sealing import CannotOpen, UnknownSuite, new_data_key

CONTEXT = file_context("a" * 32)
SIZES = st.one_of(
    st.integers(0, 2000), st.sampled_from([ROOM - 1, ROOM, ROOM + 1, 2 * ROOM, 2 * ROOM + 1])
)


class Kept:
    """A blob being written, in a list."""

    def __init__(self) -> None:
        self.data = b""

    def write(self, data: bytes) -> None:
        self.data += data

    def finish(self) -> None:
        """Nothing: it is all there."""

    def abandon(self) -> None:
        self.data = b""


def content(size: int) -> bytes:
    return bytes(index * 31 % 251 for index in range(1000)) * (size // 1000 + 1)


def sealed(plain: bytes, step: int = 70_000) -> tuple[bytes, bytes]:
    """A sealed file and its key, written in parts of one size."""
    blob = Kept()
    writer = SealingWriter(blob, CONTEXT)  # type: ignore[arg-type]
    for start in range(0, len(plain), step):
        writer.write(plain[start : start + step])
    writer.finish()
    return blob.data, writer.key


def chunks(blob: bytes, size: int) -> Iterator[bytes]:
    return (blob[start : start + size] for start in range(0, len(blob), size))


@given(SIZES, st.integers(1000, 600_000), st.integers(1000, 600_000))
def test_what_was_sealed_comes_back_in_whatever_parts_it_is_written_and_read(
    size: int, written: int, read: int
) -> None:
    plain = content(size)[:size]
    blob, key = sealed(plain, written)
    assert len(blob) == sealed_size(size)
    assert b"".join(open_pieces(chunks(blob, read), key, CONTEXT)) == plain
    assert size < 32 or plain[:32] not in blob


class Opened:
    """What came out of a blob, and whether an error followed it."""

    def __init__(self) -> None:
        self.data, self.is_refused = b"", False


def opened_of(blob: bytes, key: bytes) -> Opened:
    opened = Opened()
    try:
        for piece in open_pieces([blob], key, CONTEXT):
            opened.data += piece
    except (CannotOpen, UnknownSuite):
        opened.is_refused = True
    return opened


@given(st.integers(1, ROOM * 3), st.data())
def test_a_file_that_was_cut_off_or_altered_anywhere_gives_right_bytes_and_then_an_error(
    size: int, data: st.DataObject
) -> None:
    plain = content(size)[:size]
    blob, key = sealed(plain)
    at = data.draw(st.integers(0, len(blob) - 1))
    flipped = blob[:at] + bytes([blob[at] ^ data.draw(st.integers(1, 255))]) + blob[at + 1 :]
    for damaged in (blob[:at], flipped, blob + b"\x00"):
        opened = opened_of(damaged, key)
        assert opened.is_refused
        assert plain.startswith(opened.data)


def pieces_of(blob: bytes) -> list[bytes]:
    rest = blob[HEADER_SIZE:]
    return list(chunks(rest, SEALED_PIECE))


@pytest.mark.parametrize("order", [(1, 0, 2), (0, 2), (0, 0, 1, 2), (0, 1), (2,), ()])
def test_pieces_that_were_reordered_repeated_or_left_out_do_not_open(
    order: tuple[int, ...],
) -> None:
    plain = content(3 * ROOM)[: 2 * ROOM + 500]
    blob, key = sealed(plain)
    pieces = pieces_of(blob)
    moved = blob[:HEADER_SIZE] + b"".join(pieces[at] for at in order)
    with pytest.raises(CannotOpen):
        list(open_pieces([moved], key, CONTEXT))


def test_a_piece_of_another_file_does_not_open() -> None:
    blob, key = sealed(content(ROOM * 2))
    other, _ = sealed(content(ROOM * 2))
    mixed = blob[:-1000] + other[-1000:]
    with pytest.raises(CannotOpen):
        list(open_pieces([mixed], key, CONTEXT))


def test_a_file_does_not_open_under_another_name_or_key_or_for_another_purpose() -> None:
    blob, key = sealed(b"The quick brown fox")
    for wrong_key, wrong_context in (
        (key, file_context("b" * 32)),
        (key, file_context("a" * 32, "incoming-file")),
        (new_data_key(), CONTEXT),
    ):
        with pytest.raises(CannotOpen):
            list(open_pieces([blob], wrong_key, wrong_context))


def test_no_two_files_share_a_key() -> None:
    assert sealed(b"same")[1] != sealed(b"same")[1]


def test_what_is_abandoned_leaves_nothing() -> None:
    store = BlobStore("memory:")
    writer = SealingWriter(store.writer("files/one"), CONTEXT)
    writer.write(content(3 * ROOM))
    writer.abandon()
    assert list(store.store.list()) in ([], [[]])
