"""The examples in docs/administrators/routing-rules.md are rules that load."""

import json
import re
from pathlib import Path

import pytest

from form_definitions import load_form, shipped_forms
from referral_router import load_directory, parse_rules, shipped_rules
from referral_router.calendars import read_duration

PAGE = Path(__file__).parents[2] / "docs" / "administrators" / "routing-rules.md"
TEXT = PAGE.read_text("utf-8")
EXAMPLES = re.findall(r"^ *```json ?([a-z0-9-]*)\n(.*?)^ *```", TEXT, re.MULTILINE | re.DOTALL)


def with_rule(form: str, rule: dict[str, object]) -> dict[str, object]:
    file = json.loads(shipped_rules()[form].read_text("utf-8"))
    file["rules"].append(rule)
    return file


def test_the_page_has_examples_of_rules_a_whole_file_and_a_directory():
    forms = [form for form, _ in EXAMPLES]
    assert {"master-referral", "closure", "breast-pump-loan", ""} <= set(forms)


@pytest.mark.parametrize(("form", "example"), [each for each in EXAMPLES if each[0]])
def test_each_example_of_a_rule_loads_for_the_form_that_it_names(form, example):
    shown = json.loads(example)
    file = shown if "rules" in shown else with_rule(form, shown)
    rules = parse_rules(json.dumps(file), load_form(shipped_forms()[form]), PAGE.name)
    assert rules.rules


@pytest.mark.parametrize("example", [example for form, example in EXAMPLES if not form])
def test_the_example_of_a_directory_loads(example):
    assert load_directory(json.loads(example)).teams


def test_each_length_of_time_in_the_table_is_one():
    table = TEXT.split("| `acknowledge_within` | means |")[1].split("\n\n")[0]
    lengths = re.findall(r'`"([^`]+)"`', table)
    assert "P2D" in lengths
    assert all(read_duration(length) for length in lengths)


def test_each_condition_in_the_table_is_one():
    table = TEXT.split("| write | it holds if |")[1].split("\n\n")[0]
    conditions = [json.loads(each) for each in re.findall(r'`("?[{"][^`…]*)`', table)]
    assert len(conditions) >= 6
    for condition in conditions:
        rule = {**json.loads(EXAMPLES[0][1]), "when": condition}
        form = load_form(shipped_forms()["master-referral"])
        assert parse_rules(json.dumps(with_rule("master-referral", rule)), form)
