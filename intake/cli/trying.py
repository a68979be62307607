"""Answer sets from a JSON lines file, judged against a form without storing anything."""

import json
import sys
from collections.abc import Iterator
from typing import Any

import click

from form_definitions import FormDefinition, check_answers, on_the_day
from intake.app_state import system_clock
from intake.cli.failures import BadInput

Numbered = tuple[int, dict[str, Any]]


def read_answer_sets(path: str, *, any_json: bool = False) -> Iterator[Numbered]:
    """Each line's number and answer set; blank lines are passed over. Raises BadInput.

    ``any_json``: a set need be no object, for a plain JSON Schema has a verdict on that too.
    """
    try:
        with click.open_file(path, encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield number, _answer_set(f"{path}:{number}", line, any_json)
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: cannot be read ({error})") from error


def _answer_set(where: str, line: str, any_json: bool) -> Any:
    try:
        value = json.loads(line)
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except json.JSONDecodeError as error:
        raise BadInput(
            f"{where}:{error.colno}: not JSON ({error.msg}). Put one JSON object on each line."
        ) from error
    except (ValueError, RecursionError) as error:
        raise BadInput(
            f"{where}:1: holds what JSON in UTF-8 cannot: half a character, NaN or infinity, or "
            "too many levels. Take it out."
        ) from error
    if not any_json and not isinstance(value, dict):
        raise BadInput(f"{where}:1: not a JSON object. Put one answer set, {{…}}, on each line.")
    return value


def verdict_on(definition: FormDefinition, answer_set: dict[str, Any]) -> dict[str, Any]:
    """Whether an answer set is accepted, its errors, and what would be stored of it."""
    outcome = check_answers(definition, on_the_day(definition, answer_set, system_clock()))
    return {
        "accepted": outcome.accepted,
        "errors": [{"path": error.path, "message": error.message} for error in outcome.errors],
        "answers": outcome.answers,
    }


def print_verdict(line: int, verdict: dict[str, Any]) -> None:
    """Print a verdict for people."""
    click.echo(f"line {line}: {'accepted' if verdict['accepted'] else 'not accepted'}")
    for error in verdict["errors"]:
        click.echo(f"  {error['path']}: {error['message']}")


def show_progress(answer_sets: Iterator[Numbered]) -> Iterator[Numbered]:
    """The same, with their count on the terminal if the verdicts go elsewhere."""
    if sys.stdout.isatty() or not sys.stderr.isatty():
        yield from answer_sets
        return
    with click.progressbar(
        answer_sets, file=sys.stderr, show_eta=False, show_pos=True, label="Judging"
    ) as shown:
        yield from shown
