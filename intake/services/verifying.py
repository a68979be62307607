"""Verify the holder of a link: a code by email, their date of birth, or an agreed passphrase.

Each wrong try is counted where it is judged, under the row's lock, so that tries at the same time
are counted one after another. The fifth one locks the link, and its team is told.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from form_definitions.languages import ENGLISH
from intake import audit, outbox
from intake.app_state import clock
from intake.database import db, transaction
from intake.models import Link, Resume, Team
from intake.sealing.holder_checks import CODE_DIGITS, code_of, hash_code, is_same, new_code
from intake.services.case_notes import add_event
from intake.services.form_titles import form_titles
from intake.services.holder_answers import bounded_hash, is_iso_date, normal_answer
from intake.services.link_opening import (
    LinkNotUsable,
    OpenedLink,
    link_state,
    open_holder,
    open_link,
)
from intake.services.link_terms import Verification
from intake.services.mail_limits import EmailUnsafe
from intake.services.messages import code_message, link_locked_message
from intake.throttling import Limit, attempt

MOST_TRIES = 5  # wrong ones in a row
# and in the life of a link, which a right answer in between does not forget: whoever looks on
# while somebody else is verified now and then is not to guess on for ever
MOST_TRIES_IN_ALL = 10
CODE_LASTS = timedelta(minutes=10)
# a double click or a lost answer sends the right code again; it is to work then too
USED_CODE_LASTS = timedelta(minutes=1)
ANOTHER_CODE_AFTER = timedelta(seconds=30)  # who presses twice gets one message
CODES = (
    Limit("link-codes-an-hour", attempts=5, window=timedelta(hours=1)),
    Limit("link-codes-a-day", attempts=15, window=timedelta(days=1)),
)


class Verdict(StrEnum):
    """What became of one try."""

    RIGHT = "right"
    WRONG = "wrong"
    EMPTY = "empty"  # nothing that could be right: not counted as a try
    TOO_OLD = "too-old"  # the code was right, and its time is over
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Tried:
    """One try, and how many are left."""

    verdict: Verdict
    tries_left: int = MOST_TRIES


@dataclass(frozen=True, slots=True)
class CodeSent:
    """Whether a code is on its way; if too many were, in how many minutes there may be another."""

    is_sent: bool
    minutes_to_wait: int = 0


def checkable_link(token: str) -> OpenedLink:
    """The link that a token opens once its holder is verified. Raises BadToken, LinkNotUsable."""
    link = open_link(token)
    if not link.state.is_usable:
        raise LinkNotUsable(link.state)
    return link


def send_code(link: OpenedLink, *, anew: bool = False, language: str = ENGLISH) -> CodeSent:
    """Send a code in a language to the link's recipient, unless one is on its way already.

    ``anew`` asks for another one, which takes the place of the first. Raises LinkNotUsable,
    or EmailUnsafe if what was written behind the link says that an email is not safe.
    """
    recipient, now = open_holder(link).recipient, clock()
    if _has_code(link.code_until, now, anew=anew):
        return CodeSent(is_sent=True)
    for limit in CODES:
        tried = attempt(limit, link.id, now)
        if not tried.is_allowed:
            return CodeSent(is_sent=False, minutes_to_wait=-(-tried.retry_after // 60))
    code = new_code()
    with transaction() as session:
        row = session.get_one(Link, link.id, with_for_update=True, populate_existing=True)
        if row.email_unsafe:
            raise EmailUnsafe
        if not _has_code(row.code_until, now, anew=anew):  # another tab may have been faster
            row.code_hash = hash_code(link.capability, code)
            row.code_until = now + CODE_LASTS
            message = code_message(recipient, code, language)
            late = {"not_after": row.code_until.timestamp()}  # a late code would only confuse
            outbox.enqueue("email", message | late, team_id=row.team_id)
    return CodeSent(is_sent=True)


def _has_code(until: datetime | None, now: datetime, *, anew: bool) -> bool:
    """Whether a code is on its way that spares another one."""
    if until is None:
        return False
    return now < until - CODE_LASTS + ANOTHER_CODE_AFTER if anew else now < until


def try_answer(link: OpenedLink, typed: str) -> Tried:
    """Judge what the holder typed, and count it if it is wrong.

    Raises LinkNotUsable if the link is locked by now or has come to its end, TooBusy.
    """
    open_holder(link)  # who signs tokens without knowing the secret cannot use up tries
    given = _hashed(link, typed)
    if given is None:
        return Tried(Verdict.EMPTY)
    with transaction() as session:
        now = clock()
        row = session.get_one(Link, link.id, with_for_update=True, populate_existing=True)
        state = link_state(row, now)
        if not state.is_usable:
            raise LinkNotUsable(state)
        verdict = _judge(row, given, now)
        if verdict is Verdict.RIGHT:
            row.wrong_tries = 0
        elif verdict is Verdict.WRONG:
            note_wrong_try(row)
            if not tries_left(row):
                _lock(row, now)
                verdict = Verdict.LOCKED
        return Tried(verdict, tries_left(row))


def note_wrong_try(row: Link | Resume) -> None:
    """Count a wrong try, in a row and in all."""
    row.wrong_tries += 1
    row.wrong_tries_in_all += 1


def tries_left(row: Link | Resume) -> int:
    """How many wrong tries are left."""
    in_a_row, in_all = MOST_TRIES - row.wrong_tries, MOST_TRIES_IN_ALL - row.wrong_tries_in_all
    return max(0, min(in_a_row, in_all))


def _hashed(link: OpenedLink, typed: str) -> bytes | None:
    """The hash of what was typed; None for what cannot be right."""
    if link.verify is Verification.CODE:
        code = code_of(typed)
        return hash_code(link.capability, code) if len(code) == CODE_DIGITS else None
    answer = normal_answer(link.verify, typed)
    is_possible = answer and (link.verify is Verification.PASSPHRASE or is_iso_date(answer))
    return bounded_hash(link.capability, answer) if is_possible else None


def _judge(row: Link, given: bytes, now: datetime) -> Verdict:
    if row.verify != Verification.CODE:
        return Verdict.RIGHT if is_same(row.answer_hash, given) else Verdict.WRONG
    if row.code_until is None or not is_same(row.code_hash, given):
        return Verdict.WRONG
    if row.code_until <= now:
        return Verdict.TOO_OLD
    row.code_until = min(row.code_until, now + USED_CODE_LASTS)
    return Verdict.RIGHT


def _lock(link: Link, now: datetime) -> None:
    """Stop the link until its team unlocks it, and tell the team, in the caller's transaction."""
    link.locked_at, link.code_hash, link.code_until = now, None, None
    actor = f"link:{link.id}"
    if link.case_id:
        add_event(link.case_id, "link-locked", actor, now, team_id=link.team_id)
    team = db.session.get_one(Team, link.team_id)
    if team.email:
        title = form_titles({link.form_id}).get(link.form_id, link.form_id)
        message = link_locked_message(
            team.email,
            link_id=link.id,
            form_title=title,
            issued_at=link.created_at,
            message_id=f"locked-{link.id}-{int(now.timestamp())}",
        )
        outbox.enqueue("email", message, team_id=team.id)
    audit.record(actor, "link.lock", "link", link.id, team=link.team_id)
