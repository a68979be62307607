"""Grades of a licensed tool: numbers and neutral labels only."""

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from form_definitions import FormDefinition, check_answers, tasks_of, visible
from intake.demo.case_form_answers import SUB_AREAS, graded_care_profile
from intake.demo.people import MadeUpPeople, Name
from renderers import Site, compile_form
from tests.forms.conftest import FORMS

# words of the published grade scale, and of its quality column: none belongs in our file
LICENSED = re.compile(
    r"\b(adequate|borderline|hostile|essentials?|unmet|child.?s priority|worst|not considered"
    r"|neglect\w*)\b",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def gcp2(forms: Mapping[str, FormDefinition]) -> FormDefinition:
    return forms["gcp2"]


def make_profile(**changes: Any) -> dict[str, Any]:
    people = MadeUpPeople(3, date(2026, 11, 21))
    return graded_care_profile(people, Name("Tansy", "Oakmere")) | changes


def refused(form: FormDefinition, answers: Mapping[str, Any]) -> set[str]:
    return {error.path for error in check_answers(form, answers).errors}


def test_a_typical_profile_is_accepted(gcp2: FormDefinition) -> None:
    assert refused(gcp2, make_profile()) == set()


def test_it_is_only_for_trained_staff_and_on_a_case(gcp2: FormDefinition) -> None:
    assert gcp2.on_case
    assert gcp2.requires_training == "gcp2"
    assert gcp2.audience == {"staff"}


def test_every_sub_area_is_graded_one_to_five_or_not_scored(gcp2: FormDefinition) -> None:
    for name in SUB_AREAS:
        question = gcp2.questions[f"grade_{name}"]
        assert question.required
        values = [(option.value, option.title) for option in question.options]
        assert values == [(n, n) for n in "12345"] + [("not-scored", "Not scored")]


@pytest.mark.parametrize("name", SUB_AREAS)
def test_not_scored_needs_a_reason(gcp2: FormDefinition, name: str) -> None:
    answers = make_profile(**{f"grade_{name}": "not-scored"})
    answers.pop(f"reason_{name}", None)
    assert refused(gcp2, answers) == {f"reason_{name}"}


@pytest.mark.parametrize("name", SUB_AREAS)
def test_a_grade_needs_no_reason_and_drops_an_old_one(gcp2: FormDefinition, name: str) -> None:
    changes = {f"grade_{name}": "3", f"reason_{name}": "There was no chance to see this."}
    outcome = check_answers(gcp2, make_profile(**changes))
    assert outcome.accepted
    assert f"reason_{name}" not in outcome.answers


def test_a_blank_grade_is_sent_back_with_the_name_of_the_sub_area(gcp2: FormDefinition) -> None:
    answers = make_profile()
    del answers["grade_in_presence"]
    (error,) = check_answers(gcp2, answers).errors
    assert error.message == "Select a grade for ‘In the carer’s presence’, or that it is not scored"


def test_the_words_of_the_tool_are_not_in_the_file() -> None:
    form = json.loads((FORMS / "gcp2.json").read_text("utf-8"))
    assert LICENSED.findall(json.dumps(form, ensure_ascii=False)) == []


def test_without_written_consent_the_journey_ends(gcp2: FormDefinition) -> None:
    shown = visible(gcp2, make_profile(consent_recorded=False))
    assert shown.ended is not None
    assert shown.ended.id == "consent-first"
    assert not check_answers(gcp2, make_profile(consent_recorded=False)).accepted


def test_at_most_three_items_are_targeted(gcp2: FormDefinition) -> None:
    item = make_profile()["targeted_items"][0]
    assert refused(gcp2, make_profile(targeted_items=[item] * 3)) == set()
    assert refused(gcp2, make_profile(targeted_items=[item] * 4)) == {"targeted_items"}


def test_no_targets_and_no_plan_are_possible(gcp2: FormDefinition) -> None:
    answers = make_profile(has_targets=False, plan_needed=False)
    assert refused(gcp2, answers) == {"no_plan_reason"}
    outcome = check_answers(gcp2, answers | {"no_plan_reason": "Another plan covers this."})
    assert outcome.accepted
    assert not {"targeted_items", "family_plan"} & set(outcome.answers)


def test_a_carer_who_has_not_seen_the_grades_needs_a_reason(gcp2: FormDefinition) -> None:
    assert refused(gcp2, make_profile(carer_seen=False)) == {"carer_not_seen_reason"}


AREAS = {"a": SUB_AREAS[:5], "b": SUB_AREAS[5:7], "c": SUB_AREAS[7:9], "d": SUB_AREAS[9:]}


def make_area(area: str, *grades: str, **changes: Any) -> dict[str, Any]:
    """A profile in which the parts of one area have these grades, the rest of them the last."""
    names = AREAS[area]
    padded = [*grades, *[grades[-1]] * (len(names) - len(grades))]
    reasons = {f"reason_{name}": "No chance to see this." for name in names}
    return make_profile(**dict(zip([f"grade_{n}" for n in names], padded, strict=True))) | (
        reasons | changes
    )


@pytest.mark.parametrize(
    ("area", "grades", "grade"),
    [
        ("a", ("1", "4", "1"), "4"),
        ("a", ("1", "3", "1"), "1"),
        ("b", ("2", "3"), "3"),
        ("c", ("not-scored", "2"), "2"),
        ("d", ("1", "2", "5", "1"), "5"),
    ],
)
def test_the_grade_of_an_area_is_rolled_up_from_its_own_parts(
    gcp2: FormDefinition, area: str, grades: tuple[str, ...], grade: str
) -> None:
    outcome = check_answers(gcp2, make_area(area, *grades))
    assert outcome.accepted
    assert outcome.answers[f"grade_area_{area}"] == grade


def test_an_area_of_which_nothing_is_scored_has_no_grade(gcp2: FormDefinition) -> None:
    outcome = check_answers(gcp2, make_area("b", "not-scored"))
    assert outcome.accepted
    assert "grade_area_b" not in outcome.answers


def test_a_trained_person_gives_an_area_another_grade_with_a_reason(gcp2: FormDefinition) -> None:
    own = {"changes_area_b": True, "own_grade_area_b": "4"}
    assert refused(gcp2, make_area("b", "2", **own)) == {"own_reason_area_b"}
    reason = {"own_reason_area_b": "The house next door."}
    answers = check_answers(gcp2, make_area("b", "2", **own, **reason)).answers
    assert answers["grade_area_b"] == "4"
    assert answers["grade_in_presence"] == "2"
    after_all = make_area("b", "2", **(own | reason | {"changes_area_b": False}))
    assert check_answers(gcp2, after_all).answers["grade_area_b"] == "2"


def test_nobody_sends_the_grade_of_an_area(gcp2: FormDefinition) -> None:
    assert check_answers(gcp2, make_area("b", "2", grade_area_b="5")).answers["grade_area_b"] == "2"


def test_the_grades_of_the_areas_stand_in_their_sections_of_the_summary(
    gcp2: FormDefinition,
) -> None:
    renderer = compile_form(gcp2, Site())
    answers = check_answers(gcp2, make_area("b", "2")).answers
    pages = (
        renderer.summary(answers),
        renderer.check_answers(answers, csrf="", change_url=lambda page: page),
    )
    for html in pages:
        own = html[html.index("Area B: safety</h") : html.index("Area C: emotional care</h")]
        assert "Grade of area B" in own
        assert "Grade of area A" not in own


def test_the_areas_are_graded_in_any_order_once_there_is_consent(gcp2: FormDefinition) -> None:
    tasks = tasks_of(gcp2)
    titles = [task.title for task in tasks]
    assert titles[0] == "Consent"
    assert [title for title in titles if title.startswith("Area")] == [
        "Area A: physical care",
        "Area B: safety",
        "Area C: emotional care",
        "Area D: developmental care",
    ]
    assert all(task.needs == {0} for task in tasks[1:])
