"""How often one may try to sign in: by account and place, by account, and by place."""

from datetime import datetime, timedelta

from intake import throttling
from intake.services.staff_accounts import tidy_email
from intake.throttling import Limit

# Ten guesses at one account in a quarter of an hour: enough for anybody who knows the password.
# Counted for each network address, so that a stranger's guesses do not lock its owner out.
BY_BOTH = Limit("sign-in-email-and-address", 10, timedelta(minutes=15))
# Guesses from many addresses at once: far above what one person's slips come to.
BY_EMAIL = Limit("sign-in-email", 100, timedelta(minutes=15))
# A whole office may come from one network address in the morning.
BY_ADDRESS = Limit("sign-in-address", 100, timedelta(minutes=15))


def wait_before_sign_in(email: str, address: str, now: datetime) -> timedelta | None:
    """Count one attempt; how long to wait if there were too many, whosever address it is.

    The narrowest is counted first, and what it stops counts no further: one place cannot use up
    what the account has for all places.
    """
    for limit, who in (
        (BY_BOTH, _both(email, address)),
        (BY_ADDRESS, address),
        (BY_EMAIL, tidy_email(email)),
    ):
        counted = throttling.attempt(limit, who, now)
        if not counted.is_allowed:
            return timedelta(seconds=counted.retry_after)
    return None


def forget_attempts(email: str, address: str) -> None:
    """After a successful sign-in, count an account's attempts from nothing again."""
    throttling.forget(BY_BOTH, _both(email, address))
    throttling.forget(BY_EMAIL, tidy_email(email))


def _both(email: str, address: str) -> str:
    return f"{tidy_email(email)}\x00{address}"
