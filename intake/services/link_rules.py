"""What a link may be issued with: the request, its limits, and what is wrong with one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from form_definitions.languages import LANGUAGES
from intake.database import db
from intake.models import Case
from intake.services.forms import Runnable, languages_of
from intake.services.link_terms import (
    LinkKind,
    Shown,
    Verification,
    VersionPolicy,
    required_verification,
)

MOST_USES = 1000  # by people who were sent it
MOST_SHARED_USES = 100_000  # a leaflet to every household; more than that is an open form
LONGEST_PURPOSE = 500  # characters
LONGEST_TEXT = 4000  # characters of what a task shows
LONGEST_ANSWERS = 20_000  # characters of the case's answers with it: five screens of a long letter
# nor is "=?" in it: mail servers decode what begins so, into other addresses (RFC 2047)
_MAILBOX_PART = r"[^\s@<>,;:\"()\[\]\\]+"
ADDRESS = re.compile(rf"(?!.*=\?){_MAILBOX_PART}@{_MAILBOX_PART}\.{_MAILBOX_PART}")
LONGEST_ADDRESS = 254  # RFC 5321 section 4.5.3.1.3, less the angle brackets


class LinkNotIssued(Exception):  # noqa: N818
    """Raised if a link cannot be issued like this; ``field`` is the argument that is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True)
class LinkRequest:
    """A link that was asked for."""

    form: Runnable
    kind: LinkKind
    recipient: str = field(repr=False)
    actor: str
    now: datetime
    expires_at: datetime
    uses: int
    case_id: str | None
    version_policy: VersionPolicy
    verify: Verification
    verify_answer: str = field(repr=False)
    prefill: Mapping[str, Any] = field(repr=False)
    purpose: str = field(repr=False)
    shown: Shown = field(repr=False)
    address: str
    language: str = ""
    replaces: str | None = None  # the link that ends as this one begins
    in_hand: bool = False  # its issuer gives it to somebody: nobody is sent it
    names_team: bool = True  # in its message

    @property
    def is_sent(self) -> bool:
        """Whether it goes out by email."""
        return self.kind.has_recipient and not self.in_hand


def check_request(request: LinkRequest, version: str | None = None) -> None:
    """Raise LinkNotIssued for the first argument that is wrong; ``version`` is one that was named.

    A request whose version was named cannot follow the current one.
    """
    for check in (
        _check_recipient,
        _check_limits,
        _check_case,
        _check_verification,
        _check_language,
    ):
        check(request)
    if version and request.version_policy is VersionPolicy.CURRENT:
        raise LinkNotIssued("version", "A link for one version does not follow the current one")
    if len(request.purpose) > LONGEST_PURPOSE:
        raise LinkNotIssued("purpose", f"Say why in {LONGEST_PURPOSE} characters or fewer")


def _check_language(request: LinkRequest) -> None:
    if request.language and request.language not in languages_of(request.form):
        title = request.form.definition.title
        name = LANGUAGES.get(request.language, request.language)
        raise LinkNotIssued("language", f"‘{title}’ is not there in {name}")


def _check_recipient(request: LinkRequest) -> None:
    # the length first: the pattern takes time with the square of it
    is_address = len(request.recipient) <= LONGEST_ADDRESS and ADDRESS.fullmatch(request.recipient)
    if request.in_hand and request.recipient:
        raise LinkNotIssued("to", "A link that you hand over is not sent to anybody")
    if request.is_sent and not is_address:
        raise LinkNotIssued("to", "Enter an email address, like name@example.org")
    if not request.kind.has_recipient and request.recipient:
        raise LinkNotIssued("to", "A shared link has no recipient: it is not sent to anybody")


def _check_limits(request: LinkRequest) -> None:
    most = MOST_USES if request.kind.has_recipient else MOST_SHARED_USES
    if not 1 <= request.uses <= most:
        raise LinkNotIssued("uses", f"The number of uses must be from 1 to {most}")
    if request.expires_at <= request.now:
        raise LinkNotIssued("expires", "The link must expire in the future")


def _check_case(request: LinkRequest) -> None:
    definition = request.form.definition
    if request.kind is LinkKind.SHARED and request.case_id:
        raise LinkNotIssued("case", "A shared link cannot belong to a case")
    if request.kind is LinkKind.SHARED and request.prefill:
        raise LinkNotIssued("prefill", "A shared link is for many people: nothing is filled in")
    needs_case = definition.on_case or request.kind is LinkKind.TASK
    if needs_case and not request.case_id:
        raise LinkNotIssued(
            "case", f"‘{definition.title}’ is completed on a case: say which one it is for"
        )
    if request.case_id and db.session.get(Case, request.case_id) is None:
        raise LinkNotIssued("case", "There is no such case")
    if request.shown and request.kind is not LinkKind.TASK:
        raise LinkNotIssued("show", "Only a task on a case can show something of it")
    if len(request.shown.text) > LONGEST_TEXT:
        raise LinkNotIssued("show", f"Show {LONGEST_TEXT} characters or fewer")
    if sum(len(title) + len(words) for title, words in request.shown.answers) > LONGEST_ANSWERS:
        raise LinkNotIssued("show_answers", "Select fewer answers: they are too long for one page")


def _check_verification(request: LinkRequest) -> None:
    shows_answers = bool(request.shown.answers)
    definition = request.form.definition
    required = required_verification(definition, request.kind, shows_answers=shows_answers)
    if request.verify.is_weaker_than(required):
        if shows_answers:
            raise LinkNotIssued("verify", f"A link with answers asks for ‘{required}’ or stronger")
        raise LinkNotIssued("verify", f"This form asks for ‘{required}’ or stronger")
    if request.verify is not Verification.NONE and not request.kind.has_recipient:
        raise LinkNotIssued(
            "verify", "A shared link is for people whom nobody knows: it cannot verify them"
        )
    if request.in_hand and request.verify is Verification.CODE:
        raise LinkNotIssued(
            "verify", "We cannot send a code for a link that you hand over: choose something else"
        )
    if request.verify_answer and not request.verify.has_answer:
        raise LinkNotIssued("answer", f"‘{request.verify}’ takes no answer")
