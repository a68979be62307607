"""Read what people type, check its format, and write it back for a control or for a reader.

Reading is lenient (``bt126ba`` becomes ``BT12 6BA``); what cannot be read stays as it was typed, so
that the person sees it again beside the message. The patterns here are our own and linear.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import phonenumbers
from stdnum.gb import nhs

from form_definitions.definition import ONE_OF_KINDS, Kind, Question

MAX_EMAIL_LENGTH = 254  # RFC 5321, section 4.5.3.1, less the angle brackets
MAX_DIGITS = 15  # more than any count or sum of money; a longer number loses digits as a float

MAX_NUMBER = 10**MAX_DIGITS

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_MONTH_NUMBERS = (
    {name.lower(): at for at, name in enumerate(MONTHS, 1)}
    | {name[:3].lower(): at for at, name in enumerate(MONTHS, 1)}
    | {"sept": 9}
)

_WHOLE_NUMBER = re.compile(rf"[+-]?[0-9]{{1,{MAX_DIGITS}}}")
_MONEY = re.compile(rf"-?(?:[0-9]{{1,{MAX_DIGITS}}}(?:\.[0-9]{{1,2}})?|\.[0-9]{{1,2}})")
_NUMBER = re.compile(rf"[+-]?[0-9]{{1,{MAX_DIGITS}}}(?:\.[0-9]{{1,{MAX_DIGITS}}})?")
_NOT_PRINTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_NHS_SEPARATORS = re.compile(r"[\s.–—-]+")
_PUNCTUATION = re.compile(r"[\W_]+")
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

#: Area, district, sector and unit; the inward half leaves out C I K M O V. GIR 0AA and the forces'
#: BFPO numbers are postcodes too. Source: Royal Mail's Programmers' Guide to the PAF.
POSTCODE_PATTERN = (
    r"GIR 0AA|BFPO [0-9]{1,4}"
    r"|[A-PR-UWYZ](?:[0-9]{1,2}|[A-HK-Y][0-9](?:[0-9]|[ABEHMNPRV-Y])?|[0-9][A-HJKPS-UW])"
    r" [0-9][ABD-HJLNP-UW-Z]{2}"
)
_IS_POSTCODE = re.compile(POSTCODE_PATTERN)


# -- tidying text ---------------------------------------------------------------------------------


def tidy_line(text: str) -> str:
    """One line: no control characters, no lone surrogates, nothing round it."""
    if text.isprintable():
        return text.strip()
    return " ".join(_storable(text).split("\n")).replace("\t", " ").strip()


def tidy_lines(text: str) -> str:
    """Several lines: the same, with every line end as ``\\n``."""
    return text.strip() if text.isprintable() else _storable(text).strip()


def _storable(text: str) -> str:
    # a lone surrogate has no UTF-8, so that it could neither be sealed nor shown again
    text = _SURROGATES.sub("\ufffd", text)
    return _NOT_PRINTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def tidy_telephone(text: str) -> str:
    """A telephone number as typed, with single spaces."""
    return " ".join((text if text.isprintable() else _storable(text)).split())


def tidy_postcode(text: str) -> str:
    """``bt126ba`` → ``BT12 6BA``; what is no postcode comes back as typed."""
    letters = _PUNCTUATION.sub("", text)
    if not letters.isascii():
        return tidy_line(text)
    letters = letters.upper()
    outward = 4 if letters.startswith("BFPO") else len(letters) - 3
    postcode = f"{letters[:outward]} {letters[outward:]}"
    return postcode if _IS_POSTCODE.fullmatch(postcode) else tidy_line(text)


def tidy_nhs_number(text: str) -> str:
    """``999 000 0018`` → ``9990000018``; anything but ten digits comes back as typed."""
    digits = _NHS_SEPARATORS.sub("", text)
    return digits if len(digits) == 10 and _is_digits(digits) else tidy_line(text)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


TIDY: dict[Kind, Callable[[str], str]] = {
    Kind.LONG_TEXT: tidy_lines,
    Kind.TELEPHONE: tidy_telephone,
    Kind.POSTCODE: tidy_postcode,
    Kind.NHS_NUMBER: tidy_nhs_number,
}


# -- reading --------------------------------------------------------------------------------------


def read_typed(question: Question, typed: str) -> object:
    """The answer that ``typed`` stands for, or the tidied text itself where it cannot be read.

    Of checkboxes, one of the values posted. Nothing but spaces gives "".
    """
    kind = question.kind
    if kind in ONE_OF_KINDS or kind is Kind.CHECKBOXES:
        return _read_option(question, tidy_line(typed))
    if kind is Kind.INTEGER:
        return _read_whole_number(tidy_line(typed))
    if kind is Kind.MONEY:
        return _read_money(tidy_line(typed))
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
    for option in question.options:
        if option.text == typed:
            return option.value
    return typed


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
    number = _MONTH_NUMBERS.get(typed[1].lower().rstrip(".")) or typed[1]
    digits = (typed[0], str(number), typed[2])
    if all(_is_digits(part) and len(part) <= 4 for part in digits) and len(typed[2]) == 4:
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
    is_right_type = isinstance(value, str) or question.kind in _NUMBER_KINDS
    return check(value) if is_right_type else "type"


def _integer_problem(value: Any) -> str | None:
    is_integer = isinstance(value, int) and not isinstance(value, bool)
    return None if is_integer and -MAX_NUMBER < value < MAX_NUMBER else "type"


def _money_problem(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "type"
    if not -MAX_NUMBER < value < MAX_NUMBER:  # nor NaN, which is not less than anything
        return "type"
    return None if round(value, 2) == value else "format"


def _email_problem(value: str) -> str | None:
    is_email = len(value) <= MAX_EMAIL_LENGTH and _IS_EMAIL.fullmatch(value)
    return None if is_email else "format"


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


def _postcode_problem(value: str) -> str | None:
    return None if _IS_POSTCODE.fullmatch(tidy_postcode(value)) else "format"


def _nhs_number_problem(value: str) -> str | None:
    """Ten digits with their check digit; Northern Ireland's Health and Care numbers pass as well.

    Source: NHS Data Dictionary, NHS NUMBER (modulus 11).
    """
    digits = tidy_nhs_number(value)
    if len(digits) != 10 or not _is_digits(digits) or not nhs.is_valid(digits):
        return "format"
    return None


def _date_problem(value: str) -> str | None:
    if is_iso_date(value):
        return None
    parts = value.split("/")
    return "incomplete" if len(parts) == 3 and not all(parts) else "format"


_NUMBER_KINDS = frozenset({Kind.INTEGER, Kind.MONEY})

#: The check of an answer: of text where it is text, of any value where it is a number.
FORMAT_CHECKS: dict[Kind, Callable[[Any], str | None]] = {
    Kind.INTEGER: _integer_problem,
    Kind.MONEY: _money_problem,
    Kind.EMAIL: _email_problem,
    Kind.TELEPHONE: _telephone_problem,
    Kind.POSTCODE: _postcode_problem,
    Kind.NHS_NUMBER: _nhs_number_problem,
    Kind.DATE: _date_problem,
}
