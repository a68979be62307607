"""The official JSON-Schema-Test-Suite, draft 2020-12, judged as answers to a form.

``json_schema_test_suite/draft2020-12.json`` holds every case of it, mandatory and optional, whose
schema has ``properties`` at its root. Source: github.com/json-schema-org/JSON-Schema-Test-Suite
(MIT), as it comes with jsonschema 4.26.0.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from form_definitions import FormFileError, check_answers, parse_form, visible
from renderers import Site, compile_form

SUITE = Path(__file__).with_name("json_schema_test_suite") / "draft2020-12.json"
CASES: list[dict[str, Any]] = json.loads(SUITE.read_text("utf-8"))


def needs_a_network(case: dict[str, Any]) -> bool:
    """The suite serves a few schemas from a server; a form never leaves its file."""
    return "http://localhost:1234" in json.dumps(case["schema"]) and (
        case["file"] in {"refRemote.json", "vocabulary.json"}
    )


JUDGED = [case for case in CASES if not needs_a_network(case)]
REFUSED = [case for case in CASES if needs_a_network(case)]


def test_every_verdict_of_the_suite_is_ours(capsys: pytest.CaptureFixture[str]) -> None:
    wrong = []
    count = 0
    for case in JUDGED:
        definition = parse_form(json.dumps(case["schema"]))
        for test in case["tests"]:
            count += 1
            outcome = check_answers(definition, test["data"])
            if outcome.accepted != test["valid"]:
                wrong.append((case["file"], case["description"], test["description"]))
    with capsys.disabled():
        print(
            f"\nJSON-Schema-Test-Suite 2020-12: {count - len(wrong)} of {count} verdicts right,"
            f" {len(JUDGED)} schemas judged, {len(REFUSED)} refused that need a network"
        )
    assert not wrong
    assert len(JUDGED) >= 60
    assert count >= 170


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["description"])
def test_a_schema_that_needs_a_network_is_refused_at_its_place(case: dict[str, Any]) -> None:
    with pytest.raises(FormFileError) as raised:
        parse_form(json.dumps(case["schema"], indent=1))
    problem = raised.value.problems[0]
    assert problem.line > 1
    assert problem.fix


@pytest.mark.parametrize("case", JUDGED, ids=lambda case: f"{case['file']} {case['description']}")
def test_every_schema_of_the_suite_renders(case: dict[str, Any]) -> None:
    definition = parse_form(json.dumps(case["schema"]))
    renderer = compile_form(definition, Site())
    for answers in [test["data"] for test in case["tests"] if isinstance(test["data"], dict)]:
        errors = check_answers(definition, answers).errors
        for page in visible(definition, answers).pages:
            assert "<h1" in renderer.page(page.id, answers, errors, csrf="x")
        assert isinstance(renderer.summary(answers), str)
