"""Files of a draft: taken, looked at, removed, kept with the submission, lost with the draft."""

import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

import pytest
import sqlalchemy as sa
from flask import Flask

from intake import rounds, worker
from intake.app_state import blobs, clock, settings, state
from intake.database import db
from intake.files.blobs import BlobsUnavailable
from intake.models import DraftFile, Link, SealedKeyCopy, Submission, SubmittedFile
from intake.sealing import CannotOpen
from intake.sealing.submissions import data_key, open_submission
from intake.services import files
from intake.services.blob_sweep import sweep_blobs
from intake.services.drafts import load_draft
from intake.services.files import (
    FileRefused,
    files_of_draft,
    open_draft_file,
    receive_file,
    remove_file,
)
from intake.services.link_opening import exchange
from intake.services.links import issue_link, revoke_link
from intake.services.sealed_drafts import Draft, DraftNotFound
from intake.services.stored_files import FileNotFound, StoredFile, files_of_submission
from intake.services.submitting import Incomplete, submit_referral
from tests.intake import photo_album as album
from tests.intake.conftest import Clock
from tests.intake.files import hostile
from tests.intake.files.scanner import Scanner

pytestmark = pytest.mark.usefixtures("cleaned_once")

TEAM = ["duty-desk"]


@pytest.fixture
def draft(context: Flask) -> Draft:
    album.publish()
    return album.a_draft()


def rows(model: Any) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def submit(draft: Draft) -> Submission:
    result = submit_referral(draft.id, draft.key, now=clock())
    assert not isinstance(result, Incomplete)
    return db.session.scalars(sa.select(Submission)).one()


def settle() -> None:
    while worker.run_once():
        pass


def test_a_file_is_cleaned_sealed_and_can_be_looked_at(context: Flask, draft: Draft) -> None:
    stored = album.send(draft, name="C:\\Pictures\\our kitchen.jpeg")
    assert (stored.name, stored.media_type) == ("our kitchen.jpg", "image/jpeg")
    found, pieces = open_draft_file(draft, stored.id)
    content = b"".join(pieces)
    assert found == stored
    assert len(content) == stored.size
    assert content.startswith(b"\xff\xd8")
    assert hostile.SECRET not in content
    assert files_of_draft(draft) == {stored.id: stored}
    assert album.blobs(context) == [f"files/{stored.id}"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (hostile.SVG, "fileType"),
        (hostile.zip_bomb(), "fileType"),
        (hostile.pdf(), "fileType"),  # the question takes images only
        (hostile.SCRIPT, "fileType"),
        (b"", "fileEmpty"),
        (hostile.photograph()[:400], "fileUnreadable"),
        (hostile.photograph() + bytes(300_000), "fileSize"),
    ],
)
def test_what_is_refused_leaves_nothing(
    context: Flask, draft: Draft, content: bytes, code: str
) -> None:
    with pytest.raises(FileRefused) as refused:
        album.send(draft, content, kinds=("image",), max_size=200_000)
    assert refused.value.code == code
    assert rows(DraftFile) == 0
    assert album.blobs(context) == []


def test_a_file_that_was_too_large_already_on_its_way_is_refused(draft: Draft) -> None:
    with (
        album.uploaded(hostile.photograph() * 100, largest=10_000) as received,
        pytest.raises(FileRefused) as refused,
    ):
        receive_file(draft, received, kinds=("image",), max_size=10**9, now=clock())
    assert refused.value.code == "fileSize"


def test_a_pdf_with_javascript_is_rendered_harmless(draft: Draft) -> None:
    stored = album.send(draft, hostile.pdf(), "letter.pdf")
    content = b"".join(open_draft_file(draft, stored.id)[1])
    assert b"alert" not in content
    assert hostile.SECRET not in content


def test_a_draft_takes_only_so_many_files_and_bytes(context: Flask, draft: Draft) -> None:
    state().settings = replace(settings(), files_per_draft=2)
    for _ in range(2):
        album.send(draft)
    with pytest.raises(FileRefused) as refused:
        album.send(draft)
    assert refused.value.code == "maxItems"
    state().settings = replace(settings(), files_per_draft=9, files_total=0)
    with pytest.raises(FileRefused) as refused:
        album.send(draft)
    assert refused.value.code == "fileSize"
    assert len(album.blobs(context)) == 2


def test_the_installation_takes_only_so_many_bytes_of_all_drafts(
    context: Flask, draft: Draft
) -> None:
    album.send(draft)
    state().settings = replace(settings(), files_waiting=0)
    with pytest.raises(FileRefused) as refused:
        album.send(draft)
    assert refused.value.code == "fileNotScanned", "asked to try again later"
    assert len(album.blobs(context)) == 1


def test_a_file_is_not_taken_unscanned(context: Flask, draft: Draft) -> None:
    state().settings = replace(settings(), clamd_url="tcp://127.0.0.1:1")
    with pytest.raises(FileRefused) as refused:
        album.send(draft)
    assert refused.value.code == "fileNotScanned"
    assert album.blobs(context) == []


def test_what_the_scanner_finds_is_refused_and_what_it_does_not_is_taken(
    context: Flask, draft: Draft
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        state().settings = replace(settings(), clamd_url=address)
        found = Scanner(listener, b"stream: Eicar-Test-Signature FOUND\0")
        with pytest.raises(FileRefused) as refused:
            album.send(draft)
        found.thread.join(10)
        assert album.blobs(context) == []
        clean = Scanner(listener, b"stream: OK\0")
        album.send(draft)
        clean.thread.join(10)
    assert refused.value.code == "fileVirus"
    assert clean.received == hostile.photograph()  # what was sent, not what it was cleaned into


def test_a_file_of_another_draft_is_not_there(draft: Draft) -> None:
    stored, other = album.send(draft), album.a_draft()
    assert files_of_draft(other) == {}
    with pytest.raises(FileNotFound):
        open_draft_file(other, stored.id)
    remove_file(other, stored.id, clock())
    assert files_of_draft(draft) == {stored.id: stored}


def test_a_row_that_was_given_to_another_draft_does_not_open(draft: Draft) -> None:
    stored, other = album.send(draft), album.a_draft()
    row = db.session.get_one(DraftFile, stored.id)
    row.draft_id = other.id
    db.session.commit()
    with pytest.raises(CannotOpen):
        open_draft_file(other, stored.id)


def test_a_removed_file_is_gone_at_once_and_its_content_soon(context: Flask, draft: Draft) -> None:
    stored, kept = album.send(draft), album.send(draft)
    remove_file(draft, stored.id, clock())
    remove_file(draft, stored.id, clock())  # again does nothing
    assert list(files_of_draft(draft)) == [kept.id]
    settle()
    assert album.blobs(context) == [f"files/{kept.id}"]


def test_content_that_cannot_be_deleted_now_is_deleted_later(
    context: Flask, draft: Draft, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = album.send(draft)
    remove_file(draft, stored.id, clock())

    def away(_name: str) -> NoReturn:
        raise BlobsUnavailable

    monkeypatch.setattr(blobs(), "delete", away)
    worker.run_once()
    assert album.blobs(context) != []
    monkeypatch.undo()
    clock.advance(minutes=1)
    settle()
    assert album.blobs(context) == []


def submitted_with(draft: Draft, **answers: Any) -> Submission:
    return submit(album.answered(draft, answers))


def test_a_submission_keeps_the_files_that_are_answers_and_loses_the_others(
    context: Flask, draft: Draft
) -> None:
    one, two, other = (album.send(draft) for _ in range(3))
    submission = submitted_with(draft, photos=[one.id, two.id])
    settle()
    assert rows(DraftFile) == 0
    assert album.blobs(context) == sorted([f"files/{one.id}", f"files/{two.id}"])
    key = data_key(submission, state().keys, as_teams=TEAM)
    assert files_of_submission(submission.id, key) == {one.id: one, two.id: two}
    answers = open_submission(submission, state().keys, as_teams=TEAM).answers
    assert answers["photos"] == [one.id, two.id]
    assert other.id not in files_of_submission(submission.id, key)


def test_without_its_submissions_data_key_a_file_cannot_be_opened(draft: Draft) -> None:
    stored = album.send(draft)
    submission = submitted_with(draft, letter=stored.id)
    row = db.session.get_one(SubmittedFile, stored.id)
    for key in (draft.key, files._files_key(draft)):
        with pytest.raises(CannotOpen):
            files.open_file_key(row.sealed_key, key, submission.id, stored.id)
    db.session.execute(sa.delete(SealedKeyCopy))  # to erase is to delete every copy
    db.session.commit()
    assert rows(SealedKeyCopy) == 0


def test_an_answer_that_names_a_file_of_another_draft_is_not_submitted(draft: Draft) -> None:
    theirs = album.send(album.a_draft())
    mine = album.send(draft)
    saved = album.answered(draft, {"photos": [mine.id, theirs.id]})
    assert submit_referral(draft.id, draft.key, now=clock()) == Incomplete("files")
    saved = load_draft(draft.id, draft.key, clock())
    saved = album.answered(saved, {"letter": "f" * 32})
    assert submit_referral(draft.id, draft.key, now=clock()) == Incomplete("files")
    assert rows(Submission) == 0


def test_a_damaged_file_hides_no_other_and_is_not_submitted(draft: Draft) -> None:
    damaged, whole = album.send(draft), album.send(draft)
    row = db.session.get_one(DraftFile, damaged.id)
    row.sealed_about = row.sealed_about[::-1]
    db.session.commit()
    assert files_of_draft(draft) == {whole.id: whole}
    saved = album.answered(draft, {"photos": [damaged.id, whole.id]})
    assert submit_referral(draft.id, draft.key, now=clock()) == Incomplete("files")
    album.answered(saved, {"photos": [whole.id]})
    assert not isinstance(submit_referral(draft.id, draft.key, now=clock()), Incomplete)


def test_a_file_that_is_removed_while_the_form_is_sent_stops_the_submission(
    draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = album.send(draft)
    album.answered(draft, {"letter": stored.id})
    monkeypatch.setattr("intake.services.submitting.strayed", remove_first(draft, stored))
    assert submit_referral(draft.id, draft.key, now=clock()) == Incomplete("files")
    assert (rows(Submission), rows(SubmittedFile)) == (0, 0)


def remove_first(draft: Draft, stored: StoredFile) -> Any:
    """As if another tab removed the file just after it was looked for."""
    rounds: list[None] = []

    def strayed(*args: Any) -> str | None:
        rounds.append(None)
        if len(rounds) > 1:
            return files.strayed(*args)
        remove_file(draft, stored.id, clock())
        return None

    return strayed


def test_an_expired_draft_takes_its_files_with_it(
    context: Flask, draft: Draft, clock: Clock
) -> None:
    album.send(draft)
    clock.advance(days=8)
    with pytest.raises(DraftNotFound):
        album.send(draft)
    rounds.purge(clock())
    assert rows(DraftFile) == 0
    settle()
    assert album.blobs(context) == []


def linked_draft() -> tuple[str, str, Draft]:
    link = issue_link(
        "photo-album", recipient="parent@example.org", team_id="duty-desk", actor="cli"
    )
    opened = exchange(link.url.rpartition("/")[2])
    return link.id, link.url, load_draft(opened.draft_id, opened.key, clock())


def test_a_revoked_link_takes_the_files_of_its_draft_with_it(context: Flask) -> None:
    album.publish()
    link_id, _, draft = linked_draft()
    album.send(draft)
    revoke_link(None, link_id)
    assert rows(DraftFile) == 0
    settle()
    assert album.blobs(context) == []
    assert rows(Link) == 1


def test_a_draft_that_begins_again_begins_without_files(context: Flask, clock: Clock) -> None:
    album.publish()
    _, url, draft = linked_draft()
    album.send(draft)
    clock.advance(days=8)
    opened = exchange(url.rpartition("/")[2])
    assert opened.draft_id == draft.id
    assert files_of_draft(load_draft(opened.draft_id, opened.key, clock())) == {}
    settle()
    assert album.blobs(context) == []


@pytest.mark.parametrize("step", ["_scan", "_clean", "_add_row"])
def test_a_fault_at_any_step_leaves_nothing_half_done(
    context: Flask, draft: Draft, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    real = getattr(files, step)

    def fail(*args: Any) -> NoReturn:
        if step != "_add_row":
            real(*args)
        raise ZeroDivisionError

    monkeypatch.setattr(files, step, fail)
    with pytest.raises(ZeroDivisionError):
        album.send(draft)
    assert rows(DraftFile) == 0
    assert album.blobs(context) == []


def test_what_a_killed_process_left_is_swept_and_nothing_else(context: Flask, draft: Draft) -> None:
    stored = album.send(draft)
    for name in ("files/" + "e" * 32, "incoming/" + "d" * 32):
        writer = blobs().writer(name)
        writer.write(b"sealed under a key that nobody has")
        writer.finish()
    written = datetime.now(UTC)  # by the clock of the file system
    assert sweep_blobs(written) == 0
    assert sweep_blobs(written + timedelta(days=2)) == 2
    assert album.blobs(context) == [f"files/{stored.id}"]
