"""Files on a page of a form: what one request brought, and what that makes of the answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from form_definitions import FILE_KINDS, FieldError, Kind, Page, Question, file_message, message
from intake.files.blobs import BlobsUnavailable
from intake.files.names import LONGEST, is_shown
from intake.files.receiving import Received
from intake.services.files import (
    FileRefused,
    files_of_draft,
    open_draft_file,
    receive_file,
    remove_file,
)
from intake.services.sealed_drafts import Draft
from intake.services.stored_files import StoredFile


@dataclass(frozen=True, slots=True)
class Brought:
    """The files of one request: those that are stored now, by question, and why others are not."""

    stored: Mapping[str, tuple[StoredFile, ...]] = field(default_factory=dict)
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True, slots=True)
class WithFiles:
    """The answers with what was brought and without what was taken away.

    ``lost`` are stored files that no answer names once these answers are saved.
    """

    answers: Mapping[str, Any]
    errors: tuple[FieldError, ...] = ()
    lost: tuple[str, ...] = ()


def files_asked(page: Page) -> tuple[Question, ...]:
    """The questions of a page that take files."""
    return tuple(question for question in page.questions if question.kind in FILE_KINDS)


def most_files(question: Question) -> int:
    """How many files a question takes."""
    return (question.max_items or 1) if question.kind is Kind.FILES else 1


def take_in(
    draft: Draft, page: Page, received: Mapping[str, Sequence[Received]], now: datetime
) -> Brought:
    """Store what a request brought. A file that is refused keeps no other from being stored."""
    stored: dict[str, tuple[StoredFile, ...]] = {}
    errors: list[FieldError] = []
    for question in files_asked(page):
        taken: list[StoredFile] = []
        for upload in received.get(question.name, ()):
            try:
                taken.append(_stored(draft, question, upload, now))
            except FileRefused as refused:
                words = file_message(question, refused.code, _seen_name(upload))
                errors.append(FieldError(question.name, refused.code, words))
        if taken:
            stored[question.name] = tuple(taken)
    return Brought(stored, tuple(errors))


def _stored(draft: Draft, question: Question, upload: Received, now: datetime) -> StoredFile:
    kinds = frozenset(question.accept)
    try:
        return receive_file(draft, upload, kinds=kinds, max_size=question.max_size, now=now)
    except BlobsUnavailable as error:
        raise FileRefused("fileNotScanned") from error


def _seen_name(upload: Received) -> str:
    """What the sender calls a file, without what cannot be seen."""
    last = re.split(r"[/\\]", upload.claimed_name)[-1]
    return "".join(filter(is_shown, last))[-LONGEST:]


def with_files(draft: Draft, page: Page, brought: Brought, action: str) -> WithFiles:
    """What the files of a request, and its button, make of the draft's answers."""
    answers = dict(draft.answers)
    errors = list(brought.errors)
    lost: list[str] = []
    for question in files_asked(page):
        before = ids_of(answers.get(question.name))
        removed = [one for one in before if action == f"remove-{question.name}-{one}"]
        kept = [one for one in before if one not in removed]
        new, twins = _without_twins(draft, brought.stored.get(question.name, ()), kept)
        after, surplus = _fitting(question, kept, new)
        lost += [*removed, *twins, *surplus, *(one for one in kept if one not in after)]
        if surplus:
            errors.append(_error(question, "maxItems"))
        if action == f"upload-{question.name}" and not _was_sent(question, brought):
            errors.append(_error(question, "required"))
        if after:
            answers[question.name] = after if question.kind is Kind.FILES else after[0]
        else:
            answers.pop(question.name, None)
    return WithFiles(answers, tuple(errors), tuple(lost))


def ids_of(answer: object) -> list[str]:
    """The ids of files that an answer names."""
    ids = answer if isinstance(answer, list) else [answer]
    return [one for one in ids if isinstance(one, str)]


def _fitting(question: Question, kept: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    """The files that a question has now, and those for which it has no room.

    A new file takes the place of the one that was given before.
    """
    if question.kind is Kind.FILE:
        return (new or kept)[:1], new[1:]
    both, most = [*kept, *new], most_files(question)
    return both[:most], both[most:]


def _was_sent(question: Question, brought: Brought) -> bool:
    was_refused = any(error.path == question.name for error in brought.errors)
    return was_refused or question.name in brought.stored


def _error(question: Question, code: str) -> FieldError:
    return FieldError(question.name, code, message(question, code))


# -- the same file twice --------------------------------------------------------------------------


def _without_twins(
    draft: Draft, stored: Iterable[StoredFile], kept: list[str]
) -> tuple[list[str], list[str]]:
    """The ids of the files that are new, and of those that were there already.

    A page that is sent twice, by a double click or the back button, brings its files twice.
    """
    stored = tuple(stored)
    if not stored:
        return [], []
    every = files_of_draft(draft)
    known = [every[one] for one in kept if one in every]
    new: list[str] = []
    twins: list[str] = []
    for one in stored:
        if any(_is_twin(draft, one, other) for other in known):
            twins.append(one.id)
        else:
            new.append(one.id)
            known.append(one)
    return new, twins


def _is_twin(draft: Draft, one: StoredFile, other: StoredFile) -> bool:
    if (one.name, one.size) != (other.name, other.size):
        return False
    return one.id == other.id or _digest(draft, one.id) == _digest(draft, other.id)


def _digest(draft: Draft, file_id: str) -> bytes:
    digest = sha256()
    _, pieces = open_draft_file(draft, file_id)
    for piece in pieces:
        digest.update(piece)
    return digest.digest()


def lose(draft: Draft, ids: Iterable[str], now: datetime) -> None:
    """Delete files that no saved answer names any more."""
    for file_id in ids:
        remove_file(draft, file_id, now)


def merged_errors(
    page: Page, of_answers: Iterable[FieldError], of_files: Iterable[FieldError]
) -> tuple[FieldError, ...]:
    """All errors in the page's order; of a question whose file was refused, only why."""
    of_files = tuple(of_files)
    refused = {error.path for error in of_files}
    order = {question.name: at for at, question in enumerate(page.questions)}
    both = [*(error for error in of_answers if error.path not in refused), *of_files]
    return tuple(sorted(both, key=lambda error: order.get(error.path.split(".", 1)[0], -1)))
