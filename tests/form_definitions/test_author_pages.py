"""The pages for authors: every pattern is a form without a warning; the reference is up to date."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from form_definitions import check_form
from tools import write_form_reference

AUTHORS = Path(__file__).parents[2] / "docs" / "authors"
PATTERNS = dict(
    re.findall(
        r"^## ([^\n]+)\n.*?^```json\n(.*?)^```",
        (AUTHORS / "patterns.md").read_text("utf-8"),
        re.MULTILINE | re.DOTALL,
    )
)


@pytest.mark.parametrize("title", PATTERNS)
def test_every_pattern_is_part_of_a_form_without_a_warning(title: str) -> None:
    part: dict[str, Any] = json.loads(PATTERNS[title])
    only = {"id": "only", "title": "Only page", "questions": list(part["properties"])}
    settings = {"version": "1.0.0", "pages": [only], **part.get("x-form", {})}
    form = {"$id": "pattern", "title": title, "type": "object", **part, "x-form": settings}
    assert check_form(json.dumps(form, indent=2)) == ()


def test_every_heading_of_the_patterns_has_an_example() -> None:
    headings = re.findall(r"^## (.+)$", (AUTHORS / "patterns.md").read_text("utf-8"), re.MULTILINE)
    assert list(PATTERNS) == headings


def test_the_reference_is_up_to_date() -> None:
    # if not: python tools/write_form_reference.py
    assert write_form_reference.reference() == (AUTHORS / "reference.md").read_text("utf-8")
