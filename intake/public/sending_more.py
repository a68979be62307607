"""*Send us more*: words and files that somebody adds to what they sent."""

from dataclasses import dataclass
from secrets import token_hex

from flask import redirect, request
from markupsafe import Markup
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from intake.files.receiving import Received, UploadLimits, received_files
from intake.public.blueprint import page, public
from intake.public.page_files import expect_uploads, read_away
from intake.public.status import ADDED, csrf, followed, handle, posted_by_holder
from intake.public.way_out import way_out_of
from intake.request_language import gettext, request_language
from intake.services.following import Following
from intake.services.hearing import (
    LARGEST_FILE,
    LONGEST_MORE,
    MOST_FILES,
    TooMuch,
    send_more,
)
from renderers import plain_upload

FILES = "files"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with what was sent, and the control that it is about."""

    control: str
    text: str


@public.get("/status/<name>/more")
def ask_more(name: str) -> tuple[str, int]:
    """Where to write what somebody wants to add."""
    return more_page(followed(name))


@public.post("/status/<name>/more")
def take_more(name: str) -> tuple[str, int] | Response:
    """Add it to the case, and say that it arrived."""
    following = followed(name)
    expect_uploads(UploadLimits(LARGEST_FILE, MOST_FILES + 1), following.case_ids[0])
    try:
        posted_by_holder(name)
        uploads = received_files().get(FILES, [])
    except RequestEntityTooLarge:
        read_away()
        return more_page(following, problems=[refused("fileSize", "")])
    return answer_to(following, typed(), uploads)


def typed() -> str:
    """What was written."""
    return request.form.get("more", "").replace("\x00", "").replace("\r\n", "\n").strip()


def answer_to(
    following: Following, words: str, uploads: list[Received]
) -> tuple[str, int] | Response:
    """The status page once all was added; else the page again, with what was not, and why."""
    if not words and not uploads:
        nothing = Problem("more", gettext("Enter what you want to tell us, or choose a file"))
        return more_page(following, problems=[nothing])
    if len(words) > LONGEST_MORE:
        problem = gettext("What you write must be {number} characters or fewer")
        too_long = Problem("more", problem.format(number=LONGEST_MORE))
        return more_page(following, words, problems=[too_long, *again(uploads)])
    try:
        heard = send_more(following, words, uploads, once=request.form.get("once", "")[:32])
    except TooMuch:
        problem = gettext("You have sent us a lot already. Call the team to tell it more")
        return more_page(following, words, problems=[Problem("more", problem)])
    if heard.refused:
        problems = [refused(code, claimed) for claimed, code in heard.refused]
        kept_words = "" if heard.is_added else words
        return more_page(following, kept_words, problems=problems, is_added=heard.is_added)
    return redirect(f"/status/{handle(following.capability)}?{ADDED}=1", 303)


def refused(code: str, claimed_name: str) -> Problem:
    """What to say of a file that was not taken."""
    upload = plain_upload(FILES, most=MOST_FILES, language=request_language())
    return Problem(FILES, upload.error(code, claimed_name))


def again(uploads: list[Received]) -> list[Problem]:
    """A browser does not keep chosen files for the page that it is sent."""
    return [Problem(FILES, gettext("Choose your files again"))] if uploads else []


def more_page(
    following: Following,
    words: str = "",
    problems: list[Problem] | None = None,
    *,
    is_added: bool = False,
) -> tuple[str, int]:
    """The page of *send us more*."""
    problems = problems or []
    upload = plain_upload(FILES, most=MOST_FILES, language=request_language())
    return page(
        "send_more",
        **way_out_of(*following.form),
        csrf_token=csrf(following.capability),
        once=token_hex(16),
        words=words,
        problems=problems,
        of_words=next((one.text for one in problems if one.control == "more"), ""),
        of_files=[one.text for one in problems if one.control == FILES],
        upload=upload.params,
        upload_words=Markup(upload.words_html),  # noqa: S704 — escaped where it is made
        is_added=is_added,
        back=f"/status/{handle(following.capability)}",
    )
