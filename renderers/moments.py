"""Times as a page shows them."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from form_definitions.languages import ENGLISH, words
from form_definitions.periods import show_day

LONDON = ZoneInfo("Europe/London")


def in_words(moment: datetime, language: str = ENGLISH) -> str:
    """``27 March 2026 at 3:12pm``, in London. Source: GOV.UK style guide, dates and times."""
    local = moment.astimezone(LONDON)
    half = "am" if local.hour < 12 else "pm"
    time = f"{local.hour % 12 or 12}:{local:%M}{half}"
    return (
        words(language)
        .gettext("{day} at {time}")
        .format(day=day_in_words(moment, language), time=time)
    )


def day_in_words(moment: datetime, language: str = ENGLISH) -> str:
    """``27 March 2026``, in London."""
    return _day_of_hour(int(moment.timestamp()) // 3600, language)


@lru_cache(maxsize=512)
def _day_of_hour(hour: int, language: str) -> str:
    """The day of an hour since 1970: London's day has always begun on the hour since."""
    return show_day(datetime.fromtimestamp(hour * 3600, LONDON).date(), language)
