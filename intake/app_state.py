"""What the running application knows: settings, clock and keys, reached without passing it on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import current_app

from intake.config import Settings
from intake.files.blobs import BlobStore
from intake.sealing.keystore import KeyStore

if TYPE_CHECKING:
    from intake.rates import Counters
    from intake.spending import Spent


def system_clock() -> datetime:
    """The time now, aware and in UTC."""
    return datetime.now(UTC)


@dataclass
class AppState:
    """One application's state; tests replace its clock."""

    settings: Settings
    keys: KeyStore
    clock: Callable[[], datetime] = system_clock
    proxy_noticed_at: datetime | None = None  # one that the settings do not know of
    # of throttles that this process counts by itself: intake/rates.py
    counters: "Counters | None" = None
    spent: "Spent | None" = None  # what this process knows to be used: intake/spending.py
    blobs_looked_at: tuple[datetime, str] | None = None  # when, and what was wrong
    blobs: BlobStore = field(init=False)

    def __post_init__(self) -> None:
        self.blobs = BlobStore(self.settings.blobs_at)


def state() -> AppState:
    """The current application's state."""
    found: AppState = current_app.extensions["intake"]
    return found


def settings() -> Settings:
    """The settings that the current application was made with."""
    return state().settings


def clock() -> datetime:
    """The time now, aware and in UTC, by the application's clock."""
    return state().clock()


def keys() -> KeyStore:
    """The stored key pairs; in a public process, their public halves only."""
    return state().keys


def blobs() -> BlobStore:
    """Where sealed files lie."""
    return state().blobs
