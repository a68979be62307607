"""Who is signed in: flask-login's session, with limits of our own and no remember-me."""

import hmac
from datetime import UTC, datetime, timedelta

from flask import flash, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user
from flask_wtf.csrf import CSRFProtect

from intake.access import User
from intake.app_state import clock, settings
from intake.sealing.derivation import derive
from intake.services.staff_accounts import SignedIn, is_session_over, load_signed_in

SIGNED_IN_AT, SEEN_AT, PROOF = "signed_in_at", "seen_at", "proof"
SEEN_EVERY = timedelta(minutes=1)  # how exactly the last use is kept: a cookie less a request
WATCHING = frozenset({"staff.queue_news"})  # asked by a page that is left open: nobody's use

csrf = CSRFProtect()
login = LoginManager()
login.session_protection = None  # a phone's address changes between two masts


class SessionUser(UserMixin):  # type: ignore[misc]
    """What flask-login keeps: the id and session version, and here the user that they give."""

    def __init__(self, signed_in: SignedIn) -> None:
        self.user = signed_in.user
        self.id = f"{signed_in.user.staff_id}:{signed_in.session_version}"


@login.user_loader  # type: ignore[untyped-decorator]
def load_session_user(session_id: str) -> SessionUser | None:
    """The user of a session; None if it is over, was ended by signing out anywhere, or is forged.

    A public process can sign cookies too, so where there is a master key its proof is asked for.
    """
    staff_id, _, version = session_id.partition(":")
    if _is_over() or not _is_proven(session_id):
        return None
    signed_in = load_signed_in(staff_id)
    if signed_in is None or str(signed_in.session_version) != version:
        return None
    if request.endpoint not in WATCHING:
        _keep_use()
    return SessionUser(signed_in)


def begin_session(signed_in: SignedIn) -> None:
    """Sign in: nothing of the session before is kept, so a planted one is worth nothing."""
    session.clear()
    begun = SessionUser(signed_in)
    login_user(begun)
    session[SIGNED_IN_AT] = session[SEEN_AT] = int(clock().timestamp())
    session[PROOF] = _proof(begun.id)


def end_session() -> None:
    """Sign out this browser."""
    session.clear()


def signed_in_user() -> User | None:
    """Who is signed in, if anybody is."""
    return current_user.user if current_user.is_authenticated else None


def request_address() -> str:
    """Where the request comes from, for the record; empty if nobody knows, as through a socket."""
    return request.remote_addr or ""


def recall_user() -> User | None:
    """As signed_in_user; a session that is over is emptied, and the sign-in page says so."""
    user = signed_in_user()
    if user is None and "_user_id" in session:
        session.clear()
        flash("Your session has ended, so you were signed out. Sign in again to go on.")
    return user


def _keep_use() -> None:
    """Keep the time of this use: also of pages of a form that is filled in on a case."""
    if clock() - _time(SEEN_AT) > SEEN_EVERY:
        session[SEEN_AT] = int(clock().timestamp())


def _is_proven(session_id: str) -> bool:
    """Whether a process with the master key began the session; one without cannot tell."""
    if not settings().can_open:
        return True
    given = str(session.get(PROOF, ""))
    return hmac.compare_digest(given.encode(), _proof(session_id).encode())


def _proof(session_id: str) -> str:
    """What only a process with the master key can make: bound to account, version and sign-in."""
    key = derive(settings().master_key or b"", "staff-session")
    signed = f"{session_id}|{session[SIGNED_IN_AT]}"
    return hmac.new(key, signed.encode(), "sha256").hexdigest()


def _is_over() -> bool:
    return is_session_over(_time(SIGNED_IN_AT), _time(SEEN_AT), clock())


def _time(name: str) -> datetime:
    return datetime.fromtimestamp(session.get(name, 0), UTC)
