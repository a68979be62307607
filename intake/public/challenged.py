"""Ask the browser for a sum before a form begins that anybody can open; without it, for patience.

Nobody meets a wall: whoever has no scripts, or an old browser, waits for WAIT seconds and presses
the button again. That way is narrow, so that it helps no crowd of machines (docs/decisions/0017).
"""

from dataclasses import dataclass
from datetime import timedelta

from flask import request

from form_definitions import FormDefinition
from intake.app_state import clock, settings
from intake.challenges import Challenge, is_solved, make_challenge
from intake.marks import make_mark, read_mark
from intake.public.throttled import refuse_too_many, refuse_too_many_from_here
from intake.throttling import Limit

EVERYWHERE, NOWHERE = "all", "off"
WAIT = 20  # seconds: as long as the slowest telephone takes for the sum
WAITED = "waited"
TEN_MINUTES = timedelta(minutes=10)
WAITERS = Limit("waiters", 20, TEN_MINUTES)  # by address
WAITERS_FOR_ONE = Limit("waiters-for-one", 600, TEN_MINUTES)  # by form or link


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page of a challenged form holds; ``wait`` says for how long, where it is needed."""

    challenge: Challenge
    waited: str = ""
    wait: int = 0


def is_challenged(definition: FormDefinition) -> bool:
    """Whether the form asks for a sum here: as it says itself, if the settings leave it that."""
    how = settings().challenge
    return how == EVERYWHERE or (how != NOWHERE and definition.challenge)


def asked(subject: str) -> Asked:
    """What a page asks that is seen for the first time."""
    return Asked(make_challenge(subject, clock()))


def still_asked(subject: str) -> Asked | None:
    """What is still asked of who pressed the button; None if the sum was right, or they waited.

    Raises TooMany if too many wait.
    """
    now = clock()
    if is_solved(subject, request.form.get("challenge", ""), request.form.get("number", ""), now):
        return None
    mark = read_mark(WAITED, subject, request.form.get(WAITED, ""), now)
    if mark and mark.age(now) < WAIT:  # too early: the same time goes on
        return Asked(make_challenge(subject, now), mark.text, WAIT - int(mark.age(now)))
    if mark and mark.spend(now):
        return None
    refuse_too_many_from_here(WAITERS)
    refuse_too_many(WAITERS_FOR_ONE, subject)
    return Asked(make_challenge(subject, now), make_mark(WAITED, subject, now), WAIT)
