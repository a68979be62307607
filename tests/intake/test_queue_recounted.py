"""Each list of a queue with each filter, against the same worked out row by row in Python."""

from dataclasses import replace
from datetime import timedelta
from itertools import chain, product
from random import Random

import pytest
import sqlalchemy as sa

from intake.app_state import clock
from intake.database import db, transaction
from intake.models import Case, Destination
from intake.services import queue
from intake.services.queue import queue_page
from intake.services.queue_figures import team_counts
from intake.services.queue_filters import LIVE_SHOWS, NOBODY, SHOWS, SOMEBODY, QueueFilter
from tests.intake.case_making import NORTHERN, PUMPS, make_staff, prepare

STATES = ("delivered", "seen", "more-information", "accepted", "declined", "done")
FORMS = ("visit", "closure", "gcp2")
ROWS = 90


@pytest.fixture
def users(context, monkeypatch):
    prepare(context, monkeypatch)
    monkeypatch.setattr(queue, "PAGE_SIZE", 7)
    return make_staff("robin", PUMPS), make_staff("rowan", PUMPS)


def fill(random, users, count=ROWS):
    """Parts of cases in any state at all, many due at the same moment."""
    with transaction() as session:
        for number in range(count):
            case_id, form = f"{random.getrandbits(128):032x}", random.choice(FORMS)
            near = [clock() + timedelta(hours=random.randint(-4, 4)) for _ in range(4)]
            session.add(
                Case(
                    id=case_id,
                    reference=f"VIS-{case_id[:12]}",
                    form_id=form,
                    created_at=clock(),
                    updated_at=clock(),
                )
            )
            session.flush()
            state = random.choice(STATES)
            session.add(
                Destination(
                    case_id=case_id,
                    team_id=random.choice((PUMPS, PUMPS, PUMPS, NORTHERN)),
                    form_id=form,
                    state=state,
                    urgency=random.randint(1, 4),
                    acknowledge_by=near[0],
                    delivered_at=near[1],
                    acknowledged_at=random.choice((None, near[2])),
                    decided_at=near[2] if state in ("accepted", "declined", "done") else None,
                    decide_by=random.choice((None, near[3])),
                    concluded_at=random.choice((None, None, near[2])),
                    assigned_to=random.choice((None, *(user.staff_id for user in users))),
                    is_archived=number % 9 == 0 and state == "done",
                )
            )


def recounted(wanted):
    """The ids of the cases that a list has to show, in order."""
    db.session.rollback()
    parts = [each for each in db.session.scalars(sa.select(Destination)) if shows(wanted, each)]
    if wanted.is_live:
        parts.sort(key=lambda part: (-part.urgency, part.due_at, part.id))
    else:
        parts.sort(key=lambda part: (part.settled_at, part.id), reverse=True)
    return [part.case_id for part in parts]


def shows(wanted, part):
    listed = "archived" if part.is_archived else part.state
    kind = {"accepted": "accepted", "declined": "declined", "done": "finished"}
    kind = listed if listed == "archived" else kind.get(listed, "waiting")
    if part.team_id != PUMPS or kind not in LIVE_SHOWS.get(wanted.show, (wanted.show,)):
        return False
    if wanted.urgencies and part.urgency not in wanted.urgencies:
        return False
    if wanted.forms and part.form_id not in wanted.forms:
        return False
    if not wanted.is_live:
        return True
    if wanted.overdue_only and part.due_at >= clock():
        return False
    if wanted.assigned in (NOBODY, SOMEBODY):
        return (part.assigned_to is None) == (wanted.assigned == NOBODY)
    return not wanted.assigned or part.assigned_to == wanted.assigned


def every_filter(user):
    kinds = product(
        (*SHOWS, "open"),
        (frozenset(), frozenset({4}), frozenset({1, 3})),
        (frozenset(), frozenset(FORMS[:1]), frozenset(FORMS[:2])),
        (False, True),
        ("", NOBODY, SOMEBODY, user.staff_id),
    )
    return [QueueFilter(*each) for each in kinds]


def read_through(wanted, between=lambda: None):
    """The cases of all pages, forwards; and of all pages back from the last."""
    page, found = queue_page(PUMPS, wanted), []
    while True:
        found.append([row.case_id for row in page.rows])
        if page.last is None:
            break
        place = page.last
        db.session.rollback()
        between()
        page = queue_page(PUMPS, replace(wanted, place=place))
    back = [found[-1]]
    while page.first is not None:
        page = queue_page(PUMPS, replace(wanted, place=page.first, is_backwards=True))
        back.insert(0, [row.case_id for row in page.rows])
    return [*chain(*found)], [*chain(*back)]


def compare(users, seed, filters):
    random = Random(seed)
    fill(random, users)
    for wanted in filters:
        expected = recounted(wanted)
        forwards, back = read_through(wanted)
        assert forwards == expected, wanted
        assert back == expected, wanted
        assert queue_page(PUMPS, wanted).total == len(expected), wanted
    (counts,) = team_counts(users[0])
    for show in SHOWS:
        assert counts.counted[show] == len(recounted(QueueFilter(show))), show
    overdue = recounted(QueueFilter("open", overdue_only=True))
    assert counts.overdue == len(overdue)
    assert counts.counted["nobodys"] == len(recounted(QueueFilter(assigned=NOBODY)))
    mine = recounted(QueueFilter("yours", assigned=users[0].staff_id))
    assert counts.counted["yours"] == len(mine)


@pytest.mark.database("sqlite")
def test_lists_and_figures_are_what_a_slow_recount_says(users):
    compare(users, 1, every_filter(users[0])[::53])


@pytest.mark.nightly
@pytest.mark.parametrize("seed", [2, 3])
def test_every_list_with_every_filter_is(users, seed):
    compare(users, seed, every_filter(users[0]))


@pytest.mark.database("sqlite")
def test_whoever_turns_pages_while_others_work_sees_every_case_that_stays_and_none_twice(users):
    random = Random(4)
    fill(random, users)
    wanted = QueueFilter("open")
    stays = recounted(wanted)

    def work():
        """Colleagues finish some, and others come, before and after the page that is read."""
        with transaction() as session:
            leaving = random.choice(stays)
            session.execute(
                sa.update(Destination).where(Destination.case_id == leaving).values(state="done")
            )
            gone.add(leaving)
        fill(random, users, 3)

    gone = set()
    seen, _ = read_through(wanted, work)
    assert len(seen) == len(set(seen))
    assert [each for each in seen if each in stays and each not in gone] == [
        each for each in stays if each not in gone
    ]
