"""From a directory file's JSON to a directory, finding everything that is wrong on the way."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from form_definitions import Problem
from form_definitions.formats import is_email
from referral_router.directory import EVERYWHERE, Area, Directory, Service, Team
from referral_router.findings import Findings, Where, read_file
from referral_router.team_calendars import CALENDAR_KEYS, read_calendar

FILE_KEYS = (
    "$schema", "fallback_team", "organisations", "teams", "services", "areas", "provision",
)  # fmt: skip
TEAM_DETAILS = ("kind", "email", "telephone")
OPTIONAL = frozenset(
    {"partnership", "organisation_name", "is_paused", *TEAM_DETAILS, *CALENDAR_KEYS}
)
ENTRY_KEYS = {
    "organisations": ("id", "name", "partnership"),
    "teams": (
        "id", "name", "organisation", "organisation_name", *TEAM_DETAILS, "is_paused",
        *CALENDAR_KEYS,
    ),
    "services": ("id", "name"),
    "areas": ("code", "name"),
    "provision": ("service", "area", "teams"),
}  # fmt: skip
LONGEST = {
    "id": 80, "name": 200, "organisation": 80, "organisation_name": 200, "partnership": 200,
    "kind": 60, "email": 254, "telephone": 40, "code": 40,
}  # fmt: skip
_A_TEXT = "Write it in quotation marks"
_FIXES = {"is_paused": "Write true or false", "teams": 'Write ["…"], with the ids of teams'}


class DirectoryReader:
    """Reads one directory; what is wrong goes into `findings`."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings

    def directory(self, raw: object) -> Directory:
        """Return the directory. It is complete only if `findings` stayed empty."""
        if not isinstance(raw, dict):
            self.findings.add((), "a directory is one JSON object", "Write { … }")
            raw = {}
        self._only(FILE_KEYS, raw, ())
        organisations = dict(self._named(raw, "organisations", "id"))
        teams = dict(self._teams(raw, organisations))
        services = {key: Service(key, name) for key, name in self._named(raw, "services", "id")}
        areas = {key: Area(key, name) for key, name in self._named(raw, "areas", "code")}
        return Directory(
            teams=teams,
            services=services,
            areas=areas,
            provision=self._provision(raw, teams, services, areas),
            fallback_team=self._fallback_team(raw, teams),
        )

    def _named(self, raw: Mapping[str, Any], part: str, key: str) -> Iterator[tuple[str, str]]:
        seen: set[str] = set()
        for where, entry in self._entries(raw, part):
            if entry[key] in seen:
                self.findings.add(
                    (*where, key), f"another entry has the {key} ‘{entry[key]}’", "Keep one of them"
                )
            seen.add(entry[key])
            yield entry[key], entry["name"]

    def _teams(
        self, raw: Mapping[str, Any], organisations: Mapping[str, str]
    ) -> Iterator[tuple[str, Team]]:
        names = list(self._named(raw, "teams", "id"))
        for (team, name), (where, entry) in zip(names, self._entries(raw, "teams"), strict=True):
            organisation = entry["organisation"]
            if organisations and organisation not in organisations:
                self.findings.add_unknown(
                    (*where, "organisation"), organisation, organisations, "is no organisation here"
                )
            known_as = organisations.get(organisation, organisation)
            optional = {key: entry[key] for key in TEAM_DETAILS if key in entry}
            if cover := entry.get("cover"):
                self._is_cover((*where, "cover"), cover, team, dict(names))
            yield (
                team,
                Team(
                    id=team,
                    name=name,
                    organisation=organisation,
                    organisation_name=entry.get("organisation_name", known_as),
                    is_paused=entry.get("is_paused", False),
                    **optional,
                    **read_calendar(entry, where, self.findings),
                ),
            )

    def _is_cover(self, where: Where, cover: str, team: str, teams: Mapping[str, str]) -> None:
        if cover == team:
            self.findings.add(where, "a team cannot be its own cover", "Name another team")
        else:
            self._is_known(where, cover, teams, "team")

    def _provision(
        self,
        raw: Mapping[str, Any],
        teams: Mapping[str, Team],
        services: Mapping[str, Service],
        areas: Mapping[str, Area],
    ) -> dict[tuple[str, str], tuple[str, ...]]:
        known = {"service": services, "area": {**areas, EVERYWHERE: None}}
        given: dict[tuple[str, str], dict[str, None]] = {}  # in order, each team once
        for where, entry in self._entries(raw, "provision"):
            for key, entries in known.items():
                self._is_known((*where, key), entry[key], entries, key)
            for index, team in enumerate(entry["teams"]):
                self._is_known((*where, "teams", index), team, teams, "team")
            place = (entry["service"], entry["area"])
            given.setdefault(place, {}).update(dict.fromkeys(entry["teams"]))
        return {place: tuple(of_place) for place, of_place in given.items()}

    def _is_known(
        self, where: Where, word: object, entries: Mapping[str, object], what: str
    ) -> None:
        if word not in entries:
            self.findings.add_unknown(where, word, entries, f"is no {what} of this directory")

    def _fallback_team(self, raw: Mapping[str, Any], teams: Mapping[str, Team]) -> str:
        team = raw.get("fallback_team")
        if not isinstance(team, str):
            self.findings.add(
                ("fallback_team",) if "fallback_team" in raw else (),
                "there is no fallback team, so a referral could go nowhere",
                'Add "fallback_team": "…", the id of a team that is always read',
            )
            return ""
        self._is_known(("fallback_team",), team, teams, "team")
        return team

    # -- shapes -------------------------------------------------------------------------------

    def _entries(self, raw: Mapping[str, Any], part: str) -> Iterator[tuple[Where, dict[str, Any]]]:
        """Yield the entries of a part that have all that they need, and report the others."""
        entries = raw.get(part, [])
        if not isinstance(entries, list):
            self.findings.add((part,), f"‘{part}’ has to be a list", f'Write "{part}": [ … ]')
            return
        for index, entry in enumerate(entries):
            where = (part, index)
            if self._is_well_formed(entry, part, where):
                yield where, entry

    def _is_well_formed(self, entry: object, part: str, where: Where) -> bool:
        keys = ENTRY_KEYS[part]
        if not isinstance(entry, dict):
            self.findings.add(where, f"each of ‘{part}’ is a JSON object", "Write { … }")
            return False
        self._only(keys, entry, where)
        missing = [key for key in keys if key not in entry and key not in OPTIONAL]
        for key in missing:
            self.findings.add(where, f"‘{key}’ is missing", f'Add "{key}": "…"')
        own = [key for key in entry if key in keys and key not in CALENDAR_KEYS]
        wrong = [key for key in own if not _fits(key, entry[key])]
        for key in wrong:
            self.findings.add((*where, key), f"this cannot be ‘{key}’", _FIXES.get(key, _A_TEXT))
        texts = {key: entry[key] for key in own if key in LONGEST and key not in wrong}
        self._check_texts(texts, where)
        return not missing and not wrong

    def _check_texts(self, texts: Mapping[str, str], where: Where) -> None:
        for key, text in texts.items():
            at = (*where, key)
            if not text.strip() and key not in OPTIONAL:
                self.findings.add(at, f"‘{key}’ is empty", f"Write the {key}")
            elif len(text) > LONGEST[key]:
                self.findings.add(
                    at, f"‘{key}’ is too long", f"Write at most {LONGEST[key]} characters"
                )
            elif not text.isprintable():
                self.findings.add(
                    at, f"‘{key}’ has a character that cannot be seen", "Type it again"
                )
            elif key == "email" and text and not is_email(text):
                self.findings.add(at, f"‘{text}’ is not an email address", "Write name@example.org")

    def _only(self, keys: tuple[str, ...], raw: Mapping[str, Any], where: Where) -> None:
        for key in raw:
            if key not in keys:
                self.findings.add_unknown(
                    (*where, key), key, keys, "is not known here", at_key=True
                )


def _fits(key: str, value: object) -> bool:
    if key == "is_paused":
        return isinstance(value, bool)
    if key == "teams":
        return isinstance(value, list) and all(isinstance(team, str) for team in value)
    return isinstance(value, str)


class DirectoryError(Exception):
    """Raised if a directory cannot be used; `problems` holds everything that is wrong with it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def load_directory(source: Path | Mapping[str, Any]) -> Directory:
    """Read a directory from a JSON file or from the values that such a file holds.

    Raises DirectoryError, also if the file cannot be opened.
    """
    if isinstance(source, Path):
        return _read(*_document(source))
    return _read(source, Findings("<directory>"))


def read_directory_file(path: Path) -> Mapping[str, Any]:
    """Return the values of a directory file that can be used. Raises DirectoryError."""
    raw, findings = _document(path)
    _read(raw, findings)
    return dict(raw)


def find_in_directory(values: object, findings: Findings) -> None:
    """Put everything that is wrong with a directory's values into `findings`."""
    DirectoryReader(findings).directory(values)


def _document(path: Path) -> tuple[Any, Findings]:
    document, findings = read_file(path)
    if findings.problems:
        raise DirectoryError(findings.problems)
    return document.value, findings


def _read(raw: object, findings: Findings) -> Directory:
    directory = DirectoryReader(findings).directory(raw)
    if findings.problems:
        raise DirectoryError(findings.problems)
    return directory
