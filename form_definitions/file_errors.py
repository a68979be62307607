"""The words for what is wrong with a file that somebody sends, or with how many they send.

Source: GOV.UK Design System, file upload component, error messages.
"""

from __future__ import annotations

from form_definitions.definition import FILE_KINDS, Kind, Question
from form_definitions.file_kinds import USUAL_KINDS, formats_of, size_in_words
from form_definitions.languages import N_, Words, words

#: What a file itself may be refused for.
FILE_CODES = (
    "fileType",
    "fileSize",
    "fileEmpty",
    "fileUnreadable",
    "fileVirus",
    "fileNotScanned",
)

_FILE = N_("The selected file")
_TEXTS = {
    "fileType": N_("{file} must be a {formats}"),
    "fileSize": N_("{file} must be smaller than {size}"),
    "fileEmpty": N_("{file} is empty"),
    "fileUnreadable": N_("{file} is damaged or has a password. Select another file"),
    "fileVirus": N_("{file} contains a virus"),
    "fileNotScanned": N_("{file} could not be uploaded – try again"),
    "uniqueItems": N_("Select each file once only"),
}


def file_message(question: Question, code: str, file_name: str) -> str:
    """What to tell somebody whose file was refused: by its name where several may be sent."""
    own = question.errors.get(code, "")
    is_named = question.kind is Kind.FILES and bool(file_name)
    if own:
        return f"‘{file_name}’: {own}" if is_named else own
    return _text(question, code, f"‘{file_name}’" if is_named else "")


def about_files(question: Question, code: str) -> str:
    """The platform's words for an error of a question that takes files; "" if there are none."""
    if code in _TEXTS and (code in FILE_CODES or question.kind in FILE_KINDS):
        return _text(question, code, "")
    if question.kind not in FILE_KINDS:
        return ""
    said = words(question.language)
    if code == "required":
        return _required(question, said)
    return _count(question, code, said)


def _text(question: Question, code: str, file: str) -> str:
    said = words(question.language)
    return said.gettext(_TEXTS[code]).format(
        file=file or said.gettext(_FILE),
        formats=listed_formats(question),
        size=size_in_words(question.max_size),
    )


def _required(question: Question, said: Words) -> str:
    """For a title that is a whole question; else it is said as of every choice."""
    if question.short_name or not question.title.endswith("?"):
        return ""
    return said.gettext("Select a file to answer ‘{title}’").format(title=question.title)


def _count(question: Question, code: str, said: Words) -> str:
    if code == "minItems":
        least = question.min_items or 1
        text = said.ngettext("Select at least {n} file", "Select at least {n} files", least)
        return text.format(n=least)
    if code == "maxItems":
        most = question.max_items or 1
        text = said.ngettext(
            "You can only select up to {n} file", "You can only select up to {n} files", most
        )
        return text.format(n=most)
    return ""


def listed_formats(question: Question) -> str:
    """The formats that it takes, for people: ``JPG, PNG or PDF``."""
    *first, last = [one.name for one in formats_of(question.accept or USUAL_KINDS)]
    if not first:
        return last
    text = words(question.language).gettext("{formats} or {last}")
    return text.format(formats=", ".join(first), last=last)
