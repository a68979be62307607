"""What staff know already is filled in for them: said to be so, read with a trace, correctable."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from form_definitions import check_form, parse_form
from intake.app_state import clock as now
from intake.database import db, new_id, transaction
from intake.models import AuditEntry, Destination
from intake.services.case_links import start_case_form
from intake.services.drafts import load_draft
from intake.services.people_named import people_named
from intake.services.prefilling import prefill_notice
from intake.services.publishing import publish_form
from tests.form_definitions.factories import make_form
from tests.intake.case_making import (
    NAME,
    NORTHERN,
    PUMPS,
    RULES,
    Browser,
    case_rules,
    make_case,
    make_staff,
    part,
    prepare,
    send,
)
from tests.intake.conftest import Clock

VISIT: dict[str, Any] = {
    "$id": "visit-note",
    "title": "Note of a visit",
    "type": "object",
    "properties": {
        "given": {
            "type": "string",
            "title": "First name",
            "x-ui": {"prefill": "person.first_name"},
        },
        "family": {"type": "string", "title": "Last name", "x-ui": {"prefill": "person.last_name"}},
        "born": {
            "type": "string",
            "format": "date",
            "title": "Date of birth",
            "x-ui": {"prefill": "person.date_of_birth"},
        },
        "worker": {
            "type": "object",
            "title": "You",
            "properties": {
                "name": {"type": "string", "title": "Name", "x-ui": {"prefill": "worker.name"}},
                "email": {
                    "type": "string",
                    "format": "email",
                    "title": "Email",
                    "x-ui": {"prefill": "worker.email"},
                },
            },
        },
        "home": {
            "type": "object",
            "title": "Home address",
            "x-ui": {"widget": "address", "prefill": "person.address"},
        },
        "went": {"type": "string", "title": "How did it go?"},
    },
    "x-form": {
        "version": "1.0.0",
        "reference_prefix": "VN",
        "audience": ["staff"],
        "on_case": True,
        "prefill": {"person": ["Child", "Parent"]},
        "people": [
            {
                "role": "Parent",
                "name": ["given", "family"],
                "date_of_birth": "born",
                "postcode": "home.postcode",
            }
        ],
        "pages": [
            {
                "id": "all",
                "title": "All",
                "questions": ["given", "family", "born", "worker", "home", "went"],
            }
        ],
    },
}


@pytest.fixture(autouse=True)
def context(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with app.app_context():
        prepare(app, monkeypatch)
        rules = json.dumps(case_rules("visit-note"))
        publish_form(json.dumps(VISIT), "visit-note.json", rules_text=rules)
        yield


def started(case_id: str, user: Any) -> Any:
    opened = start_case_form(user, part(case_id), "visit-note", address="192.0.2.1")
    return load_draft(opened.draft_id, opened.key, now())


def test_the_person_of_the_case_and_the_worker_are_filled_in_and_the_reading_recorded() -> None:
    user = make_staff("robin")
    case_id = make_case(date_of_birth="1990-02-03")
    draft = started(case_id, user)
    given, family = NAME.split()
    assert draft.answers == {
        "given": given,
        "family": family,
        "born": "1990-02-03",
        "worker": {"name": user.name, "email": user.email},
    }
    assert prefill_notice(draft, "all") == (
        "We filled in ‘First name’, ‘Last name’ and ‘Date of birth’ from the case. "
        "We filled in ‘You’ from your profile. Check this, and change what is not right."
    )
    entries = db.session.query(AuditEntry).filter_by(thing_id=case_id, actor=user.actor)
    actions = [entry.action for entry in entries.order_by(AuditEntry.position)]
    assert actions.index("case.read") < actions.index("case.fill-form")


def test_a_case_that_names_two_people_in_the_role_fills_in_neither() -> None:
    user = make_staff("robin")
    case_id = make_case()
    send("visit-note", {"given": "Somebody", "family": "Else"}, case_id=case_id)
    draft = started(case_id, user)
    assert draft.answers == {"worker": {"name": user.name, "email": user.email}}


def test_the_same_person_in_a_later_form_counts_with_what_that_says() -> None:
    user = make_staff("robin")
    case_id = make_case(date_of_birth="1990-02-03")
    given, family = NAME.split()
    said = {"given": given, "family": family, "born": "1990-02-03", "went": "Well"}
    send("visit-note", said, case_id=case_id)
    assert started(case_id, user).answers["given"] == given


def test_an_address_comes_line_by_line_from_the_newest_form(clock: Clock) -> None:
    user = make_staff("robin")
    case_id = make_case(date_of_birth="1990-02-03")
    clock.advance(hours=1)
    given, family = NAME.split()
    home = {"line_1": "1 High Street", "town": "Belfast", "postcode": "BT12 6BA"}
    said = {"given": given, "family": family, "born": "1990-02-03", "home": home, "went": "Well"}
    send("visit-note", said, case_id=case_id)
    draft = started(case_id, user)
    assert draft.answers["home"] == home
    assert "‘Home address’ from the case" in prefill_notice(draft, "all")


@pytest.mark.parametrize("team", [PUMPS, NORTHERN])
def test_nothing_is_carried_to_a_team_that_could_not_read_it_yet(team: str) -> None:
    user = make_staff("robin", PUMPS, NORTHERN)
    case_id = make_case()
    with transaction() as session:
        session.add(
            Destination(
                id=new_id(),
                case_id=case_id,
                team_id=NORTHERN,
                state="accepted",
                urgency=1,
                acknowledge_by=now(),
                delivered_at=now(),
                is_escalated=False,
            )
        )
    opened = start_case_form(user, part(case_id, team), "visit-note", address="192.0.2.1")
    assert load_draft(opened.draft_id, opened.key, now()).answers.keys() == {"worker"}


def test_a_person_with_a_postcode_alone_has_no_address() -> None:
    case_id = make_case(postcode="BT12 6BA")
    assert "home" not in started(case_id, make_staff("robin")).answers


def test_the_address_of_somebody_in_a_group_is_found_there_and_makes_nobody_another_person() -> (
    None
):
    home = {"type": "object", "title": "Home", "x-ui": {"widget": "address"}}
    name = {"type": "string", "title": "Name"}
    child = {"type": "object", "title": "Child", "properties": {"name": name, "home": home}}
    person = {"role": "Child", "in": "child", "name": ["name"], "postcode": "home.postcode"}
    form = make_form({"child": child})
    form["x-form"]["people"] = [person]
    definition = parse_form(json.dumps(form))
    lines = {"line_1": "1 High Street", "town": "Belfast", "postcode": "BT12 6BA"}
    (ann,) = people_named(definition, {"child": {"name": "Ann", "home": lines}})
    assert dict(ann.address) == lines
    elsewhere = {**lines, "line_1": "1 High St"}
    assert people_named(definition, {"child": {"name": "Ann", "home": elsewhere}}) == (ann,)
    assert "High" not in repr(ann)


@pytest.mark.parametrize(
    ("source", "kind", "expected"),
    [
        ("person.address", {"type": "string"}, "ask for an address"),
        ("person.nhs_number", {"type": "string"}, "ask for a health-and-care-number or nhs-number"),
        ("person.name", {"type": "string"}, "nothing says which person"),
        ("worker.nmae", {"type": "string"}, "worker.name"),
    ],
)
def test_a_source_that_cannot_be_meant_is_told_to_the_author(
    source: str, kind: dict[str, Any], expected: str
) -> None:
    form = make_form({"asked": {**kind, "x-ui": {"prefill": source}}})
    problems = [f"{one.message}. {one.fix}" for one in check_form(json.dumps(form))]
    assert any(expected in problem for problem in problems), problems


def test_an_open_form_begins_with_the_profile_of_whoever_is_signed_in(app: Flask) -> None:
    settings = {key: VISIT["x-form"][key] for key in ("version", "reference_prefix", "prefill")}
    settings |= {"audience": ["professional"], "pages": VISIT["x-form"]["pages"]}
    form = VISIT | {"$id": "open-note", "x-form": settings}
    rules = {**case_rules("open-note"), "fallback": RULES["fallback"]}
    publish_form(json.dumps(form), "open-note.json", rules_text=json.dumps(rules))
    make_staff("robin")
    for name, is_known in (("", False), ("robin", True)):
        browser = Browser(app, name)
        start = browser.client.post("/forms/open-note").location
        page = browser.client.get(start.replace("/start", "/all")).text
        assert ("We filled in ‘You’ from your profile." in page) is is_known
        assert ("robin@example.org" in page) is is_known
