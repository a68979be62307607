"""Whatever two people press at the same moment: each gets a page that says what became of it.

Every pair of actions, over HTTP, on both databases; the long search runs with ``-m nightly``.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations_with_replacement
from threading import Barrier, Thread
from typing import Any

import pytest

from intake.access import CasePair
from intake.app_state import clock
from intake.services import case_decisions
from intake.services.asking_more import USUAL_FORM
from intake.services.merging import look_at_merge, merge
from intake.services.publishing import publish_form
from tests.intake.case_making import (
    DUTY,
    NORTHERN,
    PUMPS,
    Browser,
    case_form,
    case_rules,
    make_case,
    make_staff,
    part,
    prepare,
    user_of,
)
from tests.intake.referral_life import check

Fields = dict[str, Any]
ONCE = {  # of two who do the same, one wins
    "fresh": {"accept", "decline", "merge", "send-on", "take", "take-many", "pause"},
    "accepted": {"close", "merge", "send-on", "take"},
    "merged": {"unmerge", "accept", "decline", "take", "send-on"},
    "closed": {"archive"},
}
ANSWERS = {200, 303, 409, 422}
FRESH = (
    "accept", "decline", "take", "assign", "take-many", "assign-many", "send-on", "split",
    "merge", "merge-back", "escalate", "contact", "ask", "pause", "name", "accept-two",
    "decline-two", "look",
)  # fmt: skip
ACCEPTED = (
    "close", "send-on", "split", "merge", "merge-back", "assign", "take", "escalate",
    "close-two", "look",
)  # fmt: skip
MERGED = ("unmerge", "accept", "decline", "close", "split", "send-on", "take", "take-many",
          "escalate", "contact", "look", "name")  # fmt: skip
CLOSED = ("archive", "reopen", "name", "look", "merge")


@dataclass(frozen=True)
class Cases:
    """Two cases, as both people saw them."""

    one: str
    two: str
    people: Mapping[str, str]
    confirmed: tuple[str, ...] = ()
    seen: str = "seen"

    def post(self, action: str, team: str, other: str) -> tuple[str, Fields]:
        """Where somebody of a team presses a button, and what the form has."""
        of = self.two if action.endswith("-two") else self.one
        kind = action.removesuffix("-two")
        many = {"team": team, "case": [f"{self.one}:", f"{self.two}:"]}
        words = {"team": team, "words": "As the family asked."}
        until = clock().date() + timedelta(days=3)
        day = {"until-day": until.day, "until-month": until.month, "until-year": until.year}
        asked = {f"by{name[5:]}": value for name, value in day.items()}
        now = clock().date() - timedelta(days=1)
        ways: dict[str, tuple[str, Fields]] = {
            "merge": (f"merge/{self.two}", {**words, "confirmed": list(self.confirmed)}),
            "merge-back": (f"/{self.two}/merge/{self.one}", words),
            "unmerge": (f"unmerge/{self.two}", words),
            "decline": ("decline", {**words, "reason": "outside-area"}),
            "accept": ("accept", {**words, "seen": self.seen}),
            "close": ("close", {**words, "outcome": "helped"}),
            "assign": ("assign", {**words, "to": self.people[other], "seen": ""}),
            "send-on": ("send-on", {**words, "to": DUTY, "reason": "sent-better-placed"}),
            "split": ("split", {**words, "teams": [team]}),
            "contact": (
                "contact",
                {
                    **words,
                    "reached": "child-seen",
                    "way": "telephone",
                    "when-day": now.day,
                    "when-month": now.month,
                    "when-year": now.year,
                },
            ),
            "ask": ("ask", {**words, **asked, "form_id": USUAL_FORM, "way": "hand"}),
            "pause": ("pause", {**words, **day, "reason": "family-away"}),
            "name": ("naming", {**words, "named": "yes"}),
            "take-many": ("/staff/queue/act", {**many, "action": "take"}),
            "assign-many": (
                "/staff/queue/act",
                {**many, "action": "assign", "to": self.people[other]},
            ),
        }
        where, fields = ways.get(kind, (kind, words))
        if where.startswith("/staff"):
            return where, fields
        if where.startswith("/"):
            return f"/staff/cases{where}", fields
        return f"/staff/cases/{of}/{where}", fields


def together(
    browsers: tuple[Browser, Browser], posts: tuple[Any, Any], broken: list[BaseException]
) -> list[Any]:
    """Both at the same moment; their answers."""
    start, answers = Barrier(2), [None, None]
    for browser in browsers:
        browser.get("/staff/find")

    def one(number: int) -> None:
        where, fields = posts[number]
        start.wait()
        try:
            if fields is None:
                answers[number] = browsers[number].get(where)
            else:
                answers[number] = browsers[number].post(where, **fields)
        except BaseException as error:  # noqa: BLE001 — it is shown by the test
            broken.append(error)

    threads = [Thread(target=one, args=(number,)) for number in (0, 1)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return answers


@pytest.fixture
def people(app, monkeypatch):
    app.testing = False
    with app.app_context():
        prepare(app, monkeypatch)
        form = case_form(USUAL_FORM, "More information")
        publish_form(json.dumps(form), "more.json", rules_text=json.dumps(case_rules(USUAL_FORM)))
        kim = make_staff("kim", DUTY, role="lead")
        robin = make_staff("robin", PUMPS, role="lead")
        rowan = make_staff("rowan", PUMPS, role="lead")
        alex = make_staff("alex", NORTHERN, role="lead")
        return {each.name.lower(): each.staff_id for each in (kim, robin, rowan, alex)}


def make(people: Mapping[str, str], state: str, area: str) -> Cases:
    user = user_of(people["robin"])
    one, two = make_case(area), make_case(area)
    for name in ("robin", "alex") if area == "both" else ("robin",):
        mine = user_of(people[name])
        team = PUMPS if name == "robin" else NORTHERN
        for each in (one, two):
            if state in ("accepted", "closed"):
                case_decisions.accept(mine, part(each, team), address="")
            if state == "closed":
                case_decisions.close(mine, part(each, team), "Done.", address="")
    pair = CasePair(part(one).case, part(two).case)
    tokens: tuple[str, ...] = ()
    if state in ("fresh", "accepted"):
        tokens = tuple(each.token for each in look_at_merge(user, pair).readers)
    if state == "merged":
        merge(user, pair, "Friday.", (), address="")
    return Cases(one, two, people, tokens, "seen" if state == "fresh" else "")


def play(app, people, state: str, area: str, pairs, told: Counter) -> list[str]:
    """Every pair once; what went wrong."""
    wrong: list[str] = []
    names = ("robin", "alex") if area == "both" else ("robin", "rowan")
    team_of = {"robin": PUMPS, "rowan": PUMPS, "alex": NORTHERN}
    browsers = (Browser(app, names[0]), Browser(app, names[1]))
    for acts in pairs:
        with app.app_context():
            cases = make(people, state, area)
            others = ("rowan", "robin") if area != "both" else ("robin", "alex")
            posts = tuple(
                (f"/staff/cases/{cases.one}", None)
                if act == "look"
                else cases.post(act, team_of[name], other)
                for act, name, other in zip(acts, names, others, strict=True)
            )
        broken: list[BaseException] = []
        answers = together(browsers, posts, broken)
        statuses = [answer.status_code if answer is not None else 0 for answer in answers]
        told[(state, area, acts, tuple(statuses))] += 1
        if broken or not set(statuses) <= ANSWERS:
            wrong.append(f"{state} {area} {acts} {statuses} {broken}")
        is_same = acts[0] == acts[1] and acts[0] in ONCE[state] and area != "both"
        if is_same and statuses.count(303) != 1:
            wrong.append(f"{state} {area} {acts} {statuses}: not one winner")
        if state in ("fresh", "accepted") and not {200, 303} & set(statuses):
            wrong.append(f"{state} {area} {acts} {statuses}: no winner")
        with app.app_context():
            try:
                check()
            except AssertionError as error:
                wrong.append(f"{state} {area} {acts} {statuses}: {error}")
                return wrong
    return wrong


@pytest.mark.nightly
@pytest.mark.parametrize("area", ["belfast", "both"])
@pytest.mark.parametrize(
    ("state", "actions"),
    [("fresh", FRESH), ("accepted", ACCEPTED), ("merged", MERGED), ("closed", CLOSED)],
)
def test_whatever_two_press_at_once_each_is_told_what_became_of_it(
    app, people, state, actions, area
):
    told: Counter = Counter()
    pairs = list(combinations_with_replacement(actions, 2))
    wrong = play(app, people, state, area, pairs, told)
    assert not wrong, "\n".join(wrong)
