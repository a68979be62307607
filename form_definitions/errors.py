"""The words that tell a person what is wrong with an answer, and how to put it right.

They follow the GOV.UK style: what to do, in the question's own words; no blame, no "please",
"sorry" or "invalid". An author replaces any of them with ``x-ui.errors``.
Source: GOV.UK Design System, error message component.
"""

from __future__ import annotations

from collections.abc import Callable

from form_definitions.definition import ONE_OF_KINDS, Kind, Question

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
)

_SELECTED = ONE_OF_KINDS | {Kind.CHECKBOXES}

_FORMATS = {
    Kind.EMAIL: "Enter {name} in the correct format, like name@example.org",
    Kind.TELEPHONE: "Enter {name}, like 01632 960001, 07700 900982 or +44 7700 900982",
    Kind.POSTCODE: "Enter a full UK postcode, like BT12 6BA",
    Kind.NHS_NUMBER: "Enter {name} as 10 digits, like 999 000 0018, and check it for mistakes",
    Kind.HEALTH_POSTCODE: "Enter a full postcode, like BT12 6BA or ZZ99 3VZ",
    Kind.HEALTH_AND_CARE_NUMBER: "Enter {name} as 10 digits, and check it for mistakes",
    Kind.UPN: "Enter {name} as a letter and 12 numbers, and check it for mistakes",
    Kind.ULN: "Enter {name} as 10 digits, and check it for mistakes",
    Kind.NATIONAL_INSURANCE: "Enter {name} as 2 letters, 6 numbers and a letter from A to D",
    Kind.DATE: "{Name} must be a real date, like 27 3 2026",
    Kind.MONTH: "{Name} must be a real month, like 3 2026",
    Kind.TIME: "{Name} must be a time, like 9:30am or 5pm",
    Kind.GESTATION: "{Name} must be weeks and days, like 31 weeks and 4 days",
    Kind.MONEY: "{Name} must be an amount in pounds and pence, like 12.50",
    Kind.PERCENTAGE: "{Name} must have 2 decimal places or fewer, like 12.5",
}

_TYPES = {
    Kind.INTEGER: "{Name} must be a whole number, like 3",
    Kind.MONEY: "{Name} must be an amount of money, like 12.50",
    Kind.PERCENTAGE: "{Name} must be a percentage, like 45 or 12.5",
    Kind.DATE: "{Name} must be a real date, like 27 3 2026",
    Kind.CHECKBOXES: "Select {name} from the list",
    Kind.GROUP: "Enter {name}",
    Kind.ADDRESS: "Enter {name}",
    Kind.BIRTH_DATE: "Enter {name}",
    Kind.REPEATING: "Enter {name}",
}

_INCOMPLETE = {
    Kind.MONTH: "{Name} must include a month and a year",
    Kind.GESTATION: "{Name} must include a number of weeks",
}

_MESSAGES = {
    "incomplete": "{Name} must include a day, a month and a year",
    "pattern": "Enter {name} in the correct format",
    "past": "{Name} must be in the past",
    "future": "{Name} must be in the future",
}


def message(question: Question, code: str) -> str:
    """What to tell the person whose answer to ``question`` failed the check ``code``."""
    return question.errors.get(code) or _default(question, code)


def name_in_message(question: Question) -> str:
    """How a message names the question: its short name, else its title in mid-sentence."""
    if _asks(question):
        return f"the answer to ‘{question.title}’"
    name = question.short_name or question.title.rstrip(" :.")
    return name if _keeps_capital(name) else name[:1].lower() + name[1:]


def _asks(question: Question) -> bool:
    """Whether only a whole question names it: “When was your baby born?”."""
    return not question.short_name and question.title.endswith("?")


def _of(question: Question) -> str:
    """What several answers belong to."""
    return f"to ‘{question.title}’" if _asks(question) else "for {name}"


def _keeps_capital(name: str) -> bool:
    """Whether the first word is "I" or an abbreviation (NHS number, GP), not a mere start."""
    first = name.split(" ", 1)[0]
    return first == "I" or first.startswith("I’") or any(letter.isupper() for letter in first[1:])


def _default(question: Question, code: str) -> str:
    name = name_in_message(question)
    text = _TEXTS[code](question) if code in _TEXTS else _by_kind(question, code)
    return text.replace("{name}", name).replace("{Name}", name[:1].upper() + name[1:])


def _required(question: Question) -> str:
    verb = "Select" if question.kind in _SELECTED else "Enter"
    if _asks(question):
        return f"{'Select' if verb == 'Select' else 'Answer'} ‘{question.title}’"
    if question.kind is Kind.SCALE:
        return "Select a number for {name}"
    return f"{verb} {{name}}"


def _by_kind(question: Question, code: str) -> str:
    if code == "format":
        return _FORMATS.get(question.kind, "Enter {name} in the correct format")
    if code == "incomplete" and question.kind in _INCOMPLETE:
        return _INCOMPLETE[question.kind]
    if code == "type" and question.kind not in ONE_OF_KINDS:
        return _TYPES.get(question.kind, "Enter {name}")
    if code in {"option", "type"}:
        return "Select one of the answers to ‘{title}’".replace("{title}", question.title)
    return _MESSAGES.get(code, "Check {name}")


def _limit(question: Question, *keywords: str) -> str:
    """The limit that the schema sets, as it is said to people: 1,000 · £12.50."""
    number = next((question.schema[key] for key in keywords if key in question.schema), "")
    if isinstance(number, bool) or not isinstance(number, int | float):
        return str(number)
    if question.kind is Kind.MONEY:
        return f"£{number:,.2f}".removesuffix(".00")
    return f"{number:,}%" if question.kind is Kind.PERCENTAGE else f"{number:,}"


def _least(question: Question) -> str:
    if "exclusiveMinimum" in question.schema and "minimum" not in question.schema:
        return "{Name} must be more than " + _limit(question, "exclusiveMinimum")
    return f"{{Name}} must be {_limit(question, 'minimum')} or more"


def _most(question: Question) -> str:
    if "exclusiveMaximum" in question.schema and "maximum" not in question.schema:
        return "{Name} must be less than " + _limit(question, "exclusiveMaximum")
    return f"{{Name}} must be {_limit(question, 'maximum')} or less"


def _characters(question: Question, key: str) -> str:
    count = _limit(question, key)
    return f"{count} character" if count == "1" else f"{count} characters"


def _items(question: Question, key: str) -> str:
    count = _limit(question, key)
    if question.kind is Kind.REPEATING:
        thing = question.item or "answer"
        return f"{count} {thing}" if count == "1" else f"{count} of ‘{question.title}’"
    return f"{count} answer" if count == "1" else f"{count} answers"


def _too_few(question: Question) -> str:
    if question.kind is Kind.REPEATING:
        return f"Add at least {_items(question, 'minItems')}"
    return f"Select at least {_items(question, 'minItems')} {_of(question)}"


def _too_many(question: Question) -> str:
    if question.kind is Kind.REPEATING:
        return f"Add no more than {_items(question, 'maxItems')}"
    return f"Select no more than {_items(question, 'maxItems')} {_of(question)}"


def _exclusive(question: Question) -> str:
    option = question.option(question.exclusive)
    return f"Select answers {_of(question)}, or select ‘{option.title if option else ''}’"


_TEXTS: dict[str, Callable[[Question], str]] = {
    "required": _required,
    "minLength": lambda question: f"{{Name}} must be {_characters(question, 'minLength')} or more",
    "maxLength": lambda question: f"{{Name}} must be {_characters(question, 'maxLength')} or fewer",
    "minimum": _least,
    "maximum": _most,
    "minItems": _too_few,
    "maxItems": _too_many,
    "uniqueItems": lambda question: f"Select each answer {_of(question)} once only",
    "multipleOf": lambda question: (
        f"{{Name}} must be a multiple of {_limit(question, 'multipleOf')}"
    ),
    "exclusive": _exclusive,
}
