"""Put together what several JSON Schemas say of the same answer: a ``$ref`` with what is beside it.

Both apply, so a limit becomes the narrower one; of words the nearer ones count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Raw = Mapping[str, Any]

#: Keywords that say nothing of which answers are right, so that the nearer one may replace them.
WORDS = frozenset({"title", "description", "default", "examples", "readOnly", "$comment"})

_NARROWER: dict[str, Callable[[Any, Any], Any]] = {
    **dict.fromkeys(("minLength", "minimum", "exclusiveMinimum", "minItems"), max),
    **dict.fromkeys(("maxLength", "maximum", "exclusiveMaximum", "maxItems"), min),
}


class Contradiction(Exception):  # noqa: N818 - reads as what was found
    """Raised if two schemas say different things with the same keyword."""

    def __init__(self, keyword: str) -> None:
        super().__init__(keyword)
        self.keyword = keyword


def merged(farther: Raw, nearer: Raw) -> dict[str, Any]:
    """One schema that says both. Raises Contradiction."""
    result = dict(farther)
    for keyword, value in nearer.items():
        result[keyword] = _both(keyword, result[keyword], value) if keyword in result else value
    return result


def _both(keyword: str, farther: Any, nearer: Any) -> Any:
    if keyword in WORDS or farther == nearer:
        return nearer
    if keyword == "x-ui":
        return {**farther, **nearer}
    if keyword in _NARROWER:
        return _NARROWER[keyword](farther, nearer)
    if keyword == "uniqueItems":
        return True
    raise Contradiction(keyword)
