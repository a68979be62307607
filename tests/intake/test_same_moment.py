"""Two people who decide about the same referral at the same moment: one winner, one clear message.

On both databases, in threads that start together.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Barrier, Thread
from typing import Any

import pytest

from intake.access import CasePair, User
from intake.database import db
from intake.services import case_decisions
from intake.services.assignments import take
from intake.services.cases import read_case
from intake.services.deciding import NotNow
from intake.services.merging import merge
from intake.services.sending_on import send_on
from intake.services.splitting import split
from intake.services.unmerging import unmerge
from tests.intake.case_making import DUTY, PUMPS, make_case, make_staff, part, prepare
from tests.intake.referral_life import check, things

Act = Callable[[User, "Cases"], object]


@dataclass(frozen=True)
class Cases:
    """Two cases of one team, as both people saw them when they opened their pages."""

    one: Any
    two: Any

    @property
    def pair(self) -> CasePair:
        return CasePair(self.one.case, self.two.case)

    @property
    def other_way(self) -> CasePair:
        return CasePair(self.two.case, self.one.case)


def accepts(user: User, cases: Cases) -> None:
    case_decisions.accept(user, cases.one, address="")


def declines(user: User, cases: Cases) -> None:
    case_decisions.decline(user, cases.one, "outside-area", "", address="")


def closes(user: User, cases: Cases) -> None:
    case_decisions.close(user, cases.one, "Done.", address="")


def takes(user: User, cases: Cases) -> None:
    take(user, cases.one, address="")


def sends_on(user: User, cases: Cases) -> None:
    send_on(user, cases.one, DUTY, "sent-better-placed", "", address="")


def splits(user: User, cases: Cases) -> None:
    split(user, cases.one, [PUMPS], "Rowan.", address="")


def merges(user: User, cases: Cases) -> None:
    merge(user, cases.pair, "Friday.", (), address="")


def merges_the_other_way(user: User, cases: Cases) -> None:
    merge(user, cases.other_way, "Friday.", (), address="")


def accepts_the_other(user: User, cases: Cases) -> None:
    case_decisions.accept(user, cases.two, address="")


def splits_the_other(user: User, cases: Cases) -> None:
    split(user, cases.two, [PUMPS], "Rowan.", address="")


def undoes(user: User, cases: Cases) -> None:
    unmerge(user, cases.pair, "No.", address="")


def looks(user: User, cases: Cases) -> None:
    read_case(user, cases.one.case, address="")


ONE_WINS = (
    (accepts, accepts),
    (accepts, declines),
    (declines, declines),
    (declines, sends_on),
    (sends_on, sends_on),
    (takes, takes),
    (merges, merges),
    (merges, merges_the_other_way),
)
EITHER_ORDER = (  # both can be done one after the other; never half of one
    (merges, accepts),
    (merges, accepts_the_other),
    (merges, declines),
    (splits, declines),
    (splits, merges),
    (merges, splits_the_other),
    (splits, splits),
    (looks, accepts),
)


@dataclass
class Together:
    """Robin and Rowan, of one team, each in a thread of their own."""

    app: Any
    users: tuple[User, User]
    wins: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    broken: list[BaseException] = field(default_factory=list)

    def do(self, acts: tuple[Act, Act], cases: Cases) -> None:
        together = Barrier(2)

        def one(user: User, act: Act) -> None:
            with self.app.app_context():
                together.wait()
                try:
                    act(user, cases)
                    self.wins.append(user.name)
                except NotNow as error:
                    self.told.append(str(error))
                except BaseException as error:  # noqa: BLE001 — it is shown by the test
                    self.broken.append(error)

        threads = [Thread(target=one, args=pair) for pair in zip(self.users, acts, strict=True)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()


@pytest.fixture
def users(app, monkeypatch):
    with app.app_context():
        prepare(app, monkeypatch)
        make_staff("kim", DUTY)
        return make_staff("robin", PUMPS, role="lead"), make_staff("rowan", PUMPS, role="lead")


def test_one_wins_and_the_other_is_told_and_nothing_is_half_done(app, users):
    with app.app_context():
        for acts in ONE_WINS:
            cases = Cases(part(make_case()), part(make_case()))
            together = Together(app, users)
            together.do(acts, cases)
            assert not together.broken, (acts, together.broken)
            assert (len(together.wins), len(together.told)) == (1, 1), acts
        for acts in EITHER_ORDER:
            cases = Cases(part(make_case()), part(make_case()))
            together = Together(app, users)
            together.do(acts, cases)
            assert not together.broken, (acts, together.broken)
            assert together.wins, acts
            if looks in acts:
                assert part(cases.one.case.id).state == "accepted"
        check()


def test_what_was_done_is_finished_or_undone_once(app, users):
    with app.app_context():
        cases = Cases(part(make_case()), part(make_case()))
        accepts(users[0], cases)
        closing = Cases(part(cases.one.case.id), cases.two)
        together = Together(app, users)
        together.do((closes, closes), closing)
        assert (len(together.wins), together.broken) == (1, [])
        cases = Cases(part(make_case()), part(make_case()))
        merges(users[0], cases)
        merged = Cases(part(cases.one.case.id), part(cases.two.case.id))
        together = Together(app, users)
        together.do((undoes, undoes), merged)
        assert (len(together.wins), together.broken) == (1, [])
        check()
        assert not any(each.merged_into for each in things())
        with suppress(NotNow):
            undoes(users[0], merged)
        db.session.rollback()
