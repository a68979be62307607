"""Checking a 60-question answer set with conditions, against jsonschema on the same."""

from jsonschema import Draft202012Validator, FormatChecker

from benchmarks.forms import make_answers, make_form
from benchmarks.measuring import Figure, compare, shown
from form_definitions import check_answers, parse_form

QUESTIONS = 60


def measure() -> list[Figure]:
    """The ratio of the two ways, on answers that are accepted."""
    definition = parse_form(make_form(QUESTIONS, conditional=True), "measured.json")
    answers = make_answers(QUESTIONS)
    oracle = Draft202012Validator(dict(definition.schema), format_checker=FormatChecker())
    assert check_answers(definition, answers).accepted
    assert oracle.is_valid(answers)
    times = compare(
        lambda: check_answers(definition, answers),
        lambda: list(oracle.iter_errors(answers)),
        rounds=30,
        ours_batch=50,
    )
    return [
        Figure(
            "Checking 60 answers with conditions",
            shown(times.ours),
            f"jsonschema {shown(times.theirs)}",
            times.theirs / times.ours,
            50,
            "×",
            more_is_better=True,
        )
    ]
