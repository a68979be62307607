"""Areas from postcodes: looked up offline, and never a reason to lose a referral."""

import json

import jsonschema
import pytest

from form_definitions import parse_form
from referral_router import (
    RuleFileError,
    check_rules_against,
    parse_rules,
    postcodes,
    route,
    rules,
    target_areas,
    unread_postcodes,
)
from referral_router.postcodes import PostcodeAreas
from tests.referral_router.referrals import FORM, NOW, make_directory, make_rule, make_rule_file

ROWS = {
    "B": [("B1  1AA", "north"), ("BT1 1AA", "N09000003"), ("BT121AA", "south")],
    "J": [("JE1 0BD", "L99999999")],
    "Y": [("YO1 0AA", "")],
}
TO_POSTCODE = {"service": "help", "area_from_postcode": "home.postcode"}
BOTH = {**TO_POSTCODE, "area_from": "area"}


@pytest.fixture(scope="module")
def form():
    home = {
        "type": "object",
        "title": "Home",
        "properties": {
            "postcode": {"type": "string", "format": "postcode", "title": "Postcode"},
            "town": {"type": "string", "title": "Town"},
        },
    }
    raw = json.loads(json.dumps(FORM))
    raw["properties"]["home"] = home
    raw["x-form"]["pages"][0]["questions"].append("home")
    return parse_form(json.dumps(raw), "small.json")


def make_areas(reads=None):
    def read(letter):
        if reads is not None:
            reads.append(letter)
        if letter == "X":
            raise OSError("this part of the list is damaged")
        return iter(ROWS.get(letter, ()))

    return PostcodeAreas(read)


@pytest.mark.parametrize(
    ("postcode", "area"),
    [
        ("B1 1AA", "north"),
        ("b11aa", "north"),
        ("BT1 1AA", "N09000003"),
        ("BT12 1AA", "south"),
        ("BT12 1AB", ""),
        ("ZZ99 3VZ", ""),
        ("JE1 0BD", ""),
        ("YO1 0AA", ""),
        ("X1 1XX", ""),
        ("not one", ""),
        ("", ""),
    ],
)
def test_a_postcode_has_the_area_of_its_local_authority_or_none(postcode, area):
    assert make_areas().area_of(postcode) == area


def test_each_letter_is_read_once_and_only_if_it_is_asked_for():
    reads = []
    areas = make_areas(reads)
    for postcode in ("B1 1AA", "BT1 1AA", "B1 1AA", "JE1 0BD"):
        areas.area_of(postcode)
    assert reads == ["B", "J"]


def decide(form, monkeypatch, areas, target=TO_POSTCODE, area="", **home):
    monkeypatch.setattr(target_areas, "postcode_areas", lambda: areas)
    rule_set = parse_rules(json.dumps(make_rule_file(make_rule(to=[target]))), form)
    directory = make_directory()
    assert check_rules_against(rule_set, directory) == ()
    answers = ({"home": home} if home else {}) | ({"area": area} if area else {})
    decision = route(rule_set, answers, directory, NOW)
    return [to.team for to in decision.destinations], decision.verdicts[0]


def test_a_referral_goes_to_the_team_of_the_area_in_which_the_postcode_is(form, monkeypatch):
    teams, verdict = decide(form, monkeypatch, make_areas(), postcode="BT12 1AA")
    assert teams == ["south-team"]
    assert verdict.because == ("every form of this kind goes there and the postcode is in ‘South’")


@pytest.mark.parametrize(
    ("areas", "home", "words"),
    [
        (make_areas(), {"postcode": "BT12 1AB"}, "the postcode is unknown"),
        (make_areas(), {}, "the form gives no postcode"),
        (make_areas(), {"postcode": "BT1 1AA"}, "no team gives ‘Help at home’ in ‘N09000003’"),
        (None, {"postcode": "B1 1AA"}, "the list of postcodes is not installed"),
    ],
)
def test_what_no_area_is_found_for_goes_to_the_fallback_and_says_why(
    form, monkeypatch, areas, home, words
):
    teams, verdict = decide(form, monkeypatch, areas, **home)
    assert teams == ["desk"]
    assert words in verdict.unresolved
    assert "BT12" not in verdict.unresolved


def test_the_schema_that_editors_use_knows_areas_from_postcodes(routing_schema):
    jsonschema.validate(make_rule_file(make_rule(to=[TO_POSTCODE])), routing_schema)
    jsonschema.validate(make_rule_file(make_rule(to=[BOTH])), routing_schema)
    both = make_rule_file(make_rule(to=[{**TO_POSTCODE, "area": "north"}]))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(both, routing_schema)


@pytest.mark.parametrize(
    ("area", "postcode", "team", "words"),
    [
        ("north", "BT12 1AA", "north-team", "every form of this kind goes there"),
        ("not-known", "BT12 1AA", "south-team", "the postcode is in ‘South’"),
        ("", "BT12 1AA", "south-team", "the postcode is in ‘South’"),
        ("not-known", "BT12 1AB", "desk", "the postcode is unknown"),
        ("west", "BT12 1AA", "desk", "every form of this kind goes there"),
    ],
)
def test_a_postcode_beside_an_answer_counts_where_the_answer_is_no_area(
    form, monkeypatch, area, postcode, team, words
):
    teams, verdict = decide(form, monkeypatch, make_areas(), BOTH, area, postcode=postcode)
    assert teams == [team]
    assert verdict.because.endswith(words)


def test_rules_that_need_the_list_say_so_where_it_is_not_installed(form, monkeypatch):
    rule_set = parse_rules(json.dumps(make_rule_file(make_rule(to=[TO_POSTCODE]))), form)
    monkeypatch.setattr(rules, "postcodes_are_installed", lambda: False)
    (remark,) = unread_postcodes(rule_set)
    assert "is not installed" in remark.message
    assert "intake[postcodes]" in remark.fix
    monkeypatch.setattr(rules, "postcodes_are_installed", lambda: True)
    assert unread_postcodes(rule_set) == ()


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ({"service": "help", "area_from_postcode": "home.town"}, "is not a postcode"),
        ({"service": "help", "area_from_postcode": "home.postcod"}, "is not a question"),
        ({"team": "desk", "area_from_postcode": "home.postcode"}, "goes with a service"),
        ({**TO_POSTCODE, "area": "north"}, "contradict each other"),
    ],
)
def test_a_postcode_that_is_none_is_found_when_rules_are_read(
    form, target, message, routing_schema
):
    with pytest.raises(RuleFileError, match=message):
        parse_rules(json.dumps(make_rule_file(make_rule(to=[target]))), form)


def test_the_packaged_list_is_read_where_it_is_installed():
    if not postcodes.postcodes_are_installed():
        pytest.skip("the extra “postcodes” is not installed")
    areas = postcodes.postcode_areas()
    assert areas.area_of("SW1A 1AA") == "E09000033"
    assert areas.area_of("CF10 1AA") == "W06000015"
    assert areas.area_of("BT1 1AA") == "N09000003"
