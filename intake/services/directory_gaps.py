"""Gaps of the directory: where a referral would be read late, by the wrong team, or by nobody."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from form_definitions import FormDefinition
from intake.directory_files.areas import is_abolished, is_from_postcodes
from intake.services.directory import NoDirectory, current_directory, london_day, removed_teams
from intake.services.forms import current_forms
from intake.services.rules_in_force import rules_now
from intake.services.staffed_teams import staffed_teams
from referral_router import Directory, RuleSet, Team, ToService, ToTeam, check_rules_against
from referral_router.calendars import CalendarError, next_opening
from referral_router.holidays import NATIONS, known_until

LONG_SHUT = timedelta(days=30)  # a summer holiday; whoever is shut for longer is not there
HOLIDAYS_KNOWN = timedelta(days=180)  # what a release brings before that runs out
MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class Gap:
    """One gap: serious, or a remark. ``thing`` is what it is about: a team's, area's or form's id.

    ``kind`` is fallback, unstaffed, no-address, cover, capacity, shut, paused, no-service,
    unserved, rule, area, closing-days or holidays.
    """

    kind: str
    thing: str
    words: str
    is_serious: bool = True


def find_gaps(now: datetime) -> tuple[Gap, ...]:
    """Everything that is missing or leads nowhere, the serious first. Raises NoDirectory."""
    directory, gone = current_directory(), removed_teams()
    teams = [team for team in directory.teams.values() if team.id not in gone]
    staffed = staffed_teams(team.id for team in teams)
    found = [gap for team in teams for gap in _of_team(team, directory, gone, staffed, now)]
    found += _of_covers(teams, directory)
    found += [gap for each in _published(now) for gap in _of_rules(*each, directory, gone)]
    found += [*_of_services(directory), *_of_areas(directory), *_of_holidays(teams, now)]
    return tuple(sorted(found, key=lambda gap: (not gap.is_serious, gap.kind, gap.thing)))


def check_directory(now: datetime) -> str:
    """Whether the directory has serious gaps, for `intake doctor`; an installation may have none
    yet."""
    try:
        serious = [gap for gap in find_gaps(now) if gap.is_serious]
    except NoDirectory:
        return ""
    if not serious:
        return ""
    return f"{len(serious)} gaps, such as: {serious[0].words}. See `intake directory check`"


def _published(now: datetime) -> Iterator[tuple[FormDefinition, RuleSet]]:
    for form in current_forms(now):
        yield form.definition, rules_now(form, now)


def _of_team(
    team: Team, directory: Directory, gone: frozenset[str], staffed: frozenset[str], now: datetime
) -> Iterator[Gap]:
    name, cover = f"‘{team.name}’", directory.teams.get(team.cover)
    if team.id not in staffed and team.id == directory.fallback_team:
        told = "the fallback team, so what nobody takes is read by nobody"
        yield Gap("fallback", team.id, f"{name} has nobody who can sign in, and it is {told}")
    elif team.id not in staffed:
        yield Gap("unstaffed", team.id, f"{name} has nobody who can sign in")
    if not team.email:
        yield Gap(
            "no-address", team.id, f"{name} has no email address, so nobody is told of what comes"
        )
    if team.cover and (cover is None or team.cover in gone):
        yield Gap(
            "cover",
            team.id,
            f"{name} is covered by ‘{team.cover}’, which the directory does not have",
        )
    if cover and cover.organisation == team.organisation:
        told = "which must not get a referral about that organisation either"
        words = f"{name} is covered by ‘{cover.name}’ of the same organisation, {told}"
        yield Gap("cover", team.id, words, is_serious=False)
    if team.capacity == 0:
        told = (
            "and nobody covers for it, so it gets them all the same"
            if not cover
            else "so all go to its cover"
        )
        yield Gap("capacity", team.id, f"{name} has a capacity of 0, {told}", is_serious=not cover)
    if team.is_paused and not cover:
        told = "what no other team gives goes to it all the same"
        yield Gap(
            "paused",
            team.id,
            f"{name} is paused and nobody covers for it: {told}",
            is_serious=False,
        )
    yield from _of_calendar(team, now)


def _of_calendar(team: Team, now: datetime) -> Iterator[Gap]:
    try:
        opens = next_opening(now, team.calendar)
    except CalendarError as error:
        yield Gap("shut", team.id, f"‘{team.name}’ is never open: {error.message}")
        return
    if opens - now > LONG_SHUT:
        yield Gap("shut", team.id, f"‘{team.name}’ is shut until {opens:%-d %B %Y}")
    if team.closures and all(last < london_day(now) for _first, last in team.closures):
        newest = max(last for _first, last in team.closures)
        words = f"‘{team.name}’ has closing days that are all over, the last on {newest:%-d %B %Y}"
        yield Gap("closing-days", team.id, words, is_serious=False)


def _of_covers(teams: list[Team], directory: Directory) -> Iterator[Gap]:
    """Find covers that lead round in a circle (each once), or to nobody who is there."""
    told: set[frozenset[str]] = set()
    for team in teams:
        chain = _chain(team, directory)
        last = directory.teams[chain[-1]]
        if last.cover in chain:
            circle = chain[chain.index(last.cover) :]
            if frozenset(circle) not in told:
                told.add(frozenset(circle))
                names = " → ".join(
                    f"‘{directory.team_name(each)}’" for each in (*circle, circle[0])
                )
                yield Gap(
                    "cover", circle[0], f"these teams cover for one another in a circle: {names}"
                )
        elif len(chain) > 1 and all(directory.teams[each].is_paused for each in chain):
            words = f"‘{team.name}’ is paused, and so is everybody who covers for it"
            yield Gap("cover", team.id, words)


def _chain(team: Team, directory: Directory) -> list[str]:
    chain = [team.id]
    while (cover := directory.teams[chain[-1]].cover) in directory.teams and cover not in chain:
        chain.append(cover)
    return chain


def _of_rules(
    form: FormDefinition, rules: RuleSet, directory: Directory, gone: frozenset[str]
) -> Iterator[Gap]:
    for problem in check_rules_against(rules, directory):
        yield Gap("rule", form.id, f"‘{form.title}’, {problem.where}: {problem.message}")
    every = (*rules.rules, rules.fallback)
    for rule, target in ((each, target) for each in every for target in each.to):
        if isinstance(target, ToTeam) and target.team in gone:
            name = directory.team_name(target.team)
            words = f"‘{form.title}’, rule {rule.id}: ‘{name}’ has left the directory"
            yield Gap("rule", form.id, f"{words}, so the fallback team gets it")
    yield from _of_areas_chosen(form, rules, directory)


def _of_areas_chosen(form: FormDefinition, rules: RuleSet, directory: Directory) -> Iterator[Gap]:
    """Find the areas that somebody can choose, and where nobody gives what a rule sends to."""
    lacking: dict[tuple[str, tuple[str, ...], bool], list[str]] = {}
    for rule in (*rules.rules, rules.fallback):
        for target in rule.to:
            if isinstance(target, ToService) and (target.area_from or target.postcode_from):
                for names, is_area in _lacking(form, target, directory):
                    lacking.setdefault((target.service, names, is_area), []).append(rule.id)
    for (service, names, is_area), of_rules in lacking.items():
        given = f"nobody gives ‘{directory.service_name(service)}’ in {_listed(names)}"
        told = (
            f"such referrals go to the fallback team (rules {', '.join(dict.fromkeys(of_rules))})"
        )
        yield Gap("unserved", form.id, f"‘{form.title}’: {given}; {told}", is_serious=is_area)


def _lacking(
    form: FormDefinition, target: ToService, directory: Directory
) -> Iterator[tuple[tuple[str, ...], bool]]:
    """The answers without a team, apart by whether they are areas of the directory."""
    if target.postcode_from:
        unserved = [
            area.name
            for area in directory.areas.values()
            if is_from_postcodes(area.code) and not directory.teams_for(target.service, area.code)
        ]
        if unserved:
            yield tuple(unserved), True
        return
    question = form.question_at(".".join(target.area_from))
    options = question.options if question else ()
    without = [each for each in options if not directory.teams_for(target.service, str(each.value))]
    for is_area in (True, False):
        areas = [each for each in without if (str(each.value) in directory.areas) is is_area]
        if areas:
            yield tuple(each.title for each in areas), is_area


def _of_services(directory: Directory) -> Iterator[Gap]:
    given = {service for (service, _area), teams in directory.provision.items() if teams}
    for service in directory.services.values():
        if service.id not in given:
            yield Gap(
                "no-service",
                service.id,
                f"nobody gives the service ‘{service.name}’",
                is_serious=False,
            )


def _of_areas(directory: Directory) -> Iterator[Gap]:
    for area in directory.areas.values():
        if is_abolished(area.code):
            told = "is the code of no authority of today, so no postcode leads there"
            yield Gap("area", area.code, f"‘{area.code}’ ({area.name}) {told}")


def _of_holidays(teams: list[Team], now: datetime) -> Iterator[Gap]:
    kept = {team.nation for team in teams} & set(NATIONS)
    for nation in sorted(kept):
        last: date = known_until(nation)
        if last - london_day(now) < HOLIDAYS_KNOWN:
            known = f"the bank holidays of {nation} are known until {last:%-d %B %Y} only"
            yield Gap("holidays", nation, f"{known}: update Intake", is_serious=False)


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
