"""Times as a page shows them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def in_words(moment: datetime) -> str:
    """``27 March 2026 at 3:12pm``, in London. Source: GOV.UK style guide, dates and times."""
    local = moment.astimezone(LONDON)
    hour = local.hour % 12 or 12
    half = "am" if local.hour < 12 else "pm"
    return f"{local.day} {local:%B %Y} at {hour}:{local:%M}{half}"
