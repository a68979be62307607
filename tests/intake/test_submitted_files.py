"""Files of a submission, as staff read them. On both databases."""

from collections.abc import Iterator
from typing import NoReturn

import pytest
import sqlalchemy as sa
from flask import Flask

from intake import audit
from intake.access import CaseThing
from intake.app_state import blobs, clock, keys
from intake.database import db, transaction
from intake.models import AuditEntry, SealedKeyCopy, Submission
from intake.sealing import CannotOpen, MasterKeyMissing, SealedToOthers
from intake.sealing.submissions import data_key
from intake.services.cases import CaseNotFound, find_case
from intake.services.files import FileNotFound
from intake.services.sharing import share_case
from intake.services.stored_files import StoredFile, blob_name, files_of_submission
from intake.services.submitted_files import open_submitted_file
from intake.services.submitting import Incomplete, submit_referral
from tests.intake import photo_album as album
from tests.intake.case_making import DUTY, NORTHERN, make_staff
from tests.intake.files import hostile

pytestmark = pytest.mark.usefixtures("cleaned_once")

ADDRESS = "192.0.2.1"


@pytest.fixture
def sent(context: Flask) -> StoredFile:
    """A photograph that was sent with a form to the duty desk."""
    album.publish()
    draft = album.a_draft()
    stored = album.send(draft, name="kitchen.jpg")
    album.answered(draft, {"photos": [stored.id]})
    assert not isinstance(submit_referral(draft.id, draft.key, now=clock()), Incomplete)
    return stored


def submission() -> Submission:
    db.session.rollback()
    return db.session.scalars(sa.select(Submission)).one()


def case() -> CaseThing:
    found = find_case(submission().case_id)
    assert found
    return found


def read(name: str, team: str, file_id: str) -> tuple[StoredFile, Iterator[bytes]]:
    user = make_staff(name, team)
    return open_submitted_file(user, case(), submission().id, file_id, address=ADDRESS)


def entries() -> list[tuple[str, str, str]]:
    db.session.rollback()
    query = sa.select(AuditEntry.action, AuditEntry.thing_type, AuditEntry.thing_id)
    return list(db.session.execute(query.order_by(AuditEntry.position)).tuples())


def test_the_team_reads_a_file_and_that_is_recorded_before_a_byte_is_given(
    sent: StoredFile,
) -> None:
    found, pieces = read("dana", DUTY, sent.id)
    assert entries()[-1] == ("file.read", "file", sent.id)
    assert found == sent
    content = b"".join(pieces)
    assert len(content) == sent.size
    assert content.startswith(b"\xff\xd8")
    assert hostile.SECRET not in content


def test_nothing_is_opened_if_the_reading_cannot_be_recorded(
    sent: StoredFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = make_staff("dana", DUTY)

    def fail(*_args: object, **_more: object) -> NoReturn:
        raise ZeroDivisionError

    monkeypatch.setattr(audit, "record", fail)
    monkeypatch.setattr(blobs(), "read", fail)
    with pytest.raises(ZeroDivisionError):
        open_submitted_file(user, case(), submission().id, sent.id, address=ADDRESS)


def test_for_another_team_there_is_no_such_file_until_the_case_is_shared_with_it(
    sent: StoredFile,
) -> None:
    before = len(entries())
    stranger = make_staff("nora", NORTHERN)
    with pytest.raises(CaseNotFound):
        open_submitted_file(stranger, case(), submission().id, sent.id, address=ADDRESS)
    assert all(action != "file.read" for action, _, _ in entries()[before:])
    with transaction():
        assert share_case(case().id, from_team=DUTY, to_team=NORTHERN) == 1
    key = keys_of_submission(NORTHERN)
    assert files_of_submission(submission().id, key) == {sent.id: sent}


def keys_of_submission(team: str) -> bytes:
    return data_key(submission(), keys(), as_teams=[team])


def test_a_file_is_reached_through_its_own_submission_only(sent: StoredFile) -> None:
    with pytest.raises(FileNotFound):
        read("dana", DUTY, "f" * 32)
    with pytest.raises(CaseNotFound):
        open_submitted_file(make_staff("dora", DUTY), case(), "0" * 32, sent.id, address=ADDRESS)


def test_erasing_the_data_key_erases_the_files(sent: StoredFile) -> None:
    with transaction() as session:
        session.execute(sa.delete(SealedKeyCopy))
    with pytest.raises(SealedToOthers):
        read("dana", DUTY, sent.id)


def test_a_damaged_or_lost_file_is_told_before_anything_of_it_is_given(sent: StoredFile) -> None:
    writer = blobs().writer(blob_name(sent.id))
    sealed = b"".join(blobs().read(blob_name(sent.id), 1_000_000))
    writer.write(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    writer.finish()
    with pytest.raises(CannotOpen):
        read("dana", DUTY, sent.id)
    blobs().delete(blob_name(sent.id))
    with pytest.raises(FileNotFound):
        read("dora", DUTY, sent.id)


def test_a_public_process_can_add_files_and_read_none_that_were_sent(
    sent: StoredFile, public_app: Flask
) -> None:
    with public_app.app_context():
        row = db.session.get_one(Submission, submission().id)
        with pytest.raises(MasterKeyMissing):
            data_key(row, keys())
