"""Open drafts outside of an application context, where only their row has to be asked for."""

from flask import Flask

from intake.app_state import AppState
from intake.database import db
from intake.services.draft_rows import StoredDraft, find_draft
from intake.services.forms import PREPARED, FormNotFound, PreparedForms, Runnable
from intake.services.sealed_drafts import Draft, open_row


class DraftReader:
    """Opens the drafts of one application whose forms were compiled before.

    A context costs more than the draft's row, because what it might have used is put away after it.
    """

    def __init__(self, app: Flask) -> None:
        self._extensions = app.extensions
        self._state: AppState = app.extensions["intake"]
        with app.app_context():
            self._engine = db.engine

    def load(self, draft_id: str, key: bytes) -> Draft:
        """The draft. Raises DraftNotFound, or FormNotFound if its form is yet to be compiled."""
        row = find_draft(draft_id, self._engine)
        return open_row(row, draft_id, key, self._state.clock(), self._form_of)

    def _form_of(self, row: StoredDraft, language: str) -> Runnable:
        memory: PreparedForms | None = self._extensions.get(PREPARED)
        form = memory.known(row.hashes, language) if memory else None
        if form is None:
            raise FormNotFound(row.form_id, row.form_version)
        return form
