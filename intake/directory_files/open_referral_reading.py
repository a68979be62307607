"""A directory read from Open Referral UK JSON (HSDS-UK 3.x): our own export, or another's feed."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from intake.directory_files.areas import known_areas
from intake.directory_files.open_referral import (
    BY_DAY,
    OURS,
    OWN_KEYS,
    PAUSED,
    SCHEME,
    TAXONOMY,
)
from intake.directory_files.values import Entry
from referral_router.directory import EVERYWHERE
from referral_router.team_calendars import WEEKDAYS

# what we read; other fields of the standard are about clients, not about where a referral goes
READ = {
    "organization": frozenset({
        "id", "name", "description", "email", "phones", "contacts", "parent_organization_id",
        "organization_identifiers", "services", OURS,
    }),
    "service": frozenset({
        "id", "name", "description", "status", "organization_id", "organization", "email", "phones",
        "contacts", "schedules", "service_areas", "service_at_locations", "attributes", OURS,
    }),
}  # fmt: skip
GONE = ("inactive", "defunct")
_CODE = re.compile(r"[EWSN][0-9]{8}")
_TIME = re.compile(r"([0-9]{2}:[0-9]{2})(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?")
_LINE_BREAKS = re.compile(r"[\r\n\t]+")
_NOT_IN_AN_ID = re.compile(r"[^a-z0-9]+")
_DAYS = {short: day for day, short in BY_DAY.items()}


class NotOpenReferral(Exception):  # noqa: N818
    """Raised if the JSON is no directory in the standard's words; the text says what is missing."""


def is_open_referral(raw: object) -> bool:
    """Whether JSON looks like the standard's: services or organizations, or a page of them."""
    if isinstance(raw, list):
        return all(isinstance(each, Mapping) and "id" in each for each in raw)
    return isinstance(raw, Mapping) and ("organizations" in raw or "contents" in raw)


def read_open_referral(raw: Any) -> tuple[dict[str, Any], list[str]]:
    """Return a directory's values, to be checked as those of a file, and remarks.

    The remarks say what was not read and what was missing. An organization without a parent that
    gives services is an organisation with one team of the same name. Raises NotOpenReferral.
    """
    reading = _Reading()
    page = raw if isinstance(raw, Mapping) else {"contents": raw}
    for each in _objects(page.get("organizations"), "organizations"):
        reading.keep_organization(each)
    for each in _objects(page.get("services", page.get("contents")), "services"):
        reading.keep_service(each)
    if not reading.organizations:
        raise NotOpenReferral("it has no organization: each service needs one")
    return reading.values(page.get(OURS) or {}), reading.told()


def _objects(given: object, name: str) -> list[Entry]:
    if given is None:
        return []
    if not isinstance(given, list) or not all(
        isinstance(each, Mapping) and isinstance(each.get("id"), str) for each in given
    ):
        raise NotOpenReferral(f"‘{name}’ has to be a list of objects that have an id")
    return given


@dataclass
class _Reading:
    organizations: dict[str, Entry] = field(default_factory=dict)
    services: dict[str, Entry] = field(default_factory=dict)
    ignored: dict[str, set[str]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def keep_organization(self, each: Entry) -> None:
        self._ignore("organization", each)
        self.organizations.setdefault(each["id"], each)
        for service in _objects(each.get("services"), "services"):
            self.keep_service({"organization_id": each["id"], **service})

    def keep_service(self, each: Entry) -> None:
        self._ignore("service", each)
        nested = each.get("organization")
        if isinstance(nested, Mapping) and isinstance(nested.get("id"), str):
            self.keep_organization({key: nested[key] for key in nested if key != "services"})
            each = {**each, "organization_id": nested["id"]}
        self.services.setdefault(each["id"], each)

    def _ignore(self, kind: str, each: Entry) -> None:
        self.ignored.setdefault(kind, set()).update(set(each) - READ[kind])

    def told(self) -> list[str]:
        """The remarks, with one line for the fields that were not read."""
        fields = [
            f"{kind}: not read: {', '.join(sorted(names))}"
            for kind, names in sorted(self.ignored.items())
            if names
        ]
        return [*fields, *self.remarks]

    def values(self, ours: Mapping[str, Any]) -> dict[str, Any]:
        names = _Names(self.organizations)
        teams = {key: self._team(each, names) for key, each in self._teams()}
        services: dict[str, str] = {each["id"]: each["name"] for each in ours.get("services", ())}
        areas: dict[str, str] = {each["code"]: each["name"] for each in ours.get("areas", ())}
        provision = []
        for each in self.services.values():
            team = teams.get(str(each.get("organization_id")))
            if team is None:
                self.remarks.append(f"service ‘{_name(each)}’: left out: it names no organization")
            elif each.get("status") in GONE:
                self.remarks.append(f"service ‘{_name(each)}’: left out: it is {each['status']}")
            else:
                self._say_more(team, each)
                code, name = _kind_of_help(each)
                services.setdefault(code, name)
                for area, area_name in self._areas(each):
                    if area != EVERYWHERE:
                        areas.setdefault(area, area_name)
                    provision.append({"service": code, "area": area, "teams": [team["id"]]})
        return {
            "fallback_team": ours.get("fallback_team"),
            "organisations": [
                {
                    "id": names.own[key],
                    "name": _name(each),
                    **{k: v for k, v in (each.get(OURS) or {}).items() if k == "partnership"},
                }
                for key, each in self.organizations.items()
                if not self._parent(each)
            ],
            "teams": list(teams.values()),
            "services": [{"id": code, "name": name} for code, name in services.items()],
            "areas": [{"code": code, "name": name} for code, name in areas.items()],
            "provision": provision,
        }

    def _parent(self, each: Entry) -> str:
        parent = each.get("parent_organization_id")
        return parent if parent in self.organizations else ""

    def _teams(self) -> Iterator[tuple[str, Entry]]:
        giving = {each.get("organization_id") for each in self.services.values()}
        for key, each in self.organizations.items():
            if self._parent(each) or key in giving:
                yield key, each

    def _team(self, each: Entry, names: "_Names") -> dict[str, Any]:
        key, parent = each["id"], self._parent(each) or each["id"]
        own = each.get(OURS) or {}
        team = {"id": names.own[key], "name": _name(each), "organisation": names.own[parent]}
        if own:  # our own export says everything: what is not there is not so
            team |= {
                "email": "",
                "telephone": "",
                **{key: own[key] for key in OWN_KEYS if key in own},
            }
        return {**team, **_reached(each)}

    def _say_more(self, team: dict[str, Any], service: Entry) -> None:
        """What only the service says of the team that gives it."""
        for key, value in _reached(service).items():
            team.setdefault(key, value)
        if service.get("status") == PAUSED:
            team.setdefault("is_paused", True)
        if "hours" not in team and (hours := self._hours(service)):
            team["hours"] = hours

    def _hours(self, service: Entry) -> dict[str, str]:
        hours: dict[str, str] = {}
        for each in _mappings(service.get("schedules")):
            if not each.get("opens_at") or each.get("freq", "WEEKLY") != "WEEKLY":
                continue
            times = [_TIME.fullmatch(str(each.get(key))) for key in ("opens_at", "closes_at")]
            days = [_DAYS.get(short.strip()) for short in str(each.get("byday", "")).split(",")]
            if not all(times) or not all(days):
                self.remarks.append(f"service ‘{_name(service)}’: a schedule could not be read")
                continue
            text = "-".join(found[1] for found in times if found)
            hours.update({day: text for day in days if day})
        usual = dict.fromkeys(WEEKDAYS[:5], "09:00-17:00")
        return {} if hours == usual else hours

    def _areas(self, service: Entry) -> Iterator[tuple[str, str]]:
        found = list(_mappings(service.get("service_areas")))
        if not found:
            told = "it names no area, so it counts as given everywhere"
            self.remarks.append(f"service ‘{_name(service)}’: {told}")
            yield EVERYWHERE, ""
        for each in found:
            code = _area_code(each)
            known = known_areas()[code].name if code in known_areas() else code
            yield code, str(each.get("name") or known)


class _Names:
    """Our ids of organizations: as our own export says, else made of the name, each once."""

    def __init__(self, organizations: Mapping[str, Entry]) -> None:
        self.own: dict[str, str] = {}
        taken: set[tuple[bool, str]] = set()
        for key, each in organizations.items():
            is_team = each.get("parent_organization_id") in organizations
            known_as = _known_as(each) or _as_id(_name(each))
            number = 1
            while (is_team, name := known_as if number == 1 else f"{known_as}-{number}") in taken:
                number += 1
            taken.add((is_team, name))
            self.own[key] = name


def _known_as(each: Entry) -> str:
    for one in _mappings(each.get("organization_identifiers")):
        if one.get("identifier_scheme") == SCHEME and isinstance(one.get("identifier"), str):
            return str(one["identifier"])
    return ""


def _as_id(name: str) -> str:
    return _NOT_IN_AN_ID.sub("-", name.casefold()).strip("-")[:70] or "unnamed"


def _name(each: Entry) -> str:
    return _LINE_BREAKS.sub(" ", str(each.get("name") or "")).strip()


def _reached(each: Entry) -> dict[str, str]:
    contacts = list(_mappings(each.get("contacts")))
    phones = [*_mappings(each.get("phones"))]
    for contact in contacts:
        phones += _mappings(contact.get("phones"))
    email = each.get("email") or next((one["email"] for one in contacts if one.get("email")), "")
    number = next((one["number"] for one in phones if one.get("number")), "")
    found = {"email": str(email).strip(), "telephone": str(number).strip().strip('"')}
    return {key: text for key, text in found.items() if text}


def _kind_of_help(service: Entry) -> tuple[str, str]:
    for each in _mappings(service.get("attributes")):
        term = each.get("taxonomy_term")
        if isinstance(term, Mapping) and term.get("taxonomy") == TAXONOMY and term.get("code"):
            return str(term["code"]), str(term.get("name") or term["code"])
    return _as_id(_name(service)), _name(service)


def _area_code(each: Entry) -> str:
    uri = str(each.get("uri") or "").rstrip("/").rpartition("/")[2]
    for text in (uri, str(each.get("extent") or "")):
        if _CODE.fullmatch(text):
            return text
    if each.get("extent_type") == "text" and each.get("extent"):
        return str(each["extent"])
    named = str(each.get("name") or "").casefold()
    by_name = {area.name.casefold(): code for code, area in known_areas().items()}
    return by_name.get(named) or _as_id(named)[:40]


def _mappings(given: object) -> Iterable[Mapping[str, Any]]:
    return [each for each in given if isinstance(each, Mapping)] if isinstance(given, list) else []
