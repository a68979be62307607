"""Teams that are away when a referral comes, and the teams that get it in their place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from referral_router.calendars import CalendarError, next_opening
from referral_router.directory import Directory, Team
from referral_router.due_times import DueTimes
from referral_router.time_words import clock_words

PAUSED, FULL, CLOSED, EXCLUDED = "paused", "full", "closed", "excluded"


@dataclass(frozen=True, slots=True)
class Moved:
    """One step from a team that a rule names towards the one that got the referral.

    `to_team` is "" where other teams of the same service get it already, and the team itself
    where nobody takes over. `reason` is paused, full, closed or excluded, and says why it did not
    stay with `from_team`.
    """

    from_team: str
    to_team: str
    reason: str
    words: str


Withins = tuple[str, ...]  # the lengths of time in which a team has to acknowledge


class Cover:
    """Who takes over from whom for one referral.

    A team is away when it is paused, full, or closed until the referral has to be acknowledged.
    """

    def __init__(
        self,
        directory: Directory,
        load: Mapping[str, int],
        excluded: Mapping[str, str],
        times: DueTimes,
    ) -> None:
        self._teams = directory.teams
        self._directory, self._load, self._excluded, self._times = directory, load, excluded, times
        self._absences: dict[tuple[str, Withins], str] = {}
        self._found: dict[tuple[str, Withins], tuple[str, tuple[Moved, ...]]] = {}

    def recipient(self, team: Team, withins: Withins) -> tuple[str, tuple[Moved, ...]]:
        """Return who gets what is sent to a team, itself or whoever covers, and each step there."""
        if not _may_be_away(team):
            return team.id, ()
        key = (team.id, withins)
        if key not in self._found:
            self._found[key] = self._recipient(team, withins)
        return self._found[key]

    def _recipient(self, team: Team, withins: Withins) -> tuple[str, tuple[Moved, ...]]:
        reason = self.absence(team, withins)
        if not reason:
            return team.id, ()
        steps: list[Moved] = []
        passed = {team.id}
        current = team
        while (cover := self._teams.get(current.cover)) and cover.id not in passed:
            passed.add(cover.id)
            why_not = EXCLUDED if cover.id in self._excluded else self.absence(cover, withins)
            steps.append(self._step(current, reason, cover, is_last=not why_not))
            if not why_not:
                return cover.id, tuple(steps)
            current, reason = cover, why_not
        return team.id, (*steps, self._kept(team, current, reason))

    def absence(self, team: Team, withins: Withins) -> str:
        """Return why a team is away, or ""."""
        key = (team.id, withins)
        if key not in self._absences:
            self._absences[key] = self._absence(team, withins)
        return self._absences[key]

    def _absence(self, team: Team, withins: Withins) -> str:
        if team.is_paused:
            return PAUSED
        if team.capacity is not None and self._load.get(team.id, 0) >= team.capacity:
            return FULL
        return CLOSED if any(self._times.is_shut(each, team) for each in withins) else ""

    def _step(self, team: Team, reason: str, cover: Team, *, is_last: bool) -> Moved:
        away = self._away(team, reason)
        words = f"{away}, so it goes to ‘{cover.name}’, which covers for it"
        if not is_last:
            words = f"{away}, and ‘{cover.name}’ covers for it"
        return Moved(team.id, cover.id, reason, words)

    def _kept(self, team: Team, last: Team, reason: str) -> Moved:
        """Tell why a team that is away gets it all the same."""
        if last is team:
            words = (
                f"{self._away(team, reason)} and nobody covers for it, so it gets it all the same"
            )
        else:
            words = (
                f"{self._away(last, reason)} and no other team covers, so ‘{team.name}’ gets it "
                "all the same"
            )
        return Moved(last.id, team.id, reason, words)

    def passed_over(self, team: Team, why_away: str, service: str) -> Moved:
        """Tell that a team that is away does not get it, because others give the service."""
        given = self._directory.service_name(service)
        words = f"{self._away(team, why_away)}, and others give ‘{given}’ there"
        return Moved(team.id, "", why_away, words)

    def _away(self, team: Team, reason: str) -> str:
        name = f"‘{team.name}’"
        if reason == FULL:
            return f"{name} is full ({self._load.get(team.id, 0)} of {team.capacity} referrals)"
        if reason == EXCLUDED:
            rule = self._excluded[team.id]
            who = f"the rule ‘{rule}’" if rule else "an earlier form of the case"
            return f"{name} must not get it ({who} excludes it)"
        return f"{name} is {reason}{self._until(team) if reason == CLOSED else ''}"

    def _until(self, team: Team) -> str:
        try:
            opens = next_opening(self._times.now, self._times.calendar(team))
        except CalendarError:
            return ""
        return f" until {clock_words(opens)}"


def _may_be_away(team: Team) -> bool:
    """Whether the directory says anything by which a team could be away.

    Where it knows neither hours nor a cover, nothing is gained by calling a team closed at night:
    it would get the referral all the same.
    """
    says_when = team.hours or team.closures or team.cover
    return bool(says_when or team.is_paused or team.capacity is not None)


def steps_to(team: str, moved: tuple[Moved, ...]) -> Iterator[Moved]:
    """Yield the steps of one rule that ended at a team, in their order."""
    on_the_way, found = {team}, []
    for step in reversed(moved):
        if step.to_team in on_the_way:
            on_the_way.add(step.from_team)
            found.append(step)
    yield from reversed(found)
