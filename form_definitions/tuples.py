"""A tuple: an array of fixed places, each a question of its own that is called by its position.

Stored is an array. Pages and conditions look at it as at a group whose questions are named ``0``,
``1`` and so on. Places that need no answer may be missing at the end only; one that was passed
over stands as None among the answers until it is filled in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any


def by_place(value: object) -> dict[str, Any]:
    """The answers of a tuple by the name of their place; none where it is no array."""
    if not isinstance(value, list | tuple):
        return {}
    return {str(at): answer for at, answer in enumerate(value) if answer is not None}


def in_order(answers: Mapping[str, Any], places: int) -> list[Any] | None:
    """The array of the answers by place, with None for what was passed over; None if empty."""
    return without_end([answers.get(str(at)) for at in range(places)])


def without_end(answers: list[Any]) -> list[Any] | None:
    """The array without the empty places at its end; None where nothing is left."""
    end = len(answers)
    while end and answers[end - 1] is None:
        end -= 1
    return answers[:end] or None


def tuple_cleaner(cleaners: Iterable[Callable[[Any], Any]]) -> Callable[[Any], Any]:
    """A function that tidies each place; what has too many places keeps them, to be refused."""
    each = tuple(cleaners)

    def clean(value: Any) -> Any:
        if not isinstance(value, list):
            return None if value == "" else value
        tidied = [
            None if answer is None else clean_one(answer)
            for clean_one, answer in zip(each, value, strict=False)
        ]
        return without_end([*tidied, *value[len(each) :]])

    return clean
