"""Choices of a field, from a table of values and labels."""

from collections.abc import Mapping

from wtforms.fields import SelectChoice


def choices(table: Mapping[str, str]) -> list[SelectChoice]:
    """The choices of a radio or select field, in the table's order."""
    return [SelectChoice(value, label) for value, label in table.items()]
