"""The yardstick of a request: a Flask application that does nothing but what must be done."""

import os
import secrets
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from intake.database import prepare_sqlite

TABLE = sa.Table(
    "bare_rows",
    sa.MetaData(),
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("body", sa.LargeBinary),
)


def create_app() -> Flask:
    """/page answers with the bytes of a file; a POST to /row inserts a row and commits it."""
    app = Flask(__name__)
    page = Path(os.environ["BARE_PAGE"]).read_bytes()
    body = secrets.token_bytes(int(os.environ["BARE_ROW_SIZE"]))
    engine = sa.create_engine(os.environ["BARE_DATABASE_URL"])
    prepare_sqlite(engine)  # the same durability: write-ahead log, synchronous=FULL
    TABLE.metadata.create_all(engine)

    @app.get("/page")
    def show_page() -> bytes:
        return page

    @app.post("/row")
    def insert_row() -> str:
        with engine.begin() as connection:
            connection.execute(TABLE.insert().values(id=secrets.token_hex(16), body=body))
        return "stored"

    return app
