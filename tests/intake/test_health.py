"""What the operator's probes are told."""

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import downgrade

from intake.database import transaction
from intake.files.blobs import BlobStore
from intake.models import FormVersion, Key
from intake.sealing.keystore import TEAM, KeyStore
from tests.intake.conftest import START, Clock


def publish_something(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        session.add(
            FormVersion(
                form_id="food-parcel",
                version="1.0.0",
                content_hash="",
                content="{}",
                rules="{}",
                rules_hash="",
                published_at=START,
            )
        )


def test_a_whole_installation_is_ready(app: Flask, client: FlaskClient) -> None:
    publish_something(app)
    answer = client.get("/readyz")
    assert answer.json == {
        "status": "ready",
        "checks": {
            "database": "ok",
            "migrations": "ok",
            "keys": "ok",
            "forms": "ok",
            "files": "ok",
        },
    }
    assert answer.status_code == 200


def test_a_public_process_is_ready_without_the_master_key(app: Flask, public_app: Flask) -> None:
    publish_something(app)
    assert public_app.test_client().get("/readyz").status_code == 200


def test_a_store_elsewhere_is_asked_every_ten_seconds_at_most(
    app: Flask, client: FlaskClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_something(app)
    asked: list[str] = []
    app.extensions["intake"].blobs = BlobStore("memory:")
    monkeypatch.setattr(BlobStore, "problem", lambda _self: asked.append("") or "away")
    assert {client.get("/readyz").status_code for _ in range(5)} == {503}
    assert len(asked) == 1
    clock.advance(seconds=10)
    client.get("/readyz")
    assert len(asked) == 2


def test_an_old_schema_is_not_ready(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        downgrade(revision="base")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "intake db upgrade" in answer.json["checks"]["migrations"]
    assert client.get("/healthz").status_code == 200


def test_a_team_without_a_key_is_not_ready(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), transaction() as session:
        session.execute(sa.delete(Key).where(Key.owner_kind == TEAM, Key.team_id == "duty-desk"))
    assert "intake keys init" in client.get("/readyz").json["checks"]["keys"]


def test_the_wrong_master_key_is_not_ready(app: Flask, client: FlaskClient) -> None:
    app.extensions["intake"].keys = KeyStore(b"another master key, of 32 bytes.")
    assert "INTAKE_MASTER_KEY" in client.get("/readyz").json["checks"]["keys"]
