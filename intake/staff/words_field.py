"""What people write in a field: there, and no longer than somebody reads."""

from wtforms import TextAreaField

from intake.services.case_notes import LONGEST_NOTE


def has_words(field: TextAreaField, missing: str, most: int = LONGEST_NOTE) -> bool:
    """Whether something was written that is not too long; else the field has an error."""
    if not (field.data or "").strip():
        field.errors = [missing]
    return is_short(field, most)


def is_short(field: TextAreaField, most: int = LONGEST_NOTE) -> bool:
    """Whether what was written, if anything, is not too long; else the field has an error."""
    if len(field.data or "") > most:
        field.errors = [f"What you write must be {most:,} characters or fewer"]
    return not field.errors
