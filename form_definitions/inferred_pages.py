"""The pages of a form that is inferred from a plain JSON Schema, which knows nothing of pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from form_definitions.linting import RESERVED_PAGES

Raw = Mapping[str, Any]

MAX_ID = 60  # of a form or a page: it is a part of an address, and the name of a file
MAX_ON_A_PAGE = 8  # short questions: about what fits on two screens of a phone


def pages_of(properties: Raw, title: str) -> Iterator[dict[str, Any]]:
    """Groups on pages of their own, and the short questions between them together."""
    taken: set[str] = set()
    together: list[str] = []
    for name, raw in properties.items():
        items = raw.get("items")
        is_repeating = isinstance(items, dict) and "properties" in items
        is_large = "properties" in raw or is_repeating
        if is_large or len(together) == MAX_ON_A_PAGE:
            yield from _page(together, title, taken)
            together = []
        if is_large:
            yield from _page([name], raw["title"], taken)
        else:
            together.append(name)
    yield from _page(together, title, taken)
    if not taken:
        body = "There is nothing to fill in."
        yield {"id": "nothing", "title": title, "type": "information", "body": body}


def _page(names: list[str], title: str, taken: set[str]) -> Iterator[dict[str, Any]]:
    if not names:
        return
    base = re.sub(r"[^a-z0-9]+", "-", names[0].lower())[:MAX_ID].strip("-") or "questions"
    page_id = base if base[0].isalpha() and base not in RESERVED_PAGES else f"page-{base}"
    while page_id in taken:
        page_id = f"{page_id}-more"
    taken.add(page_id)
    yield {"id": page_id, "title": title, "questions": list(names)}
