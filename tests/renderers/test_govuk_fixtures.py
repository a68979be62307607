"""GOV.UK Frontend's own examples: the macros give what its templates give."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from renderers.environment import run_macro
from tests.renderers.html_trees import tree

COMPONENTS = Path("node_modules/govuk-frontend/dist/govuk/components")

#: Every component that a page of ours is made of; a new one belongs in this list.
USED = [
    "back-link",
    "breadcrumbs",
    "button",
    "character-count",
    "checkboxes",
    "date-input",
    "details",
    "error-message",
    "error-summary",
    "exit-this-page",
    "fieldset",
    "file-upload",
    "generic-header",
    "hint",
    "input",
    "inset-text",
    "label",
    "notification-banner",
    "pagination",
    "panel",
    "password-input",
    "phase-banner",
    "radios",
    "select",
    "service-navigation",
    "skip-link",
    "summary-list",
    "table",
    "tabs",
    "tag",
    "textarea",
    "warning-text",
]


def examples() -> list[Any]:
    found = []
    for component in USED:
        file = COMPONENTS / component / "fixtures.json"
        if file.is_file():
            fixtures = json.loads(file.read_text("utf-8"))["fixtures"]
            found += [
                pytest.param(component, one, id=f"{component}: {one['name']}") for one in fixtures
            ]
    return found


@cache
def is_installed() -> bool:
    return COMPONENTS.is_dir()


@pytest.mark.skipif(not is_installed(), reason="node_modules is missing: run make assets")
@pytest.mark.parametrize(("component", "example"), examples())
def test_a_component_equals_its_official_example(component: str, example: dict[str, Any]) -> None:
    ours, theirs = run_macro(component, example["options"]), example["html"]
    # the macros indent what opens under an option, text areas too; our skeletons fill it in later
    assert tree(ours, loose=True) == tree(theirs, loose=True)


@pytest.mark.skipif(not is_installed(), reason="node_modules is missing: run make assets")
def test_every_component_that_we_use_has_examples() -> None:
    tested = {parameters.values[0] for parameters in examples()}
    assert tested == set(USED)


def test_no_template_of_ours_uses_a_component_without_examples() -> None:
    used = set()
    for folder in ("renderers", "intake"):
        for file in Path(folder).rglob("*"):
            if file.suffix in (".html", ".txt", ".py") and file.is_file():
                words = file.read_text("utf-8").split("govuk_frontend_jinja/components/")[1:]
                used |= {word.split("/", 1)[0] for word in words}
    assert {name for name in used if "{" not in name} <= set(USED)
