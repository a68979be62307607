"""Say what a JSON Schema of an older draft says in the words of 2020-12, so that it is asked for.

The old words stay beside the new ones: references lead to them, and the verdict is the old draft's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from form_definitions.schema_parts import with_parts

Raw = Mapping[str, Any]

#: Drafts in which ``dependencies`` is a keyword; later ones know it by no name.
_WITH_DEPENDENCIES = re.compile(r"https?://json-schema\.org/draft-0[467]/schema#?$")


def in_new_words(schema: Raw) -> Raw:
    """The schema with ``dependentRequired``, ``dependentSchemas`` and ``prefixItems``."""
    draft = schema.get("$schema")
    is_old = isinstance(draft, str) and _WITH_DEPENDENCIES.match(draft) is not None
    return _said(schema, has_dependencies=is_old)


def _said(schema: Raw, *, has_dependencies: bool) -> Raw:
    said = with_parts(schema, partial(_said, has_dependencies=has_dependencies))
    places = said.get("items")
    if isinstance(places, list):
        said.setdefault("prefixItems", places)
    needed = said.get("dependencies") if has_dependencies else None
    if isinstance(needed, dict):
        lists = {name: names for name, names in needed.items() if isinstance(names, list)}
        schemas = {name: part for name, part in needed.items() if isinstance(part, dict)}
        said |= {"dependentRequired": lists, "dependentSchemas": schemas}
    return said
