"""What the public meets: front page, weblinks, open forms and the way through a form."""

from flask import Flask

from intake.public import (
    after_sending,
    check_answers,
    confirming,
    exiting,
    form_runner,
    front_page,
    languages,
    link_requests,
    open_forms,
    opting_out,
    own_copy,
    page_files,
    refusals,
    saving,
    sending_more,
    status,
    task_list,
    weblinks,
)
from intake.public.blueprint import public


def init_app(app: Flask) -> None:
    """Add the public pages to the application."""
    app.register_blueprint(public)


__all__ = [
    "after_sending",
    "check_answers",
    "confirming",
    "exiting",
    "form_runner",
    "front_page",
    "init_app",
    "languages",
    "link_requests",
    "open_forms",
    "opting_out",
    "own_copy",
    "page_files",
    "public",
    "refusals",
    "saving",
    "sending_more",
    "status",
    "task_list",
    "weblinks",
]
