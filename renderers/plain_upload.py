"""A file upload on a page that is no form's: its words, limits and what a script needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from form_definitions import Kind, Question, file_message, message
from form_definitions.file_kinds import USUAL_KINDS, accept_attribute
from renderers.given_files import choosing, hint_of, upload_words


@dataclass(frozen=True, slots=True)
class PlainUpload:
    """What a template puts into GOV.UK's file upload, and beside its form."""

    params: dict[str, Any] = field(repr=False)
    words_html: str = field(repr=False)
    question: Question = field(repr=False)

    def error(self, code: str, file_name: str) -> str:
        """What to tell somebody whose file was refused."""
        if code == "maxItems":
            return message(self.question, code)
        return file_message(self.question, code, file_name)


def plain_upload(name: str, *, most: int, language: str) -> PlainUpload:
    """An upload of up to ``most`` files of the usual kinds and size."""
    question = Question(
        name, name, Kind.FILES, "", max_items=most, accept=USUAL_KINDS, language=language
    )
    params = {
        "id": name,
        "name": name,
        "hint": {"text": hint_of(question)},
        "multiple": True,
        "javascript": True,
        "attributes": {"accept": accept_attribute(USUAL_KINDS)},
        "formGroup": {
            "classes": "intake-upload",
            "attributes": {
                "data-most-bytes": str(question.max_size),
                "data-too-large": file_message(question, "fileSize", "{file}"),
            },
        },
    } | choosing(language)
    return PlainUpload(params, upload_words(language), question)
