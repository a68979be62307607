"""Six CSV files, as a spreadsheet saved them, read as a directory; mistakes by row and column."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from form_definitions import Problem
from intake.directory_files.areas import known_areas
from intake.directory_files.tables import COLUMNS, as_text
from intake.services.recipient_files import FileProblem, FileRefused, FileRow, read_table
from referral_router.directory_reading import find_in_directory
from referral_router.findings import Findings
from referral_router.team_calendars import WEEKDAYS

NEEDED = ("teams.csv", "services.csv", "areas.csv", "provision.csv")
COMPULSORY: Mapping[str, tuple[str, ...]] = {
    **COLUMNS,
    "organisations.csv": ("id", "name"),
    "teams.csv": ("id", "name", "organisation", "fallback"),
    "closing_days.csv": ("team", "first_day"),
    "areas.csv": ("code",),
}
YES, NO = ("yes", "y", "true", "1", "x"), ("no", "n", "false", "0", "")
TEXTS = ("id", "name", "organisation", "kind", "email", "telephone", "cover", "paused_until")
_UK_DAY = re.compile(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}")
_LOST_ZERO = re.compile(r"[1-9][0-9]{9}|[0-9.]+[Ee]\+[0-9]+")
_PARTS = {
    "organisations.csv": "organisations",
    "services.csv": "services",
    "areas.csv": "areas",
    "provision.csv": "provision",
}
_COLUMNS_OF = {"is_paused": "paused", "nation": "bank_holidays", "teams": "team"}

Tables = Mapping[str, list[FileRow]]
Closing = list[tuple[dict[str, str], int]]  # closing days, and the row that has them


class TablesRefused(Exception):  # noqa: N818
    """Raised if the files make no directory; ``problems`` are lines "file:row:column: …"."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read_tables(contents: Mapping[str, bytes]) -> tuple[dict[str, Any], list[str]]:
    """Return a directory's values from files by name, and remarks on what was left aside.

    What a file or column would say that may be missing, and is, stays unsaid. Raises TablesRefused
    with everything that is wrong.
    """
    reading = _Reading()
    for name in NEEDED:
        if name not in contents:
            fix = "`intake directory export` writes all of them"
            reading.problems.append(f"{name}:1: The file is missing. {fix}")
    tables = {name: reading.rows_of(name, contents[name]) for name in COLUMNS if name in contents}
    values = reading.values(tables)
    if not reading.problems:
        findings = Findings("")
        find_in_directory(values, findings)
        reading.problems += [reading.told(problem) for problem in findings.problems]
    if reading.problems:
        raise TablesRefused(reading.problems)
    return values, reading.remarks


@dataclass
class _Reading:
    """What was found so far, and which row each entry came from."""

    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    origin: dict[tuple[str, ...], tuple[str, int]] = field(default_factory=dict)

    def add(self, name: str, row: int, column: str, message: str) -> None:
        self.problems.append(FileProblem(row, column, message).at(name))

    def rows_of(self, name: str, content: bytes) -> list[FileRow]:
        try:
            table = read_table(content)
        except FileRefused as refused:
            self.problems += [problem.at(name) for problem in refused.problems]
            return []
        lacking = [each for each in COMPULSORY[name] if each not in table.columns]
        for column in lacking:
            self.add(name, 1, column, f"There is no column ‘{column}’. Add it")
        for column in table.columns:
            if column not in COLUMNS[name]:
                self.remarks.append(f"{name}:1:{column}: This column is not known, and not read")
        rows = []
        for row in table.rows():
            if isinstance(row, FileProblem):
                self.problems.append(row.at(name))
            else:
                cells = {key: as_text(cell) for key, cell in row.cells.items()}
                rows.append(FileRow(row.row, cells))
        return [] if lacking else rows

    def values(self, tables: Tables) -> dict[str, Any]:
        values: dict[str, Any] = {
            "teams": self._teams(tables),
            "fallback_team": self._fallback(tables.get("teams.csv", [])),
        }
        for name, part in _PARTS.items():
            if name in tables:
                values[part] = [_entry(name, row) for row in tables[name]]
            for index, row in enumerate(tables.get(name, ())):
                self.origin[part, str(index)] = (name, row.row)
        return values

    def _fallback(self, rows: list[FileRow]) -> str | None:
        chosen = [row for row in rows if self._is_yes(row, "fallback")]
        for row in chosen[1:]:
            self.add("teams.csv", row.row, "fallback", "Another team is the fallback. Keep one")
        return chosen[0].cells["id"] if chosen else None

    def _teams(self, tables: Tables) -> list[dict[str, Any]]:
        closing = self._closing_days(tables) if "closing_days.csv" in tables else None
        teams = []
        for index, row in enumerate(tables.get("teams.csv", ())):
            team = self._team(row)
            self.origin["teams", str(index)] = ("teams.csv", row.row)
            if closing is not None:
                own = closing.pop(team["id"], [])
                team["closures"] = [closure for closure, _row in own]
                for number, (_closure, at) in enumerate(own):
                    place = ("teams", str(index), "closures", str(number))
                    self.origin[place] = ("closing_days.csv", at)
            teams.append(team)
        for _closure, at in (each for left in (closing or {}).values() for each in left):
            self.add("closing_days.csv", at, "team", "There is no such team in teams.csv")
        return teams

    def _closing_days(self, tables: Tables) -> dict[str, Closing]:
        found: dict[str, Closing] = {}
        for row in tables["closing_days.csv"]:
            first = _day(row.cells["first_day"])
            closure = {
                "first_day": first,
                "last_day": _day(row.cells.get("last_day", "")) or first,
                "why": row.cells.get("why", ""),
            }
            found.setdefault(row.cells["team"], []).append((closure, row.row))
        return found

    def _team(self, row: FileRow) -> dict[str, Any]:
        cells = row.cells
        team: dict[str, Any] = {key: cells[key] for key in TEXTS if key in cells}
        if "paused_until" in team:
            team["paused_until"] = _day(team["paused_until"]) or None
        if "paused" in cells:
            team["is_paused"] = self._is_yes(row, "paused")
        if "bank_holidays" in cells:
            team["nation"] = cells["bank_holidays"]
        if any(day in cells for day in WEEKDAYS):
            team["hours"] = {day: cells[day] for day in WEEKDAYS if cells.get(day)}
        if "capacity" in cells:
            team["capacity"] = self._number(row, "capacity")
        if _LOST_ZERO.fullmatch(cells.get("telephone", "")):
            message = "A spreadsheet has taken the first 0 away. Make the column ‘Text’, and put it"
            self.add("teams.csv", row.row, "telephone", f"{message} back")
        return team

    def _number(self, row: FileRow, column: str) -> int | None:
        cell = row.cells[column]
        if cell and not (cell.isascii() and cell.isdigit() and len(cell) < 10):
            message = f"‘{cell}’ is not a whole number. Write one, or leave the cell empty"
            self.add("teams.csv", row.row, column, message)
            return None
        return int(cell) if cell else None

    def _is_yes(self, row: FileRow, column: str) -> bool:
        word = row.cells[column].casefold()
        if word not in (*YES, *NO):
            message = f"‘{row.cells[column]}’ is neither yes nor no. Write yes, or leave it empty"
            self.add("teams.csv", row.row, column, message)
        return word in YES

    def told(self, problem: Problem) -> str:
        """A problem of the values, at the row and column that they came from."""
        place = tuple(str(problem.where).split(".")) if problem.where else ()
        if not place or place[0] == "fallback_team":
            return f"teams.csv:1:fallback: {problem.message}. {_FALLBACK_FIX}"
        known = [part for part in _beginnings(place) if part in self.origin]
        if not known:
            return f"teams.csv:1: {problem.message}. {problem.fix}"
        name, row = self.origin[known[0]]
        rest = [each for each in place[len(known[0]) :] if not each.isdigit() and each != "hours"]
        column = _COLUMNS_OF.get(rest[-1], rest[-1]) if rest else ""
        return FileProblem(row, column, f"{problem.message}. {problem.fix}").at(name)


_FALLBACK_FIX = "Write yes in the row of the team that is always read"


def _beginnings(place: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Every beginning of a place, the longest first."""
    return (place[:length] for length in range(len(place), 1, -1))


def _entry(name: str, row: FileRow) -> dict[str, Any]:
    cells = {key: cell for key, cell in row.cells.items() if key in COLUMNS[name]}
    if name == "provision.csv":
        return {"service": cells["service"], "area": cells["area"], "teams": [cells["team"]]}
    if name == "areas.csv" and not cells.get("name") and cells["code"] in known_areas():
        return {**cells, "name": known_areas()[cells["code"]].name}
    return cells


def _day(cell: str) -> str:
    """A day as the calendar writes it; a spreadsheet may have made 24/12/2026 of 2026-12-24."""
    if not _UK_DAY.fullmatch(cell):
        return cell
    try:
        return datetime.strptime(cell, "%d/%m/%Y").date().isoformat()  # noqa: DTZ007 — a day
    except ValueError:
        return cell
