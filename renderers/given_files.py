"""The files that somebody has given to a question: their list on a page, and in a summary.

Answers hold ids alone. Whoever renders a page passes what is known of those files beside them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from markupsafe import Markup, escape

from form_definitions import FILE_WITHOUT_NAME, FormDefinition, Kind, Question
from form_definitions.file_errors import file_message, listed_formats
from form_definitions.file_kinds import accept_attribute, size_in_words
from form_definitions.languages import ENGLISH, words
from renderers import groups
from renderers.markup import PLURALS, Ask, Params, label, shared
from renderers.skeleton import Marks, Skeleton, escaped, split, tidy


@dataclass(frozen=True, slots=True)
class GivenFile:
    """What a page shows of a stored file; ``size`` in bytes, ``url`` where it is looked at."""

    name: str
    size: int = 0
    url: str = ""


Files = Mapping[str, GivenFile]  # id of a stored file → what is shown of it

NO_FILES: Files = MappingProxyType({})


def with_files(definition: FormDefinition, answers: Mapping[str, Any], files: Files) -> Any:
    """The answers with pairs (id, file) in the place of ids, for controls and summaries."""
    found = {
        question.name: given(answers[question.name], files)
        for question in definition.file_questions
        if question.name in answers
    }
    return {**answers, **found} if found else answers


Given = tuple[tuple[str, GivenFile], ...]


def given(value: object, files: Files | None = None) -> Given:
    """The files that an answer names; one that nothing is known of has no name of its own."""
    if isinstance(value, tuple):
        return value
    ids = value if isinstance(value, list) else [value]
    unknown = GivenFile(FILE_WITHOUT_NAME)
    return tuple(
        (one, (files or {}).get(one, unknown)) for one in ids if isinstance(one, str) and one
    )


# -- in the control -------------------------------------------------------------------------------


def upload(ask: Ask, files: str) -> str:
    """GOV.UK's file upload with ``files``, the list of those that were given, below it."""
    question = ask.question
    button = groups.button(
        {"text": _upload_words(question)}, f"upload-{ask.name}", "govuk-button--secondary"
    )
    params = shared(ask) | {
        "id": ask.name,
        "label": label(ask),
        "hint": {"text": hint_of(question)},
        "multiple": question.kind is Kind.FILES and question.max_items != 1,
        "javascript": True,
        "attributes": {"accept": accept_attribute(question.accept)},
        "formGroup": {
            "classes": "intake-upload",
            "attributes": {
                "data-most-bytes": str(question.max_size),
                "data-too-large": file_message(question, "fileSize", "{file}"),
            },
            "afterInput": {"html": f"{button}\n{files}"},
        },
    }
    return ask.component("file-upload", params | choosing(question.language))


def choosing(language: str) -> Params:
    """What choosing a file says, where that is not English: the browser knows English by itself."""
    if language == ENGLISH:
        return {}
    said = words(language).gettext
    chosen = said("%{count} files chosen")
    return {
        "chooseFilesButtonText": said("Choose file"),
        "dropInstructionText": said("or drop file"),
        "noFileChosenText": said("No file chosen"),
        "multipleFilesChosenText": dict.fromkeys(PLURALS, chosen),
        "enteredDropZoneText": said("Entered drop zone"),
        "leftDropZoneText": said("Left drop zone"),
    }


def _upload_words(question: Question) -> str:
    said = words(question.language)
    is_one = question.kind is Kind.FILE
    return said.gettext("Upload file") if is_one else said.gettext("Upload files")


def upload_words(language: str) -> str:
    """What the page says while a large file is on its way, for the script that sends it."""
    said = words(language)
    texts = {
        "sending": said.gettext("Uploading"),
        "percent": said.gettext("{percent}% uploaded"),
        "done": said.gettext("Upload complete"),
        "cancel": said.gettext("Cancel upload"),
        "cancelled": said.gettext("Upload cancelled"),
        "failed": said.gettext("The selected file could not be uploaded – try again"),
        "error": said.gettext("Error:"),
    }
    data = escape(json.dumps(texts, ensure_ascii=False))
    return f'<div id="intake-upload" hidden data-words="{data}"></div>'


def hint_of(question: Question) -> str:
    """The author's hint and what may be sent, so that nobody finds out by an error."""
    said = words(question.language)
    if question.kind is Kind.FILE or question.max_items == 1:
        text = said.gettext("The file must be a {formats}, smaller than {size}.")
    else:
        text = said.gettext("Up to {n} files. Each must be a {formats}, smaller than {size}.")
    limits = text.format(
        n=question.max_items,
        formats=listed_formats(question),
        size=size_in_words(question.max_size),
    )
    hint = question.hint.rstrip()
    if not hint:
        return limits
    return f"{hint} {limits}" if hint[-1] in ".!?" else f"{hint}. {limits}"


class FileList:
    """The list of the files given to one question, with a button that removes each."""

    def __init__(self, name: str, language: str, marks: Marks) -> None:
        hole = marks.hole
        self._list = _split(_list(name, language, hole("files")), marks)
        linked = f'<a class="govuk-link" href="{hole("url")}">{hole("name")}</a>'
        self._named = {
            True: _split(_row(name, language, linked, marks), marks),
            False: _split(_row(name, language, hole("name"), marks), marks),
        }

    def html(self, files: Given) -> str:
        """The list; nothing where there are none."""
        if not files:
            return ""
        rows = "\n".join(
            self._named[bool(one.url)].fill(
                {"id": file_id, "name": one.name, "url": one.url, "size": _size(one)}
            )
            for file_id, one in files
        )
        return self._list.fill({"files": Markup(rows)})  # noqa: S704, joined above


def _split(html: str, marks: Marks) -> Skeleton:
    return split(tidy(html), marks)


def _size(one: GivenFile) -> str:
    return f"({size_in_words(one.size)})" if one.size else ""


def _list(name: str, language: str, files: str) -> str:
    added = escaped(words(language).gettext("Files added"))
    return (
        f'<div class="intake-files">\n<p class="govuk-body" id="{name}-files">{added}</p>\n'
        f'<ul class="govuk-list" aria-labelledby="{name}-files">\n{files}\n</ul>\n</div>'
    )


def _row(name: str, language: str, shown: str, marks: Marks) -> str:
    hidden = f'<span class="govuk-visually-hidden"> {marks.hole("name")}</span>'
    remove = escaped(words(language).gettext("Remove"))
    text: Params = {"html": f"{remove}{hidden}"}
    button = groups.button(text, f"remove-{name}-{marks.hole('id')}", "govuk-button--secondary")
    size = f'<span class="intake-files__size">{marks.hole("size")}</span>'
    return f'<li class="intake-files__file"><span>{shown} {size}</span>\n{button}</li>'


# -- in a summary ---------------------------------------------------------------------------------


def files_html(value: object) -> Markup:
    """The names of the files, each with a link where it can be looked at."""
    return Markup("<br>").join(_name_html(one) for _, one in given(value))


def _name_html(one: GivenFile) -> Markup:
    size = escaped(f" {_size(one)}".rstrip())
    if not one.url:
        return Markup("{}{}").format(one.name, Markup(size))  # noqa: S704, escaped above
    link = Markup('<a class="govuk-link" href="{}">{}</a>{}')
    return link.format(one.url, one.name, Markup(size))  # noqa: S704, escaped above
