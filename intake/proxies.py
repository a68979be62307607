"""Proxies in front of the application: trust those that the settings know, notice any other.

Behind a proxy that is not in INTAKE_TRUSTED_PROXIES every visitor has the proxy's address.
Throttles then count all of them as one, and the audit names the proxy.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from flask import Flask, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.middleware.proxy_fix import ProxyFix

from intake.app_state import clock, settings, state
from intake.database import db
from intake.models import Throttle
from intake.throttling import Limit, attempt, throttle_key

ADVICE = (
    "requests come with X-Forwarded-For, but INTAKE_TRUSTED_PROXIES is 0: if there is a proxy in "
    "front, say how many; else visitors share one address"
)
WARN_EVERY = timedelta(hours=12)
SEEN = Limit("unknown-proxy", attempts=1, window=timedelta(days=1))

log = structlog.get_logger("intake.proxies")


def init_app(app: Flask) -> None:
    """Believe as many proxies as the settings say; without any, notice one that is there."""
    trusted = app.extensions["intake"].settings.trusted_proxies
    if trusted:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=trusted, x_proto=trusted, x_host=trusted
        )
    else:
        app.before_request(notice)


def notice() -> None:
    """Warn now and then, and leave a note for `intake doctor`, which is another process."""
    if "X-Forwarded-For" not in request.headers:
        return
    here, now = state(), clock()
    if here.proxy_noticed_at and now < here.proxy_noticed_at + WARN_EVERY:
        return
    here.proxy_noticed_at = now
    log.warning("unknown proxy", advice=ADVICE)
    try:
        attempt(SEEN, "any", now)
    except SQLAlchemyError:  # the request itself says what is wrong with the database
        db.session.rollback()


def seen_unknown_proxy(now: datetime) -> bool:
    """Whether one was noticed within the last day, and the settings still know of none."""
    if settings().trusted_proxies:
        return False
    query = sa.select(Throttle.window_start).where(Throttle.key == throttle_key(SEEN, "any"))
    seen = db.session.scalar(query)
    return seen is not None and seen > now - SEEN.window
