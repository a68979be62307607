"""Where answers would go, in words, for the preview of a form: nothing is stored or sent."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from form_definitions import FormDefinition
from referral_router import (
    DirectoryError,
    NoFallbackTeamError,
    RuleFileError,
    explain,
    load_directory,
    load_rules,
    route,
)

EXAMPLE_DIRECTORY = Path(__file__).parent.parent / "demo" / "directory.json"

Told = list[tuple[str, str]]


def where_it_goes(
    definition: FormDefinition,
    rules_file: Path | None,
    directory_file: Path | None,
    answer_sets: Mapping[str, Mapping[str, Any]],
) -> Told:
    """A heading and an explanation for each answer set; without a directory, the example's."""
    if rules_file is None:
        return [("No rules", "All of it goes to the fallback team. Name rules with --rules.")]
    try:
        rules = load_rules(rules_file, definition)
        directory = load_directory(directory_file or EXAMPLE_DIRECTORY)
    except (RuleFileError, DirectoryError) as error:
        return [("The rules cannot be used", "\n".join(map(str, error.problems)))]
    now = datetime.now(UTC)
    told: Told = []
    for heading, answers in answer_sets.items():
        try:
            words = explain(route(rules, answers, directory, now), directory)
        except NoFallbackTeamError as error:
            words = str(error)
        told.append((heading, words))
    return told
