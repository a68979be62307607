"""Files that were sent, as staff read them: the audit entry first, then what is sealed."""

from collections.abc import Iterator

from intake.access import CaseThing, User
from intake.database import db
from intake.models import EventFile, SubmittedFile
from intake.services.cases import readable_event, readable_submission, record_reading
from intake.services.event_files import open_event_file
from intake.services.opened_parts import file_key
from intake.services.stored_files import FileNotFound, StoredFile, about, content


def open_submitted_file(
    user: User, thing: CaseThing, submission_id: str, file_id: str, *, address: str
) -> tuple[StoredFile, Iterator[bytes]]:
    """A file of a submission of this case and its content, piece by piece.

    The rule is that of the submission's answers: who was sent only sections of it reads only the
    files of these. The reading is recorded, in a committed
    transaction, before a byte is opened. Raises CaseNotFound if the user may not read the
    submission, FileNotFound if it has no such file, SealingError where it is damaged or sealed to
    others.
    """
    submission = readable_submission(user, thing, submission_id)
    row = db.session.get(SubmittedFile, file_id)
    if row is None or row.submission_id != submission.id:
        raise FileNotFound(file_id)
    record_reading(user, thing, "file.read", address=address, read=("file", file_id))
    key = file_key(submission, row, user.teams & thing.parts.keys())
    return about(row, key), content(file_id, key)


def open_file_sent_later(
    user: User, thing: CaseThing, event_id: str, file_id: str, *, address: str
) -> tuple[StoredFile, Iterator[bytes]]:
    """A file that the sender added to this case later, and its content, piece by piece.

    Recorded like a file of a submission. Raises CaseNotFound if the user may not read the event,
    FileNotFound if it has no such file, SealingError where it is damaged or sealed to others.
    """
    event = readable_event(user, thing, event_id)
    row = db.session.get(EventFile, file_id)
    if row is None or row.event_id != event.id:
        raise FileNotFound(file_id)
    record_reading(user, thing, "file.read", address=address, read=("file", file_id))
    file, key = open_event_file(event, row, user.teams & thing.parts.keys())
    return file, content(file_id, key)
