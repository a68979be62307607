"""The application: Flask, storage, keys, mail, clock and settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from intake.config import Settings

__version__ = "0.1.0"


def create_app(settings: Settings | None = None) -> Flask:
    """The application, made of its parts. Raises SettingsError if a setting is unusable."""
    from intake.application import made_app  # not for who only checks a form: it takes seconds

    return made_app(settings)
