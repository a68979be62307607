"""The schema that editors use for rule files."""

import json
from importlib.resources import files

import pytest


@pytest.fixture(scope="session")
def routing_schema():
    return json.loads((files("referral_router") / "routing.schema.json").read_text("utf-8"))
