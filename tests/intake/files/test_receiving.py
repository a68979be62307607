"""Files on their way in: sealed as they arrive, and never left lying."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from intake.config import Settings
from intake.files.receiving import Received, UploadLimits, accept_files, received_files
from tests.intake.conftest import Clock, make_application, make_settings

MARKER = b"the-words-that-nobody-may-read-on-the-disk "
LETTER = MARKER * 40_000  # 1.7 MB: Werkzeug's own parser writes that into a temporary file


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = make_settings(f"sqlite:///{tmp_path / 'none.sqlite3'}", tmp_path / "mail")
    return replace(settings, blob_url=f"file:{tmp_path / 'blobs'}")


@pytest.fixture
def app(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Flask:
    def no_temporary_file(*_args: Any, **_more: Any) -> NoReturn:
        raise AssertionError("a temporary file was made")

    for name in ("TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile", "mkstemp"):
        monkeypatch.setattr(f"tempfile.{name}", no_temporary_file)
    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", no_temporary_file)
    return make_application(settings, Clock())


@pytest.fixture
def post(app: Flask) -> Callable[..., TestResponse]:
    """Post fields and files to a view that does something with what was received."""

    def post(
        view: Callable[[], Any], limits: UploadLimits | None = None, **fields: Any
    ) -> TestResponse:
        def accepting() -> Any:
            if limits:
                accept_files(limits, largest_body=10_000_000)
            return view() or "done"

        app.add_url_rule("/take", "take", accepting, methods=["POST"])
        return send(app.test_client(), fields)

    return post


LIMITS = UploadLimits(largest=2_000_000, most=3)


File = tuple[bytes, str]


def a_file(content: bytes, name: str = "letter.pdf") -> File:
    return content, name


def send(client: FlaskClient, fields: dict[str, str | File | list[File]]) -> TestResponse:
    """Post a multipart body, made here because the test client would use a temporary file."""
    body = b""
    for name, values in fields.items():
        for value in values if isinstance(values, list) else [values]:
            content, filename = value if isinstance(value, tuple) else (value.encode(), None)
            label = f'; filename="{filename}"' if filename is not None else ""
            head = f'--x\r\nContent-Disposition: form-data; name="{name}"{label}\r\n\r\n'
            body += head.encode() + content + b"\r\n"
    return client.post(
        "/take", data=body + b"--x--\r\n", content_type="multipart/form-data; boundary=x"
    )


def stored(tmp_path: Path) -> Iterator[Path]:
    return (path for path in (tmp_path / "blobs").rglob("*") if path.is_file())


def test_a_file_is_sealed_as_it_arrives_and_deleted_with_the_request(
    post: Callable[..., TestResponse], tmp_path: Path
) -> None:
    seen: dict[str, Any] = {}

    def view() -> None:
        (received,) = received_files()["letter"]
        seen["content"] = b"".join(received.pieces())
        seen["again"] = b"".join(received.pieces())
        seen["name"], seen["size"] = received.claimed_name, received.size
        seen["files"] = [path.read_bytes() for path in stored(tmp_path)]
        seen["text"] = request.form["other"]

    post(view, LIMITS, letter=a_file(LETTER), other="words")
    assert seen["content"] == seen["again"] == LETTER
    assert (seen["name"], seen["size"], seen["text"]) == ("letter.pdf", len(LETTER), "words")
    assert len(seen["files"]) == 1
    assert MARKER not in seen["files"][0]
    assert list(stored(tmp_path)) == []


def test_a_page_without_file_questions_keeps_no_file_at_all(
    app: Flask, post: Callable[..., TestResponse], tmp_path: Path
) -> None:
    seen: dict[str, Any] = {}

    def view() -> None:
        seen["text"] = request.form["other"]
        seen["files"] = received_files()

    post(view, None, letter=a_file(MARKER), other="words")
    assert seen == {"text": "words", "files": {}}
    assert not (tmp_path / "blobs").exists()
    assert send(app.test_client(), {"letter": a_file(LETTER)}).status_code == 413


def test_a_file_beyond_the_limit_is_marked_and_not_kept(post: Callable[..., TestResponse]) -> None:
    seen: list[Received] = []

    def view() -> None:
        for received in received_files()["letter"]:
            assert list(received.pieces()) == [] or not received.is_too_large
            seen.append(received)

    limits = UploadLimits(largest=1_000_000, most=3)
    post(view, limits, letter=[a_file(LETTER), a_file(MARKER)])
    assert [received.is_too_large for received in seen] == [True, False]


def test_more_files_than_the_page_takes_are_thrown_away(post: Callable[..., TestResponse]) -> None:
    seen: dict[str, Any] = {}

    def view() -> None:
        seen.update(received_files())

    post(view, LIMITS, letter=[a_file(MARKER) for _ in range(5)])
    assert len(seen["letter"]) == 3


def test_an_unused_control_brings_nothing_but_an_empty_file_is_seen(
    post: Callable[..., TestResponse],
) -> None:
    seen: dict[str, Any] = {}

    def view() -> None:
        seen.update(received_files())

    post(view, LIMITS, unused=a_file(b"", ""), empty=a_file(b"", "empty.pdf"))
    assert list(seen) == ["empty"]
    assert seen["empty"][0].size == 0
    assert list(seen["empty"][0].pieces()) == []


@pytest.mark.parametrize("cut", [200, 400_000, 1_500_000])
def test_an_upload_that_breaks_off_leaves_nothing(
    app: Flask, post: Callable[..., TestResponse], tmp_path: Path, cut: int
) -> None:
    def view() -> None:
        request.form.get("other")

    post(view, LIMITS)
    head = b'--x\r\nContent-Disposition: form-data; name="letter"; filename="a.pdf"\r\n\r\n'
    answer = app.test_client().post(
        "/take", data=(head + LETTER)[:cut], content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 200  # an empty form: the CSRF token is missing
    assert list(stored(tmp_path)) == []


def test_a_view_that_fails_leaves_nothing(
    app: Flask, post: Callable[..., TestResponse], tmp_path: Path
) -> None:
    app.testing = False

    def view() -> None:
        assert received_files()
        raise ZeroDivisionError

    assert post(view, LIMITS, letter=a_file(LETTER)).status_code == 500
    assert list(stored(tmp_path)) == []
