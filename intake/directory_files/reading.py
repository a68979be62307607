"""A directory read from whatever file somebody has: ours, CSV files, or Open Referral UK."""

import json
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from form_definitions import Problem
from intake.directory_files.open_referral_reading import (
    NotOpenReferral,
    is_open_referral,
    read_open_referral,
)
from intake.directory_files.table_reading import TablesRefused, read_tables
from intake.directory_files.tables import COLUMNS
from intake.directory_files.values import Values
from intake.services.recipient_files import LARGEST_FILE
from referral_router import DirectoryError
from referral_router.directory_reading import find_in_directory, read_directory_file
from referral_router.findings import Findings, read_file

LARGEST_JSON = 64 * 1024 * 1024  # bytes; a county's whole feed has 20 MB
SAVE_AS_CSV = "Of a workbook, save each sheet as CSV UTF-8"
FOR_A_MAC = "__MACOSX"  # what that zip program adds


class DirectoryRefused(Exception):  # noqa: N818
    """Raised if what was given is no directory; ``problems`` are lines with file and place."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read_any_directory(path: Path, *, fallback_team: str = "") -> tuple[Values, list[str]]:
    """Return a directory's values and remarks, from a folder or zip of CSV files, or from JSON.

    ``fallback_team`` is for files that cannot name it, as another's feed. Raises DirectoryRefused.
    """
    try:
        if path.is_dir() or zipfile.is_zipfile(path):
            contents = _folder(path) if path.is_dir() else _zip(path)
            if not contents:
                told = f"there is none of {', '.join(COLUMNS)} in it. {SAVE_AS_CSV}"
                raise DirectoryRefused([f"{path}: {told}"])
            return read_tables(contents)
        return _json(path, fallback_team)
    except TablesRefused as refused:
        raise DirectoryRefused(refused.problems) from refused
    except DirectoryError as error:
        raise DirectoryRefused([str(problem) for problem in error.problems]) from error
    except (OSError, zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError) as error:
        raise DirectoryRefused([f"{path}: it cannot be read: {error}"]) from error


def _folder(path: Path) -> dict[str, bytes]:
    return {
        name: _bounded(path / name, (path / name).stat().st_size, (path / name).read_bytes)
        for name in COLUMNS
        if (path / name).is_file()
    }


def _zip(path: Path) -> dict[str, bytes]:
    contents: dict[str, bytes] = {}
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            place = PurePosixPath(info.filename)
            if place.name not in COLUMNS or FOR_A_MAC in place.parts:
                continue
            if place.name in contents:
                raise DirectoryRefused([f"{path}: it has {place.name} twice. Keep one"])
            read = lambda info=info: archive.read(info)  # noqa: E731
            contents[place.name] = _bounded(Path(place.name), info.file_size, read)
    return contents


def _bounded(name: Path, size: int, read: Any) -> bytes:
    if size > LARGEST_FILE:
        most = LARGEST_FILE // (1024 * 1024)
        raise DirectoryRefused([f"{name.name}:1: The file is larger than {most} MB"])
    content: bytes = read()
    return content


def _json(path: Path, fallback_team: str) -> tuple[Values, list[str]]:
    if path.stat().st_size > LARGEST_JSON:
        most = LARGEST_JSON // (1024 * 1024)
        raise DirectoryRefused([f"{path}: the file is larger than {most} MB"])
    document, findings = read_file(path)
    if findings.problems:
        raise DirectoryError(findings.problems)
    if not is_open_referral(document.value):
        return read_directory_file(path), []
    try:
        values, remarks = read_open_referral(document.value)
    except NotOpenReferral as error:
        raise DirectoryRefused([f"{path}: {error}"]) from error
    values["fallback_team"] = fallback_team or values["fallback_team"]
    _check(path, values)
    return values, [f"{path.name}: {remark}" for remark in remarks]


def _check(path: Path, values: Mapping[str, Any]) -> None:
    findings = Findings(str(path))
    if values["fallback_team"] is None:
        told = "it does not say which team gets what nobody else would. Add --fallback-team TEAM"
        teams = ", ".join(sorted(team["id"] for team in values["teams"])[:20])
        raise DirectoryRefused([f"{path}: {told}, one of: {teams}"])
    find_in_directory(values, findings)
    if findings.problems:
        raise DirectoryRefused([_told(path, problem, values) for problem in findings.problems])


def _told(path: Path, problem: Problem, values: Mapping[str, Any]) -> str:
    """A problem at the thing that it is about, which has no line of its own in such a file."""
    part, _, rest = problem.where.partition(".")
    index, _, key = rest.partition(".")
    where = problem.where
    if index.isdigit() and part in values:
        each = values[part][int(index)]
        known_as = each.get("name") or each.get("id") or each.get("service") or index
        where = f"{part}: ‘{known_as}’: {key}" if key else f"{part}: ‘{known_as}’"
    return f"{path}: {where}: {problem.message}. {problem.fix}"


def written_json(value: Any) -> str:
    """JSON as a person reads it, with a line break at its end."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
