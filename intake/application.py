"""The application, put together of its parts."""

import os

from flask import Flask

from intake import (
    database,
    errors,
    health,
    observability,
    proxies,
    public,
    request_language,
    staff,
    web,
)
from intake.app_state import AppState
from intake.config import Settings
from intake.demo import mailbox
from intake.files import receiving
from intake.public import quick_pages
from intake.sealing.keystore import KeyStore


def made_app(settings: Settings | None = None) -> Flask:
    """The application, made of its parts. Raises SettingsError if a setting is unusable."""
    settings = settings or Settings.from_environment(os.environ)
    app = Flask("intake", instance_path=str(settings.instance_dir))
    app.request_class = receiving.Request
    app.extensions["intake"] = AppState(settings, KeyStore(settings.master_key))
    app.config.update(web.flask_config(settings))
    parts = (database, observability, web, quick_pages, proxies, request_language, errors)
    for part in (*parts, public, staff, mailbox):
        part.init_app(app)
    app.register_blueprint(health.bp)
    return app
