"""Collect the platform's own texts from code and templates, and check that each is translated.

``python tools/extract_platform_texts.py`` brings every catalogue up to date: new texts are added
without a translation, those that are gone are taken out. ``--check`` only says what is wrong.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP))

from form_definitions.languages import ENGLISH, LANGUAGES, catalogue_path  # noqa: E402

PACKAGES = ("form_definitions", "renderers", "intake")
#: Only what the public meets is translated: staff read and write English.
PATTERNS = [
    ("templates/staff/**", "ignore"),
    ("templates/preview/**", "ignore"),
    ("templates/demo/**", "ignore"),
    ("**/templates/**.html", "jinja2"),
    ("**/templates/**.txt", "jinja2"),
    ("templates/**.html", "jinja2"),
    ("templates/**.txt", "jinja2"),
    ("**.py", "python"),
]
OPTIONS = {
    "jinja2": {"extensions": "jinja2.ext.i18n", "trimmed": "true", "newstyle_gettext": "true"}
}
METHOD_OPTIONS = {pattern: OPTIONS[method] for pattern, method in PATTERNS if method in OPTIONS}
KEYWORDS = {
    "_": None,
    "N_": None,
    "gettext": None,
    "said": None,  # said = words(language).gettext
    "_said": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "_say": (2,),  # of error messages, which are about a question
    "_count": (2, 3),
}
#: ``{name}`` in code and ``%(name)s`` in templates: what a translation has to keep.
PLACEHOLDER = re.compile(r"%\([a-z_]+\)s|\{[A-Za-z_]*\}")
TRANSLATORS = ("NOTE:",)


def collected() -> Catalog:
    """Every text of the platform, with where it is said."""
    catalogue = Catalog(charset="utf-8")
    for package in PACKAGES:
        found = extract_from_dir(
            TOP / package,
            method_map=PATTERNS,
            options_map=METHOD_OPTIONS,
            keywords=KEYWORDS,
            comment_tags=TRANSLATORS,
            strip_comment_tags=True,
        )
        for path, _line, text, comments, context in sorted(found, key=lambda one: one[:2]):
            # without lines, which change with every edit of the file
            place = f"{package}/{Path(path).as_posix()}"
            catalogue.add(text, None, [(place, None)], auto_comments=comments, context=context)
    return catalogue


def stored(language: str) -> Catalog:
    """The catalogue of a language as it is in its file."""
    path = catalogue_path(language)
    if not path.is_file():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update(language: str, template: Catalog) -> None:
    """Write a catalogue with exactly the texts of the platform."""
    catalogue = stored(language)
    catalogue.update(template, no_fuzzy_matching=True)
    path = catalogue_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=100, ignore_obsolete=True, omit_header=True)
    path.write_text(header(catalogue) + path.read_text("utf-8"), "utf-8")


def header(catalogue: Catalog) -> str:
    """A header without dates and names: those of the last change are in the history."""
    return (
        f'msgid ""\nmsgstr ""\n"Language: {catalogue.locale}\\n"\n'
        '"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    )


def problems(language: str, template: Catalog) -> Iterator[str]:
    """What is missing, doubtful, left over or without its placeholders in a catalogue."""
    catalogue = stored(language)
    known = {(message.id, message.context) for message in template if message.id}
    for message in catalogue:
        if message.id and (message.id, message.context) not in known:
            yield f"is said nowhere any more: {text_of(message)}"
    for message in template:
        if not message.id:
            continue
        translated = catalogue.get(message.id, message.context)
        if translated is None or not all(texts(translated.string)):
            yield f"has no translation: {text_of(message)}"
        elif translated.fuzzy:
            yield f"is marked as doubtful (fuzzy): {text_of(message)}"
        elif any(placeholders(text) != placeholders(text_of(message)) for text in texts_with(
            translated
        )):  # fmt: skip
            yield f"does not keep the placeholders: {text_of(message)}"


def texts_with(message: Message) -> list[str]:
    """The translations that have to hold every placeholder: a form for one need not say “1”."""
    return texts(message.string)


def texts(string: object) -> list[str]:
    """The texts of a translation: one, or one for each plural form."""
    return [str(text) for text in string] if isinstance(string, list | tuple) else [str(string)]


def text_of(message: Message) -> str:
    """The English text; of two forms, that for many."""
    return texts(message.id)[-1]


def placeholders(text: str) -> list[str]:
    """What stands in a text for what is filled in, whatever its capital."""
    return sorted({found.lower() for found in PLACEHOLDER.findall(text)})


def main() -> int:
    """Update the catalogues, or check them."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--check", action="store_true", help="only say what is wrong")
    asked = reader.parse_args()
    template, wrong = collected(), 0
    for language in LANGUAGES:
        if language == ENGLISH:
            continue
        if not asked.check:
            update(language, template)
        for problem in problems(language, template):
            wrong += 1
            print(f"{catalogue_path(language).relative_to(TOP)}: {problem}", file=sys.stderr)
    return 1 if wrong and asked.check else 0


if __name__ == "__main__":
    sys.exit(main())
