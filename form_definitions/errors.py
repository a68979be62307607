"""The words that tell a person what is wrong with an answer, and how to put it right.

They follow the GOV.UK style: what to do, in the question's own words; no blame, no "please",
"sorry" or "invalid". An author replaces any of them with ``x-ui.errors``.
Source: GOV.UK Design System, error message component.

Each is one whole sentence, so that it can be said in another language. There the question's own
words stand in quotation marks: Welsh changes the first letter of a word after many others, and the
sentence has to be right whatever the question is called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from form_definitions.definition import FILE_KINDS, ONE_OF_KINDS, Kind, Question
from form_definitions.file_errors import FILE_CODES, about_files
from form_definitions.languages import ENGLISH, N_, words

#: Every code that a check may give, and so every key of ``x-ui.errors``.
ERROR_CODES = (
    "required",
    "type",
    "format",
    "incomplete",
    "minLength",
    "maxLength",
    "pattern",
    "minimum",
    "maximum",
    "minItems",
    "maxItems",
    "uniqueItems",
    "option",
    "exclusive",
    "multipleOf",
    "past",
    "future",
    *FILE_CODES,
)

_SELECTED = ONE_OF_KINDS | FILE_KINDS | {Kind.CHECKBOXES}

_FORMATS = {
    Kind.EMAIL: N_("Enter {name} in the correct format, like name@example.org"),
    Kind.TELEPHONE: N_("Enter {name}, like 01632 960001, 07700 900982 or +44 7700 900982"),
    Kind.POSTCODE: N_("Enter a full UK postcode, like BT12 6BA"),
    Kind.NHS_NUMBER: N_("Enter {name} as 10 digits, like 999 000 0018, and check it for mistakes"),
    Kind.HEALTH_POSTCODE: N_("Enter a full postcode, like BT12 6BA or ZZ99 3VZ"),
    Kind.HEALTH_AND_CARE_NUMBER: N_("Enter {name} as 10 digits, and check it for mistakes"),
    Kind.UPN: N_("Enter {name} as a letter and 12 numbers, and check it for mistakes"),
    Kind.ULN: N_("Enter {name} as 10 digits, and check it for mistakes"),
    Kind.NATIONAL_INSURANCE: N_("Enter {name} as 2 letters, 6 numbers and a letter from A to D"),
    Kind.DATE: N_("{Name} must be a real date, like 27 3 2026"),
    Kind.MONTH: N_("{Name} must be a real month, like 3 2026"),
    Kind.TIME: N_("{Name} must be a time, like 9:30am or 5pm"),
    Kind.GESTATION: N_("{Name} must be weeks and days, like 31 weeks and 4 days"),
    Kind.MONEY: N_("{Name} must be an amount in pounds and pence, like 12.50"),
    Kind.PERCENTAGE: N_("{Name} must have 2 decimal places or fewer, like 12.5"),
}

_TYPES = {
    Kind.INTEGER: N_("{Name} must be a whole number, like 3"),
    Kind.NUMBER: N_("{Name} must be a number, like 3 or 3.5"),
    Kind.MONEY: N_("{Name} must be an amount of money, like 12.50"),
    Kind.PERCENTAGE: N_("{Name} must be a percentage, like 45 or 12.5"),
    Kind.DATE: N_("{Name} must be a real date, like 27 3 2026"),
    Kind.CHECKBOXES: N_("Select {name} from the list"),
    Kind.GROUP: N_("Enter {name}"),
    Kind.ADDRESS: N_("Enter {name}"),
    Kind.BIRTH_DATE: N_("Enter {name}"),
    Kind.REPEATING: N_("Enter {name}"),
    Kind.TUPLE: N_("Enter {name}"),
}

_INCOMPLETE = {
    Kind.MONTH: N_("{Name} must include a month and a year"),
    Kind.GESTATION: N_("{Name} must include a number of weeks"),
}

_MESSAGES = {
    "incomplete": N_("{Name} must include a day, a month and a year"),
    "pattern": N_("Enter {name} in the correct format"),
    "past": N_("{Name} must be in the past"),
    "future": N_("{Name} must be in the future"),
}


def message(question: Question, code: str) -> str:
    """What to tell the person whose answer to ``question`` failed the check ``code``."""
    return question.errors.get(code) or about_files(question, code) or _default(question, code)


def name_in_message(question: Question) -> str:
    """How a message names the question: its short name, else its title in mid-sentence.

    Other languages quote the title: what stands before a word may change how it begins.
    """
    if _asks(question):
        said = words(question.language).gettext("the answer to ‘{title}’")
        return said.format(title=question.title)
    name = question.short_name or question.title.rstrip(" :.")
    if question.language != ENGLISH or _keeps_capital(name):
        return name
    return name[:1].lower() + name[1:]


def _asks(question: Question) -> bool:
    """Whether only its whole title, in quotation marks, names it: “When was your baby born?”."""
    if question.short_name:
        return False
    return question.title.endswith("?") or question.language != ENGLISH


def _keeps_capital(name: str) -> bool:
    """Whether the first word is "I" or an abbreviation (NHS number, GP), not a mere start."""
    first = name.split(" ", 1)[0]
    return first == "I" or first.startswith("I’") or any(letter.isupper() for letter in first[1:])


def _default(question: Question, code: str) -> str:
    if code in _TEXTS:
        return _TEXTS[code](question)
    return _say(question, _by_kind(question, code))


def _say(question: Question, text: str, **values: str) -> str:
    """An English text in the language of the question, about the question."""
    return _fill(question, words(question.language).gettext(text), values)


def _count(question: Question, one: str, many: str, keyword: str) -> str:
    """The same of a text about a number of things: the limit that ``keyword`` sets."""
    number = int(question.schema.get(keyword, 0))
    text = words(question.language).ngettext(one, many, number)
    return _fill(question, text, {"count": _limit(question, keyword)})


def _fill(question: Question, text: str, values: Mapping[str, str]) -> str:
    name = name_in_message(question)
    return text.format(name=name, Name=name[:1].upper() + name[1:], title=question.title, **values)


def _required(question: Question) -> str:
    if question.kind not in _SELECTED:
        if _asks(question):
            return _say(question, "Answer ‘{title}’")
        return _say(question, "Enter {name}")
    if _asks(question):
        return _say(question, "Select an answer to ‘{title}’")
    if question.kind is Kind.SCALE:
        return _say(question, "Select a number for {name}")
    return _say(question, "Select {name}")


def _by_kind(question: Question, code: str) -> str:
    """The English text that the question's kind has for a code."""
    if code == "format":
        return _FORMATS.get(question.kind, N_("Enter {name} in the correct format"))
    if code == "incomplete" and question.kind in _INCOMPLETE:
        return _INCOMPLETE[question.kind]
    if code == "type" and question.kind not in ONE_OF_KINDS:
        return _TYPES.get(question.kind, N_("Enter {name}"))
    if code in {"option", "type"}:
        return N_("Select one of the answers to ‘{title}’")
    return _MESSAGES.get(code, N_("Check {name}"))


def _limit(question: Question, keyword: str) -> str:
    """The limit that the schema sets, as it is said to people: 1,000 · £12.50.

    Welsh writes numbers and pounds as English does.
    """
    number = question.schema.get(keyword, "")
    if isinstance(number, bool) or not isinstance(number, int | float):
        return str(number)
    if question.kind is Kind.MONEY:
        return f"£{number:,.2f}".removesuffix(".00")
    return f"{number:,}%" if question.kind is Kind.PERCENTAGE else f"{number:,}"


def _least(question: Question) -> str:
    if "exclusiveMinimum" in question.schema and "minimum" not in question.schema:
        limit = _limit(question, "exclusiveMinimum")
        return _say(question, "{Name} must be more than {limit}", limit=limit)
    return _say(question, "{Name} must be {limit} or more", limit=_limit(question, "minimum"))


def _most(question: Question) -> str:
    if "exclusiveMaximum" in question.schema and "maximum" not in question.schema:
        limit = _limit(question, "exclusiveMaximum")
        return _say(question, "{Name} must be less than {limit}", limit=limit)
    return _say(question, "{Name} must be {limit} or less", limit=_limit(question, "maximum"))


def _longer(question: Question) -> str:
    return _count(
        question,
        "{Name} must be {count} character or more",
        "{Name} must be {count} characters or more",
        "minLength",
    )


def _shorter(question: Question) -> str:
    return _count(
        question,
        "{Name} must be {count} character or fewer",
        "{Name} must be {count} characters or fewer",
        "maxLength",
    )


def _too_few(question: Question) -> str:
    if question.kind is Kind.REPEATING:
        return _things(
            question,
            "minItems",
            N_("Add at least {count} {thing}"),
            N_("Add at least {count} of ‘{title}’"),
        )
    if _asks(question):
        return _count(
            question,
            "Select at least {count} answer to ‘{title}’",
            "Select at least {count} answers to ‘{title}’",
            "minItems",
        )
    return _count(
        question,
        "Select at least {count} answer for {name}",
        "Select at least {count} answers for {name}",
        "minItems",
    )


def _too_many(question: Question) -> str:
    if question.kind is Kind.REPEATING:
        return _things(
            question,
            "maxItems",
            N_("Add no more than {count} {thing}"),
            N_("Add no more than {count} of ‘{title}’"),
        )
    if _asks(question):
        return _count(
            question,
            "Select no more than {count} answer to ‘{title}’",
            "Select no more than {count} answers to ‘{title}’",
            "maxItems",
        )
    return _count(
        question,
        "Select no more than {count} answer for {name}",
        "Select no more than {count} answers for {name}",
        "maxItems",
    )


def _things(question: Question, keyword: str, one: str, many: str) -> str:
    """The items of a repeating group: only one of them can be called by its noun."""
    count = _limit(question, keyword)
    thing = question.item or words(question.language).gettext("answer")
    text = one if count == "1" else many
    return _say(question, text, count=count, thing=thing)


def _repeated(question: Question) -> str:
    if _asks(question):
        return _say(question, "Select each answer to ‘{title}’ once only")
    return _say(question, "Select each answer for {name} once only")


def _exclusive(question: Question) -> str:
    chosen = question.option(question.exclusive)
    option = chosen.title if chosen else ""
    if _asks(question):
        return _say(question, "Select answers to ‘{title}’, or select ‘{option}’", option=option)
    return _say(question, "Select answers for {name}, or select ‘{option}’", option=option)


def _multiple(question: Question) -> str:
    limit = _limit(question, "multipleOf")
    return _say(question, "{Name} must be a multiple of {limit}", limit=limit)


_TEXTS: dict[str, Callable[[Question], str]] = {
    "required": _required,
    "minLength": _longer,
    "maxLength": _shorter,
    "minimum": _least,
    "maximum": _most,
    "minItems": _too_few,
    "maxItems": _too_many,
    "uniqueItems": _repeated,
    "multipleOf": _multiple,
    "exclusive": _exclusive,
}
