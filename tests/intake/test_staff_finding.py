"""Finding a case by an exact identifier, among those of one's own teams."""

import pytest

from intake.database import db
from intake.models import AuditEntry, Case
from intake.services import case_decisions
from intake.services.finding import tidy_reference
from tests.intake.case_making import (
    NAME,
    NORTHERN,
    PUMPS,
    Browser,
    make_case,
    make_staff,
    part,
    prepare,
    send,
    work,
)

pytestmark = pytest.mark.database("sqlite")

ANSWERS = {
    "date_of_birth": "1990-03-27",
    "nhs_number": "9990000018",
    "postcode": "BT12 6BA",
    "telephone": "07700 900123",
    "email": "peregrine@example.org",
}
BORN = {"birth_day": "27", "birth_month": "3", "birth_year": "1990"}


@pytest.fixture(autouse=True)
def case_id(app, monkeypatch):
    with app.app_context():
        prepare(app, monkeypatch)
        make_staff("robin", PUMPS)
        make_staff("alex", NORTHERN)
        case_id = make_case(**ANSWERS)
        work()
        return case_id


def find(app, who="robin", **fields):
    browser = Browser(app, who)
    browser.get("/staff/find")
    return browser.post("/staff/find", **fields)


SEARCHES = [
    {"by": "nhs-number", "nhs_number": "999 000 0018"},
    {"by": "name-and-birth", "name": NAME.lower(), **BORN},
    {"by": "name-and-birth", "name": "UNDERHILL, Peregrine", **BORN, "birth_month": "March"},
    {"by": "postcode", "postcode": "bt126ba"},
    {"by": "telephone", "telephone": "+44 7700 900 123"},
    {"by": "email", "email": "Peregrine@Example.org "},
]


@pytest.mark.parametrize("fields", SEARCHES, ids=lambda fields: fields["by"])
def test_a_case_is_found_by_what_was_written_in_it(app, case_id, fields):
    answer = find(app, **fields)
    assert "1 case found" in answer.text
    assert f'href="/staff/cases/{case_id}"' in answer.text


@pytest.mark.parametrize("fields", SEARCHES, ids=lambda fields: fields["by"])
def test_a_case_of_another_team_is_not_found(app, case_id, fields):
    answer = find(app, "alex", **fields)
    assert "0 cases found" in answer.text
    assert case_id not in answer.text


def test_a_reference_is_found_however_it_is_typed(app, case_id):
    with app.app_context():
        reference = db.session.get(Case, case_id).reference
    for typed in (reference, reference.lower(), reference.replace("-", " "), f" {reference} "):
        assert case_id in find(app, by="reference", reference=typed).text
    assert "0 cases found" in find(app, "alex", by="reference", reference=reference).text
    assert tidy_reference("abc") == "ABC"


def test_a_team_that_declined_finds_nothing_by_what_came_later(app):
    with app.app_context():
        case_id, robin = make_case("both"), make_staff("jo", PUMPS)
        case_decisions.decline(robin, part(case_id), "no-capacity", "", address="")
        given, family = NAME.split()
        later = {"area": "northern", "first_name": given, "last_name": family}
        reference = send("visit", {**later, "postcode": "N1 9GU"}, case_id=case_id)
        work()
    for search in ({"by": "postcode", "postcode": "N1 9GU"}, {"reference": reference}):
        fields = {"by": "reference", **search}
        assert "0 cases found" in find(app, **fields).text
        assert case_id in find(app, "alex", **fields).text


def test_something_else_is_not_found(app):
    assert "0 cases found" in find(app, by="postcode", postcode="N1 9ZZ").text
    born = {**BORN, "birth_day": "28"}
    assert "0 cases found" in find(app, by="name-and-birth", name=NAME, **born).text


@pytest.mark.parametrize(
    ("fields", "link"),
    [
        ({"by": "postcode"}, "#postcode"),
        ({"by": "name-and-birth", "name": NAME}, "#birth_day"),
        ({"by": "name-and-birth", **BORN}, "#name"),
        ({"by": "name-and-birth", "name": NAME, **BORN, "birth_month": "13"}, "#birth_day"),
        ({"by": "eye-colour"}, "#by"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(app, fields, link):
    answer = find(app, **fields)
    assert answer.status_code == 422
    assert f'href="{link}"' in answer.text
    if fields.get("name"):
        assert f'value="{NAME}"' in answer.text


def test_that_somebody_searched_is_recorded_but_not_for_whom(app):
    find(app, by="nhs-number", nhs_number="9990000018")
    with app.app_context():
        entry = db.session.query(AuditEntry).filter_by(action="case.find").one()
        assert (entry.thing_id, entry.why) == ("nhs-number", "1 found")
        everything = repr([vars(each) for each in db.session.query(AuditEntry)])
        assert "9990000018" not in everything


def test_nothing_typed_is_in_an_address(app):
    answer = find(app, by="email", email="peregrine@example.org")
    assert answer.status_code == 200
    assert "Location" not in answer.headers
    assert "email=" not in answer.text
