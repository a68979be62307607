"""Key pairs: who can open what."""

import pytest
from flask import Flask

from intake.app_state import keys
from intake.sealing import Context, KeyNotFound, MasterKeyMissing, open_sealed, seal_for
from intake.sealing.keystore import WORKER

CONTEXT = Context("test", "breast-pump-loan", "1.0.0", "ab" * 16)


def test_recipients_are_the_teams_and_the_recovery_key(context: Flask) -> None:
    found = keys().recipients({"duty-desk", "belfast-pumps"})
    assert [key.team_id for key in found] == ["belfast-pumps", "duty-desk", None]


def test_a_team_without_a_key_is_an_error_and_never_left_out(context: Flask) -> None:
    with pytest.raises(KeyNotFound):
        keys().recipients({"duty-desk", "unknown-team"})


def test_a_public_process_seals_what_it_cannot_open(app: Flask, public_app: Flask) -> None:
    with public_app.app_context():
        worker = keys().public_key(WORKER)
        message = seal_for(b"parent@example.org", [worker], CONTEXT)
        with pytest.raises(MasterKeyMissing):
            open_sealed(message, CONTEXT, keys().private_key)
        with pytest.raises(MasterKeyMissing):
            keys().index_key()
    with app.app_context():
        assert open_sealed(message, CONTEXT, keys().private_key) == b"parent@example.org"
