"""Writes docs/authors/reference.md from form.schema.json; --check says whether it is up to date."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = ROOT / "form_definitions" / "form.schema.json"
PATH = ROOT / "docs" / "authors" / "reference.md"
HEAD = """# Reference of the form file

Every key that a form file may contain, where it may stand, and what it takes. Any other key is
refused with its line. How to use them is in [Write a form](writing-a-form.md), with examples in
[Patterns](patterns.md).

This page is written by `python tools/write_form_reference.py` from
`form_definitions/form.schema.json`, the same schema that completes keys in an editor.
"""
TITLES = {
    "question": "A question",
    "items": "`items` of a question",
    "option": "An option, in `oneOf`",
    "x-ui": "`x-ui` of a question",
    "x-form": "`x-form`",
    "page": "A page, in `x-form.pages`",
    "person": "A person, in `x-form.people`",
}
TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "`true` or `false`",
    "array": "list",
    "object": "object",
    "null": "`null`",
}

Schema = dict[str, Any]


def main() -> int:
    """Write the page, or compare it."""
    text = reference()
    if "--check" in sys.argv:
        return 0 if PATH.read_text("utf-8") == text else 1
    PATH.write_text(text, "utf-8")
    return 0


def reference() -> str:
    """The page."""
    schema: Schema = json.loads(SCHEMA.read_text("utf-8"))
    parts = [HEAD, *_section("The file", schema, schema)]
    for name, part in schema["$defs"].items():
        if part.get("properties") and name != "condition":
            parts += _section(TITLES.get(name, f"`{name}`"), part, schema)
    return "\n".join(parts)


def _section(title: str, part: Schema, schema: Schema) -> Iterator[str]:
    yield f"## {title}\n"
    if "description" in part and part is not schema:
        yield f"{part['description']}\n"
    yield "| key | takes | what it says |"
    yield "|---|---|---|"
    yield from _rows(part, schema, "")
    yield ""


def _rows(part: Schema, schema: Schema, before: str) -> Iterator[str]:
    required = part.get("required", [])
    for key, raw in part["properties"].items():
        rule = _resolved(raw, schema)
        needed = " (needed)" if key in required else ""
        words = [_takes(rule, schema), rule.get("description", "")]
        yield f"| `{before}{key}`{needed} | {_cell(words[0])} | {_cell(words[1])} |"
        is_closed_here = "$ref" not in raw and rule.get("properties")
        if is_closed_here and rule.get("additionalProperties") is False:
            yield from _rows(rule, schema, f"{before}{key}.")


def _resolved(raw: object, schema: Schema) -> Schema:
    """A rule with what it refers to; its own words come first."""
    if not isinstance(raw, dict):
        return {}
    if "$ref" not in raw:
        return raw
    name = raw["$ref"].rsplit("/", 1)[-1]
    target = {**schema["$defs"].get(name, {}), "named": name}
    return {**target, **{key: value for key, value in raw.items() if key != "$ref"}}


def _takes(rule: Schema, schema: Schema) -> str:
    """What may stand there, in a few words."""
    if "enum" in rule:
        return ", ".join(f"`{json.dumps(value)}`" for value in rule["enum"])
    if "const" in rule:
        return f"always `{json.dumps(rule['const'])}`"
    if rule.get("named") in TITLES:
        return f"an object: see {TITLES[rule['named']]}"
    if rule.get("named") == "condition":
        return "a [condition](writing-a-form.md#conditions)"
    if rule.get("named") == "questions":
        return "questions by their names"
    if "patternErrorMessage" in rule:
        return f"a text that {rule['patternErrorMessage']}"
    return _type(rule, schema) + _limits(rule)


def _type(rule: Schema, schema: Schema) -> str:
    types = rule.get("type", [])
    names = [TYPES[each] for each in ([types] if isinstance(types, str) else types)]
    if types == "array" and isinstance(rule.get("items"), dict):
        return f"a list; each: {_takes(_resolved(rule['items'], schema), schema)}"
    if types == "object" and isinstance(rule.get("additionalProperties"), dict):
        inner = _takes(_resolved(rule["additionalProperties"], schema), schema)
        return f"an object; each value: {inner}"
    return " or ".join(names) or "anything"


def _limits(rule: Schema) -> str:
    words = {"minimum": "from {}", "maximum": "to {}", "maxItems": "at most {}"}
    said = [text.format(f"{rule[key]:,}") for key, text in words.items() if key in rule]
    return f" ({', '.join(said)})" if said else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    sys.exit(main())
