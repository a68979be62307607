"""The languages of the platform, and its own words in each of them.

English is what the code says; another language is a gettext catalogue beside this module, which
translators edit with the tools that they have. It is read once a process, as it is written.
"""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Protocol

#: The language of forms and code, and so of whatever is not translated.
ENGLISH = "en"
WELSH = "cy"

#: The languages that pages may be in, each by its own name, as a language switch shows it.
LANGUAGES = {ENGLISH: "English", WELSH: "Cymraeg"}

LOCALE_DIR = Path(__file__).with_name("locale")


class Words(Protocol):
    """The platform's words in one language: the gettext interface."""

    def gettext(self, message: str) -> str:
        """The text in this language; in English if it has no translation."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The text for a number of things: English has two forms, Welsh has five."""

    def pgettext(self, context: str, message: str) -> str:
        """A text that means different things in different places, with the place."""


def N_(text: str) -> str:  # noqa: N802, gettext's own name
    """Mark a text of a table for translation, by ``words(…).gettext`` where it is used."""
    return text


@cache
def words(language: str) -> Words:
    """The platform's words in a language; those of an unknown one are English."""
    path = catalogue_path(language)
    if language == ENGLISH or language not in LANGUAGES or not path.is_file():
        return NullTranslations()
    # an English process never needs the reader, which takes a tenth of its start
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def catalogue_path(language: str) -> Path:
    """Where the platform's catalogue of a language is."""
    return LOCALE_DIR / language / "LC_MESSAGES" / "intake.po"


def known_language(language: str | None) -> str:
    """The language if pages may be in it, else English."""
    return language if language in LANGUAGES else ENGLISH
