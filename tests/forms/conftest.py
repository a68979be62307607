"""The shipped forms, loaded once."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

import form_definitions
from form_definitions import FormDefinition, load_form

FORMS = Path(form_definitions.__file__).parent / "forms"
FORM_IDS = (
    "breast-pump-loan",
    "closure",
    "gcp2",
    "master-referral",
    "more-information",
    "police-to-school",
    "return-home-interview",
)


@pytest.fixture(scope="session")
def forms() -> Mapping[str, FormDefinition]:
    """Every form that the examples are made for, by its id."""
    return {form_id: load_form(FORMS / f"{form_id}.json") for form_id in FORM_IDS}


@pytest.fixture(scope="session")
def now() -> datetime:
    """A moment at which the examples are made."""
    return datetime(2026, 11, 21, 10, 30, tzinfo=UTC)
