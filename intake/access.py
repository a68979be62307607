"""Who may do what: the only place that decides. Whatever is not allowed here is denied."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

LEADERS = frozenset({"lead", "administrator"})
UNANSWERED = frozenset({"delivered", "seen", "more-information"})  # the team owes an answer
WORKING = frozenset({"accepted"})
LIVE = UNANSWERED | WORKING
RUNNING = frozenset({"new", "open", "review"})  # states of a case that is not closed


@dataclass(frozen=True, slots=True)
class User:
    """Someone signed in, with what decides over their rights."""

    staff_id: str
    name: str
    email: str
    organisation_id: str
    teams: frozenset[str]
    roles: Mapping[str, str]  # team → practitioner, lead or administrator
    training: frozenset[str]

    @property
    def actor(self) -> str:
        """How audit entries and timelines name them."""
        return f"staff:{self.staff_id}"

    def leads(self, team: str) -> bool:
        """Whether they are lead or administrator of the team."""
        return team in self.teams and self.roles.get(team) in LEADERS

    @property
    def led(self) -> tuple[str, ...]:
        """The teams that they lead."""
        return tuple(team for team in sorted(self.teams) if self.leads(team))


@dataclass(frozen=True, slots=True)
class CaseThing:
    """What access needs to know about a case: its state, and each team's part in it."""

    id: str
    state: str
    parts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    excluded: frozenset[str] = frozenset()  # teams that must not be given it
    merged_into: str = ""  # the case that goes on in its place
    # team → the id of its member who has the case
    assigned: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def is_running(self) -> bool:
        """Whether work on it goes on."""
        return self.state in RUNNING


@dataclass(frozen=True, slots=True)
class CasePart:
    """One team's part in a case."""

    case: CaseThing
    team: str

    @property
    def state(self) -> str:
        """The team's state; empty if the case never went to it."""
        return self.case.parts.get(self.team, "")


@dataclass(frozen=True, slots=True)
class CaseForm:
    """A form to be completed on a case, for one team."""

    part: CasePart
    requires_training: str = ""


@dataclass(frozen=True, slots=True)
class TeamThing:
    """A team, or a thing that belongs to it: its queue, a link, a message."""

    team: str


@dataclass(frozen=True, slots=True)
class CasePair:
    """Two cases that may become one; or, of two that did, the one that goes on and the other."""

    one: CaseThing
    two: CaseThing


@dataclass(frozen=True, slots=True)
class MatchThing:
    """Two people who may be the same: the two cases that name them."""

    cases: tuple[CaseThing, CaseThing]


@dataclass(frozen=True, slots=True)
class RulesThing:
    """Routing rules: the fallback team answers for them. A draft knows who worked on it last."""

    fallback_team: str
    edited_by: str = ""
    asked_by: str = ""


def may(user: User | None, action: str, thing: Any = None) -> bool:
    """Whether the user may do the action to the thing.

    ``thing`` is None, or one of the kinds above (a CaseThing, a TeamThing …), as the action needs.
    Denied: nobody signed in, an unknown action, a thing of another kind.
    """
    rule = RULES.get(action)
    if user is None or rule is None:
        return False
    expected, allows = rule
    return isinstance(thing, expected) and allows(user, thing)


def parts_for(user: User, action: str, case: CaseThing) -> tuple[CasePart, ...]:
    """The user's parts in the case that allow the action."""
    parts = (CasePart(case, team) for team in sorted(user.teams & case.parts.keys()))
    return tuple(part for part in parts if may(user, action, part))


def _anyone(_user: User, _thing: None) -> bool:
    return True


def _in_a_team(user: User, _thing: None) -> bool:
    return bool(user.teams)


def _leads_a_team(user: User, _thing: None) -> bool:
    return bool(user.led)


def _is_member(user: User, thing: TeamThing) -> bool:
    return thing.team in user.teams


def _leads(user: User, thing: TeamThing) -> bool:
    return user.leads(thing.team)


def _has_part(user: User, case: CaseThing) -> bool:
    return not user.teams.isdisjoint(case.parts)


def _follows(user: User, case: CaseThing) -> bool:
    return any(case.parts.get(team, "declined") != "declined" for team in user.teams)


def _follows_both(user: User, match: MatchThing) -> bool:
    """Who follows one of the two cases only learns nothing of the other."""
    return all(_follows(user, case) for case in match.cases)


def _answers_for_rules(user: User, rules: RulesThing) -> bool:
    """Whether they are an administrator of the fallback team."""
    team = rules.fallback_team
    return team in user.teams and user.roles.get(team) == "administrator"


def _is_second_person(user: User, rules: RulesThing) -> bool:
    """Nobody lets rules hold that they edited last, or asked to have published."""
    return _answers_for_rules(user, rules) and user.actor not in (rules.edited_by, rules.asked_by)


def _part(states: frozenset[str], *, running: bool) -> Callable[[User, CasePart], bool]:
    """A rule: the user's own team, its part in one of the states, the case running or not."""

    def allows(user: User, part: CasePart) -> bool:
        is_own = part.team in user.teams
        return is_own and part.state in states and part.case.is_running is running

    return allows


_works = _part(WORKING, running=True)


def _may_accept(user: User, part: CasePart) -> bool:
    """A team that declined may come back, unless a rule excludes it by now."""
    is_kept_out = part.state == "declined" and part.team in part.case.excluded
    return not is_kept_out and _part(UNANSWERED | {"declined"}, running=True)(user, part)


def _answers_for(user: User, part: CasePart) -> bool:
    """Whether the part is the user's team's, and was not declined: whatever the case's state, but
    not on one that goes on as another.
    """
    return part.team in user.teams and part.state in LIVE | {"done"} and not part.case.merged_into


def _may_archive(user: User, part: CasePart) -> bool:
    return _worked(user, part) and part.case.state == "closed"


def _worked(user: User, part: CasePart) -> bool:
    is_own = part.team in user.teams and not part.case.merged_into
    return is_own and part.state in WORKING | {"done"}


def _may_reopen(user: User, part: CasePart) -> bool:
    return _worked(user, part) and (not part.case.is_running or part.state == "done")


def merging_teams(user: User, pair: CasePair) -> tuple[str, ...]:
    """The user's teams that may make one case of two: each must be at work on both, so that nobody
    joins what they see only from two sides. Of two that were merged: which may undo it.
    """
    one, two = pair.one, pair.two
    had = {team for team, state in two.parts.items() if state in LIVE}
    if two.merged_into:
        is_so = two.merged_into == one.id
        had = {team for team, state in two.parts.items() if state != "declined"}
    else:
        is_so = one.id != two.id and two.is_running
    live = {team for team, state in one.parts.items() if team in user.teams and state in LIVE}
    return tuple(sorted(live & had)) if is_so and one.is_running else ()


def _may_merge(user: User, pair: CasePair) -> bool:
    return not pair.two.merged_into and bool(merging_teams(user, pair))


def _may_unmerge(user: User, pair: CasePair) -> bool:
    return bool(pair.two.merged_into) and bool(merging_teams(user, pair))


def _may_start_form(user: User, form: CaseForm) -> bool:
    is_trained = not form.requires_training or form.requires_training in user.training
    return _works(user, form.part) and is_trained


def _may_assign(user: User, part: CasePart) -> bool:
    """Leads give the team's cases to whom they choose; others hand over what they have."""
    has_it = part.case.assigned.get(part.team) == user.staff_id
    return _part(LIVE, running=True)(user, part) and (has_it or user.leads(part.team))


NONE = type(None)
RULES: Mapping[str, tuple[type, Callable[[User, Any], bool]]] = {
    "account.sign-out": (NONE, _anyone),
    "queue.list": (NONE, _in_a_team),
    "queue.see": (TeamThing, _is_member),
    "queue.act": (TeamThing, _is_member),  # then each case is asked about by itself
    "case.find": (NONE, _in_a_team),
    "case.read": (CaseThing, _has_part),
    "case.follow": (CaseThing, _follows),  # also what came after their teams declined
    "case.accept": (CasePart, _may_accept),
    "case.decline": (CasePart, _part(UNANSWERED, running=True)),
    "case.take": (CasePart, _part(LIVE, running=True)),
    "case.assign": (CasePart, _may_assign),
    "case.work": (CasePart, _works),
    "case.fill-form": (CaseForm, _may_start_form),
    "case.close": (CasePart, _works),
    "case.conclude": (CasePart, _works),
    "case.pause": (CasePart, _part(LIVE, running=True)),
    "case.ask": (CasePart, _part(UNANSWERED, running=True)),  # for more information
    "case.send-on": (CasePart, _part(LIVE, running=True)),
    "case.escalate": (CasePart, _part(LIVE, running=True)),
    "case.contact": (CasePart, _part(LIVE, running=True)),
    "case.name": (CasePart, _answers_for),  # to whoever sent it: the organisation's name
    "case.archive": (CasePart, _may_archive),
    "case.reopen": (CasePart, _may_reopen),
    "case.give-all": (CasePart, _works),
    "case.split": (CasePart, _part(LIVE, running=True)),
    "case.choose-merge": (CasePart, _part(LIVE, running=True)),
    "case.merge": (CasePair, _may_merge),
    "case.unmerge": (CasePair, _may_unmerge),
    "match.read": (MatchThing, _follows_both),
    "match.decide": (MatchThing, _follows_both),
    "rules.list": (RulesThing, _answers_for_rules),
    "rules.see": (RulesThing, _answers_for_rules),
    "rules.edit": (RulesThing, _answers_for_rules),
    "rules.try": (RulesThing, _answers_for_rules),  # on past referrals: aggregates only
    "rules.ask": (RulesThing, _answers_for_rules),  # for a second person
    "rules.send-back": (RulesThing, _answers_for_rules),
    "rules.publish": (RulesThing, _is_second_person),
    "rules.withdraw": (RulesThing, _answers_for_rules),
    "directory.see": (RulesThing, _answers_for_rules),  # every team and service, and the gaps
    "team.list": (NONE, _leads_a_team),
    "team.see": (TeamThing, _leads),
    "team.change": (TeamThing, _leads),  # its own pause, hours, closing days, capacity, cover
    "link.list": (NONE, _in_a_team),
    "link.issue": (TeamThing, _is_member),
    "link.see": (TeamThing, _is_member),
    "link.revoke": (TeamThing, _is_member),
    "link.unlock": (TeamThing, _is_member),
    "link.extend": (TeamThing, _is_member),
    "link.resend": (TeamThing, _is_member),
    "link.replace": (TeamThing, _is_member),
    "campaign.list": (NONE, _leads_a_team),
    "campaign.see": (TeamThing, _leads),
    "campaign.send": (TeamThing, _leads),
    "campaign.remind": (TeamThing, _leads),
    "campaign.stop": (TeamThing, _leads),
    "campaign.opt-outs": (TeamThing, _leads),
    "report.late": (NONE, _leads_a_team),
    "report.late-of": (TeamThing, _leads),
    "escalation.list": (NONE, _leads_a_team),
    "escalation.set": (TeamThing, _leads),
    "notification.list": (NONE, _in_a_team),
    "notification.choose": (TeamThing, _is_member),
    "notification.choose-address": (TeamThing, _leads),
    "webhook.list": (NONE, _leads_a_team),
    "webhook.add": (TeamThing, _leads),
    "webhook.see": (TeamThing, _leads),
    "webhook.stop": (TeamThing, _leads),
    "webhook.start": (TeamThing, _leads),
    "webhook.delete": (TeamThing, _leads),
    "message.list": (NONE, _leads_a_team),
    "message.send-again": (TeamThing, _leads),
}
