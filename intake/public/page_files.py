"""Files on a page of a form: let them in, and show somebody a file that they gave."""

from flask import request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from form_definitions import FieldError, Page, file_message
from form_definitions.file_kinds import BYTES
from intake.app_state import clock, settings
from intake.downloads import download
from intake.files.receiving import UploadLimits, accept_files, received_files
from intake.public.blueprint import public
from intake.public.drafting import visitors_draft
from intake.public.throttled import (
    UPLOADED,
    UPLOADS,
    UPLOADS_OF_DRAFT,
    refuse_too_many,
    refuse_too_many_from_here,
)
from intake.services.files import files_of_draft, open_draft_file
from intake.services.giving_files import Brought, files_asked, most_files, take_in
from intake.services.sealed_drafts import Draft
from intake.services.stored_files import FileNotFound
from renderers import Files, GivenFile

#: How much of a body that is too large is read and thrown away. A browser that is cut off while
#: it still sends shows an error of its own, and not the page that says what to do.
MOST_READ_AWAY = 500 * BYTES["MB"]  # a few minutes of video
BLOCK = 64 * 1024


def expect_files(draft: Draft, page: Page) -> None:
    """Let the current request bring the files that a page asks for; before it is read.

    Raises TooMany, before anything is stored.
    """
    asked = files_asked(page)
    if asked:
        largest = max(question.max_size for question in asked)
        one_too_many = sum(map(most_files, asked)) + 1
        expect_uploads(UploadLimits(largest, one_too_many), draft.id)


def expect_uploads(limits: UploadLimits, where: str) -> None:
    """Let the current request bring files to a draft or a case. Raises TooMany."""
    refuse_too_many_from_here(UPLOADS)
    refuse_too_many_from_here(UPLOADED, mib_of_request())
    refuse_too_many(UPLOADS_OF_DRAFT, where)
    accept_files(limits, largest_body=settings().largest_upload * BYTES["MB"])


def mib_of_request() -> int:
    """How much the request brings; one that does not say, as much as it may."""
    length = request.content_length
    return settings().largest_upload if length is None else length // BYTES["MB"]


def brought_to(draft: Draft, page: Page) -> Brought:
    """The files of the current request, stored with the draft."""
    return take_in(draft, page, received_files(), clock()) if files_asked(page) else Brought()


def too_large(page: Page) -> tuple[FieldError, ...]:
    """What to say of a request that was too large to be read: which file it was, nobody knows."""
    read_away()
    question = files_asked(page)[0]
    return (FieldError(question.name, "fileSize", file_message(question, "fileSize", "")),)


def read_away() -> None:
    """Read the body that was refused for its length, so that the browser hears the answer."""
    length, most = request.content_length or 0, request.max_content_length
    if most is None or length <= most:
        return  # it was refused half read: what is left of it is not known
    stream, left = request.environ["wsgi.input"], min(length, MOST_READ_AWAY)
    while left > 0 and (block := stream.read(min(BLOCK, left))):
        left -= len(block)


def given_files(draft: Draft) -> Files:
    """What a draft's pages that ask for files show of them, and its summary."""
    if not draft.form.definition.file_questions:
        return {}
    return {
        file_id: GivenFile(one.name, one.size, f"/form/{draft.id}/files/{file_id}")
        for file_id, one in files_of_draft(draft).items()
    }


@public.get("/form/<draft_id>/files/<file_id>")
def own_file(draft_id: str, file_id: str) -> Response:
    """A file that whoever fills in the form has given, to look at it again."""
    draft = visitors_draft(draft_id)
    try:
        return download(*open_draft_file(draft, file_id))
    except FileNotFound as error:
        raise NotFound from error
