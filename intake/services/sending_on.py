"""Send a case to another team of the directory, with everything that can be read of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from intake.access import LIVE, CasePart, User
from intake.database import db
from intake.models import Case, Destination
from intake.sealing.errors import KeyNotFound
from intake.services.deciding import Deciding, NotNow, deciding_on
from intake.services.directory import current_directory
from intake.services.passing_on import DECLINED, SENT_ON, give_to_team, may_be_given
from intake.services.pause_ends import end_pause
from intake.services.staffed_teams import staffed_teams
from referral_router import Directory, Team

MOST_SHOWN = 20  # teams that one search shows
SEND_ON_REASONS: Mapping[str, str] = {  # kept as the reason why the sender has no part any more
    "sent-better-placed": "They are better placed to help",
    "sent-outside-area": "The family lives in their area",
    "sent-specialist": "It needs what they are trained for",
    "sent-no-capacity": "We cannot help in time",
    "sent-conflict": "We know somebody who is involved",
    "sent-other": "Something else",
}


@dataclass(frozen=True, slots=True)
class TeamToChoose:
    """A team that a case could go to, and why it cannot, if it cannot."""

    id: str
    name: str
    organisation: str
    services: tuple[str, ...]  # "Youth work in Camden and Brent"
    why_not: str = ""
    is_staffed: bool = True  # whether anybody would read it there


@dataclass(frozen=True, slots=True)
class Found:
    """What a search of the directory found: the first of so many."""

    teams: tuple[TeamToChoose, ...]
    total: int


def find_teams(part: CasePart, words: str) -> Found:
    """The teams of which all of the words are somewhere in name, services or areas, by name."""
    directory, wanted = current_directory(), words.casefold().split()
    case = db.session.get_one(Case, part.case.id)
    live = {each.team_id for each in case.destinations if each.state in LIVE}
    offers = _offers(directory)
    others = (team for team in directory.teams.values() if team.id != part.team)
    found = [_to_choose(team, offers.get(team.id, {}), case, live) for team in others]
    matching = [each for each in found if all(word in _text(each) for word in wanted)]
    matching.sort(key=lambda each: (each.name, each.id))
    shown = matching[:MOST_SHOWN]
    staffed = staffed_teams(each.id for each in shown)
    teams = (replace(each, is_staffed=each.id in staffed) for each in shown)
    return Found(tuple(teams), len(matching))


def team_to_send_to(part: CasePart, team_id: str) -> TeamToChoose | None:
    """One team of the directory; None if there is no such team to send it to."""
    team = current_directory().teams.get(team_id)
    if team is None or team_id == part.team:
        return None
    case = db.session.get_one(Case, part.case.id)
    live = {each.team_id for each in case.destinations if each.state in LIVE}
    found = _to_choose(team, _offers(current_directory()).get(team_id, {}), case, live)
    return replace(found, is_staffed=bool(staffed_teams([team_id])))


def reference_of(part: CasePart) -> str:
    """The case's reference, to check what is sent on."""
    return db.session.get_one(Case, part.case.id).reference


def send_on(
    user: User, part: CasePart, to_team: str, reason: str, words: str, *, address: str
) -> None:
    """Send the case to another team in the place of one's own.

    The new team gets keys to what this one can read (to everything, if no other team is at work on
    the case), as urgently, and is told. The team that sends it keeps
    what it could read so far; if the new one declines, it comes back. Raises NotNow.
    """
    why = f"{reason} to {to_team}"
    with deciding_on(user, "case.send-on", part, address, why=why) as deciding:
        target = team_to_send_to(part, to_team)
        if target is None or target.why_not:
            raise NotNow(target.why_not if target else "There is no such team any more.")
        end_pause(deciding.part, deciding.now)  # the next team does not wait
        acknowledge_by = _answer_by(deciding.part, deciding.now)
        is_alone = deciding.is_last  # then the new team is to answer for all of it
        deciding.settle(DECLINED)
        deciding.part.decline_reason = reason
        _give(deciding, to_team, acknowledge_by, from_all=is_alone)
        deciding.tell(SENT_ON, words, team_id=to_team)


def _give(deciding: Deciding, to_team: str, acknowledge_by: datetime, *, from_all: bool) -> None:
    case, part, actor, now = deciding.case, deciding.part, deciding.user.actor, deciding.now
    try:
        given = give_to_team(
            case, part, to_team, actor, now, "", from_all=from_all, acknowledge_by=acknowledge_by
        )
    except KeyNotFound as error:
        raise NotNow(
            "That team cannot receive cases yet: it has no key. Choose another."
        ) from error
    given.sent_from = part.team_id


def _answer_by(part: Destination, now: datetime) -> datetime:
    """By when the next team answers: as was left, or once more as long if this one had answered."""
    if part.decided_at is None:
        return part.acknowledge_by
    return now + max(part.acknowledge_by - part.delivered_at, part.acknowledge_by - now)


def _to_choose(
    team: Team, offers: Mapping[str, list[str]], case: Case, live: Iterable[str]
) -> TeamToChoose:
    services = tuple(f"{service} in {_and(areas)}" for service, areas in sorted(offers.items()))
    return TeamToChoose(
        team.id, team.name, team.organisation_name, services, _why_not(team, case, live)
    )


def _why_not(team: Team, case: Case, live: Iterable[str]) -> str:
    if team.id in live:
        return f"{team.name} has this case already."
    if not may_be_given(case, team.id):
        return f"A rule keeps this case from {team.name}, because it is about them."
    if team.is_paused:
        return f"{team.name} is paused: it takes no referrals now."
    return ""


def _offers(directory: Directory) -> dict[str, dict[str, list[str]]]:
    """Each team's services, by name, with the names of their areas."""
    offers: dict[str, dict[str, list[str]]] = {}
    for (service, area), teams in directory.provision.items():
        where = "every area" if area == "*" else directory.area_name(area)
        for team in teams:
            areas = offers.setdefault(team, {}).setdefault(directory.service_name(service), [])
            areas.append(where)
    return offers


def _and(names: Iterable[str]) -> str:
    *first, last = sorted(names)
    return f"{', '.join(first)} and {last}" if first else last


def _text(team: TeamToChoose) -> str:
    return " ".join((team.name, team.organisation, *team.services)).casefold()
