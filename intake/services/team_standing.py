"""What becomes of a team's new referrals at a moment: in one word, and in one sentence."""

from dataclasses import dataclass
from datetime import datetime

from referral_router import Directory, Team
from referral_router.calendars import CalendarError, next_opening
from referral_router.time_words import clock_words

OPEN, SHUT, FULL, PAUSED = "open", "shut", "full", "paused"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a team stands with new referrals: open, shut (just now), full or paused."""

    word: str
    sentence: str


def standing_of(team: Team, directory: Directory, live: int, now: datetime) -> Standing:
    """Say what a new referral for this team meets now. ``live`` is how many it holds."""
    if team.is_paused:
        return Standing(PAUSED, f"The team is paused. {_instead(team, directory)}")
    if team.capacity is not None and live >= team.capacity:
        held = f"The team holds {live:,} live referral{'s' * (live != 1)} and has room for"
        held = f"{held} {team.capacity:,}."
        return Standing(FULL, f"{held} {_instead(team, directory)}")
    try:
        opens = next_opening(now, team.calendar)
    except CalendarError as error:
        return Standing(SHUT, f"The opening hours cannot be used: {error.message}.")
    if opens <= now:
        return Standing(OPEN, "New referrals come to the team.")
    until = f"The team is shut until {clock_words(opens)}."
    cover = directory.teams.get(team.cover)
    if cover is None:
        return Standing(SHUT, f"{until} New referrals wait in its queue until then.")
    told = f"A referral that has to be acknowledged before then goes to ‘{cover.name}’"
    return Standing(SHUT, f"{until} {told}; others wait in its queue.")


def _instead(team: Team, directory: Directory) -> str:
    """Who gets new referrals in place of a team that is paused or full."""
    passed = [team.id]
    while (cover := directory.teams.get(directory.teams[passed[-1]].cover)) is not None:
        if cover.id in passed:
            break
        if not cover.is_paused:
            return f"New referrals go to ‘{cover.name}’, which covers for it."
        passed.append(cover.id)
    lack = "Nobody covers for it" if len(passed) == 1 else "So is everybody who covers for it"
    return f"{lack}: a referral that no other team can take comes to it all the same."
