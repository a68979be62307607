"""The questions that the platform supplies: those inside an address and a date of birth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from form_definitions.definition import Kind
from form_definitions.languages import N_

Raw = Mapping[str, Any]

#: The questions inside an address. Source: GOV.UK Design System, addresses pattern.
_ADDRESS: Raw = {
    "properties": {
        "line_1": {
            "type": "string",
            "title": N_("Address line 1"),
            "x-ui": {
                "name": N_("address line 1"),
                "autocomplete": "address-line1",
                "spellcheck": False,
            },
        },
        "line_2": {
            "type": "string",
            "title": N_("Address line 2"),
            "x-ui": {
                "name": N_("address line 2"),
                "autocomplete": "address-line2",
                "spellcheck": False,
            },
        },
        "town": {
            "type": "string",
            "title": N_("Town or city"),
            "x-ui": {
                "name": N_("town or city"),
                "autocomplete": "address-level2",
                "width": 20,
                "spellcheck": False,
            },
        },
        "county": {
            "type": "string",
            "title": N_("County"),
            "x-ui": {"name": N_("county"), "width": 20},
        },
        "postcode": {
            "type": "string",
            "format": "postcode",
            "title": N_("Postcode"),
            "x-ui": {"name": N_("postcode"), "autocomplete": "postal-code", "width": 10},
        },
    },
    "required": ["line_1", "town", "postcode"],
}

#: The questions inside a date of birth that need not be exact.
_BIRTH_DATE: Raw = {
    "properties": {
        "date": {
            "type": "string",
            "format": "date",
            "title": N_("Date"),
            "x-ui": {"name": N_("the date of birth")},
        },
        "certainty": {
            "title": N_("How sure are you of this date?"),
            "oneOf": [
                {"const": "exact", "title": N_("It is the exact date")},
                {"const": "estimated", "title": N_("It is an estimate")},
                {"const": "expected", "title": N_("The baby is expected on this date")},
            ],
            "x-ui": {"errors": {"required": N_("Select how sure you are of the date of birth")}},
        },
    },
    "required": ["date", "certainty"],
}

#: Groups whose questions the platform supplies.
SUPPLIED: Mapping[Kind, Raw] = {Kind.ADDRESS: _ADDRESS, Kind.BIRTH_DATE: _BIRTH_DATE}
