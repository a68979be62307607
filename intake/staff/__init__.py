"""The staff side: sign-in, queues, cases, links, finding. One file a user's task."""

from flask import Flask

from intake.staff import (  # noqa: F401 — imported for their routes
    asking,
    assigning,
    campaigns,
    case,
    case_forms,
    concluding,
    decisions,
    directory,
    errors,
    escalation,
    finding,
    giving_all,
    late,
    link_sending,
    links,
    matching,
    merging,
    messages,
    notifications,
    opt_outs,
    pausing,
    queue,
    rule_editing,
    rule_publishing,
    rule_trying,
    rules,
    sign_in,
    splitting,
    team,
    triage,
    webhooks,
)
from intake.staff.blueprint import bp
from intake.staff.session import csrf, login

STAFF_ROLES = ("staff", "all")  # a public process has no master key: there is nothing to show

__all__ = ["bp", "init_app"]


def init_app(app: Flask) -> None:
    """Put the staff side into an application whose role has one.

    Who is signed in is known in every role: a public process serves the forms that staff fill in
    on a case.
    """
    app.config.setdefault("WTF_CSRF_CHECK_DEFAULT", False)  # a form's pages have a token of theirs
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)  # as long as the session
    # the Referrer-Policy is no-referrer, so there is none to check; the token is in the session
    app.config.setdefault("WTF_CSRF_SSL_STRICT", False)
    csrf.init_app(app)
    login.init_app(app)
    if app.extensions["intake"].settings.role in STAFF_ROLES:
        app.register_blueprint(bp)
