"""A serving process for tests: the application, and one page that takes a file into a draft.

gunicorn tests.intake.files.upload_server:app
"""

from flask import Flask, jsonify
from werkzeug.wrappers import Response

from form_definitions.file_kinds import BYTES
from intake import create_app
from intake.app_state import clock
from intake.files.receiving import UploadLimits, accept_files, received_files
from intake.services.drafts import load_draft
from intake.services.files import receive_file

MOST = 12 * BYTES["MB"]


def take(draft_id: str, key: str) -> Response:
    """Take the file of the control ``photo`` into a draft, as a form page does."""
    draft = load_draft(draft_id, bytes.fromhex(key), clock())
    accept_files(UploadLimits(largest=MOST, most=1), largest_body=60 * BYTES["MB"])
    (upload,) = received_files()["photo"]
    stored = receive_file(draft, upload, kinds={"image"}, max_size=MOST, now=clock())
    return jsonify(id=stored.id, size=stored.size)


def show(draft_id: str, key: str) -> str:
    """The page that the file is asked on."""
    draft = load_draft(draft_id, bytes.fromhex(key), clock())
    return draft.form.renderer.page("files", draft.answers, csrf=draft.csrf)


def serving() -> Flask:
    """The application with that page."""
    application = create_app()
    application.add_url_rule("/take/<draft_id>/<key>", view_func=take, methods=["POST"])
    application.add_url_rule("/take/<draft_id>/<key>", view_func=show)
    return application


app = serving()
