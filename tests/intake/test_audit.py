"""The audit chain shows whatever was done to it."""

import threading

import pytest
import sqlalchemy as sa

from intake import audit
from intake.database import db, transaction
from intake.models import AuditEntry


def record_some(count=5):
    with transaction():
        for number in range(count):
            audit.record(
                "staff:a1", "case.read", "case", f"c{number}", team="duty-desk", address="192.0.2.7"
            )


def record_and_fail():
    with transaction():
        audit.record("cli", "case.read", "case", "c1")
        raise RuntimeError


def change(statement):
    with transaction() as session:
        session.execute(statement)


def test_an_untouched_chain_is_whole(context):
    record_some()
    assert audit.verify() == []


def test_an_empty_chain_is_whole(context):
    assert audit.verify() == []
    assert audit.head() == audit.Head(0, audit.START)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor", "staff:b2"),
        ("action", "case.close"),
        ("thing_id", "c9"),
        ("team_id", None),
        ("address", "192.0.2.8"),
        ("why", "asked"),
    ],
)
def test_an_altered_entry_is_found(context, column, value):
    record_some()
    change(sa.update(AuditEntry).where(AuditEntry.position == 3).values({column: value}))
    assert audit.verify() == ["Entry 3 was altered."]


def test_an_altered_time_is_found(context, clock):
    record_some()
    later = clock.advance(hours=1)
    change(sa.update(AuditEntry).where(AuditEntry.position == 2).values(at=later))
    assert audit.verify() == ["Entry 2 was altered."]


def test_an_entry_with_a_hash_made_to_fit_breaks_the_next(context):
    record_some()
    with transaction() as session:
        entry = session.get(AuditEntry, 3)
        entry.actor = "staff:b2"
        entry.hash = audit.entry_hash(entry)
    assert audit.verify() == ["Entry 4 does not follow entry 3."]


def test_a_removed_entry_is_found(context):
    record_some()
    change(sa.delete(AuditEntry).where(AuditEntry.position == 3))
    assert "Entry 3 is missing (next is 4)." in audit.verify()


def test_a_removed_first_entry_is_found(context):
    record_some()
    change(sa.delete(AuditEntry).where(AuditEntry.position == 1))
    assert "Entry 1 is missing (next is 2)." in audit.verify()


def test_reordered_entries_are_found(context):
    record_some()
    for before, after in ((2, 99), (3, 2), (99, 3)):
        change(sa.update(AuditEntry).where(AuditEntry.position == before).values(position=after))
    assert len(audit.verify()) >= 2


def test_entries_cut_from_the_end_are_found_by_a_head_noted_earlier(context):
    record_some()
    noted = audit.head()
    record_some(2)
    assert audit.verify(noted=noted) == []
    change(sa.delete(AuditEntry).where(AuditEntry.position >= 5))
    assert audit.verify() == []
    assert audit.verify(noted=noted) == ["The noted entry 5 is not in the chain: its end was cut."]


def test_an_entry_of_a_transaction_that_failed_leaves_no_gap(context):
    record_some(2)
    with pytest.raises(RuntimeError):
        record_and_fail()
    record_some(2)
    assert audit.verify() == []
    assert audit.head().position == 4


def test_many_at_once_make_one_chain(app):
    def append():
        with app.app_context():
            for _ in range(5):
                record_some(1)
            db.session.remove()

    threads = [threading.Thread(target=append) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert audit.head().position == 20
        assert audit.verify() == []
