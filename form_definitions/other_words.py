"""What authors call a thing who know other form builders, and how it is called here."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

#: Keys.
KEYS = {
    "label": "title",
    "question": "title",
    "text": "title",
    "heading": "title",
    "choices": "oneOf",
    "options": "oneOf",
    "values": "enum",
    "value": "const",
    "min": "minimum",
    "max": "maximum",
    "regex": "pattern",
    "step": "multipleOf",
    "help": "hint",
    "placeholder": "hint",
    "showif": "when",
    "visibleif": "when",
    "condition": "when",
    "definitions": "$defs",
    "fields": "questions",
    "questions": "properties",
    "content": "body",
    "hint": "body",
    "intro": "body",
}

_DATE = '"string", "format": "date"'
_TYPES = {
    "text": '"string"',
    "varchar": '"string"',
    "bool": '"boolean"',
    "yesno": '"boolean"',
    "checkbox": '"boolean"',
    "int": '"integer"',
    "float": '"number"',
    "decimal": '"number"',
    "list": '"array"',
    "checkboxes": '"array"',
    "group": '"object"',
    "date": _DATE,
    "dob": _DATE,
    "tel": '"string", "format": "telephone"',
    "phone": '"string", "format": "telephone"',
    "upload": '"string", "format": "file"',
    "textarea": '"string", "x-ui": {"widget": "textarea"}',
}
_NUMBERS = frozenset({"money", "percentage"})
_FORMATS = {
    "phone": "telephone",
    "phonenumber": "telephone",
    "telephonenumber": "telephone",
    "mobile": "telephone",
    "tel": "telephone",
    "dob": "date",
    "dateofbirth": "date",
    "birthdate": "date",
    "day": "date",
    "mail": "email",
    "emailaddress": "email",
    "zip": "postcode",
    "zipcode": "postcode",
    "nhs": "nhs-number",
    "nino": "national-insurance-number",
    "currency": "money",
    "pounds": "money",
    "gbp": "money",
    "percent": "percentage",
    "time": "time-of-day",
    "upload": "file",
    "weeks": "gestation",
}
_FUNCTIONS = {
    "max": "highest",
    "maximum": "highest",
    "min": "lowest",
    "minimum": "lowest",
    "average": "mean",
    "avg": "mean",
    "mode": "most_frequent",
    "total": "sum",
    "add": "sum",
    "age": "age_on",
    "score": "points",
    "subtract": "difference",
    "rollup": "grade_roll_up",
}
_VALUES = {"format": _FORMATS, "function": _FUNCTIONS}


def key_meant(key: str) -> str:
    """The key of ours that another word stands for, or ""."""
    return KEYS.get(key) or KEYS.get(_plain(key), "")


def value_meant(of: str, word: str, known: Collection[str], formats: Collection[str]) -> str:
    """What to write for a value of ``of`` that there is not, or "" where nobody can tell.

    ``known``: the values that there are. ``formats``: those of ``format``, which are no types.
    """
    plain = _plain(word)
    if of == "type":
        return _type_meant(plain, {_plain(each): each for each in formats})
    same = {_plain(each): each for each in known}
    meant: Mapping[str, str] = _VALUES.get(of, {})
    found = same.get(plain) or meant.get(plain, "")
    return f"Did you mean ‘{found}’?" if found in known else ""


def _type_meant(plain: str, formats: Mapping[str, str]) -> str:
    found = _TYPES.get(plain)
    name = formats.get(plain) or formats.get(_FORMATS.get(plain, ""))
    if not found and name:
        found = f'"{"number" if name in _NUMBERS else "string"}", "format": "{name}"'
    return f'Write "type": {found}' if found else ""


def _plain(word: str) -> str:
    """In lower case, without what joins words."""
    return re.sub(r"[\s_-]+", "", word).lower()
