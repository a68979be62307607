"""Read a JSON file that somebody names to a command, or fail with its line and column."""

from pathlib import Path
from typing import Any

from intake.cli.failures import BadInput, problems_failure
from referral_router.findings import read_file

A_RULE_FILE = "Give a rule file: {…}"


def read_object(path: Path, fix: str) -> dict[str, Any]:
    """Return the file's one JSON object. Raises BadInput, with `fix` where it is something else."""
    document, findings = read_file(path)
    if findings.problems:
        raise problems_failure(findings.problems)
    if not isinstance(document.value, dict):
        raise BadInput(f"{path}:1:1: it holds no JSON object. {fix}")
    return document.value
