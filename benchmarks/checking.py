"""Checking answers with conditions: against jsonschema on the same, and as they grow in number."""

import statistics
import time

from jsonschema import Draft202012Validator, FormatChecker

from benchmarks.forms import make_answers, make_form
from benchmarks.measuring import Figure, Work, compare, seconds, shown
from form_definitions import check_answers, parse_form

QUESTIONS = 60
GROWING = (10, 100, 1000)
IN_ALL = 2000  # answers


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
        ),
        growth(),
    ]


def growth() -> Figure:
    """What one answer of a thousand takes, in what one of ten does: 1 is linear.

    Of ten, the call itself takes longest, so that a thousand cost less each. One answer is not
    tidy, so that the whole pass over the pages is measured and not one validator.
    """
    checks = {questions: checking_of(questions) for questions in GROWING}
    taken: dict[int, list[float]] = {questions: [] for questions in GROWING}
    for _ in range(40):  # in turns, so that a busy machine slows all alike
        for questions, check in checks.items():
            taken[questions].append(seconds(check, 1, time.process_time) / IN_ALL)
    per_answer = {questions: statistics.median(each) for questions, each in taken.items()}
    measured = ", ".join(f"{n}: {shown(took)}" for n, took in per_answer.items())
    ratio = per_answer[1000] / per_answer[10]
    return Figure("Checking 1,000 answers, each", measured, "of 10 answers", ratio, 1.5, "×")


def checking_of(questions: int) -> Work:
    """Checks so many answers so often that it is the same number of answers in all."""
    definition = parse_form(make_form(questions, conditional=True), "measured.json")
    untidy = make_answers(questions) | {"question_0": "  Alex   Example "}
    assert check_answers(definition, untidy).accepted
    return lambda: [check_answers(definition, untidy) for _ in range(IN_ALL // questions)]
