"""Every setting: the only reader of the environment."""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from intake.files.addresses import blob_problem, scanner_problem
from intake.matching.weights import BadWeights, load_weights
from intake.notify_service import service_of

ROLES = ("public", "staff", "worker", "all")
ENVIRONMENTS = ("production", "development", "demo")
THROTTLES = ("memory", "database", "off")
CHALLENGES = ("forms", "all", "off")
MAIL_SCHEMES = ("file", "smtp", "smtp+starttls", "smtps", "notify+https", "notify+http")
PLAIN_SCHEMES = ("smtp", "notify+http")  # for a server on the same machine only
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
SHORTEST_SECRET = 32  # characters; `intake keys secrets` makes 43
FEWEST_DISTINCT_CHARACTERS = 12  # a random 32-character text practically never has fewer

# For a developer's own machine. Production refuses both, as it refuses every secret below.
DEVELOPMENT_SECRET = "development-only-secret-development-only"  # noqa: S105
DEVELOPMENT_MASTER_KEY = base64.urlsafe_b64encode(b"development-only-master-key-0000").decode()
EXAMPLE_WORDS = ("change", "example", "development", "secret", "password", "insecure", "default")


class SettingsError(Exception):
    """Raised if the settings cannot be used; ``problems`` has one sentence for each."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What an installation is told from outside. Secrets stay out of its ``repr``."""

    role: str = "all"
    environment: str = "production"
    base_url: str
    database_url: str = field(repr=False)
    secret_keys: tuple[str, ...] = field(repr=False)  # newest first
    master_key: bytes | None = field(default=None, repr=False)
    mail_url: str = field(default="", repr=False)
    mail_from: str = "Intake <intake@localhost>"
    notify_api_key: str = field(default="", repr=False)
    blob_url: str = field(default="", repr=False)
    clamd_url: str = ""
    largest_upload: int = 60  # MiB; a whole request with its files
    files_per_draft: int = 30
    files_total: int = 150  # MiB; all files of one draft
    files_waiting: int = 50  # GiB; of all drafts, and of what was sent in within a day
    files_at_once: int = 2  # cleaned at the same time by one process, in 1 GiB each
    forms_dir: Path | None = None
    rules_dir: Path | None = None
    matching_weights: Path | None = None
    trusted_proxies: int = 0
    throttle: str = "memory"
    challenge: str = "forms"  # who asks a browser for a sum before a form begins
    quickest_start: int = 0  # seconds between seeing the page of an open form and its button

    @property
    def is_https(self) -> bool:
        """Whether visitors come by https, so that cookies can be bound to it."""
        return self.base_url.startswith("https://")

    @property
    def can_open(self) -> bool:
        """Whether this process may open what is stored."""
        return self.role != "public" and self.master_key is not None

    @property
    def instance_dir(self) -> Path:
        """The folder of this installation: where its SQLite database lies, else ``instance``."""
        if self.database_url.startswith("sqlite:///") and ":memory:" not in self.database_url:
            return Path(self.database_url.removeprefix("sqlite:///")).absolute().parent
        return Path("instance").absolute()

    @property
    def blobs_at(self) -> str:
        """Where sealed files lie: as set, else a folder of this installation."""
        return self.blob_url or f"file:{self.instance_dir / 'blobs'}"

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> "Settings":
        """Read and check every ``INTAKE_…`` variable.

        Raises SettingsError with a sentence for every problem, not only for the first.
        """
        reading = _Reading(env)
        settings = reading.settings()
        if reading.problems:
            raise SettingsError(tuple(reading.problems))
        return settings


class _Reading:
    """One pass over the environment that collects problems as it goes."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self.problems: list[str] = []
        self.environment = self.choice("INTAKE_ENVIRONMENT", ENVIRONMENTS, "production")
        self.role = self.choice("INTAKE_ROLE", ROLES, "all")

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    def settings(self) -> Settings:
        return Settings(
            role=self.role,
            environment=self.environment,
            base_url=self.base_url(),
            database_url=self.database_url(),
            secret_keys=self.secret_keys(),
            master_key=self.master_key(),
            mail_url=self.mail_url(),
            mail_from=self.text("INTAKE_MAIL_FROM") or "Intake <intake@localhost>",
            notify_api_key=self.text("INTAKE_NOTIFY_API_KEY"),
            blob_url=self.address("INTAKE_BLOB_URL", blob_problem),
            clamd_url=self.address("INTAKE_CLAMD_URL", scanner_problem),
            largest_upload=self.number("INTAKE_LARGEST_UPLOAD", least=1, most=1000, default=60),
            files_per_draft=self.number("INTAKE_FILES_PER_DRAFT", least=1, most=500, default=30),
            files_total=self.number("INTAKE_FILES_TOTAL", least=1, most=2000, default=150),
            files_waiting=self.number("INTAKE_FILES_WAITING", least=1, most=100_000, default=50),
            files_at_once=self.number("INTAKE_FILES_AT_ONCE", least=1, most=64, default=2),
            forms_dir=self.folder("INTAKE_FORMS_DIR"),
            rules_dir=self.folder("INTAKE_RULES_DIR"),
            matching_weights=self.weights("INTAKE_MATCHING_WEIGHTS"),
            trusted_proxies=self.number("INTAKE_TRUSTED_PROXIES", most=8),
            throttle=self.choice("INTAKE_THROTTLE", THROTTLES, "memory"),
            challenge=self.choice("INTAKE_CHALLENGE", CHALLENGES, "forms"),
            quickest_start=self.number(
                "INTAKE_QUICKEST_START", most=60, default=int(self.is_production)
            ),
        )

    def text(self, name: str) -> str:
        return self.env.get(name, "").strip()

    def required(self, name: str, advice: str, *, otherwise: str) -> str:
        """A text that production must give; a developer's machine has a default."""
        given = self.text(name)
        if not given and self.is_production:
            self.problems.append(f"{name} is missing. {advice}")
        return given or otherwise

    def choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        given = self.text(name) or default
        if given not in choices:
            self.problems.append(f"{name} is “{given}”. Use one of: {', '.join(choices)}.")
            return default
        return given

    def number(self, name: str, *, most: int, least: int = 0, default: int = 0) -> int:
        given = self.text(name) or str(default)
        if not given.isdecimal() or not least <= int(given) <= most:
            advice = f"Give a whole number from {least} to {most}."
            self.problems.append(f"{name} is “{given}”. {advice}")
            return default
        return int(given)

    def folder(self, name: str) -> Path | None:
        given = self.text(name)
        if not given:
            return None
        folder = Path(given).absolute()
        if not folder.is_dir():
            self.problems.append(f"{name} is “{given}”, which is not a folder.")
        return folder

    def weights(self, name: str) -> Path | None:
        """A file of weights for matching people, if one is named; it is read once to check it."""
        given = self.text(name)
        if not given:
            return None
        try:
            load_weights(Path(given))
        except BadWeights as error:
            self.problems.append(f"{name}: {error}.")
        return Path(given).absolute()

    def base_url(self) -> str:
        given = self.required(
            "INTAKE_BASE_URL",
            "Give the address that people see, such as https://intake.example.org.",
            otherwise="http://localhost:5000",
        ).rstrip("/")
        parts = urlsplit(given)
        if not self.is_production and not _is_local(given):
            self.problems.append(
                f"INTAKE_ENVIRONMENT={self.environment} is for one machine, but INTAKE_BASE_URL "
                f"is “{given}”. Use http://localhost, or INTAKE_ENVIRONMENT=production."
            )
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path:
            self.problems.append(
                f"INTAKE_BASE_URL is “{given}”. Give scheme and host only: https://host."
            )
        elif self.is_production and parts.scheme == "http" and parts.hostname not in LOCAL_HOSTS:
            self.problems.append(
                "INTAKE_BASE_URL is plain http. Use https://, except on localhost."
            )
        return given

    def database_url(self) -> str:
        given = self.required(
            "INTAKE_DATABASE_URL",
            "Give postgresql+psycopg://… or sqlite:////path/to/intake.sqlite3.",
            otherwise=f"sqlite:///{Path('instance/intake.sqlite3').absolute()}",
        )
        for short in ("postgres://", "postgresql://"):
            if given.startswith(short):
                given = "postgresql+psycopg://" + given.removeprefix(short)
        if not given.startswith(("sqlite:", "postgresql+psycopg:")):
            self.problems.append(
                "INTAKE_DATABASE_URL has an unknown scheme. Use sqlite: or postgresql+psycopg:."
            )
        return given

    def secret_keys(self) -> tuple[str, ...]:
        advice = "Make one with `intake keys secrets`; newest first, separated by commas."
        given = self.required("INTAKE_SECRET_KEYS", advice, otherwise=DEVELOPMENT_SECRET)
        secrets = tuple(part.strip() for part in given.split(",") if part.strip())
        if self.is_production and self.text("INTAKE_SECRET_KEYS"):
            for number, secret in enumerate(secrets, start=1):
                if problem := _weakness(secret):
                    self.problems.append(f"INTAKE_SECRET_KEYS: key {number} {problem}. {advice}")
        return secrets

    def master_key(self) -> bytes | None:
        given = self.text("INTAKE_MASTER_KEY")
        if self.role == "public":
            if given:
                self.problems.append(
                    "INTAKE_MASTER_KEY is given to a process with INTAKE_ROLE=public. Take it "
                    "away: a public process must not be able to open what is stored."
                )
            return None
        advice = "Make one with `intake keys secrets`: 32 random bytes as base64."
        given = self.required("INTAKE_MASTER_KEY", advice, otherwise=DEVELOPMENT_MASTER_KEY)
        if self.is_production and self.text("INTAKE_MASTER_KEY") == DEVELOPMENT_MASTER_KEY:
            self.problems.append(f"INTAKE_MASTER_KEY is the development example. {advice}")
        return self._decoded_master_key(given, advice)

    def _decoded_master_key(self, given: str, advice: str) -> bytes | None:
        try:
            key = base64.b64decode(given.replace("-", "+").replace("_", "/"), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if not given or given == DEVELOPMENT_MASTER_KEY:
            return key
        if len(key) != 32:
            self.problems.append(f"INTAKE_MASTER_KEY is not 32 bytes of base64. {advice}")
        elif self.is_production and len(set(key)) < FEWEST_DISTINCT_CHARACTERS:
            self.problems.append(f"INTAKE_MASTER_KEY is not random. {advice}")
        return key

    def mail_url(self) -> str:
        given = self.text("INTAKE_MAIL_URL")
        sends = self.is_production and self.role in ("worker", "all")
        if not given:
            if sends:
                self.problems.append(
                    "INTAKE_MAIL_URL is missing. Give smtp+starttls://user:password@host:587."
                )
            return f"file:{Path('instance/mail').absolute()}"
        if urlsplit(given).scheme not in MAIL_SCHEMES:
            self.problems.append(
                f"INTAKE_MAIL_URL has an unknown scheme. Use one of: {', '.join(MAIL_SCHEMES)}."
            )
        elif sends and (problem := self._mail_leak(given)):
            self.problems.append(f"INTAKE_MAIL_URL {problem}")
        if given.startswith("notify+"):
            self._check_notify(given)
        return given

    def _check_notify(self, given: str) -> None:
        """Note what is missing for GOV.UK Notify; a process that never sends needs no key."""
        if self.role in ("public", "staff"):
            return
        try:
            service_of(given, self.text("INTAKE_NOTIFY_API_KEY"))
        except ValueError as error:
            self.problems.append(str(error))

    def address(self, name: str, problem_of: Callable[[str, bool], str]) -> str:
        """An address that is optional, and right if it is given."""
        given = self.text(name)
        if given and (problem := problem_of(given, self.is_production)):
            self.problems.append(f"{name} {problem}")
        return given

    def _mail_leak(self, given: str) -> str:
        """Why links would not arrive by this address, or would travel for all to read."""
        mail = urlsplit(given)
        if mail.scheme == "file" and not _is_local(self.text("INTAKE_BASE_URL")):
            return "is a folder, so that no message ever leaves. Give smtp+starttls://host:587."
        if mail.scheme in PLAIN_SCHEMES and mail.hostname not in LOCAL_HOSTS:
            return (
                f"is plain {mail.scheme}://, which sends links in clear. "
                "Use smtp+starttls://, smtps:// or notify+https://."
            )
        return ""


def _is_local(url: str) -> bool:
    return urlsplit(url).hostname in LOCAL_HOSTS


def _weakness(secret: str) -> str:
    """What is wrong with a production secret; empty if nothing is."""
    if any(word in secret.lower() for word in EXAMPLE_WORDS):
        return "is an example"
    if len(secret) < SHORTEST_SECRET:
        return f"is shorter than {SHORTEST_SECRET} characters"
    if len(set(secret)) < FEWEST_DISTINCT_CHARACTERS:
        return "is not random"
    return ""
