"""A small form, rules for it, a directory and answers, each to be varied by a test."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from form_definitions import FormDefinition, parse_form
from referral_router import Area, Directory, RuleSet, Service, Team, parse_rules

NOW = datetime(2026, 11, 18, 10, 30, tzinfo=UTC)  # a Wednesday, in winter time

AREAS = {"north": "North", "south": "South", "west": "West"}


def options(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"const": value, "title": title} for value, title in values.items()]


FORM: dict[str, Any] = {
    "$id": "small",
    "title": "A small form",
    "type": "object",
    "required": ["danger", "risk", "area"],
    "properties": {
        "danger": {"type": "boolean", "title": "Is anyone in danger?"},
        "risk": {
            "title": "How high is the risk?",
            "oneOf": options({"low": "Low", "medium": "Medium", "high": "High"}),
        },
        "area": {"title": "Which area?", "oneOf": options(AREAS)},
        "indicators": {
            "type": "array",
            "title": "What have you seen?",
            "uniqueItems": True,
            "items": {"oneOf": options({"weapons": "Weapons", "missing": "Going missing"})},
        },
        "age": {"type": "integer", "title": "How old are they?"},
        "words": {"type": "string", "title": "Anything else?"},
        "postcode": {"type": "string", "format": "postcode", "title": "Which postcode?"},
        "returned_on": {"type": "string", "format": "date", "title": "When did they come back?"},
        "returned_at": {"type": "string", "format": "time-of-day", "title": "At what time?"},
        "school": {
            "type": "object",
            "title": "School",
            "properties": {
                "name": {"type": "string", "title": "Name of the school"},
                "area": {"title": "Where is the school?", "oneOf": options(AREAS)},
            },
        },
        "household": {
            "type": "array",
            "title": "Who lives there?",
            "items": {
                "type": "object",
                "properties": {"first_name": {"type": "string", "title": "First name"}},
            },
            "x-ui": {"item": "person"},
        },
    },
    "x-form": {
        "version": "1.0.0",
        "reference_prefix": "SML",
        "audience": ["professional"],
        "conditions": {"high_risk": {"risk": "high"}},
        "pages": [
            {
                "id": "all",
                "title": "All",
                "questions": [
                    *["danger", "risk", "area", "indicators", "age", "words"],
                    *["postcode", "returned_on", "returned_at", "school"],
                ],
            },
            {"id": "household", "title": "Household", "questions": ["household"]},
        ],
    },
}


@cache
def small_form() -> FormDefinition:
    return parse_form(json.dumps(FORM), "small.json")


def make_answers(**answers: Any) -> dict[str, Any]:
    return {"danger": False, "risk": "low", "area": "north", **answers}


def make_rule(id: str = "rule", **parts: Any) -> dict[str, Any]:  # noqa: A002
    return {
        "id": id,
        "to": [{"team": "desk"}],
        "urgency": "routine",
        "acknowledge_within": "1 working day",
        "why": f"Because of {id}.",
        **parts,
    }


FALLBACK_PART = {
    "team": "desk",
    "urgency": "soon",
    "acknowledge_within": "P2D",
    "why": "Somebody has to look.",
}


def make_rule_file(*rules: dict[str, Any], **parts: Any) -> dict[str, Any]:
    return {
        "form": "small",
        "version": "1.0.0",
        "rules": list(rules),
        "fallback": FALLBACK_PART,
        **parts,
    }


def make_rules(*rules: dict[str, Any], **parts: Any) -> RuleSet:
    return parse_rules(json.dumps(make_rule_file(*rules, **parts)), small_form(), "small.json")


def make_team(id: str, **parts: Any) -> Team:  # noqa: A002
    return Team(id, f"Team {id}", "council", "Example Council", **parts)


def make_directory(
    teams: str = "desk north-team south-team",
    provision: dict[tuple[str, str], tuple[str, ...]] | None = None,
    *,
    paused: str = "",
    fallback: str = "desk",
    away: Mapping[str, Mapping[str, Any]] | None = None,
) -> Directory:
    parts = {team: {"is_paused": True} for team in paused.split()} | dict(away or {})
    given = {("help", "north"): ("north-team",), ("help", "south"): ("south-team",)}
    return Directory(
        teams={each: make_team(each, **parts.get(each, {})) for each in teams.split()},
        services={"help": Service("help", "Help at home"), "care": Service("care", "Care")},
        areas={code: Area(code, name) for code, name in AREAS.items()},
        provision=given if provision is None else provision,
        fallback_team=fallback,
    )
