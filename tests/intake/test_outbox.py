"""The outbox: at least once, one worker at a time, and never silently lost."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa
from flask import Flask

from intake import outbox, rounds
from intake.database import db, transaction
from intake.models import OutboxMessage
from intake.outbox import WorkFailed
from intake.worker import Handler, run_once
from tests.intake.conftest import Clock

SECRET = "parent@example.org"


class Recorder:
    """A handler that remembers what it did, and fails as it is told."""

    def __init__(self, *failures: Exception) -> None:
        self.done: list[object] = []
        self.failures = list(failures)

    def __call__(self, work: outbox.Work, _now: object) -> None:
        self.done.append(work.payload["to"])
        if self.failures:
            raise self.failures.pop(0)

    def handlers(self) -> dict[str, Handler]:
        return {"email": Handler(self)}


def queue(to: str = SECRET, **more: object) -> str:
    with transaction():
        return outbox.enqueue("email", {"to": to}, **more)


def stored() -> OutboxMessage:
    db.session.rollback()
    return db.session.scalars(sa.select(OutboxMessage)).one()


def test_queued_work_is_done_once_and_its_content_forgotten(context: Flask, clock: Clock) -> None:
    queue()
    recorder = Recorder()
    assert run_once(handlers=recorder.handlers()) == 1
    assert run_once(handlers=recorder.handlers()) == 0
    assert recorder.done == [SECRET]
    assert (stored().state, stored().sealed_payload) == (outbox.DONE, None)


def test_work_of_a_transaction_that_failed_was_never_queued(context: Flask) -> None:
    def fail_after_queueing() -> None:
        with transaction():
            outbox.enqueue("email", {"to": SECRET})
            db.session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_queueing()
    assert outbox.counts() == {}


def test_the_same_work_is_queued_once(context: Flask) -> None:
    assert queue(dedupe_key="receipt:1") == queue(dedupe_key="receipt:1")
    assert outbox.counts() == {"waiting": 1}


def test_what_waits_is_not_readable_in_the_database(context: Flask) -> None:
    queue()
    assert SECRET.encode() not in (stored().sealed_payload or b"")


def test_a_worker_that_was_killed_leaves_its_work_to_the_next(context: Flask, clock: Clock) -> None:
    queue()
    assert outbox.lease("killed", clock()) is not None
    recorder = Recorder()
    assert run_once(handlers=recorder.handlers()) == 0
    clock.advance(minutes=5, seconds=1)
    assert run_once(handlers=recorder.handlers()) == 1
    assert recorder.done == [SECRET]


def test_work_that_kills_every_worker_ends_where_someone_sees_it(
    context: Flask, clock: Clock
) -> None:
    queue()
    for _ in range(outbox.MOST_ATTEMPTS):
        assert outbox.lease("killed", clock()) is not None
        clock.advance(minutes=6)
    recorder = Recorder()
    run_once(handlers=recorder.handlers())
    assert recorder.done == []
    assert stored().state == outbox.DEAD


def test_a_worker_that_comes_back_too_late_changes_nothing(context: Flask, clock: Clock) -> None:
    queue()
    late = outbox.lease("late", clock())
    clock.advance(minutes=6)
    next_claim = outbox.lease("next", clock())
    assert late is not None
    assert next_claim is not None
    with transaction():
        assert outbox.held(late) is None
        assert outbox.held(next_claim) is not None


def test_failed_work_comes_back_after_growing_pauses_and_then_dies(
    context: Flask, clock: Clock
) -> None:
    queue()
    recorder = Recorder(*[WorkFailed("the mail server answered 421")] * outbox.MOST_ATTEMPTS)
    for pause in outbox.PAUSES:
        assert run_once(handlers=recorder.handlers()) == 1
        clock.now += pause - timedelta(seconds=1)
        assert run_once(handlers=recorder.handlers()) == 0
        clock.advance(seconds=1)
    run_once(handlers=recorder.handlers())
    message = stored()
    assert (message.state, message.last_problem) == ("dead", "the mail server answered 421")
    assert message.sealed_payload is not None


def test_a_refusal_for_good_is_not_tried_again(context: Flask) -> None:
    queue()
    run_once(handlers=Recorder(WorkFailed("refused (550)", is_permanent=True)).handlers())
    assert stored().state == outbox.DEAD


def test_an_unexpected_fault_is_noted_by_its_kind_only(context: Flask) -> None:
    queue()
    run_once(handlers=Recorder(ValueError(f"cannot parse {SECRET}")).handlers())
    assert stored().last_problem == "it failed: ValueError"
    assert stored().state == outbox.WAITING


def test_dead_work_can_be_sent_again(context: Flask, clock: Clock) -> None:
    message_id = queue()
    run_once(handlers=Recorder(WorkFailed("no", is_permanent=True)).handlers())
    with transaction():
        assert outbox.send_again(message_id, clock())
    recorder = Recorder()
    run_once(handlers=recorder.handlers())
    assert recorder.done == [SECRET]
    with transaction():
        assert not outbox.send_again(message_id, clock())


def test_work_of_an_unknown_kind_waits_for_a_worker_that_knows_it(context: Flask) -> None:
    queue()
    run_once(handlers={})
    assert stored().state == outbox.WAITING


def test_finished_work_is_purged_after_its_time(context: Flask, clock: Clock) -> None:
    queue()
    run_once(handlers=Recorder().handlers())
    rounds.purge(clock.advance(days=29))
    assert outbox.counts() == {"done": 1}
    rounds.purge(clock.advance(days=2))
    assert outbox.counts() == {}


def test_several_workers_at_once_do_each_piece_once(app: Flask, clock: Clock) -> None:
    with app.app_context():
        for number in range(12):
            queue(f"parent-{number}@example.org")
    recorder, barrier = Recorder(), Barrier(3)

    def work() -> None:
        barrier.wait()
        with app.app_context():
            run_once(handlers=recorder.handlers())

    threads = [Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, recorder.done)) == sorted(
        f"parent-{number}@example.org" for number in range(12)
    )


def test_a_process_without_the_master_key_queues_and_cannot_open(
    app: Flask, public_app: Flask, clock: Clock
) -> None:
    with public_app.app_context():
        queue()
        run_once(handlers=Recorder().handlers())
        assert stored().last_problem == "it could not be opened: MasterKeyMissing"
    clock.advance(hours=1)
    recorder = Recorder()
    with app.app_context():
        run_once(handlers=recorder.handlers())
    assert recorder.done == [SECRET]
