"""GOV.UK components by shape: the macro runs once for all that differ only in their words.

A form has hundreds of text boxes and a dozen shapes of them. A shape is the macro's parameters with
a hole for each text; rendering one more of that shape is joining its texts with the constants.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from renderers.environment import run_macro
from renderers.skeleton import Marks, Skeleton, escaped, split, tidy

MAX_SHAPES = 2000  # far more than the forms of one installation have

#: Parameters that every macro writes out as they are; True for those that are HTML.
WORDS = {
    "text": False,
    "id": False,
    "idPrefix": False,
    "name": False,
    "namePrefix": False,
    "value": False,
    "autocomplete": False,
    "describedBy": False,
    "html": True,
    "attributes": True,
}

_MARKS = Marks("\uf8fe", "\uf8ff")  # not those of forms: their marks pass through here


@dataclass(frozen=True, slots=True)
class _Hole:
    number: int


@dataclass(frozen=True, slots=True)
class _Items:
    """A mapping or a list, in a form that can be looked up."""

    keys: tuple[str, ...] | None
    values: tuple[Hashable, ...]


def component(name: str, params: Mapping[str, Any]) -> str:
    """The HTML of one GOV.UK component."""
    words: list[str] = []
    skeleton = _skeleton(name, _shape(name, "", params, words))
    parts = skeleton.parts.copy()
    for number, text in enumerate(words):
        for slot in skeleton.slots.get(str(number), ()):
            parts[slot] = text
    return "".join(parts)


def _shape(component_name: str, key: str, value: Any, words: list[str]) -> Hashable:
    """The value with its texts taken out into ``words``."""
    if isinstance(value, Mapping):
        pairs = [(inner, _shape(component_name, inner, one, words)) for inner, one in value.items()]
        return _Items(tuple(inner for inner, _ in pairs), tuple(one for _, one in pairs))
    if isinstance(value, list):
        return _Items(None, tuple(_shape(component_name, "", one, words) for one in value))
    is_word = isinstance(value, str) and value and key in WORDS
    if is_word and not _is_word_of_code(component_name, value):
        words.append(str(value) if WORDS[key] or isinstance(value, Markup) else escaped(value))
        return _Hole(len(words) - 1)
    return (type(value), value)  # with its type, for True is 1


def _is_word_of_code(component_name: str, value: str) -> bool:
    """The date macro makes labels of its items' names: ``day`` → ``Day``."""
    return component_name == "date-input" and value in ("day", "month", "year")


@lru_cache(maxsize=MAX_SHAPES)
def _skeleton(name: str, shape: Hashable) -> Skeleton:
    return split(tidy(run_macro(name, _params(shape))), _MARKS)


def _params(shape: Any) -> Any:
    """The parameters of a shape, with marks for its texts."""
    if isinstance(shape, _Hole):
        return _MARKS.hole(str(shape.number))
    if isinstance(shape, _Items):
        values = [_params(value) for value in shape.values]
        return values if shape.keys is None else dict(zip(shape.keys, values, strict=True))
    _, value = shape
    return value
