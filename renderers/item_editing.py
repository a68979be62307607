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
    index = None
    if verb == "remove":
        control, _, index = control.rpartition("-")
    field = _repeating_at(form, control)
    if field is not None:
        field.edited = edited_items(field, index)


def _repeating_at(form: PageForm, control: str) -> RepeatingField | None:
    """The repeating group whose control has this name: names of questions, and posted indexes."""
    for field in form:
        name = field.question.control
        if control == name and isinstance(field, RepeatingField):
            return field
        if not control.startswith(f"{name}-"):
            continue
        rest = control[len(name) + 1 :]
        if isinstance(field, GroupField):
            return _repeating_at(field.form, rest)
        if isinstance(field, RepeatingField):
            at, _, rest = rest.partition("-")
            pairs = zip(field.posted_indexes, field.entries, strict=False)
            entry = next((entry for number, entry in pairs if str(number) == at), None)
            return _repeating_at(entry.form, rest) if entry is not None else None
    return None
