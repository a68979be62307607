"""A directory as six CSV files that a spreadsheet opens: their columns, and writing them."""

import csv
import io
import re
from collections.abc import Mapping
from typing import Any

from intake.directory_files.values import Entry, Values
from referral_router.team_calendars import WEEKDAYS

TEAM_COLUMNS = (
    "id", "name", "organisation", "kind", "email", "telephone", "fallback", "paused",
    "paused_until", "bank_holidays", *WEEKDAYS, "capacity", "cover",
)  # fmt: skip
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "organisations.csv": ("id", "name", "partnership"),
    "teams.csv": TEAM_COLUMNS,
    "closing_days.csv": ("team", "first_day", "last_day", "why"),
    "services.csv": ("id", "name"),
    "areas.csv": ("code", "name"),
    "provision.csv": ("service", "area", "team"),
}
# what a spreadsheet would run in place of showing it; an apostrophe before it makes it a text
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def written_tables(values: Values) -> dict[str, str]:
    """Return the text of each file, by its name."""
    rows: dict[str, list[Mapping[str, Any]]] = {
        "organisations.csv": list(values["organisations"]),
        "teams.csv": [_team_row(team, values["fallback_team"]) for team in values["teams"]],
        "closing_days.csv": [
            {"team": team["id"], **closure}
            for team in values["teams"]
            for closure in team["closures"]
        ],
        "services.csv": list(values["services"]),
        "areas.csv": list(values["areas"]),
        "provision.csv": [
            {**each, "team": team} for each in values["provision"] for team in each["teams"]
        ],
    }
    return {name: _written(columns, rows[name]) for name, columns in COLUMNS.items()}


def _team_row(team: Entry, fallback: str) -> dict[str, Any]:
    return {
        **team,
        **team["hours"],
        "fallback": "yes" if team["id"] == fallback else "",
        "paused": "yes" if team["is_paused"] else "",
        "bank_holidays": team["nation"],
    }


def _written(columns: tuple[str, ...], rows: list[Mapping[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)
    return out.getvalue()


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if _FORMULA.match(text) else text


def as_text(cell: str) -> str:
    """Return a cell without the apostrophe that `written_tables` puts before a formula."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
