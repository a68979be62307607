"""`intake demo` is an installation in a folder: it says where things are, and stops cleanly."""

import json
import shutil
import signal
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from form_definitions import shipped_forms
from tests.journeys.visitors import HttpTransport, Visitor
from tests.running_demo import INTAKE, RunningDemo, start_demo

pytestmark = pytest.mark.slow

FORMS = set(shipped_forms())


def test_it_says_on_one_line_what_somebody_needs(demo: RunningDemo) -> None:
    assert set(demo.ready) == {"base_url", "links", "staff", "mail_url", "dir", "pid"}
    assert set(demo.ready["links"]) == FORMS
    assert {key for person in demo.ready["staff"] for key in person} == {
        "email",
        "password",
        "team",
        "role",
    }
    assert demo.ready["pid"] == demo.process.pid
    assert Path(demo.ready["dir"]).is_dir()
    assert Visitor(HttpTransport()).open(demo.ready["mail_url"]).status == 200


def test_about_forty_cases_are_in_every_state(demo: RunningDemo) -> None:
    with closing(sqlite3.connect(demo.folder / "intake.sqlite3")) as database:
        cases = Counter(state for (state,) in database.execute("SELECT state FROM cases"))
        parts = {state for (state,) in database.execute("SELECT state FROM destinations")}
    assert sum(cases.values()) >= 35
    assert set(cases) == {"new", "open", "review", "closed", "archived"}
    assert parts == {"delivered", "seen", "accepted", "declined", "more-information", "done"}


def test_something_of_every_step_of_triage_is_there_to_see(demo: RunningDemo) -> None:
    with closing(sqlite3.connect(demo.folder / "intake.sqlite3")) as database:
        for seen in (
            "destinations WHERE assigned_to IS NOT NULL AND state = 'delivered'",
            "destinations WHERE paused_until IS NOT NULL",
            "destinations WHERE first_contact_at IS NOT NULL",
            "destinations WHERE outcome IS NOT NULL",
            "teams WHERE capacity IS NOT NULL AND cover_team_id IS NOT NULL",
            "rule_versions WHERE state = 'draft'",
        ):
            assert database.execute(f"SELECT count(*) FROM {seen}").fetchone()[0], seen
    keepers = [one for one in demo.ready["staff"] if one["role"] == "administrator"]
    assert sum(one["team"] == "duty-desk" for one in keepers) == 2, "publishing needs two"


def test_every_link_came_by_email(demo: RunningDemo) -> None:
    delivered = ""
    for path in demo.mail.glob("*.eml"):
        body = message_from_bytes(path.read_bytes(), policy=policy.default).get_body(("plain",))
        delivered += body.get_content() if body else ""
    for link in demo.ready["links"].values():
        assert link.rsplit("/l/", 1)[1] in delivered


def test_it_stops_cleanly_and_starts_again_with_the_same_sign_ins(
    start_another_demo: Callable[[], RunningDemo],
) -> None:
    first = start_another_demo()
    assert first.stop(signal.SIGINT) == 0
    again = start_demo(first.folder)
    try:
        assert again.ready["staff"] == first.ready["staff"]
        for form_id in FORMS:
            assert Visitor(HttpTransport()).open(again.link(form_id)).status == 200
    finally:
        assert again.stop(signal.SIGTERM) == 0


@pytest.mark.nightly
def test_a_used_link_is_replaced_at_the_next_start(
    start_another_demo: Callable[[], RunningDemo],
) -> None:
    first = start_another_demo()
    first.stop()
    with closing(sqlite3.connect(first.folder / "intake.sqlite3")) as database:
        database.execute("UPDATE links SET uses_count = uses_allowed")
        database.commit()
    again = start_demo(first.folder)
    try:
        assert Visitor(HttpTransport()).open(again.link("closure")).status == 200
    finally:
        again.stop()


def test_a_taken_port_is_named(demo: RunningDemo, tmp_path: Path) -> None:
    port = demo.base_url.rsplit(":", 1)[1]
    answer = subprocess.run(
        [INTAKE, "demo", "--dir", tmp_path / "other", "--port", port, "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert f"Port {port} cannot be used" in answer.stderr
    assert answer.stdout == ""


@pytest.mark.nightly
def test_a_half_made_folder_is_made_again(demo_template: Path, tmp_path: Path) -> None:
    folder = tmp_path / "half"
    shutil.copytree(demo_template, folder)
    (folder / "demo.json").unlink()
    running = start_demo(folder)
    try:
        assert len(json.loads((folder / "demo.json").read_text("utf-8"))["staff"]) >= 10
    finally:
        assert running.stop() == 0
