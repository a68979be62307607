"""Sign in and out."""

from typing import Any
from urllib.parse import urlsplit

from flask import flash, redirect, render_template, request, url_for
from wtforms import Form, PasswordField, StringField

from intake.access import User
from intake.app_state import clock
from intake.services import staff_accounts
from intake.services.sign_in_attempts import forget_attempts, wait_before_sign_in
from intake.staff.blueprint import bp
from intake.staff.guard import needs, open_to_anyone
from intake.staff.session import begin_session, end_session, request_address, signed_in_user
from intake.staff.words import wait_words

REFUSED = "Enter the email address and password of your account"
LONGEST_EMAIL = 254


class SignInForm(Form):  # type: ignore[misc]
    """Address and password, as they were typed."""

    email = StringField("Email address")
    password = PasswordField("Password")

    def is_filled(self) -> bool:
        """Whether both were typed; else the empty ones have an error."""
        if not (self.email.data or "").strip():
            self.email.errors = ["Enter your email address"]
        if not self.password.data:
            self.password.errors = ["Enter your password"]
        return not self.errors


@bp.get("/sign-in")
@open_to_anyone
def sign_in() -> Any:
    """The sign-in page; someone signed in goes on to their queue."""
    if signed_in_user():
        return redirect(url_for("staff.queue"), 303)
    return render_template("staff/sign_in.html", form=SignInForm())


@bp.post("/sign-in")
@open_to_anyone
def sign_in_submitted() -> Any:
    """Check address and password; the answer never tells which of them was wrong."""
    form = SignInForm(request.form)
    if not form.is_filled():
        return render_template("staff/sign_in.html", form=form), 422
    email, address = (form.email.data or "")[:LONGEST_EMAIL], request_address()
    wait = wait_before_sign_in(email, address, clock())
    if wait:
        again = wait_words(wait)
        answer = render_template("staff/sign_in_later.html", again=again)
        return answer, 429, {"Retry-After": str(int(wait.total_seconds()) + 1)}
    signed_in = staff_accounts.sign_in(email, form.password.data or "", address=address)
    if signed_in is None:
        form.email.errors = [REFUSED]
        return render_template("staff/sign_in.html", form=form), 422
    forget_attempts(email, address)
    begin_session(signed_in)
    return redirect(_destination(request.args.get("next", "")), 303)


@bp.post("/sign-out")
@needs("account.sign-out")
def sign_out(user: User) -> Any:
    """End the session, here and in every other browser."""
    staff_accounts.sign_out(user, address=request_address())
    end_session()
    flash("You have signed out.")
    return redirect(url_for("staff.sign_in"), 303)


@bp.get("/")
@needs("account.sign-out")
def home(user: User) -> Any:  # noqa: ARG001
    """The way in for whoever types the short address."""
    return redirect(url_for("staff.queue"), 303)


def _destination(wanted: str) -> str:
    """A page of the staff side to come back to; anything else becomes the queue."""
    parts = urlsplit(wanted)
    is_ours = not parts.scheme and not parts.netloc and parts.path.startswith("/staff/")
    if is_ours and "\\" not in wanted and not parts.path.startswith("/staff/sign-"):
        return wanted
    return url_for("staff.queue")
