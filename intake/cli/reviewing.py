"""A form in words, for people who decide whether it may be used: every question and condition."""

import re
from collections.abc import Iterator
from typing import Any

from form_definitions import (
    FILE_KINDS,
    FormDefinition,
    Kind,
    Page,
    PageType,
    Person,
    Question,
    describe_condition,
    describe_when,
    display,
)
from form_definitions.file_errors import listed_formats
from form_definitions.file_kinds import size_in_words

_KINDS = {
    Kind.TEXT: "Text, one line",
    Kind.LONG_TEXT: "Text, several lines",
    Kind.EMAIL: "Email address",
    Kind.TELEPHONE: "Phone number",
    Kind.POSTCODE: "Postcode",
    Kind.HEALTH_POSTCODE: "Postcode, or a code of health records in place of one",
    Kind.NHS_NUMBER: "NHS or Health and Care number",
    Kind.HEALTH_AND_CARE_NUMBER: "Health and Care number",
    Kind.UPN: "Pupil number (UPN)",
    Kind.ULN: "Learner number (ULN)",
    Kind.NATIONAL_INSURANCE: "National Insurance number",
    Kind.POLICE_REFERENCE: "Police reference",
    Kind.INTEGER: "Whole number",
    Kind.NUMBER: "Number",
    Kind.MONEY: "Amount of money",
    Kind.PERCENTAGE: "Percentage",
    Kind.YES_NO: "Yes or no",
    Kind.RADIOS: "One of these",
    Kind.SELECT: "One of these, from a list",
    Kind.CHECKBOXES: "Any of these",
    Kind.DATE: "Date",
    Kind.MONTH: "Month and year",
    Kind.TIME: "Time of day",
    Kind.GESTATION: "Weeks and days of a pregnancy",
    Kind.BIRTH_DATE: "Date of birth, which may be estimated or expected",
    Kind.ADDRESS: "Address",
    Kind.GROUP: "Several questions together",
    Kind.REPEATING: "As many as needed",
    Kind.TUPLE: "Several answers in fixed places",
    Kind.SCALE: "A number on a scale",
    Kind.FILE: "A file",
    Kind.FILES: "Several files",
    Kind.LIST: "Several texts or numbers",
    Kind.DATA: "Data, written as JSON",
}
_LIMITS = {
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minimum": "{} or more",
    "exclusiveMinimum": "more than {}",
    "maximum": "{} or less",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
    "minItems": "at least {}",
    "maxItems": "at most {}",
    "pattern": "matching `{}`",
}
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|])")


def review(definition: FormDefinition) -> str:
    """The whole form as Markdown."""
    return "\n".join([*_head(definition), *_pages(definition), *_afterwards(definition)]) + "\n"


def plain(text: str) -> str:
    """A text that means itself in Markdown, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _head(definition: FormDefinition) -> Iterator[str]:
    yield f"# {plain(definition.title)}"
    yield ""
    if definition.description:
        yield from (plain(definition.description), "")
    yield "| | |"
    yield "|---|---|"
    yield f"| Form | `{definition.id}`, version {definition.version} |"
    yield f"| Content | SHA-256 `{definition.content_hash}` |"
    yield f"| For | {', '.join(sorted(definition.audience)) or 'people with a link'} |"
    yield f"| Questions | {_asked(definition)} on {len(definition.pages)} pages |"
    yield f"| Drafts are kept | {_days(definition.retention.draft.days)} |"
    yield f"| Answers are kept | {_days(definition.retention.submission.days)} |"
    yield f"| Readable for reports | {', '.join(map(_code, definition.facets)) or 'nothing'} |"
    yield ""
    if definition.start.purpose:
        yield from ("## Start page", "", definition.start.purpose, "")
    yield from _promised(definition)


def _promised(definition: FormDefinition) -> Iterator[str]:
    """What the start page says before anything is asked."""
    start = definition.start
    if start.minutes:
        yield from (f"Minutes that it takes: {start.minutes}", "")
    if start.needed:
        yield from ("What people need:", "", *(f"- {plain(each)}" for each in start.needed), "")
    if start.who_sees:
        yield from (f"Who sees the answers: {start.who_sees}", "")


def _asked(definition: FormDefinition) -> int:
    return sum(1 for question in definition.questions.values() for _ in question.leaves())


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def _code(name: str) -> str:
    return f"`{name}`"


def _pages(definition: FormDefinition) -> Iterator[str]:
    for number, page in enumerate(definition.pages, 1):
        yield f"## {number}. {plain(page.title or page.id)}"
        yield ""
        if page.when:
            yield f"*Shown if {plain(describe_condition(page.when, definition))}.*"
            yield ""
        if page.type is PageType.END:
            yield from ("**The form ends here; nothing is sent.**", "")
        if page.body:
            yield from (*_quoted(page), "")
        for question in page.questions:
            yield from _question(question, definition, level=3)


def _quoted(page: Page) -> Iterator[str]:
    return (f"> {line}".rstrip() for line in page.body.splitlines())


def _question(question: Question, definition: FormDefinition, level: int) -> Iterator[str]:
    yield f"{'#' * min(level, 6)} {plain(question.title)}"
    yield ""
    yield f"- `{question.path}` · {_kind(question)}"
    yield f"- {'Must be answered' if question.required else 'May be left empty'}"
    if question.when:
        yield f"- Shown if {plain(describe_when(question, definition))}"
    if question.hint:
        yield f"- Hint: {plain(question.hint)}"
    yield from _known(question)
    for option in question.options if question.kind is not Kind.SCALE else ():
        hint = f" ({plain(option.hint)})" if option.hint else ""
        yield f"  - {plain(option.title)}{hint}"
    for code, text in question.errors.items():
        yield f"- Error `{code}`: {plain(text)}"
    yield ""
    for inner in question.questions if question.kind is not Kind.ADDRESS else ():
        yield from _question(inner, definition, level + 1)


def _known(question: Question) -> Iterator[str]:
    """What is filled in already, and what alone may be answered."""
    if "const" in question.schema:
        yield f"- Only this is accepted: {_shown(question, question.schema['const'])}"
    elif question.default is not None:
        yield f"- Filled in with: {_shown(question, question.default)}"
    if question.prefill:
        yield f"- Filled in from what is known: {_code(question.prefill)}"
    if question.read_only:
        yield "- Cannot be changed"


def _shown(question: Question, answer: Any) -> str:
    shown = display(question, answer)
    return plain(shown if isinstance(shown, str) else ", ".join(shown))


def _kind(question: Question) -> str:
    limits = [
        words.format(question.schema[key])
        for key, words in _LIMITS.items()
        if key in question.schema and question.kind is not Kind.FILE
    ]
    if question.kind in FILE_KINDS:
        size = f"up to {size_in_words(question.max_size)}"
        limits += [listed_formats(question), size if question.kind is Kind.FILE else f"{size} each"]
    if question.kind is Kind.SCALE and question.low:
        limits.append(f"from ‘{plain(question.low)}’ to ‘{plain(question.high)}’")
    return ", ".join([_KINDS.get(question.kind, question.kind.value), *limits])


def _afterwards(definition: FormDefinition) -> Iterator[str]:
    if definition.confirmation_next:
        yield from ("## After sending", "", definition.confirmation_next, "")
    if definition.people:
        yield from ("## People named in the answers", "")
        yield from (f"- {plain(person.role)}: {_named_by(person)}" for person in definition.people)


def _named_by(person: Person) -> str:
    known = (person.date_of_birth, person.nhs_number, person.postcode, person.telephone)
    paths = [path for path in (*person.name, *known, person.email) if path]
    before = f"{person.within}." if person.within else ""
    return ", ".join(_code(f"{before}{path}") for path in paths) or "nothing that names them"
