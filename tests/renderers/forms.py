"""Forms of every kind of question, for the tests of how they look."""

from __future__ import annotations

from typing import Any

from form_definitions import FormDefinition
from renderers import FormRenderer, Site, compile_form
from tests.form_definitions.factories import checkboxes, make_definition, options, radios

#: One question of every kind, with an answer and with words that must be escaped.
EVERY_KIND: dict[str, tuple[dict[str, Any], Any]] = {
    "full_name": ({"type": "string", "title": 'Name of <someone> & "co"'}, 'O\'Neil <b> & "x"'),
    "story": (
        {"type": "string", "x-ui": {"widget": "textarea", "rows": 8, "hint": "Take your time"}},
        "First line\n  second </textarea> line",
    ),
    "counted": (
        {"type": "string", "maxLength": 400, "x-ui": {"widget": "textarea"}},
        "Some words",
    ),
    "email": ({"type": "string", "format": "email"}, "parent@example.org"),
    "phone": ({"type": "string", "format": "telephone"}, "07700 900 123"),
    "postcode": ({"type": "string", "format": "postcode"}, "BT12 6BA"),
    "nhs_number": ({"type": "string", "format": "nhs-number"}, "9990000018"),
    "weeks": ({"type": "integer", "x-ui": {"width": 2, "suffix": "weeks"}}, 27),
    "rent": ({"type": "number", "format": "money"}, 12.5),
    "agrees": ({"type": "boolean"}, False),
    "trust": (radios("belfast", "northern"), "northern"),
    "side_by_side": (radios("a", "b", **{"x-ui": {"inline": True}}), "a"),
    "numbers": (radios(1, 2, 3), 2),
    "borough": ({"oneOf": options("e1", "e2"), "x-ui": {"widget": "select"}}, "e2"),
    "signs": (checkboxes("drugs", "debt", "none", **{"x-ui": {"exclusive": "none"}}), ["debt"]),
    "born_on": ({"type": "string", "format": "date"}, "2026-03-07"),
    "health_postcode": ({"type": "string", "format": "health-postcode"}, "ZZ99 3VZ"),
    "care_number": ({"type": "string", "format": "health-and-care-number"}, "3200000015"),
    "pupil": ({"type": "string", "format": "upn"}, "B801200005001"),
    "learner": ({"type": "string", "format": "uln"}, "9276308686"),
    "insurance": ({"type": "string", "format": "national-insurance-number"}, "JG103759A"),
    "crime": ({"type": "string", "format": "police-reference"}, "12/AB/12345/26"),
    "share": ({"type": "number", "format": "percentage"}, 12.5),
    "month": ({"type": "string", "format": "month"}, "2026-03"),
    "clock": ({"type": "string", "format": "time-of-day"}, "09:30"),
    "gestation": ({"type": "string", "format": "gestation"}, "31+4"),
    "birth": (
        {"type": "object", "x-ui": {"widget": "birth-date"}},
        {"date": "2026-03-07", "certainty": "expected"},
    ),
    "home": (
        {"type": "object", "x-ui": {"widget": "address"}},
        {"line_1": "1 High Street", "town": "Belfast", "postcode": "BT1 1AA"},
    ),
    "carer": (
        {
            "type": "object",
            "required": ["first_name"],
            "properties": {
                "first_name": {"type": "string", "title": "First name"},
                "born": {"type": "string", "format": "date", "title": "Born"},
                "works": {"type": "boolean", "title": "Works?"},
                "where": {"type": "string", "title": "Where?", "x-ui": {"when": {"works": True}}},
            },
            "x-ui": {"hint": "Who looks after them"},
        },
        {"first_name": "Ada", "works": True, "where": "At sea"},
    ),
    "house": (
        {
            "type": "array",
            "prefixItems": [
                {"type": "integer", "title": "House <number>"},
                {"type": "string", "title": "Street"},
                {"type": "string", "format": "date", "title": "Moved in"},
            ],
            "items": False,
            "minItems": 2,
        },
        [12, "High & Low Street"],
    ),
    "letter": ({"type": "string", "format": "file"}, "0123456789abcdef" * 2),
    "photos": (
        {
            "type": "array",
            "items": {"type": "string", "format": "file"},
            "maxItems": 3,
            "x-ui": {"accept": ["image"], "max_size": "500KB", "hint": "Of <both> sides"},
        },
        ["0123456789abcdef" * 2, "f" * 32],
    ),
    "worry": (
        {
            "type": "integer",
            "minimum": 1,
            "maximum": 5,
            "x-ui": {"widget": "scale", "low": "none", "high": "a lot"},
        },
        4,
    ),
}

PEOPLE: dict[str, Any] = {
    "type": "array",
    "title": "People",
    "items": {
        "type": "object",
        "required": ["first_name"],
        "properties": {
            "first_name": {"type": "string", "title": "First name"},
            "born": {"type": "string", "format": "date", "title": "Born"},
            "told": {"type": "boolean", "title": "Told?"},
            "when": {"type": "string", "title": "When?", "x-ui": {"when": {"told": True}}},
        },
    },
    "x-ui": {"item": "person"},
}


def form_of(*names: str, **settings: Any) -> FormDefinition:
    """A form of some of EVERY_KIND on one page."""
    return make_definition({name: EVERY_KIND[name][0] for name in names}, **settings)


def renderer_of(properties: dict[str, Any], **settings: Any) -> FormRenderer:
    """The renderer of a made-up form."""
    return compile_form(make_definition(properties, **settings), Site())
