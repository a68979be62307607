"""The numbers and codes that public services give to people: their rules, and how they are stored.

Each is typed with any spaces, dashes and case, and stored without. What does not have the shape of
its kind comes back as it was typed, so that the person sees it again beside the message.
"""

from __future__ import annotations

import re

from form_definitions.tidying import is_digits, letters_and_digits, tidy_line, tidy_spaces

#: Area, district, sector and unit; the inward half leaves out C I K M O V. GIR 0AA and the forces'
#: BFPO numbers are postcodes too. Source: Royal Mail's Programmers' Guide to the PAF.
POSTCODE_PATTERN = (
    r"GIR 0AA|BFPO [0-9]{1,4}"
    r"|[A-PR-UWYZ](?:[0-9]{1,2}|[A-HK-Y][0-9](?:[0-9]|[ABEHMNPRV-Y])?|[0-9][A-HJKPS-UW])"
    r" [0-9][ABD-HJLNP-UW-Z]{2}"
)
#: What health records carry where there is no postcode (no fixed abode, abroad, not known), and a
#: Christmas code of Royal Mail's. Source: NHS Postcode Directory, pseudo postcodes.
HEALTH_POSTCODE_PATTERN = rf"{POSTCODE_PATTERN}|ZZ99 [0-9][A-Z]{{2}}|XM4 5HQ"
_IS_POSTCODE = re.compile(POSTCODE_PATTERN)
_IS_HEALTH_POSTCODE = re.compile(HEALTH_POSTCODE_PATTERN)

#: Source: Department for Education, UPN guide; I, O and S are left out of the check letters.
UPN_PATTERN = r"[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]"
_IS_UPN = re.compile(UPN_PATTERN)
_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"

#: Source: HMRC, National Insurance Manual NIM39110. QQ, of the usual example, fails by design.
NATIONAL_INSURANCE_PATTERN = (
    r"(?!BG|GB|KN|NK|NT|TN|ZZ)[ABCEGHJ-PRSTW-Z][ABCEGHJ-NPRSTW-Z][0-9]{6}[A-D]"
)
_IS_NATIONAL_INSURANCE = re.compile(NATIONAL_INSURANCE_PATTERN)

#: The first nine digits that Northern Ireland gives out. Source: NHS Data Dictionary, H&C NUMBER.
_HEALTH_AND_CARE = range(320_000_001, 400_000_000)

#: Force, unit, number and year. Forces have exceptions, so that no other shape is refused.
_POLICE = re.compile(r"([0-9]{2})([A-Z]{2}|[A-Z][0-9])([0-9]{5}|[0-9]{7})([0-9]{2})")
_METROPOLITAN = re.compile(r"02TJ[A-Z]{0,2}[0-9]{8,16}[A-Z]{2,3}")
#: A reference of a known shape, as it is stored.
POLICE_PATTERN = r"[0-9]{2}/[A-Z][A-Z0-9]/(?:[0-9]{5}|[0-9]{7})/[0-9]{2}"


def tidy_postcode(text: str) -> str:
    """``bt126ba`` → ``BT12 6BA``; what is no postcode comes back as typed."""
    return _postcode(text, _IS_POSTCODE)


def tidy_health_postcode(text: str) -> str:
    """The same, for ``zz993vz`` too."""
    return _postcode(text, _IS_HEALTH_POSTCODE)


def _postcode(text: str, pattern: re.Pattern[str]) -> str:
    letters = letters_and_digits(text)
    outward = 4 if letters.startswith("BFPO") else len(letters) - 3
    postcode = f"{letters[:outward]} {letters[outward:]}"
    return postcode if pattern.fullmatch(postcode) else tidy_line(text)


def postcode_problem(value: str) -> str | None:
    """Whether it has the shape of a postcode; that it exists is another question."""
    return None if _IS_POSTCODE.fullmatch(tidy_postcode(value)) else "format"


def health_postcode_problem(value: str) -> str | None:
    """The same, for a postcode of health records."""
    return None if _IS_HEALTH_POSTCODE.fullmatch(tidy_health_postcode(value)) else "format"


def tidy_ten_digits(text: str) -> str:
    """``999 000 0018`` → ``9990000018``; anything but ten digits comes back as typed."""
    digits = letters_and_digits(text)
    return digits if len(digits) == 10 and is_digits(digits) else tidy_line(text)


def nhs_number_problem(value: str) -> str | None:
    """Ten digits with their check digit; Northern Ireland's Health and Care numbers pass as well.

    Source: NHS Data Dictionary, NHS NUMBER (modulus 11).
    """
    from stdnum.gb import nhs  # brings ssl and pydoc with it: a check of a form waits for neither

    digits = tidy_ten_digits(value)
    if len(digits) != 10 or not is_digits(digits) or not nhs.is_valid(digits):
        return "format"
    return None


def health_and_care_number_problem(value: str) -> str | None:
    """The same check digit, in the range of Northern Ireland."""
    if nhs_number_problem(value):
        return "format"
    return None if int(tidy_ten_digits(value)[:9]) in _HEALTH_AND_CARE else "format"


def uln_problem(value: str) -> str | None:
    """A unique learner number: ten digits, the first of them not 0, with weights of 10 to 1.

    Source: HESA, ULN.
    """
    digits = tidy_ten_digits(value)
    if len(digits) != 10 or not is_digits(digits) or digits[0] == "0":
        return "format"
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 0, -1), strict=True))
    return None if total % 11 == 10 else "format"


def tidy_upn(text: str) -> str:
    """``b801-2000-05001`` → ``B801200005001``."""
    return _of_shape(text, _IS_UPN)


def upn_problem(value: str) -> str | None:
    """A unique pupil number: its check letter fits. A temporary one ends in a letter.

    Any local authority's code passes: authorities are made and merged. Source: GovTalk, UPN 2.0.
    """
    upn = tidy_upn(value)
    if not _IS_UPN.fullmatch(upn):
        return "format"
    digits = [int(each) if each.isdigit() else _UPN_LETTERS.index(each) for each in upn[1:]]
    total = sum(digit * weight for weight, digit in enumerate(digits, start=2))
    return None if _UPN_LETTERS[total % 23] == upn[0] else "format"


def tidy_national_insurance(text: str) -> str:
    """``jg 10 37 59 a`` → ``JG103759A``."""
    return _of_shape(text, _IS_NATIONAL_INSURANCE)


def national_insurance_problem(value: str) -> str | None:
    """Its letters are ones that are given out. It proves nothing about who somebody is."""
    is_one = _IS_NATIONAL_INSURANCE.fullmatch(tidy_national_insurance(value))
    return None if is_one else "format"


def _of_shape(text: str, pattern: re.Pattern[str]) -> str:
    code = letters_and_digits(text)
    return code if pattern.fullmatch(code) else tidy_line(text)


def tidy_police_reference(text: str) -> str:
    """``12ab1234526`` → ``12/AB/12345/26``; a reference of another shape is kept as typed."""
    code = letters_and_digits(text)
    parts = _POLICE.fullmatch(code)
    if parts:
        return "/".join(parts.groups())
    return code if _METROPOLITAN.fullmatch(code) else tidy_spaces(text)


def is_usual_police_reference(value: str) -> bool:
    """Whether a reference has one of the shapes that are known. Others are accepted too.

    Source: pattern facts of the Ministry of Justice's retired traffic offences service.
    """
    code = letters_and_digits(value)
    return bool(_POLICE.fullmatch(code) or _METROPOLITAN.fullmatch(code))


def show_ten_digits(value: object) -> str:
    """``9990000018`` → ``999 000 0018``. Source: NHS service manual, NHS numbers."""
    text = str(value)
    is_number = len(text) == 10 and is_digits(text)
    return f"{text[:3]} {text[3:6]} {text[6:]}" if is_number else text


def show_national_insurance(value: object) -> str:
    """``JG103759A`` → ``JG 10 37 59 A``. Source: GOV.UK Design System."""
    text = str(value)
    if not _IS_NATIONAL_INSURANCE.fullmatch(text):
        return text
    return f"{text[:2]} {text[2:4]} {text[4:6]} {text[6:8]} {text[8:]}"
