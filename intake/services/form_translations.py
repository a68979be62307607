"""The words of published forms in other languages: stored with the version, and correctable.

A version's questions never change; its words in another language may, for a translation is put
right while people are using it. So the catalogues lie beside the version, and the version names
them with their hashes: whoever reads the version knows without asking whether its words are new.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from form_definitions import Translation, parse_form
from form_definitions.catalogues import read_catalogue
from form_definitions.languages import LANGUAGES
from intake import audit
from intake.database import db
from intake.models import FormTranslation, FormVersion


@dataclass(frozen=True, slots=True)
class Catalogues:
    """The catalogues of a form, as they are to be published: language → the text of the file.

    Those that are not complete are left out, unless ``with_incomplete``.
    """

    texts: Mapping[str, str] = field(default_factory=dict, repr=False)
    with_incomplete: bool = False


@dataclass(frozen=True, slots=True)
class Languages:
    """What became of catalogues: the languages of the version besides English, those whose words
    are other ones now, and why a catalogue was left out."""

    offered: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)


def put_catalogues(
    session: Session,
    row: FormVersion,
    catalogues: Catalogues | None,
    now: datetime,
) -> Languages:
    """Publish catalogues with a form version, in the caller's transaction; None changes nothing.

    A language whose catalogue is gone is taken from the version; one that is left out keeps the
    words that it had. Every change is audited. Raises CatalogueError.
    """
    stored = translations_of(row.translations or "")
    if catalogues is None:
        return Languages(tuple(stored))
    usable, left_out = _usable(row, catalogues)
    offered = {language: each.hash for language, each in usable.items()}
    offered |= {language: stored[language] for language in left_out if language in stored}
    for language in stored.keys() - offered.keys():
        session.delete(session.get_one(FormTranslation, (row.form_id, row.version, language)))
    new = [language for language in usable if stored.get(language) != offered[language]]
    row.translations = " ".join(f"{language}:{offered[language]}" for language in sorted(offered))
    session.add(row)
    session.flush()  # a translation needs its version
    for language in new:
        text = catalogues.texts[language]
        session.merge(
            FormTranslation(
                form_id=row.form_id,
                version=row.version,
                language=language,
                catalogue=text,
                hash=offered[language],
                published_at=now,
            )
        )
    changed = tuple(sorted({*new, *(stored.keys() - offered.keys())}))
    if changed:
        why = f"{row.version}: {', '.join(changed)}"
        audit.record("cli", "form.translate", "form", row.form_id, why=why)
    return Languages(tuple(sorted(offered)), changed, left_out)


def _usable(
    row: FormVersion, catalogues: Catalogues
) -> tuple[dict[str, Translation], dict[str, str]]:
    """The translations that can be offered, and why each other one cannot."""
    usable: dict[str, Translation] = {}
    left_out: dict[str, str] = {}
    for language, text in catalogues.texts.items():
        source = f"{row.form_id} ({language})"
        translation = read_catalogue(text, source, language).translation
        missing = len(parse_form(row.content, source, translation=translation).untranslated)
        if language not in LANGUAGES:
            left_out[language] = f"Intake has no words of its own in ‘{language}’"
        elif missing and not catalogues.with_incomplete:
            left_out[language] = f"{_texts(missing)} no translation"
        else:
            usable[language] = translation
    return usable, left_out


def _texts(number: int) -> str:
    return "1 text has" if number == 1 else f"{number} texts have"


def translations_of(named: str) -> dict[str, str]:
    """The languages that a version names, each with the hash of its words."""
    return dict(pair.split(":", 1) for pair in named.split())


def published_words(form_id: str, version: str, language: str) -> tuple[str, Translation] | None:
    """The content of a version and its published translation; None if it has none."""
    query = (
        sa.select(FormVersion.content, FormTranslation.catalogue)
        .join(
            FormTranslation,
            sa.and_(
                FormTranslation.form_id == FormVersion.form_id,
                FormTranslation.version == FormVersion.version,
            ),
        )
        .where(
            FormVersion.form_id == form_id,
            FormVersion.version == version,
            FormTranslation.language == language,
        )
    )
    row = db.session.execute(query).first()
    if row is None:
        return None
    source = f"{form_id} {version} ({language})"
    return row.content, read_catalogue(row.catalogue, source, language).translation
