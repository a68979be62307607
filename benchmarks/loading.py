"""Loading a 200-question form with 100 conditions, and checking one of 500 for its author."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.forms import make_form
from benchmarks.measuring import Figure, processor_time, shown
from form_definitions import parse_form
from renderers import Site, compile_form

QUESTIONS = 200
CONDITIONS = 100
CHECKED = 500


def measure() -> list[Figure]:
    """Seconds of processor from a file to a form that can be served, and to all advice on one."""
    text = with_conditions(QUESTIONS, CONDITIONS)

    def load() -> object:
        definition = parse_form(text, "measured.json")
        renderer = compile_form(definition, Site())
        for page in definition.pages:  # a page is compiled when it is first asked for
            renderer.page(page.id, {}, csrf="token")
        return renderer

    took = processor_time(load, rounds=5)
    large = with_conditions(CHECKED, CHECKED // 2)
    checked = min(check_of(large) for _ in range(3))
    return [
        Figure("Loading 200 questions, 100 conditions", shown(took), "–", round(took, 3), 0.5, "s"),
        Figure(
            "forms check of 500 questions, process included",
            shown(checked),
            "–",
            round(checked, 3),
            1,
            "s",
        ),
    ]


def check_of(text: str) -> float:
    """Seconds of processor of the whole command, its start included."""
    command = [sys.executable, "-c", "from intake.cli import main; main()", "forms", "check"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "measured.json"
        path.write_text(text, "utf-8")
        before = os.times()
        subprocess.run([*command, str(path)], check=True, capture_output=True)
        after = os.times()
    user = after.children_user - before.children_user
    return user + after.children_system - before.children_system


def with_conditions(questions: int, conditions: int) -> str:
    """A form of which so many questions are shown only after an answer to an earlier one."""
    form = json.loads(make_form(questions, per_page=10))
    names = list(form["properties"])
    left = conditions
    for number, name in enumerate(names):
        earlier = number - number % 10 + 1  # the radios question of the same ten
        if number <= earlier or not left or number % 10 > 6:
            continue
        ui = form["properties"][name].setdefault("x-ui", {})
        ui |= {"when": {names[earlier]: [f"option-{1 + number % 4}", "option-2"]}, "required": True}
        form["required"].remove(name)
        left -= 1
    assert not left, f"{left} conditions found no place"
    return json.dumps(form)
