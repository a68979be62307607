"""Who hears of a team's news, when, and that nobody hears who should not."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from intake.database import db
from intake.mail import mail_folder
from intake.models import Membership, NotificationChoice, OutboxMessage
from intake.services.choosing_notices import choices_of, choose
from intake.services.digests import make_digests
from intake.worker import run_once
from tests.intake.case_making import (
    DUTY,
    NORTHERN,
    PUMPS,
    Browser,
    leave,
    make_case,
    make_staff,
    prepare,
    user_of,
    work,
)


@pytest.fixture(autouse=True)
def people(app, monkeypatch):
    with app.app_context():
        prepare(app, monkeypatch)
        return {
            "robin": make_staff("robin", PUMPS, NORTHERN),
            "lee": make_staff("lee", PUMPS, role="lead"),
        }


@pytest.fixture
def told(app, clock, settings):
    """Do what waits; to whom messages went since the last time."""
    seen = set()

    def go():
        work(clock.now)
        files = set(mail_folder(settings).glob("*.eml"))
        new = [file.read_text() for file in files - seen]
        seen.update(files)
        return sorted(text.partition("\nTo: ")[2].partition("@")[0] for text in new)

    return go


def test_members_and_the_address_hear_as_they_chose_and_whoever_left_does_not(
    app, people, told, clock
):
    with app.app_context():
        make_case()
        assert told() == [PUMPS]  # what nobody chose: the team's address
        choose(people["robin"], {PUMPS: "at-once"}, {PUMPS: "none"}, 8, address="")
        make_case()
        assert told() == [PUMPS, "robin"]  # who does not lead chooses for nobody else
        choose(people["lee"], {PUMPS: "at-once"}, {PUMPS: "none"}, 8, address="")
        make_case()
        assert told() == ["lee", "robin"]
        leave(people["lee"])
        leave(people["robin"])
        make_case()
        assert told() == []
        make_case(is_urgent=True)
        assert told() == [PUMPS]  # never nobody
        make_case("northern")
        assert told() == [NORTHERN]


def test_a_digest_comes_once_a_day_in_london_time_and_says_how_much_there_is(
    app, people, told, clock, settings
):
    with app.app_context():
        clock.now = datetime(2027, 3, 27, 6, 0, tzinfo=UTC)  # the day before summer time
        robin = people["robin"]
        choose(robin, {PUMPS: "digest", NORTHERN: "digest"}, {}, 7, address="")
        make_case()
        make_case()
        make_case("northern")
        run_once(clock.now)
        assert make_digests(clock.now) == 0  # six o'clock
        clock.advance(hours=1)
        assert [make_digests(clock.now), make_digests(clock.now)] == [1, 0]
        assert make_digests(clock.advance(hours=5)) == 0
        clock.now = datetime(2027, 3, 28, 5, 59, tzinfo=UTC)
        assert make_digests(clock.now) == 0
        assert make_digests(clock.advance(minutes=1)) == 1  # seven o'clock in summer
        assert make_digests(clock.advance(days=3)) == 1  # one, after three days of silence
        work(clock.now)
        texts = [file.read_text() for file in mail_folder(settings).glob("*.eml")]
        digests = [text for text in texts if "\nTo: robin@" in text]
        assert len(digests) == 3
        assert any("Belfast pumps: 2 wait for an answer" in text for text in digests)
        leave(robin)
        assert make_digests(clock.advance(days=1)) == 0


@pytest.mark.database("sqlite")
def test_a_digest_that_waits_is_not_sent_to_whoever_left_meanwhile(app, people, told, clock):
    with app.app_context():
        choose(people["robin"], {PUMPS: "digest"}, {}, 8, address="")
        make_case()
        told()
        assert make_digests(clock.now) == 1
        leave(people["robin"])
        assert told() == []


@pytest.mark.database("sqlite")
def test_a_digest_tells_nothing_of_a_team_that_somebody_left_meanwhile(app, people, told, clock):
    with app.app_context():
        robin = people["robin"]
        choose(robin, {PUMPS: "digest", NORTHERN: "digest"}, {}, 8, address="")
        make_case("both")
        told()
        assert make_digests(clock.now) == 1
        is_second = sa.and_(Membership.staff_id == robin.staff_id, Membership.team_id == NORTHERN)
        db.session.execute(sa.delete(Membership).where(is_second))
        db.session.commit()
        assert told() == []  # tomorrow's is about the team where they are


@pytest.mark.database("sqlite")
def test_the_page_shows_what_holds_and_keeps_what_is_chosen(app, people):
    browser = Browser(app, "lee")
    text = browser.get("/staff/notifications").text
    assert "How does belfast-pumps@example.org hear of them?" in text
    wrong = browser.post("/staff/notifications", **{f"own-{PUMPS}": "loudly"}, hour="8")
    assert wrong.status_code == 422
    answer = browser.post(
        "/staff/notifications",
        **{f"own-{PUMPS}": "digest", f"own-{DUTY}": "at-once", f"address-{PUMPS}": "digest"},
        hour="9",
    )
    assert answer.status_code == 303
    with app.app_context():
        (team,) = choices_of(user_of(people["lee"].staff_id)).teams
        assert (team.own, team.address) == ("digest", "digest")
        assert db.session.query(NotificationChoice).count() == 2
        assert not db.session.query(OutboxMessage).filter_by(team_id=DUTY).count()
    assert "How does belfast" not in Browser(app, "robin").get("/staff/notifications").text
