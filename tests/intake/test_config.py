"""What a process refuses to start on."""

import base64

import pytest

from intake.config import (
    DEVELOPMENT_MASTER_KEY,
    DEVELOPMENT_SECRET,
    Settings,
    SettingsError,
)

GOOD = {
    "INTAKE_BASE_URL": "https://intake.example.org",
    "INTAKE_DATABASE_URL": "postgresql://intake@db/intake",
    "INTAKE_SECRET_KEYS": "m2X5vQ8rT1wZ4yB7nC0dF3gH6jK9lPqS",
    "INTAKE_MASTER_KEY": base64.urlsafe_b64encode(bytes(range(32))).decode(),
    "INTAKE_MAIL_URL": "smtp+starttls://user:word@mail.example.org:587",
}


def problems(**changes: str) -> tuple[str, ...]:
    env = {name: value for name, value in {**GOOD, **changes}.items() if value}
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment(env)
    return caught.value.problems


def test_good_settings_are_read() -> None:
    settings = Settings.from_environment(GOOD)
    assert settings.role == "all"
    assert settings.is_https
    assert settings.database_url.startswith("postgresql+psycopg://")
    assert settings.master_key == bytes(range(32))


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({})
    named = " ".join(caught.value.problems)
    for name in GOOD:
        assert name in named


@pytest.mark.parametrize(
    "secret",
    [
        DEVELOPMENT_SECRET,
        "short",
        "a" * 64,
        "please-change-me-before-going-live-1234",
        "m2X5vQ8rT1wZ4yB7nC0dF3gH6jK9lPqS,short",
    ],
)
def test_production_refuses_a_missing_or_example_secret(secret: str) -> None:
    assert any("INTAKE_SECRET_KEYS" in problem for problem in problems(INTAKE_SECRET_KEYS=secret))


@pytest.mark.parametrize(
    "master_key",
    [
        "",
        DEVELOPMENT_MASTER_KEY,
        "not base64!",
        base64.b64encode(b"short").decode(),
        base64.b64encode(bytes(32)).decode(),
    ],
)
def test_production_refuses_a_missing_or_example_master_key(master_key: str) -> None:
    found = problems(INTAKE_MASTER_KEY=master_key)
    assert any("INTAKE_MASTER_KEY" in problem for problem in found)


def test_a_public_process_refuses_to_be_given_the_master_key() -> None:
    assert "must not be able to open" in problems(INTAKE_ROLE="public")[0]


def test_a_public_process_needs_neither_master_key_nor_mail_server() -> None:
    env = {**GOOD, "INTAKE_ROLE": "public"}
    del env["INTAKE_MASTER_KEY"], env["INTAKE_MAIL_URL"]
    settings = Settings.from_environment(env)
    assert settings.master_key is None
    assert not settings.can_open


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INTAKE_BASE_URL", "http://intake.example.org"),
        ("INTAKE_BASE_URL", "https://intake.example.org/path"),
        ("INTAKE_BASE_URL", "intake.example.org"),
        ("INTAKE_DATABASE_URL", "mysql://db/intake"),
        ("INTAKE_MAIL_URL", "imap://mail.example.org"),
        ("INTAKE_ROLE", "root"),
        ("INTAKE_ENVIRONMENT", "staging"),
        ("INTAKE_FORMS_DIR", "/nonexistent/forms"),
        ("INTAKE_TRUSTED_PROXIES", "-1"),
    ],
)
def test_an_unusable_value_is_named_with_what_to_do(name: str, value: str) -> None:
    (problem,) = problems(**{name: value})
    assert problem.startswith(name)
    assert problem.count(".") >= 1


def test_secrets_stay_out_of_what_is_printed_of_the_settings() -> None:
    shown = repr(Settings.from_environment(GOOD))
    assert GOOD["INTAKE_SECRET_KEYS"] not in shown
    assert "word" not in shown


def test_development_starts_on_nothing_at_all() -> None:
    settings = Settings.from_environment({"INTAKE_ENVIRONMENT": "development"})
    assert settings.database_url.startswith("sqlite:///")
    assert settings.can_open


@pytest.mark.parametrize("mail_url", ["file:/srv/mail", "smtp://mail.example.org:25"])
def test_production_refuses_mail_that_never_leaves_or_travels_in_clear(mail_url: str) -> None:
    assert any("INTAKE_MAIL_URL" in problem for problem in problems(INTAKE_MAIL_URL=mail_url))


def test_mail_to_a_relay_on_this_machine_may_be_plain() -> None:
    assert Settings.from_environment({**GOOD, "INTAKE_MAIL_URL": "smtp://127.0.0.1:25"}).mail_url


def test_a_demonstration_is_never_served_to_others() -> None:
    assert any("INTAKE_ENVIRONMENT" in problem for problem in problems(INTAKE_ENVIRONMENT="demo"))


NOTIFY = "notify+https://api.notifications.service.gov.uk?template=" + "f33517ff-2a88-4f6e-b855-"


def test_notify_needs_a_template_and_a_key() -> None:
    found = problems(INTAKE_MAIL_URL="notify+https://api.notifications.service.gov.uk")
    assert any("INTAKE_NOTIFY_API_KEY" in problem for problem in found)
    key = "a-key-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0"
    found = problems(INTAKE_MAIL_URL=f"{NOTIFY}nonsense", INTAKE_NOTIFY_API_KEY=key)
    assert any("names no template" in problem for problem in found)
    good = {**GOOD, "INTAKE_MAIL_URL": f"{NOTIFY}c550268ce08a", "INTAKE_NOTIFY_API_KEY": key}
    assert key not in repr(Settings.from_environment(good))


def test_notify_without_encryption_is_for_the_same_machine() -> None:
    url = f"{NOTIFY}c550268ce08a".replace("notify+https", "notify+http")
    assert any("in clear" in problem for problem in problems(INTAKE_MAIL_URL=url))


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        ("ftp://files.example.org", "unknown scheme"),
        ("file:relative/folder", "full path"),
        ("file://host/folder", "full path"),
        ("s3:///folder", "no bucket"),
        ("memory:", "forgets"),
    ],
)
def test_a_place_for_files_that_cannot_be_used_is_refused(url: str, advice: str) -> None:
    (problem,) = problems(INTAKE_BLOB_URL=url)
    assert "INTAKE_BLOB_URL" in problem
    assert advice in problem


def test_files_lie_in_a_folder_of_the_installation_unless_set() -> None:
    env = {**GOOD, "INTAKE_DATABASE_URL": "sqlite:////srv/intake/intake.sqlite3"}
    assert Settings.from_environment(env).blobs_at == "file:/srv/intake/blobs"
    env["INTAKE_BLOB_URL"] = "s3://sealed/files"
    assert Settings.from_environment(env).blobs_at == "s3://sealed/files"


@pytest.mark.parametrize("url", ["http://scanner", "tcp://scanner", "tcp://:3310", "clamd"])
def test_an_address_of_a_scanner_that_cannot_be_used_is_refused(url: str) -> None:
    assert any("INTAKE_CLAMD_URL" in problem for problem in problems(INTAKE_CLAMD_URL=url))


def test_limits_of_files_are_whole_numbers_within_reason() -> None:
    for value in ("0", "-1", "many", "99999"):
        (problem,) = problems(INTAKE_FILES_PER_DRAFT=value)
        assert "from 1 to 500" in problem
    settings = Settings.from_environment(
        {**GOOD, "INTAKE_LARGEST_UPLOAD": "7", "INTAKE_CLAMD_URL": "unix:/run/clamd"}
    )
    assert (settings.largest_upload, settings.files_per_draft) == (7, 30)
    assert settings.clamd_url == "unix:/run/clamd"
