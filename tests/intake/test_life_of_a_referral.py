"""Referrals live through random sequences of all that anybody can do; none is ever lost or leaks.

On both databases. The long search runs with ``-m nightly``.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from intake import audit
from intake.access import CasePair, CasePart, CaseThing, User, may, parts_for
from intake.app_state import clock
from intake.database import db, transaction
from intake.models import DirectoryRevision, Staff, Team
from intake.rounds import rescue, watch_clocks
from intake.services import case_decisions
from intake.services.asking_more import ASKED, USUAL_FORM, Asked, ask_for_more
from intake.services.assignments import ASSIGNED, TAKEN, assign, take
from intake.services.case_decisions import DECLINE_REASONS, NotNow
from intake.services.cases import CaseNotFound, read_case
from intake.services.concluding import DECIDED, record_decision
from intake.services.contacting import REACHED, WAYS, Contact, record_contact
from intake.services.directory import is_there
from intake.services.directory_storing import store_values
from intake.services.directory_values import stored_values
from intake.services.drafts import load_draft, save_answers, start_draft
from intake.services.following import follow
from intake.services.giving_all import GAVE_ALL, give_all
from intake.services.hearing import ask_to_withdraw, send_more
from intake.services.link_opening import LinkNotUsable, exchange
from intake.services.many_at_once import Chosen, assign_many, take_many
from intake.services.merging import Unconfirmed, look_at_merge, merge
from intake.services.part_clocks import PAUSE_REASONS
from intake.services.pausing import pause, resume
from intake.services.publishing import publish_form
from intake.services.raising import escalate
from intake.services.sealed_drafts import OpenedDraft
from intake.services.sending_on import SEND_ON_REASONS, send_on
from intake.services.splitting import split
from intake.services.staff_accounts import close_account
from intake.services.submitting import NotYours, submit_referral
from intake.services.unattended import find_unattended
from intake.services.unmerging import unmerge
from tests.intake.case_making import (
    DUTY,
    NORTHERN,
    PUMPS,
    REFERRAL,
    RULES,
    case_form,
    case_rules,
    make_staff,
    prepare,
    send_and_follow,
)
from tests.intake.case_making import rule as rule_of
from tests.intake.conftest import START
from tests.intake.referral_life import (
    Seen,
    begin_again,
    check,
    check_thoroughly,
    happened,
    is_staffed,
    things,
)

EVERYTHING = {
    "accepted", "archived", "assigned", "closed", "contact-made", "decided", "declined",
    "delivered", "escalated", "form-submitted", "gave-all", "merged", "more-information",
    "more-sent", "paused", "raised", "reopened", "resumed", "sent-on", "split", "taken", "unmerged",
}  # fmt: skip
MOST_REFERRED, MOST_CASES, MOST_DRAFTS = 4, 7, 3
TEAMS = (PUMPS, NORTHERN, DUTY)
REFUSED = (NotNow, CaseNotFound, NotYours, Unconfirmed)
PEOPLE = {  # two who race for one team, another organisation, the fallback team
    "robin": (PUMPS, "practitioner"),
    "rowan": (PUMPS, "lead"),
    "alex": (NORTHERN, "administrator"),
    "kim": (DUTY, "lead"),
}
who = st.sampled_from(sorted(PEOPLE))
which = st.integers(0, 20)
Turn = tuple[str, int, bool]  # somebody, a number to choose by, and whether they may not at all
turns = st.tuples(who, which, st.sampled_from((False,) * 7 + (True,)))
teams = st.sampled_from(TEAMS)
areas = st.sampled_from(("belfast", "northern", "both", "both", "nowhere"))


@dataclass
class World:
    """What outlives a life: the people, and the clock."""

    users: dict[str, User]
    clock: Any
    directory: Any
    inactive: set[str] = field(default_factory=set)
    done: Counter[str] = field(default_factory=Counter)  # how often each kind of thing was done


class Life(RuleBasedStateMachine):
    """Everything that anybody can do to referrals, in any order."""

    world: World

    @initialize(first=areas, second=areas)
    def begin(self, first: str, second: str) -> None:
        begin_again()
        self.world.inactive.clear()
        self.world.clock.now = START
        self.tokens: list[str] = []
        self.order: list[str] = []  # the cases, as they were made: their ids are random
        self.drafts: list[OpenedDraft] = []
        self.links: list[str] = []
        if not is_there(NORTHERN):
            store_values(self.world.directory)
        self.seen = Seen()
        for area in (first, second):  # a life may have no rule by which more come
            self.somebody_refers(area, is_urgent=False, is_conflict=False)

    @rule(
        area=areas,
        is_urgent=st.booleans(),
        is_conflict=st.booleans(),
    )
    def somebody_refers(self, area: str, is_urgent: bool, is_conflict: bool) -> None:
        if len(self.tokens) < MOST_REFERRED:
            answers = {"last_name": "Conflict"} if is_conflict and area == "belfast" else {}
            token, case_id = send_and_follow(area, is_urgent=is_urgent, **answers)
            self.tokens.append(token)
            self.order.append(case_id)

    @precondition(lambda self: self.tokens)
    @rule(name=who, at=which)
    def looks(self, name: str, at: int) -> None:
        user, thing = self.world.users[name], self.thing(at)
        known = {each.id for each in things() if may(user, "case.follow", each)}
        try:
            page = read_case(user, thing, address="")
        except CaseNotFound:
            assert user.teams.isdisjoint(thing.parts)
            return
        assert not user.teams.isdisjoint(thing.parts)
        told = {each.other_case_id for each in page.timeline if each.other_case_id}
        assert told <= known

    @precondition(lambda self: self.tokens)
    @rule(turn=turns)
    def accepts(self, turn: Turn) -> None:
        self.decide(
            turn, "case.accept", "accepted", lambda *of: case_decisions.accept(*of, address="")
        )

    @precondition(lambda self: self.tokens)
    @rule(turn=turns, reason=st.sampled_from(sorted(DECLINE_REASONS)))
    def declines(self, turn: Turn, reason: str) -> None:
        self.decide(
            turn,
            "case.decline",
            "declined",
            lambda *of: case_decisions.decline(*of, reason, "Not ours.", address=""),
        )

    @precondition(lambda self: self.tokens)
    @rule(turn=turns)
    def closes(self, turn: Turn) -> None:
        kinds = ("closed", "part-done")
        self.decide(
            turn, "case.close", kinds, lambda *of: case_decisions.close(*of, "Done.", address="")
        )

    @precondition(lambda self: self.tokens)
    @rule(turn=turns)
    def archives(self, turn: Turn) -> None:
        self.decide(
            turn, "case.archive", "archived", lambda *of: case_decisions.archive(*of, address="")
        )

    @precondition(lambda self: self.tokens)
    @rule(turn=turns)
    def reopens(self, turn: Turn) -> None:
        self.decide(
            turn, "case.reopen", "reopened", lambda *of: case_decisions.reopen(*of, address="")
        )

    @precondition(lambda self: self.tokens)
    @rule(turn=turns, is_named=st.booleans())
    def names(self, turn: Turn, is_named: bool) -> None:
        self.decide(
            turn,
            "case.name",
            "named" if is_named else "not-named",
            lambda *of: case_decisions.name_organisation(
                *of, "They asked.", is_named=is_named, address=""
            ),
        )

    @precondition(lambda self: self.tokens)
    @rule(turn=turns, reached=st.sampled_from(sorted(REACHED)))
    def contacts(self, turn: Turn, reached: str) -> None:
        contact = Contact(clock(), min(WAYS), reached, "At the door.")
        kinds = ("contact-made", "contact-tried")
        self.decide(
            turn,
            "case.contact",
            kinds,
            lambda *of: record_contact(*of, contact, "today", address=""),
        )

    @precondition(lambda self: self.tokens)
    @rule(turn=turns, to_fallback=st.booleans())
    def escalates(self, turn: Turn, to_fallback: bool) -> None:
        self.decide(
            turn,
            "case.escalate",
            "raised",
            lambda *of: escalate(*of, "Now.", to_fallback=to_fallback, address=""),
        )

    @precondition(lambda self: self.tokens)
    @rule(turn=turns, to=teams)
    def sends_on(self, turn: Turn, to: str) -> None:
        reason = min(SEND_ON_REASONS)
        self.decide(
            turn,
            "case.send-on",
            "sent-on",
            lambda *of: send_on(*of, to, reason, "Yours.", address=""),
        )

    @precondition(lambda self: self.tokens)
    @rule(turn=turns, reason=st.sampled_from(sorted(PAUSE_REASONS)))
    def pauses(self, turn: Turn, reason: str) -> None:
        until = (clock() + timedelta(days=3)).date()
        self.decide(
            turn, "case.pause", "paused", lambda *of: pause(*of, reason, "Away.", until, address="")
        )

    @precondition(lambda self: self.tokens)
    @rule(turn=turns)
    def resumes(self, turn: Turn) -> None:
        self.decide(turn, "case.pause", "resumed", lambda *of: resume(*of, address=""))

    @precondition(lambda self: self.tokens)
    @rule(turn=turns)
    def asks(self, turn: Turn) -> None:
        asked = Asked(USUAL_FORM, "Since when?", (clock() + timedelta(days=3)).date())

        def ask(user: User, part: CasePart) -> None:
            self.links.append(ask_for_more(user, part, asked, address="").url)

        self.decide(turn, "case.ask", ASKED, ask)

    @precondition(lambda self: self.links)
    @rule()
    def somebody_answers(self) -> None:
        """On whatever the case is by now: closed, merged, archived, or of other teams."""
        token = self.links.pop(0).rpartition("/")[2]
        with suppress(LinkNotUsable):
            opened = exchange(token, is_verified=True)
            draft = load_draft(opened.draft_id, opened.key, clock())
            save_answers(draft, {"outcome": "Since May."}, done=["outcome"], now=clock())
            self.do(
                "form-submitted",
                lambda: submit_referral(opened.draft_id, opened.key, now=clock()),
            )

    @precondition(lambda self: self.tokens)
    @rule(turn=turns)
    def decides_what_is_due(self, turn: Turn) -> None:
        self.decide(
            turn, "case.conclude", DECIDED, lambda *of: record_decision(*of, "A plan.", address="")
        )

    @precondition(lambda self: self.tokens)
    @rule(turn=turns, to=teams)
    def gives_all_of_it(self, turn: Turn, to: str) -> None:
        self.decide(
            turn, "case.give-all", GAVE_ALL, lambda *of: give_all(*of, to, "All.", address="")
        )

    @precondition(lambda self: self.tokens)
    @rule(name=who, to=st.none() | who)
    def does_many_at_once(self, name: str, to: str | None) -> None:
        user, team = self.world.users[name], PEOPLE[name][0]
        chosen = [
            Chosen(each.id, each.assigned.get(team, ""))
            for each in self.things().values()
            if team in each.parts
        ]

        def act() -> None:
            if to:
                staff_id = self.world.users[to].staff_id
                results = assign_many(user, team, chosen, staff_id, address="")
            else:
                results = take_many(user, team, chosen, address="")
            if all(each.problem for each in results):
                raise NotNow

        self.as_somebody(name, ASSIGNED if to else TAKEN, act)

    @precondition(lambda self: self.tokens)
    @rule(turn=turns)
    def takes(self, turn: Turn) -> None:
        self.decide(turn, "case.take", TAKEN, lambda *of: take(*of, address=""))

    @precondition(lambda self: self.tokens)
    @rule(turn=turns, to=who)
    def assigns(self, turn: Turn, to: str) -> None:
        staff_id = self.world.users[to].staff_id
        self.decide(
            turn,
            "case.assign",
            ASSIGNED,
            lambda *of: assign(*of, staff_id, "Yours.", seen=None, address=""),
        )

    @precondition(lambda self: self.tokens)
    @rule(at=which)
    def begins_a_form(self, at: int) -> None:
        allowed = list(self.who_may("case.work"))
        if allowed and len(self.drafts) < MOST_DRAFTS:
            name, part = allowed[at % len(allowed)]
            staff_id = self.world.users[name].staff_id
            self.drafts.append(
                start_draft("closure", now=clock(), case_id=part.case.id, staff_id=staff_id)
            )

    @precondition(lambda self: self.drafts)
    @rule(outcome=st.sampled_from(("Safe.", "About them.")))
    def finishes_the_form(self, outcome: str) -> None:
        opened = self.drafts.pop(0)
        draft = load_draft(opened.draft_id, opened.key, clock())
        save_answers(draft, {"outcome": outcome}, done=["outcome"], now=clock())
        self.do(
            "form-submitted",
            lambda: submit_referral(opened.draft_id, opened.key, now=clock()),
        )

    @precondition(lambda self: self.tokens)
    @rule(at=which)
    def the_sender_writes(self, at: int) -> None:
        token = self.token(at)
        self.do("more-sent", lambda: send_more(follow(token), "One thing more."))

    @precondition(lambda self: self.tokens)
    @rule(at=which)
    def the_sender_wants_it_back(self, at: int) -> None:
        ask_to_withdraw(follow(self.token(at)))
        assert follow(self.token(at)).withdrawn_at

    @precondition(lambda self: self.tokens)
    @rule(turn=turns, to=st.sets(teams, min_size=1))
    def splits(self, turn: Turn, to: set[str]) -> None:
        if len(self.order) < MOST_CASES:
            self.decide(
                turn,
                "case.split",
                "split",
                lambda *of: split(*of, to & of[1].case.parts.keys(), "Rowan.", address=""),
            )

    @precondition(lambda self: len(self.tokens) > 1)
    @rule(turn=turns, does_confirm=st.sampled_from((True, True, True, False)))
    def merges(self, turn: Turn, does_confirm: bool) -> None:
        every = self.things().values()
        pairs = [CasePair(one, two) for one in every for two in every]
        name, pair = self.one_of("case.merge", pairs, turn)
        user, confirmed = self.world.users[name], []
        if does_confirm and may(user, "case.merge", pair):
            confirmed = [each.token for each in look_at_merge(user, pair).readers]
        self.as_somebody(
            name, "merged", lambda: merge(user, pair, "Friday.", confirmed, address="")
        )

    @precondition(lambda self: any(each.merged_into for each in self.things().values()))
    @rule(turn=turns)
    def undoes_a_merge(self, turn: Turn) -> None:
        every = self.things()
        merged = [each for each in every.values() if each.merged_into]
        pairs = [CasePair(every[two.merged_into], two) for two in merged]
        name, pair = self.one_of("case.unmerge", pairs, turn)
        user = self.world.users[name]
        self.as_somebody(name, "unmerged", lambda: unmerge(user, pair, "No.", address=""))

    def one_of(self, action: str, pairs: list[CasePair], turn: Turn) -> tuple[str, CasePair]:
        """Somebody and two cases that they may do it to; or any, if there are none."""
        name, at, is_anyhow = turn
        people = sorted(PEOPLE.keys() - self.world.inactive)
        allowed = [
            (each, pair)
            for each in people
            for pair in pairs
            if not is_anyhow and may(self.world.users[each], action, pair)
        ]
        return allowed[at % len(allowed)] if allowed else (name, pairs[at % len(pairs)])

    @rule(name=who)
    def leaves(self, name: str) -> None:
        close_account(f"{name}@example.org")
        self.world.inactive.add(name)

    @precondition(lambda self: self.world.inactive)
    @rule()
    def comes_back(self) -> None:
        with transaction() as session:
            session.execute(sa.update(Staff).values(is_active=True))
        self.world.inactive.clear()

    @rule(is_there=st.booleans())
    def a_team_leaves_the_directory_or_comes_back(self, is_there: bool) -> None:
        values = self.world.directory
        if not is_there:
            teams = [{**each, "cover": ""} for each in values["teams"] if each["id"] != NORTHERN]
            provision = [each for each in values["provision"] if each["teams"] != [NORTHERN]]
            values = {**values, "teams": teams, "provision": provision}
        store_values(values)

    @rule(team=st.sampled_from((PUMPS, NORTHERN)), is_paused=st.booleans())
    def is_paused(self, team: str, is_paused: bool) -> None:
        with transaction() as session:
            session.get_one(Team, team).is_paused = is_paused
            session.execute(
                sa.update(DirectoryRevision).values(revision=DirectoryRevision.revision + 1)
            )

    @rule(hours=st.sampled_from((1, 5, 30, 80)))
    def time_passes(self, hours: int) -> None:
        self.world.clock.advance(hours=hours)

    @rule()
    def the_worker_comes_round(self) -> None:
        watch_clocks(clock())
        rescue(clock())
        has_instead = is_staffed(NORTHERN) or not is_there(NORTHERN)  # what a rule keeps from DUTY
        if is_staffed(DUTY) and has_instead:
            assert find_unattended() == ()

    @invariant()
    def nothing_is_lost_or_leaks(self) -> None:
        self.seen = check(self.seen)

    def teardown(self) -> None:
        if hasattr(self, "tokens"):
            check_thoroughly(self.tokens)

    def decide(
        self, turn: Turn, action: str, kinds: str | tuple[str, ...], act: Callable[..., object]
    ) -> None:
        """Somebody does something to their team's part of a case, or tries to without being one who
        may."""
        name, at, is_anyhow = turn
        allowed = [] if is_anyhow else list(self.who_may(action))
        name, part = allowed[at % len(allowed)] if allowed else (name, self.part_of(name, at))
        self.as_somebody(name, kinds, lambda: act(self.world.users[name], part))

    def who_may(self, action: str) -> Iterator[tuple[str, CasePart]]:
        every = self.things().values()
        for name in sorted(PEOPLE.keys() - self.world.inactive):
            user = self.world.users[name]
            for thing in every:
                for part in parts_for(user, action, thing):
                    yield name, part

    def part_of(self, name: str, at: int) -> CasePart:
        return CasePart(self.thing(at), PEOPLE[name][0])

    def as_somebody(
        self, name: str, kinds: str | tuple[str, ...], act: Callable[[], object]
    ) -> None:
        if name not in self.world.inactive:  # who has left cannot sign in
            self.do(kinds, act)

    def do(self, kinds: str | tuple[str, ...], act: Callable[[], object]) -> None:
        """What was done is on a timeline and on the record; what was refused changed nothing."""
        told, recorded = happened(), audit.head()
        db.session.rollback()
        with suppress(*REFUSED):
            act()
            grown = [kind for kind, count in happened().items() if count > told.get(kind, 0)]
            assert {kinds} & {*grown} if isinstance(kinds, str) else {*kinds} & {*grown}
            assert audit.head().position > recorded.position
            self.world.done.update(grown)
            return
        db.session.rollback()
        assert (happened(), audit.head()) == (told, recorded)

    def thing(self, at: int) -> CaseThing:
        return self.things()[self.order[at % len(self.order)]]

    def things(self) -> dict[str, CaseThing]:
        """The cases by their ids, in the order in which they were made."""
        every = {each.id: each for each in things()}
        self.order += sorted(every.keys() - set(self.order))  # at most one was split off since
        return {case_id: every[case_id] for case_id in self.order}

    def token(self, at: int) -> str:
        return self.tokens[at % len(self.tokens)]


def live(world: World, examples: int, steps: int) -> None:
    class LifeHere(Life):
        pass

    LifeHere.world = world
    run_state_machine_as_test(
        LifeHere,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture
def world(context, monkeypatch, clock):
    prepare(context, monkeypatch)
    (page,) = REFERRAL["x-form"]["pages"]
    pages = [
        {**page, "questions": [each for each in page["questions"] if each != "is_urgent"]},
        {"id": "how", "title": "How", "questions": ["is_urgent"]},
    ]
    form = {**REFERRAL, "x-form": {**REFERRAL["x-form"], "version": "1.1.0", "pages": pages}}
    told = {
        **rule_of("told", {"is_urgent": True, "area": ["belfast", "nowhere"]}),
        "to": [{"team": NORTHERN, "send": ["all"]}],
    }
    due = [{**each, "decide_within": "P5D"} for each in RULES["rules"]]
    conflict = {
        "id": "conflict",
        "when": {"last_name": "Conflict"},
        "exclude": [{"team": DUTY}],
        "why": "They work there.",
    }
    rules = {
        **RULES,
        "version": "1.1.0",
        "rules": [*due, told, conflict],
        "fallback": {**RULES["fallback"], "instead": NORTHERN},
    }
    publish_form(json.dumps(form), "visit.json", rules_text=json.dumps(rules))
    about_them = {**conflict, "when": {"outcome": "About them."}, "exclude": [{"team": NORTHERN}]}
    form, closing = case_form("closure", "Closing form"), case_rules("closure")
    form = {**form, "x-form": {**form["x-form"], "version": "1.1.0"}}
    closing = {**closing, "version": "1.1.0", "rules": [about_them]}
    closing["fallback"] = {**closing["fallback"], "instead": PUMPS}
    publish_form(json.dumps(form), "closure.json", rules_text=json.dumps(closing))
    form = case_form(USUAL_FORM, "More information", audience=["public", "professional"])
    publish_form(json.dumps(form), "more.json", rules_text=json.dumps(case_rules(USUAL_FORM)))
    users = {name: make_staff(name, team, role=role) for name, (team, role) in PEOPLE.items()}
    with transaction() as session:
        session.get_one(Team, PUMPS).cover_team_id = NORTHERN
    directory = stored_values()
    db.session.rollback()
    return World(users, clock, directory)


def test_no_sequence_of_actions_loses_a_referral_or_shows_it_to_others(world):
    live(world, examples=3 if db.engine.dialect.name == "sqlite" else 2, steps=30)


@pytest.mark.nightly
def test_no_long_sequence_does_either(world):
    live(world, examples=500, steps=60)
    assert world.done.keys() >= EVERYTHING, "each thing was done at least once"
