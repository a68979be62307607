"""Withdraw a form: nobody starts it any more, and whoever has begun may finish."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from intake import audit
from intake.database import transaction
from intake.models import FormVersion
from intake.services.forms import FormNotFound


def withdraw_form(
    form_id: str, version: str | None = None, *, actor: str, now: datetime
) -> tuple[str, ...]:
    """Withdraw one version, or all of them; the versions that were withdrawn by this.

    No older version comes back into force in its place: who wants that publishes it again. One
    that was only scheduled does not come into force. Raises FormNotFound.
    """
    with transaction() as session:
        rows = session.scalars(_versions(form_id, version)).all()
        if not rows:
            raise FormNotFound(form_id, version)
        withdrawn = [row for row in rows if row.withdrawn_at is None]
        for row in withdrawn:
            _withdraw(row, now)
        if withdrawn:
            why = _names(withdrawn)
            audit.record(actor, "form.withdraw", "form", form_id, why=why[:200])
    return tuple(row.version for row in withdrawn)


def _versions(form_id: str, version: str | None) -> sa.Select[tuple[FormVersion]]:
    query = sa.select(FormVersion).where(FormVersion.form_id == form_id)
    if version is not None:
        query = query.where(FormVersion.version == version)
    return query.order_by(FormVersion.published_at, FormVersion.version)


def _withdraw(row: FormVersion, now: datetime) -> None:
    row.withdrawn_at = now
    if row.current_from is not None and row.current_from > now:
        row.current_from = None


def _names(rows: Sequence[FormVersion]) -> str:
    return ", ".join(row.version for row in rows)
