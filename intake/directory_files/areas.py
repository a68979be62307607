"""The areas that have an official code: local authorities of England and Wales, London, NI trusts.

`areas.csv` comes from the Office for National Statistics' "Lower Tier Local Authority to Upper Tier
Local Authority (April 2021)" and its postcode directory of November 2025, which has the codes of
the authorities made since. Contains public sector information licensed under the Open Government
Licence v3.0. The five trusts of Northern Ireland have the ids that the forms' own answers have.
"""

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

REGIONS = ("london", "england", "wales", "northern-ireland")
OFFICIAL_CODE = re.compile(r"[EWSN][0-9]{8}")


@dataclass(frozen=True, slots=True)
class KnownArea:
    """One authority; a district names the county that it lies in."""

    code: str
    name: str
    region: str
    county: str = ""


@cache
def known_areas() -> dict[str, KnownArea]:
    """Every area that has an official code, by that code."""
    text = (files(__package__) / "areas.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["code"]: KnownArea(**row) for row in rows}


@cache
def districts_of(county: str) -> tuple[KnownArea, ...]:
    """The districts of a county, to which its postcodes lead; of another area, none."""
    return tuple(area for area in known_areas().values() if area.county and area.county == county)


def is_abolished(code: str) -> bool:
    """Whether a code of England or Wales looks official and belongs to no authority of today."""
    looks = OFFICIAL_CODE.fullmatch(code) is not None and code[0] in "EW"
    return looks and code not in known_areas()


def is_from_postcodes(code: str) -> bool:
    """Whether postcodes lead to an area: to districts and unitary authorities, not to counties."""
    return code in known_areas() and OFFICIAL_CODE.fullmatch(code) is not None and code[:3] != "E10"
