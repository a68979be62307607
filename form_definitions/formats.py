"""Read what people type, check its format, and write it back for a control or for a reader.

Reading is lenient (``bt126ba`` becomes ``BT12 6BA``); what cannot be read stays as it was typed, so
that the person sees it again beside the message. The patterns here are our own and linear.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import phonenumbers

from form_definitions import identifiers, periods
from form_definitions.definition import NUMBER_KINDS, ONE_OF_KINDS, Kind, Question
from form_definitions.tidying import is_digits, tidy_line, tidy_lines, tidy_spaces

MAX_EMAIL_LENGTH = 254  # RFC 5321, section 4.5.3.1, less the angle brackets
MAX_DIGITS = 15  # more than any count or sum of money; a longer number loses digits as a float

MAX_NUMBER = 10**MAX_DIGITS

_WHOLE_NUMBER = re.compile(rf"[+-]?[0-9]{{1,{MAX_DIGITS}}}")
_MONEY = re.compile(rf"-?(?:[0-9]{{1,{MAX_DIGITS}}}(?:\.[0-9]{{1,2}})?|\.[0-9]{{1,2}})")
_NUMBER = re.compile(rf"[+-]?[0-9]{{1,{MAX_DIGITS}}}(?:\.[0-9]{{1,{MAX_DIGITS}}})?")
EMAIL_PATTERN = (
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])"
)
_IS_EMAIL = re.compile(EMAIL_PATTERN)
#: A whole number within the United Kingdom: the library below says so too, fifty times slower.
UK_TELEPHONE_PATTERN = r"0 ?[1-9](?: ?[0-9]){9}"
_IS_UK_TELEPHONE = re.compile(UK_TELEPHONE_PATTERN)
_UK = 44
_UK_LENGTHS = {7, 9, 10}  # digits without the first 0: Childline's 0800 1111 has seven
_TELEPHONE = re.compile(r"\+?[0-9 ()./-]+(?:(?:x|ext\.?|extension) ?[0-9]{1,6})?", re.IGNORECASE)

#: Kinds whose text is tidied in a way of its own.
TIDY: dict[Kind, Callable[[str], str]] = {
    Kind.LONG_TEXT: tidy_lines,
    Kind.TELEPHONE: tidy_spaces,
    Kind.POSTCODE: identifiers.tidy_postcode,
    Kind.HEALTH_POSTCODE: identifiers.tidy_health_postcode,
    Kind.NHS_NUMBER: identifiers.tidy_ten_digits,
    Kind.HEALTH_AND_CARE_NUMBER: identifiers.tidy_ten_digits,
    Kind.ULN: identifiers.tidy_ten_digits,
    Kind.UPN: identifiers.tidy_upn,
    Kind.NATIONAL_INSURANCE: identifiers.tidy_national_insurance,
    Kind.POLICE_REFERENCE: identifiers.tidy_police_reference,
    Kind.MONTH: periods.tidy_month,
    Kind.TIME: periods.tidy_time,
    Kind.GESTATION: periods.tidy_gestation,
}


# -- reading --------------------------------------------------------------------------------------


def read_typed(question: Question, typed: str) -> object:
    """The answer that ``typed`` stands for, or the tidied text itself where it cannot be read.

    Of checkboxes, one of the values posted. Nothing but spaces gives "".
    """
    kind = question.kind
    if kind in ONE_OF_KINDS or kind is Kind.CHECKBOXES:
        return _read_option(question, typed)
    if kind is Kind.INTEGER:
        return _read_whole_number(tidy_line(typed))
    if kind is Kind.MONEY:
        return _read_money(tidy_line(typed))
    if kind is Kind.PERCENTAGE:
        return _read_money(tidy_line(typed).removesuffix("%"))
    if kind is Kind.DATE:
        return _read_date_text(tidy_line(typed))
    if kind is Kind.NUMBER:
        return read_number(tidy_line(typed))
    if kind is Kind.LIST:
        return _read_list(question, tidy_lines(typed))
    if kind is Kind.DATA:
        return _read_data(tidy_lines(typed))
    return TIDY.get(kind, tidy_line)(typed)


def _read_option(question: Question, typed: str) -> object:
    tidied = tidy_line(typed)
    texts = [option.text for option in question.options]
    for wanted in (typed, tidied):
        if wanted in texts:
            return question.options[texts.index(wanted)].value
    # a browser changes line breaks on their way, and a plain JSON Schema lists any text
    for option, text in zip(question.options, texts, strict=True):
        if tidy_line(text) == tidied:
            return option.value
    return tidied


def _read_whole_number(typed: str) -> object:
    digits = re.sub(r"[, ]", "", typed).replace("−", "-")
    return int(digits) if digits.isascii() and _WHOLE_NUMBER.fullmatch(digits) else typed


def _read_money(typed: str) -> object:
    amount = re.sub(r"[£, ]", "", typed).replace("−", "-")
    if not _MONEY.fullmatch(amount):
        return typed
    return float(amount) if "." in amount else int(amount)


def read_number(typed: str) -> object:
    """``1,250.5`` → 1250.5; what is no number comes back as typed."""
    digits = re.sub(r"[, ]", "", typed).replace("−", "-")
    if not _NUMBER.fullmatch(digits):
        return typed
    return float(digits) if "." in digits else int(digits)


def _read_list(question: Question, typed: str) -> object:
    """One item a line: numbers where the list is of numbers."""
    lines = [line.strip() for line in typed.split("\n") if line.strip()]
    is_of_numbers = question.schema.get("items", {}).get("type") in {"integer", "number"}
    return [read_number(line) if is_of_numbers else line for line in lines] or ""


def _read_data(typed: str) -> object:
    """What has no control of its own is written as JSON; what is no JSON is a text."""
    try:
        read: object = json.loads(typed)
        json.dumps(read, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return typed
    return typed if read is None else read


def _read_date_text(typed: str) -> str:
    if is_iso_date(typed):
        return typed
    parts = re.split(r"[/. -]+", typed)
    return read_date(*parts) if len(parts) == 3 else typed


def read_date(day: str, month: str, year: str) -> str:
    """The ISO date of three typed parts; a month may be a word.

    What is no date comes back as ``day/month/year``, as typed; nothing at all as "".
    """
    typed = [tidy_line(part) for part in (day, month, year)]
    if not any(typed):
        return ""
    digits = (typed[0], periods.month_number(typed[1]), typed[2])
    if all(is_digits(part) and len(part) <= 4 for part in digits) and len(typed[2]) == 4:
        iso = f"{typed[2]}-{digits[1]:0>2}-{typed[0]:0>2}"
        if is_iso_date(iso):
            return iso
    return "/".join(part.replace("/", "-") for part in typed)


def is_iso_date(text: str) -> bool:
    """Whether ``text`` is a day of the calendar as ``2026-03-27``."""
    # fromisoformat also reads 20260327 and 2026-W13-5, which have no dashes in these places
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


# -- checking -------------------------------------------------------------------------------------


def format_problem(question: Question, value: object) -> str | None:
    """The code of what is wrong with the value's format ("format", "incomplete"), or None."""
    check = FORMAT_CHECKS.get(question.kind)
    if check is None:
        return None
    is_right_type = isinstance(value, str) or question.kind in NUMBER_KINDS
    return check(value) if is_right_type else "type"


def _integer_problem(value: Any) -> str | None:
    is_integer = isinstance(value, int) and not isinstance(value, bool)
    return None if is_integer and -MAX_NUMBER < value < MAX_NUMBER else "type"


def _number_problem(value: Any) -> str | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return None if is_number and -MAX_NUMBER < value < MAX_NUMBER else "type"


def _money_problem(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "type"
    if not -MAX_NUMBER < value < MAX_NUMBER:  # nor NaN, which is not less than anything
        return "type"
    return None if round(value, 2) == value else "format"


def is_email(value: str) -> bool:
    """Whether it is written as an email address.

    One with "=?" is not: in a message it is decoded, into other addresses (RFC 2047 section 2).
    """
    is_short = len(value) <= MAX_EMAIL_LENGTH and "=?" not in value
    return is_short and _IS_EMAIL.fullmatch(value) is not None


def _email_problem(value: str) -> str | None:
    return None if is_email(value) else "format"


def _telephone_problem(value: str) -> str | None:
    if _IS_UK_TELEPHONE.fullmatch(value):
        return None
    is_written_as_one = value.isascii() and _TELEPHONE.fullmatch(value)
    return None if is_written_as_one and _is_possible_telephone(value) else "format"


def _is_possible_telephone(value: str) -> bool:
    try:
        number = phonenumbers.parse(value, "GB")
    except phonenumbers.NumberParseException:
        return False
    if number.country_code == _UK and not _has_uk_length(str(number.national_number)):
        return False
    return bool(phonenumbers.is_possible_number(number))


def _has_uk_length(national: str) -> bool:
    """Source: Ofcom's National Telephone Numbering Plan; the library allows as few as four."""
    return len(national) == 10 if national.startswith("7") else len(national) in _UK_LENGTHS


def _date_problem(value: str) -> str | None:
    if is_iso_date(value):
        return None
    parts = value.split("/")
    return "incomplete" if len(parts) == 3 and not all(parts) else "format"


#: The check of an answer: of text where it is text, of any value where it is a number.
FORMAT_CHECKS: dict[Kind, Callable[[Any], str | None]] = {
    Kind.INTEGER: _integer_problem,
    Kind.NUMBER: _number_problem,
    Kind.MONEY: _money_problem,
    Kind.PERCENTAGE: _money_problem,  # two decimals, as an amount has
    Kind.EMAIL: _email_problem,
    Kind.TELEPHONE: _telephone_problem,
    Kind.POSTCODE: identifiers.postcode_problem,
    Kind.HEALTH_POSTCODE: identifiers.health_postcode_problem,
    Kind.NHS_NUMBER: identifiers.nhs_number_problem,
    Kind.HEALTH_AND_CARE_NUMBER: identifiers.health_and_care_number_problem,
    Kind.UPN: identifiers.upn_problem,
    Kind.ULN: identifiers.uln_problem,
    Kind.NATIONAL_INSURANCE: identifiers.national_insurance_problem,
    Kind.DATE: _date_problem,
    Kind.MONTH: periods.month_problem,
    Kind.TIME: periods.time_problem,
    Kind.GESTATION: periods.gestation_problem,
}

#: Kinds that are asked in several boxes, with the names of the boxes.
PARTS: dict[Kind, tuple[str, ...]] = {
    Kind.DATE: ("day", "month", "year"),
    Kind.MONTH: ("month", "year"),
    Kind.GESTATION: ("weeks", "days"),
}
_READ_PARTS: dict[Kind, Callable[..., str]] = {
    Kind.DATE: read_date,
    Kind.MONTH: periods.read_month,
    Kind.GESTATION: periods.read_gestation,
}


def read_parts(question: Question, typed: Sequence[str]) -> str:
    """The answer of what was typed in the boxes of ``PARTS``; nothing at all gives ""."""
    return _READ_PARTS[question.kind](*typed)
