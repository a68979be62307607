"""The buttons that add an item to a repeating group, or take one away."""

from __future__ import annotations

from typing import Any

from renderers.fields import GroupField, PageForm, RepeatingField


def edited_items(field: RepeatingField, index: str | None) -> list[Any]:
    """The items of a repeating group with one more, or without the one of that posted index.

    Blank ones are kept.
    """
    given = field.candidate(keep_blank=True)
    items = given if isinstance(given, list) else [{}]
    if index is None:
        return [*items, {}][: field.max_entries]
    return [
        item
        for at, item in zip(field.posted_indexes, items, strict=False)
        if str(at) != index
    ]  # fmt: skip


def edit_inside(form: PageForm, action: str) -> None:
    """Do ``add-people-0-pets`` or ``remove-people-0-pets-1``; what is not there changes nothing."""
    verb, _, control = action.partition("-")
    steps = control.split("-")
    field = _repeating_at(form, steps if verb == "add" else steps[:-1])
    if field is not None:
        field.edited = edited_items(field, None if verb == "add" else steps[-1])


def _repeating_at(form: PageForm, steps: list[str]) -> RepeatingField | None:
    """The repeating group whose control has this name: names of questions, and posted indexes."""
    field = form._fields.get(steps[0]) if steps else None
    if isinstance(field, GroupField):
        return _repeating_at(field.form, steps[1:])
    if not isinstance(field, RepeatingField):
        return None
    if len(steps) == 1:
        return field
    pairs = zip(field.posted_indexes, field.entries, strict=False)
    entry = next((entry for at, entry in pairs if str(at) == steps[1]), None)
    return _repeating_at(entry.form, steps[2:]) if entry is not None else None
