"""A full team's referral reaches whoever covers for it: with the key to it, and told why."""

from intake.services.directory_storing import store_values
from intake.services.directory_values import stored_values
from tests.intake.case_making import (
    NORTHERN,
    PUMPS,
    Browser,
    make_case,
    make_staff,
    parts_of_case,
    prepare,
)


def test_what_a_full_team_would_get_is_read_and_understood_by_whoever_covers(app, monkeypatch):
    with app.app_context():
        prepare(app, monkeypatch)
        make_staff("noor", NORTHERN, role="lead")
        make_staff("lee", PUMPS, role="lead")
        values = stored_values()
        pumps = next(each for each in values["teams"] if each["id"] == PUMPS)
        pumps.update(capacity=1, cover=NORTHERN)
        store_values(values)
        first, second = make_case(), make_case()
        got = [{part.team_id for part in parts_of_case(each)} for each in (first, second)]
    assert PUMPS in got[0]
    assert NORTHERN in got[1]
    assert PUMPS not in got[1]
    covering = Browser(app, "noor")
    page = covering.get(f"/staff/cases/{second}").text
    assert (
        "is full (1 of 1 referrals), so it goes to ‘Northern pumps’, which covers for it." in page
    )
    assert covering.get(f"/staff/cases/{first}").status_code == 404
    assert Browser(app, "lee").get(f"/staff/cases/{second}").status_code == 404
