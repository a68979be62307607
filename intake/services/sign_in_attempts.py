"""How often one may try to sign in: by email address, and by network address."""

from datetime import datetime, timedelta

from intake import throttling
from intake.services.staff_accounts import tidy_email
from intake.throttling import Limit

# Ten guesses at one account in a quarter of an hour: enough for anybody who knows the password.
BY_EMAIL = Limit("sign-in-email", 10, timedelta(minutes=15))
# A whole office may come from one network address in the morning.
BY_ADDRESS = Limit("sign-in-address", 100, timedelta(minutes=15))


def wait_before_sign_in(email: str, address: str, now: datetime) -> timedelta | None:
    """Count one attempt; how long to wait if there were too many, whosever address it is."""
    attempts = (
        throttling.attempt(BY_EMAIL, tidy_email(email), now),
        throttling.attempt(BY_ADDRESS, address, now),
    )
    waits = [each.retry_after for each in attempts if not each.is_allowed]
    return timedelta(seconds=max(waits)) if waits else None


def forget_attempts(email: str) -> None:
    """After a successful sign-in, count an account's attempts from nothing again."""
    throttling.forget(BY_EMAIL, tidy_email(email))
