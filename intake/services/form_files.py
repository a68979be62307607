"""Where form files and their routing rules lie: those that are shipped, and an installation's."""

import json
from collections.abc import Mapping
from pathlib import Path

from form_definitions import FormDefinition, shipped_forms
from form_definitions.catalogue_checking import form_id_in
from form_definitions.catalogues import catalogue_paths, load_catalogue
from intake.app_state import settings
from referral_router import shipped_rules


def form_files(folder: Path | None = None) -> dict[str, Path]:
    """Form files by form id: those that are shipped, and the installation's own before them."""
    return {**shipped_forms(), **_files_in(folder)}


def rule_files(folder: Path | None = None) -> dict[str, Path]:
    """Rule files by form id, likewise."""
    return {**shipped_rules(), **_files_in(folder)}


def catalogues_beside(path: Path) -> dict[str, str]:
    """The catalogues that lie beside a form file: language → text. Raises CatalogueError."""
    found = catalogue_paths(path, form_id_in(path))
    for file in found.values():
        load_catalogue(file)  # which names file and line, if it cannot be read
    return {language: file.read_text("utf-8-sig") for language, file in found.items()}


def _files_in(folder: Path | None) -> dict[str, Path]:
    if folder is None:
        return {}
    return {path.stem: path for path in sorted(folder.glob("*.json"))}


def rules_for(definition: FormDefinition, given: str | None) -> tuple[str, str]:
    """The routing rules of a form and where they stand: those given, else the rule file's."""
    if given is not None:
        return given, f"<rules of {definition.id}>"
    path = rule_files(settings().rules_dir).get(definition.id)
    if path is not None:
        return path.read_text("utf-8"), str(path)
    return json.dumps(fallback_rules(definition.id), indent=2), f"<rules of {definition.id}>"


def fallback_rules(form_id: str) -> Mapping[str, object]:
    """Rules for a form that has none: everything goes to the fallback team."""
    return {
        "form": form_id,
        "version": "0.0.0",
        "rules": [],
        "fallback": {
            "team": "fallback",
            "urgency": "routine",
            "acknowledge_within": "1 working day",
            "why": "Nobody has written routing rules for this form yet.",
        },
    }
