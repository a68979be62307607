"""The blob store: a folder as an operator finds it, and what goes wrong with it."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from intake.files import blobs
from intake.files.blobs import BlobNotFound, BlobStore, BlobsUnavailable

LATER = datetime.now(UTC) + timedelta(hours=1)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture(params=["folder", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    return BlobStore("memory:" if request.param == "memory" else f"file:{tmp_path / 'blobs'}")


def write(store: BlobStore, name: str, content: bytes = b"sealed") -> None:
    writer = store.writer(name)
    writer.write(content)
    writer.finish()


def test_a_blob_is_there_once_it_is_finished_and_gone_once_it_is_deleted(store: BlobStore) -> None:
    writer = store.writer("files/one")
    writer.write(b"x" * 2_000_000)
    with pytest.raises(BlobNotFound):
        store.read("files/one", 1000)
    writer.finish()
    assert sum(map(len, store.read("files/one", 300_000))) == 2_000_000
    for _ in range(2):  # a second time there is nothing to do
        store.delete("files/one")
    with pytest.raises(BlobNotFound):
        store.read("files/one", 1000)


def test_an_empty_blob_can_be_stored(store: BlobStore) -> None:
    store.writer("files/none").finish()
    assert b"".join(store.read("files/none", 1000)) == b""


def test_blobs_are_listed_by_their_age(store: BlobStore) -> None:
    write(store, "files/one")
    write(store, "incoming/two")
    assert list(store.names("files", LATER)) == ["files/one"]
    assert list(store.names("files", LONG_AGO)) == []
    assert list(store.names("other", LATER)) == []


def test_what_is_abandoned_is_not_stored(store: BlobStore) -> None:
    writer = store.writer("files/one")
    writer.abandon()
    writer.write(b"x" * 2_000_000)
    writer.abandon()
    assert list(store.names("files", LATER)) == []


def test_the_folder_is_closed_to_other_accounts(tmp_path: Path) -> None:
    store = BlobStore(f"file:{tmp_path / 'deep' / 'blobs'}")
    write(store, "files/one")
    assert stat.S_IMODE((tmp_path / "deep" / "blobs").stat().st_mode) == 0o700
    assert store.problem() == ""


def test_what_a_killed_process_left_half_written_is_deleted(tmp_path: Path) -> None:
    store = BlobStore(f"file:{tmp_path / 'blobs'}")
    write(store, "files/one")
    half = tmp_path / "blobs" / "files" / "two#1"
    half.write_bytes(b"half")
    assert store.delete_unfinished(LONG_AGO) == 0
    assert store.delete_unfinished(LATER) == 1
    assert not half.exists()
    assert list(store.names("files", LATER)) == ["files/one"]


def test_a_store_that_cannot_be_used_says_so(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_text("a file, not a folder")
    store = BlobStore(f"file:{tmp_path / 'blobs'}")
    assert "INTAKE_BLOB_URL" in store.problem()
    with pytest.raises(BlobsUnavailable):
        write(store, "files/one")


def test_what_is_wrong_with_a_folder_is_said_without_its_path(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_text("a file, not a folder")
    store = BlobStore(f"file:{tmp_path / 'blobs'}")
    assert str(tmp_path) not in store.problem()  # anybody may ask /readyz


def test_files_leave_room_on_the_disk_for_referrals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = BlobStore(f"file:{tmp_path / 'blobs'}")
    write(store, "files/one")
    monkeypatch.setattr(blobs, "LEFT_FREE", 2**62)
    with pytest.raises(BlobsUnavailable):
        write(store, "files/two")
    assert list(store.names("files", LATER)) == ["files/one"]
    assert b"".join(store.read("files/one", 1000)) == b"sealed"
    write(BlobStore("memory:"), "files/three")


def test_a_bucket_that_does_not_answer_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
        ("AWS_ALLOW_HTTP", "true"),
        ("AWS_REGION", "eu-west-2"),
        ("AWS_ACCESS_KEY_ID", "nobody"),
        ("AWS_SECRET_ACCESS_KEY", "nothing"),
    ):
        monkeypatch.setenv(name, value)
    store = BlobStore("s3://sealed/files")
    assert store.folder is None
    assert "INTAKE_BLOB_URL" in store.problem()
