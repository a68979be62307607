"""The folder of a demonstration: its settings, database, delivered mail and log."""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from intake.config import Settings


@dataclass(frozen=True, slots=True)
class DemoFolder:
    """Where everything of one demonstration lies. Nothing is kept anywhere else."""

    path: Path

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.path / "intake.sqlite3"

    @property
    def mail(self) -> Path:
        """Where delivered messages end."""
        return self.path / "mail"

    @property
    def log(self) -> Path:
        """What the server and the worker write."""
        return self.path / "intake.log"

    @property
    def environment_file(self) -> Path:
        """The settings as shell variables, so that `intake` commands can be used on it."""
        return self.path / "settings.env"

    @property
    def state_file(self) -> Path:
        """What was set up: written last, so that a half-made folder is made again."""
        return self.path / "demo.json"

    @property
    def is_complete(self) -> bool:
        """Whether an earlier run has finished setting it up."""
        return self.state_file.exists()

    def prepare(self, base_url: str) -> Settings:
        """Make the folder and its secrets if need be; answers the settings to run with."""
        self.path.mkdir(parents=True, exist_ok=True)
        self.mail.mkdir(exist_ok=True)
        known = self._known_environment()
        environment = {
            "INTAKE_ENVIRONMENT": "demo",
            "INTAKE_BASE_URL": base_url,
            "INTAKE_DATABASE_URL": f"sqlite:///{self.database}",
            "INTAKE_SECRET_KEYS": known.get("INTAKE_SECRET_KEYS") or secrets.token_urlsafe(32),
            "INTAKE_MASTER_KEY": known.get("INTAKE_MASTER_KEY") or new_master_key(),
            "INTAKE_MAIL_URL": f"file:{self.mail}",
            "INTAKE_MAIL_FROM": "Intake demonstration <intake@example.org>",
        }
        self._write_environment(environment)
        return Settings.from_environment(environment)

    def remember(self, state: Mapping[str, Any]) -> None:
        """Write down what was set up, in one step."""
        draft = self.state_file.with_suffix(".new")
        draft.write_text(json.dumps(state, indent=1), "utf-8")
        draft.chmod(0o600)
        draft.replace(self.state_file)

    def remembered(self) -> dict[str, Any]:
        """What was set up."""
        state: dict[str, Any] = json.loads(self.state_file.read_text("utf-8"))
        return state

    def _known_environment(self) -> dict[str, str]:
        if not self.environment_file.exists():
            return {}
        lines = self.environment_file.read_text("utf-8").splitlines()
        pairs = (line.split("=", 1) for line in lines if "=" in line)
        return {name: value.strip("'") for name, value in pairs}

    def _write_environment(self, environment: Mapping[str, str]) -> None:
        lines = [f"{name}='{value}'" for name, value in environment.items()]
        self.environment_file.touch(mode=0o600)
        self.environment_file.write_text("\n".join([*lines, ""]), "utf-8")


def new_master_key() -> str:
    """32 random bytes as base64."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
