"""A directory as plain values: made whole, put into one order, and compared with another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Values = Mapping[str, Any]
Entry = Mapping[str, Any]

PARTS = ("organisations", "teams", "services", "areas", "provision")
TEAM_DEFAULTS: Entry = {
    "kind": "",
    "email": "",
    "telephone": "",
    "is_paused": False,
    "paused_until": None,
    "nation": "england-and-wales",
    "hours": {},
    "closures": [],
    "capacity": None,
    "cover": "",
}
TEAM_KEYS = ("id", "name", "organisation", *TEAM_DEFAULTS)
_WORDS = {
    "is_paused": "paused",
    "paused_until": "paused until",
    "nation": "bank holidays of",
    "hours": "opening hours",
    "closures": "closing days",
    "cover": "covered by",
}
_ONE = {"organisations": "organisation", "teams": "team", "services": "service", "areas": "area"}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a new directory adds, removes or changes, in words."""

    part: str  # one of PARTS, or "fallback_team"
    id: str
    kind: str  # added, removed, changed
    words: str


def whole(values: Values, before: Values | None = None) -> dict[str, Any]:
    """Return checked values with everything said, in one order.

    What a file does not speak of (a team's hours, say) stays as it was ``before``, or is as usual.
    """
    known = {team["id"]: team for team in (before or {}).get("teams", ())}
    teams = [_whole_team(team, known.get(team["id"], {})) for team in values.get("teams", ())]
    there = {team["id"] for team in teams}
    for team in teams:
        if team["cover"] not in there:  # one that the file does not speak of has left
            team["cover"] = ""
    return {
        "fallback_team": values["fallback_team"],
        "organisations": _organisations(values, before or {}),
        "teams": _in_order(teams, "id"),
        "services": _in_order(values.get("services", ()), "id"),
        "areas": _in_order(values.get("areas", ()), "code"),
        "provision": _provision(values.get("provision", ())),
    }


def _whole_team(team: Entry, known: Entry) -> dict[str, Any]:
    said = {key: value for key, value in team.items() if key in TEAM_KEYS}
    made = {**TEAM_DEFAULTS, **{key: known[key] for key in TEAM_DEFAULTS if key in known}, **said}
    if said.get("paused_until") and "is_paused" not in said:
        made["is_paused"] = True
    made["paused_until"] = (made["paused_until"] or None) if made["is_paused"] else None
    made["nation"] = made["nation"] or TEAM_DEFAULTS["nation"]
    made["hours"] = {day: _one_spelling(text) for day, text in (made["hours"] or {}).items()}
    closures = [_whole_closure(each) for each in made["closures"] or ()]
    made["closures"] = sorted(closures, key=lambda each: tuple(each.values()))
    made["cover"] = made["cover"] or ""
    return {key: made[key] for key in TEAM_KEYS}


def _one_spelling(text: str) -> str:
    return "-".join(part.strip() for part in text.replace("–", "-").replace("to", "-").split("-"))


def _whole_closure(closure: Entry) -> dict[str, str]:
    first = closure["first_day"]
    return {
        "first_day": first,
        "last_day": closure.get("last_day", first),
        "why": closure.get("why", ""),
    }


def _organisations(values: Values, before: Values) -> list[dict[str, str]]:
    known = {each["id"]: each for each in before.get("organisations", ())}
    given = {each["id"]: each for each in values.get("organisations", ())}
    for team in values.get("teams", ()):
        name = team.get("organisation_name", known.get(team["organisation"], {}).get("name"))
        given.setdefault(
            team["organisation"], {"id": team["organisation"], "name": name or team["organisation"]}
        )
    return [
        {
            "id": key,
            "name": each["name"],
            "partnership": each.get("partnership", known.get(key, {}).get("partnership", "")),
        }
        for key, each in sorted(given.items())
    ]


def _in_order(entries: Iterable[Entry], key: str) -> list[dict[str, Any]]:
    return sorted((dict(each) for each in entries), key=lambda each: str(each[key]))


def _provision(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    given: dict[tuple[str, str], set[str]] = {}
    for each in entries:
        given.setdefault((each["service"], each["area"]), set()).update(each["teams"])
    return [
        {"service": service, "area": area, "teams": sorted(teams)}
        for (service, area), teams in sorted(given.items())
        if teams
    ]


def changes(before: Values, after: Values) -> tuple[Change, ...]:
    """Return what a directory changes of another, both whole."""
    found = [change for part in PARTS for change in _changes_of(part, before, after)]
    if before["fallback_team"] != after["fallback_team"]:
        team = after["fallback_team"]
        words = f"fallback team: ‘{before['fallback_team']}’ → ‘{team}’"
        found.append(Change("fallback_team", team, "changed", words))
    return tuple(found)


def _changes_of(part: str, before: Values, after: Values) -> Iterable[Change]:
    old = {_id_of(each): each for each in before[part]}
    new = {_id_of(each): each for each in after[part]}
    for key in sorted(old.keys() | new.keys()):
        what = _named(part, new.get(key) or old[key])
        if key not in old:
            yield Change(part, key, "added", f"{what} is added{_givers(part, new[key])}")
        elif key not in new:
            yield Change(part, key, "removed", f"{what} is removed{_givers(part, old[key])}")
        elif old[key] != new[key]:
            told = "; ".join(_difference(old[key], new[key]))
            yield Change(part, key, "changed", f"{what}: {told}")


def _id_of(entry: Entry) -> str:
    if "service" in entry:
        return f"{entry['service']} {entry['area']}"
    return str(entry.get("id", entry.get("code")))


def _named(part: str, entry: Entry) -> str:
    if part != "provision":
        return f"{_ONE[part]} ‘{entry['name']}’ ({_id_of(entry)})"
    where = "everywhere" if entry["area"] == "*" else f"in ‘{entry['area']}’"
    return f"who gives ‘{entry['service']}’ {where}"


def _givers(part: str, entry: Entry) -> str:
    return f": {', '.join(entry['teams'])}" if part == "provision" else ""


def _difference(old: Entry, new: Entry) -> Iterable[str]:
    for key, value in new.items():
        if old.get(key) != value:
            name = _WORDS.get(key, key)
            yield f"{name} {_said(key, old.get(key))} → {_said(key, value)}"


def _said(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if key == "closures":
        days = [f"{each['first_day']} to {each['last_day']}" for each in value]
        return ", ".join(days) or "none"
    if key == "hours":
        return ", ".join(f"{day} {times}" for day, times in value.items()) or "as usual"
    if isinstance(value, list):
        return ", ".join(value) or "nobody"
    return str(value) if value not in (None, "") else "none"
