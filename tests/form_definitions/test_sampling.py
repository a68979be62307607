"""Made-up answers are accepted, and lead to every page of the shipped forms."""

import pytest

from form_definitions import check_answers, check_page, load_form, shipped_forms, visible
from form_definitions.sampling import sample_answers, sample_for, wrong_on_page
from tests.form_definitions.factories import make_definition, radios

FORMS = {form_id: load_form(path) for form_id, path in shipped_forms().items()}


@pytest.mark.parametrize("form_id", FORMS)
def test_sample_answers_are_accepted_and_lead_to_every_page(form_id: str) -> None:
    form = FORMS[form_id]
    assert check_answers(form, sample_answers(form)).accepted
    for page in form.pages:
        assert page in visible(form, sample_for(form, page)).pages


def test_a_sample_keeps_to_patterns_lengths_and_limits() -> None:
    form = make_definition(
        {
            "badge": {"type": "string", "pattern": "^[A-Z]{2}-\\d{4}(x|y)$"},
            "short": {"type": "string", "maxLength": 3},
            "long": {"type": "string", "minLength": 60},
            "few": {"type": "integer", "minimum": 200, "maximum": 201},
        },
        required=["badge", "short", "long", "few"],
    )
    assert check_answers(form, sample_answers(form)).accepted


def test_what_is_typed_wrongly_is_an_error_of_its_page() -> None:
    form = make_definition({"day": {"type": "string", "format": "date"}, "choice": radios("a")})
    (page,) = form.pages
    errors = check_page(form, page, wrong_on_page(page, {})).errors
    assert [error.code for error in errors] == ["incomplete"]
