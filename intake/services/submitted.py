"""One submission of a case as a team reads it: opened, or as closed as it is to them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import structlog

from form_definitions import section_titles
from intake.models import Submission
from intake.sealing.errors import MasterKeyMissing, SealedToOthers, SealingError
from intake.services.directory import current_directory
from intake.services.forms import Runnable, runnable
from intake.services.opened_parts import open_part
from intake.services.people_named import PersonNamed, people_named
from intake.services.stored_files import StoredFile
from referral_router import (
    Decision,
    Row,
    Sent,
    kept_words,
    not_found,
    sections_words,
    sent_to,
    table,
)
from renderers import Files, GivenFile

log = structlog.get_logger("intake.cases")


@dataclass(frozen=True, slots=True)
class Submitted:
    """One submission of a case, opened; ``is_open`` is False where none of the teams has a key,
    or where what is stored is damaged."""

    id: str
    case_id: str
    reference: str
    form_id: str
    form_title: str
    version: str
    submitted_at: datetime
    submitted_by: str
    is_open: bool = False
    is_damaged: bool = False
    form: Runnable | None = field(default=None, repr=False)
    answers: Mapping[str, Any] = field(default_factory=dict, repr=False)
    files: Mapping[str, StoredFile] = field(default_factory=dict, repr=False)
    decision: Decision | None = field(default=None, repr=False)
    sections: tuple[str, ...] | None = None  # the pages that were sent; None for all of them
    is_email_unsafe: bool = field(default=False, repr=False)
    people: tuple[PersonNamed, ...] = field(default=(), repr=False)
    sent_to: tuple[Sent, ...] = field(default=(), repr=False)
    not_found: tuple[str, ...] = field(default=(), repr=False)
    rules: tuple[Row, ...] = field(default=(), repr=False)

    @property
    def summary(self) -> str:
        """The answers as HTML, read-only."""
        if self.form is None:
            return ""
        files = self._shown()
        return self.form.renderer.summary(self.answers, files=files, pages=self.sections)

    @property
    def section_titles(self) -> tuple[str, ...]:
        """The titles of the sections that were sent, if it was not everything."""
        if self.form is None or self.sections is None:
            return ()
        return section_titles(self.form.definition, self.sections)

    def sections_words(self, sent: Sent) -> str:
        """What a team was sent of it, if not everything."""
        return sections_words(sent.sections, self.form.definition if self.form else None)

    @property
    def kept_words(self) -> str:
        """Who keeps the whole of it, if everybody was sent a part."""
        return kept_words(self.decision, current_directory()) if self.decision else ""

    def _shown(self) -> Files:
        where = f"/staff/cases/{self.case_id}/files/{self.id}"
        return {
            file_id: GivenFile(file.name, file.size, f"{where}/{file_id}")
            for file_id, file in self.files.items()
        }


def submitted(row: Submission, teams: Collection[str], case_id: str = "") -> Submitted:
    """A submission opened with these teams' keys, or as much of it as they were sent.

    ``case_id`` is the case that it is read in, if not its own. The caller has decided and recorded
    that it may be read.
    """
    form = runnable(row.form_id, row.form_version)
    sealed = Submitted(
        id=row.id,
        case_id=case_id or row.case_id,
        reference=row.reference,
        form_id=row.form_id,
        form_title=form.definition.title,
        version=row.form_version,
        submitted_at=row.submitted_at,
        submitted_by=row.submitted_by,
    )
    try:
        opened = open_part(row, form.definition, teams)
    except SealedToOthers:
        return sealed
    except MasterKeyMissing:
        raise
    except SealingError as error:  # one bad envelope is not to hide the rest of the case
        log.error("a form cannot be opened", submission=row.id, problem=type(error).__name__)
        return replace(sealed, is_damaged=True)
    decision, directory = opened.decision, current_directory()
    return replace(
        sealed,
        is_open=True,
        form=form,
        answers=opened.answers,
        files=opened.files,
        sections=opened.sections,
        is_email_unsafe=opened.is_email_unsafe,
        decision=decision,
        people=people_named(form.definition, opened.answers, opened.sections),
        sent_to=sent_to(decision, directory),
        not_found=not_found(decision),
        rules=table(decision, directory),
    )
