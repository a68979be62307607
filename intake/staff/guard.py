"""Each staff view names its action here; what one may not see is as what does not exist."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from flask import abort, request

from intake.access import (
    CaseForm,
    CasePair,
    CasePart,
    CaseThing,
    MatchThing,
    RulesThing,
    TeamThing,
    User,
    may,
    parts_for,
)
from intake.app_state import clock
from intake.files.receiving import UploadLimits
from intake.services import campaign_storage, cases, links, undelivered, webhooks
from intake.services.case_decisions import NotNow
from intake.services.directory import is_there
from intake.services.forms import FormNotFound, startable
from intake.services.match_rows import match_of_case, match_thing
from intake.services.rule_versions import find_rules, rules_thing
from intake.staff.blueprint import OPEN_TO_ANYONE
from intake.staff.session import signed_in_user

NO_CASE = CaseThing("", "")
NO_PAIR = (
    "Both cases must be open, and one of your teams must be at work on both. Somebody may have "
    "closed, merged or parted them since you opened the page."
)

Loader = Callable[[User, str, Mapping[str, str]], Any]
View = Callable[..., Any]


def open_to_anyone(view: View) -> View:
    """Mark the sign-in page: the only view that needs nobody signed in."""
    view.access_action = OPEN_TO_ANYONE  # type: ignore[attr-defined]
    return view


def takes_file(largest: int) -> Callable[[View], View]:
    """Let a view's request bring one file, of at most so many bytes; it is sealed as it arrives."""

    def decorate(view: View) -> View:
        view.upload_limits = UploadLimits(largest, most=1)  # type: ignore[attr-defined]
        return view

    return decorate


def needs(action: str, load: Loader | None = None) -> Callable[[View], View]:
    """The action that a view does, and how to load the thing that it does it to.

    The view gets ``user``, ``thing`` if there is a loader, and the URL's other values. If there is
    no such thing, or the user may not, the answer is 404, the same for both.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(**values: str) -> Any:
            user = signed_in_user()
            if user is None:
                abort(404)
            thing = load(user, action, values) if load else None
            if not may(user, action, thing):
                abort(404)
            given = {"thing": thing} if load else {}
            return view(user=user, **given, **values)

        guarded.access_action = action  # type: ignore[attr-defined]
        return guarded

    return decorate


def the_case(user: User, _action: str, values: Mapping[str, str]) -> CaseThing | None:
    """The case that the URL names, if the user may read it."""
    case = cases.find_case(values["case_id"])
    return case if may(user, "case.read", case) else None


def own_part(user: User, action: str, values: Mapping[str, str]) -> CasePart | None:
    """The part of the team that the form names; if it names none, the first that allows it.

    Raises NotNow if the user may read the case, but its state does not allow the action to that
    team: a button pressed twice must not act for another team of the same person.
    """
    case = the_case(user, action, values)
    if case is None:
        return None
    parts = parts_for(user, action, case)
    wanted = request.values.get("team", "")
    for part in parts:
        if wanted in ("", part.team):
            return part
    raise NotNow("The case has moved on, so this can no longer be done.")


def the_pair(user: User, action: str, values: Mapping[str, str]) -> CasePair | None:
    """Two cases that are to be one, or were made one; the first goes on. Raises NotNow if the user
    has or had both, but their state does not allow it.
    """
    pair = CasePair(*(cases.find_case(values[name]) or NO_CASE for name in ("case_id", "other_id")))
    if not all(may(user, "case.read", case) for case in (pair.one, pair.two)):
        return None
    if not may(user, action, pair):
        raise NotNow(NO_PAIR)
    return pair


def the_team(_user: User, _action: str, _values: Mapping[str, str]) -> TeamThing:
    """The team that the form or the address names."""
    return TeamThing(request.values.get("team", ""))


def form_on_case(user: User, _action: str, values: Mapping[str, str]) -> CaseForm | None:
    """A form to be completed on the case. Raises TrainingNeeded, NotNow."""
    part = own_part(user, "case.work", values)
    try:
        definition = startable(values["form_id"], None, clock()).definition
    except FormNotFound:
        return None
    if part is None or not definition.on_case:
        return None
    form = CaseForm(part, definition.requires_training)
    if not may(user, "case.fill-form", form):
        raise TrainingNeeded(definition.title, definition.requires_training, part.case.id)
    return form


def the_match(user: User, _action: str, values: Mapping[str, str]) -> MatchThing | None:
    """Two people who may be the same, one of them named in the case of the URL."""
    row = match_of_case(values["match_id"], values["case_id"])
    return match_thing(user, row) if row else None


def rules_as_such(_user: User, _action: str, _values: Mapping[str, str]) -> RulesThing:
    """The routing rules of the installation."""
    return rules_thing()


def the_rules(user: User, action: str, values: Mapping[str, str]) -> RulesThing | None:
    """One version of rules. Raises NotNow for whoever has to leave it to somebody else."""
    stored = find_rules(values["rules_id"])
    if stored is None:
        return None
    thing = rules_thing(stored)
    if may(user, "rules.see", thing) and not may(user, action, thing):
        raise NotNow(
            "You changed this draft last, or asked for it to be published. "
            "Somebody else has to look at it."
        )
    return thing


def team_of_directory(_user: User, _action: str, values: Mapping[str, str]) -> TeamThing | None:
    """A team that the directory has."""
    return TeamThing(values["team_id"]) if is_there(values["team_id"]) else None


def the_link(user: User, _action: str, values: Mapping[str, str]) -> TeamThing | None:
    """The team that issued the link."""
    try:
        return TeamThing(links.find_link(user, values["link_id"]).team_id)
    except links.LinkNotFound:
        return None


def the_campaign(user: User, _action: str, values: Mapping[str, str]) -> TeamThing | None:
    """The team that a campaign belongs to."""
    try:
        return TeamThing(campaign_storage.find_campaign(user, values["campaign_id"]).team_id)
    except campaign_storage.CampaignNotFound:
        return None


def the_webhook(_user: User, _action: str, values: Mapping[str, str]) -> TeamThing | None:
    """The team that a webhook belongs to."""
    team = webhooks.team_of(values["webhook_id"])
    return TeamThing(team) if team else None


def the_message(_user: User, _action: str, values: Mapping[str, str]) -> TeamThing | None:
    """The team that an undelivered message belongs to."""
    team = undelivered.team_of(values["message_id"])
    return TeamThing(team) if team else None


class TrainingNeeded(Exception):  # noqa: N818 — an expected state, said to the user
    """Raised if a form is only for people whose training is recorded."""

    def __init__(self, title: str, course: str, case_id: str) -> None:
        super().__init__(title)
        self.title = title
        self.course = course
        self.case_id = case_id
