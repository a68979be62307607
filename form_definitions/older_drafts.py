"""Say what a JSON Schema of an older draft says in the words of 2020-12, so that it is asked for.

The old words stay beside the new ones: references lead to them, and the verdict is the old draft's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from form_definitions.recognising import NAMED, VALUES

Raw = Mapping[str, Any]

#: Drafts in which ``dependencies`` is a keyword; later ones know it by no name.
_WITH_DEPENDENCIES = re.compile(r"https?://json-schema\.org/draft-0[467]/schema#?$")


def in_new_words(schema: Raw) -> Any:
    """The schema with ``dependentRequired``, ``dependentSchemas`` and ``prefixItems``."""
    draft = schema.get("$schema")
    is_old = isinstance(draft, str) and _WITH_DEPENDENCIES.match(draft) is not None
    return _said(schema, has_dependencies=is_old)


def _said(schema: Any, *, has_dependencies: bool) -> Any:
    if isinstance(schema, list):
        return [_said(part, has_dependencies=has_dependencies) for part in schema]
    if not isinstance(schema, dict):
        return schema
    said = {key: _inside(key, value, has_dependencies) for key, value in schema.items()}
    places = said.get("items")
    if isinstance(places, list):
        said.setdefault("prefixItems", places)
    needed = said.get("dependencies") if has_dependencies else None
    if isinstance(needed, dict):
        lists = {name: names for name, names in needed.items() if isinstance(names, list)}
        schemas = {name: part for name, part in needed.items() if isinstance(part, dict)}
        said |= {"dependentRequired": lists, "dependentSchemas": schemas}
    return said


def _inside(key: str, value: Any, has_dependencies: bool) -> Any:
    if key in VALUES:
        return value
    if (key in NAMED or key == "dependencies") and isinstance(value, dict):
        return {n: _said(part, has_dependencies=has_dependencies) for n, part in value.items()}
    return _said(value, has_dependencies=has_dependencies)
