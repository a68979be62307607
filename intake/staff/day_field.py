"""A day that is typed in three parts, as the GOV.UK date input posts it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from wtforms import Field

PARTS = ("day", "month", "year")


class DayField(Field):  # type: ignore[misc]
    """``data`` is the day; None if what was typed is not one, or nothing was."""

    data: date | None

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:  # noqa: ARG002
        """Read the three parts, or take the default."""
        self.process_errors: list[str] = []
        self.errors: Sequence[str] = ()
        given: Mapping[str, str] = formdata or {}
        self.typed = {part: given.get(f"{self.name}-{part}", "").strip() for part in PARTS}
        if not any(self.typed.values()) and not formdata:
            self.data = data if isinstance(data, date) else None
            if self.data:
                self.typed = {part: str(getattr(self.data, part)) for part in PARTS}
            return
        self.data = _day(self.typed)

    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return not any(self.typed.values())


def _day(typed: Mapping[str, str]) -> date | None:
    if len(typed["year"]) != 4:  # two digits are a typing error, not the first century
        return None
    try:
        return date(*(int(typed[part]) for part in reversed(PARTS)))
    except (ValueError, OverflowError):
        return None
