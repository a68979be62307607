"""Attempts are counted in windows, under names that nobody can read."""

from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from intake import throttling
from intake.database import db
from intake.models import Throttle
from intake.throttling import Limit
from tests.intake.conftest import Clock

SIGN_IN = Limit("sign-in", attempts=3, window=timedelta(minutes=15))
WHO = "worker@example.org"


def attempts(clock: Clock, number: int, who: str = WHO) -> list[bool]:
    return [throttling.attempt(SIGN_IN, who, clock()).is_allowed for _ in range(number)]


def test_more_than_the_limit_is_refused_until_the_window_is_over(
    context: Flask, clock: Clock
) -> None:
    assert attempts(clock, 5) == [True, True, True, False, False]
    clock.advance(minutes=14)
    refused = throttling.attempt(SIGN_IN, WHO, clock())
    assert not refused.is_allowed
    assert 0 < refused.retry_after <= 60
    clock.advance(minutes=1)
    assert attempts(clock, 1) == [True]


def test_each_is_counted_alone(context: Flask, clock: Clock) -> None:
    attempts(clock, 4)
    assert attempts(clock, 1, "other@example.org") == [True]


def test_a_success_starts_from_nothing(context: Flask, clock: Clock) -> None:
    attempts(clock, 3)
    throttling.forget(SIGN_IN, WHO)
    assert attempts(clock, 1) == [True]


def test_who_it_was_is_stored_nowhere(context: Flask, clock: Clock) -> None:
    attempts(clock, 1)
    (key,) = db.session.scalars(sa.select(Throttle.key)).all()
    assert WHO not in key
    assert len(key) == 64
