"""Gaps of the directory are found and told, by hand and by the doctor; files go in and out."""

import json
from copy import deepcopy

import pytest

from form_definitions import parse_form
from intake.app_state import clock
from intake.cli.directory import directory as directory_command
from intake.cli.doctor import doctor
from intake.database import db
from intake.services import directory_gaps
from intake.services.directory_gaps import find_gaps
from intake.services.directory_storing import store_values
from intake.services.directory_values import stored_values
from referral_router import parse_rules
from tests.intake.case_making import (
    DUTY,
    NORTHERN,
    PUMPS,
    REFERRAL,
    RULES,
    make_case,
    make_staff,
    prepare,
)

pytestmark = pytest.mark.database(
    "sqlite"
)  # the tables are tried on both by test_directory_storing


@pytest.fixture(autouse=True)
def forms(context, monkeypatch):
    prepare(context, monkeypatch)


@pytest.fixture
def run(context):
    runner = context.test_cli_runner()
    return lambda *words: runner.invoke(directory_command, [str(word) for word in words])


@pytest.fixture
def staffed():
    return {team: make_staff(f"of-{team}", team) for team in (PUMPS, NORTHERN, DUTY)}


def change(said):
    values = deepcopy(stored_values())
    for team, changed in said.items():
        next(each for each in values["teams"] if each["id"] == team).update(changed)
    store_values(values)


def gaps():
    found = [(gap.kind, gap.thing, gap.is_serious) for gap in find_gaps(clock())]
    db.session.rollback()
    return found


def test_a_directory_without_gaps_has_none(staffed, run):
    assert gaps() == []
    assert run("check").output == "no gaps\n"


LEADS_NOWHERE = [
    ({PUMPS: {"email": ""}}, ("no-address", PUMPS, True)),
    ({PUMPS: {"capacity": 0}}, ("capacity", PUMPS, True)),
    ({PUMPS: {"capacity": 0, "cover": NORTHERN}}, ("capacity", PUMPS, False)),
    ({PUMPS: {"is_paused": True}}, ("paused", PUMPS, False)),
    ({PUMPS: {"cover": DUTY}}, ("cover", PUMPS, False)),  # of the same organisation
    ({PUMPS: {"cover": NORTHERN}, NORTHERN: {"cover": PUMPS}}, ("cover", PUMPS, True)),
    (
        {PUMPS: {"cover": NORTHERN, "is_paused": True}, NORTHERN: {"is_paused": True}},
        ("cover", PUMPS, True),
    ),
    ({PUMPS: {"closures": [{"first_day": "2026-01-01"}]}}, ("closing-days", PUMPS, False)),
    (
        {PUMPS: {"closures": [{"first_day": "2026-11-01", "last_day": "2027-02-01"}]}},
        ("shut", PUMPS, True),
    ),
]


def test_a_setting_that_leads_nowhere_is_a_gap(staffed):
    before = stored_values()
    for said, gap in LEADS_NOWHERE:
        change(said)
        assert gap in gaps(), said
        store_values(before)
    assert gaps() == []


def test_what_nobody_staffs_gives_or_reaches_is_a_gap(context, run, monkeypatch):
    values = deepcopy(stored_values())
    values["services"].append({"id": "unused", "name": "Unused"})
    values["areas"].append({"code": "E07000026", "name": "Allerdale"})
    values["teams"] = [each for each in values["teams"] if each["id"] != NORTHERN]
    values["provision"] = [each for each in values["provision"] if each["teams"] != [NORTHERN]]
    store_values(values)
    found = gaps()
    assert {("fallback", DUTY, True), ("unstaffed", PUMPS, True)} <= set(found)
    assert ("no-service", "unused", False) in found
    assert ("area", "E07000026", True) in found
    assert ("rule", "visit", True) in found, "a rule names a team that has left"
    assert run("check").exit_code == 1
    told = json.loads(run("check", "--json").stdout)["gaps"]
    assert len(told) == len(found)
    result = context.test_cli_runner().invoke(doctor, ["--json"])
    assert "gaps, such as" in json.loads(result.stdout)["directory"]


def test_files_go_out_and_come_in_and_a_look_changes_nothing(staffed, run, tmp_path):
    make_case()
    for name, words in (
        ("d", ()),
        ("d.zip", ()),
        ("d.json", ()),
        ("o.json", ("--as", "open-referral")),
    ):
        assert run("export", tmp_path / name, *words).exit_code == 0
        result = run("import", tmp_path / name, "--check")
        assert (result.exit_code, result.output) == (0, "nothing changes; nothing was stored\n")
    before = stored_values()
    for file, line in (("teams.csv", PUMPS), ("provision.csv", PUMPS)):
        path = tmp_path / "d" / file
        kept = [each for each in path.read_text("utf-8-sig").splitlines() if line not in each]
        path.write_text("\n".join(kept), "utf-8")
    looked = run("import", tmp_path / "d", "--check")
    assert "team ‘Belfast pumps’ (belfast-pumps) is removed" in looked.output
    assert "holds 1 live referral: unless another team has it too, it is given to ‘duty-desk’" in (
        looked.output
    )
    assert stored_values() == before
    db.session.rollback()
    done = json.loads(run("import", tmp_path / "d", "--json").stdout)
    assert done["stored"]
    assert done["leaving"] == [{"team": PUMPS, "name": "Belfast pumps", "live": 1}]
    (tmp_path / "d" / "teams.csv").write_text("id,name,organisation,fallback\n", "utf-8")
    refused = run("import", tmp_path / "d")
    assert refused.exit_code == 2
    assert "teams.csv:1:fallback" in refused.output


def test_areas_are_listed_with_their_codes(run):
    lines = run("areas", "--region", "london").output.splitlines()
    assert (len(lines), lines[0]) == (34, "code,name")
    assert json.loads(run("areas", "--region", "wales", "--json").stdout)["W06000015"] == "Cardiff"


def test_an_area_to_which_postcodes_lead_and_where_nobody_gives_the_service_is_a_gap(
    staffed, monkeypatch
):
    values = deepcopy(stored_values())
    values["areas"] += [{"code": "E09000007", "name": "Camden"}, {"code": "north", "name": "N"}]
    store_values(values)
    by_postcode = {"service": "breast-pump-loan", "area_from_postcode": "postcode"}
    content = {**RULES, "rules": [{**RULES["rules"][0], "to": [by_postcode]}]}
    definition = parse_form(json.dumps(REFERRAL), "visit")
    rules = parse_rules(json.dumps(content), definition)
    monkeypatch.setattr(directory_gaps, "_published", lambda _now: [(definition, rules)])
    told = [gap.words for gap in find_gaps(clock()) if gap.kind == "unserved"]
    assert [" in Camden; such referrals go to the fallback team" in words for words in told] == [
        True
    ]
