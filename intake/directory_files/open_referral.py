"""A directory as Open Referral UK publishes services (HSDS-UK 3.0): written.

Our words in the standard's: an organisation and a team are organizations, the team with the other
as its parent. What a team gives is one service for each kind of help, with its areas and hours.
What the standard has no place for (capacity, cover, a pause) stands under "intake", which others
may ignore. Source: openreferral/specification, schema 3.0 to 3.2; docs.openreferraluk.org.
"""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from intake.directory_files.areas import OFFICIAL_CODE
from intake.directory_files.values import Entry, Values
from referral_router.directory import EVERYWHERE
from referral_router.team_calendars import WEEKDAYS

VERSION = "HSDS-UK-3.0"
SCHEME = "intake"
ORGANISATION, TEAM = "Organisation id", "Team id"  # identifier types
TAXONOMY = "Intake services"
AREA_URI = "http://statistics.data.gov.uk/id/statistical-geography/"
BY_DAY = dict(zip(WEEKDAYS, ("MO", "TU", "WE", "TH", "FR", "SA", "SU"), strict=True))
PAUSED = "temporarily closed"
OURS = "intake"
# the names of the standard are in its space, made of ours, so that an export is the same each time
_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://openreferral.org/intake")
OWN_KEYS = ("kind", "is_paused", "paused_until", "nation", "closures", "capacity", "cover", "hours")


def written_open_referral(values: Values) -> dict[str, Any]:
    """Return a whole directory as one JSON object of services and organizations."""
    names = {
        "areas": {each["code"]: each["name"] for each in values["areas"]},
        "services": {each["id"]: each["name"] for each in values["services"]},
    }
    teams = {team["id"]: team for team in values["teams"]}
    given: dict[tuple[str, str], list[str]] = {}
    for each in values["provision"]:
        for team in each["teams"]:
            given.setdefault((each["service"], team), []).append(each["area"])
    return {
        "version": VERSION,
        "organizations": [
            *(_organisation(each) for each in values["organisations"]),
            *(_team(each) for each in values["teams"]),
        ],
        "services": [
            _service(service, teams[team], areas, names)
            for (service, team), areas in sorted(given.items())
        ],
        OURS: {
            "fallback_team": values["fallback_team"],
            "services": list(values["services"]),
            "areas": list(values["areas"]),
        },
    }


def identity(*words: str) -> str:
    """Return the UUID of something of ours, the same in every export."""
    return str(uuid.uuid5(_SPACE, "/".join(words)))


def _organisation(each: Entry) -> dict[str, Any]:
    return {
        "id": identity("organisation", each["id"]),
        "name": each["name"],
        "description": each["name"],
        "organization_identifiers": [_identifier(ORGANISATION, each["id"])],
        OURS: {"partnership": each["partnership"]},
    }


def _team(team: Entry) -> dict[str, Any]:
    made = {
        "id": identity("team", team["id"]),
        "name": team["name"],
        "description": team["kind"] or team["name"],
        "parent_organization_id": identity("organisation", team["organisation"]),
        "organization_identifiers": [_identifier(TEAM, team["id"])],
        OURS: {key: team[key] for key in OWN_KEYS},
    }
    return {**made, **_reached(team)}


def _reached(team: Entry) -> dict[str, Any]:
    """How a team is reached, where that is known."""
    reached: dict[str, Any] = {}
    if team["email"]:
        reached["email"] = team["email"]
    if team["telephone"]:
        phone = {"id": identity("phone", team["id"]), "number": team["telephone"], "type": "voice"}
        reached["phones"] = [phone]
    return reached


def _identifier(kind: str, known_as: str) -> dict[str, str]:
    return {
        "id": identity(kind, known_as),
        "identifier_scheme": SCHEME,
        "identifier_type": kind,
        "identifier": known_as,
    }


def _service(
    service: str, team: Entry, areas: Iterable[str], names: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    own = ("service", service, team["id"])
    made = {
        "id": identity(*own),
        "organization_id": identity("team", team["id"]),
        "name": names["services"][service],
        "description": f"{names['services'][service]}: {team['name']}",
        "status": PAUSED if team["is_paused"] else "active",
        "schedules": [*_weekly(own, team["hours"]), *_closed(own, team["closures"])],
        "service_areas": [_area(own, area, names["areas"]) for area in sorted(areas)],
        "attributes": [_attribute(own, service, names["services"][service])],
    }
    return {**made, **_reached(team)}


def _weekly(own: tuple[str, ...], hours: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    alike: dict[str, list[str]] = {}
    for day in WEEKDAYS:
        if day in hours:
            alike.setdefault(hours[day], []).append(BY_DAY[day])
    for times, days in (alike or {"09:00-17:00": ["MO", "TU", "WE", "TH", "FR"]}).items():
        opens, closes = times.split("-")
        yield {
            "id": identity(*own, "schedule", times),
            "freq": "WEEKLY",
            "interval": 1,
            "byday": ",".join(days),
            "opens_at": opens,
            "closes_at": closes,
        }


def _closed(own: tuple[str, ...], closures: Iterable[Entry]) -> Iterable[dict[str, Any]]:
    """Days on which it is shut: the standard has words for them, and no field."""
    for closure in closures:
        first, last = closure["first_day"], closure["last_day"]
        told = f"Closed from {first} to {last}"
        yield {
            "id": identity(*own, "closed", first, last, closure["why"]),
            "valid_from": first,
            "valid_to": last,
            "description": f"{told}: {closure['why']}" if closure["why"] else told,
        }


def _area(own: tuple[str, ...], code: str, names: Mapping[str, str]) -> dict[str, str]:
    everywhere = code == EVERYWHERE
    made = {
        "id": identity(*own, "area", code),
        "name": "Everywhere" if everywhere else names[code],
        "extent": code,
        "extent_type": "text",
    }
    if OFFICIAL_CODE.fullmatch(code):
        made["uri"] = f"{AREA_URI}{code}"
    return made


def _attribute(own: tuple[str, ...], service: str, name: str) -> dict[str, Any]:
    return {
        "id": identity(*own, "attribute"),
        "link_entity": "service",
        "taxonomy_term": {
            "id": identity("term", service),
            "code": service,
            "name": name,
            "description": name,
            "taxonomy": TAXONOMY,
        },
    }
