"""Forms, answers and rules of any size, for measuring."""

import json
from typing import Any

PARTS = 10  # the kinds below repeat in this rhythm


def question(number: int) -> dict[str, Any]:
    """The question of that number: every kind in turn, a tenth each."""
    title = f"Question {number}: what should the team know?"
    options = [{"const": f"option-{n}", "title": f"Option {n}"} for n in range(1, 6)]
    kinds: tuple[dict[str, Any], ...] = (
        {"type": "string", "maxLength": 200},
        {"oneOf": options},
        {"type": "string", "maxLength": 4000, "x-ui": {"widget": "textarea"}},
        {"type": "string", "format": "date"},
        {"type": "boolean"},
        {"type": "string", "format": "email"},
        {"type": "array", "uniqueItems": True, "items": {"oneOf": options}},
        {"type": "integer", "minimum": 0, "maximum": 120},
        {"oneOf": options, "x-ui": {"widget": "select"}},
        {"type": "string", "format": "postcode"},
    )
    return {"title": title, **kinds[number % PARTS]}


ANSWERS: tuple[Any, ...] = (
    "Alex Example",
    "option-2",
    "First line.\nSecond line, a little longer than the first one.",
    "2012-03-27",
    True,
    "somebody@example.org",
    ["option-1", "option-3"],
    34,
    "option-4",
    "BT12 6BA",
)


def answer(number: int) -> Any:
    """A good answer to the question of that number."""
    return ANSWERS[number % PARTS]


def make_form(
    questions: int, *, per_page: int = 40, conditional: bool = False, form_id: str = "measured"
) -> str:
    """A form file's text. With ``conditional``, every third question depends on an earlier one."""
    names = [f"question_{number}" for number in range(questions)]
    properties = {name: question(number) for number, name in enumerate(names)}
    required = list(names)
    if conditional:
        for number in range(3, questions, 3):
            earlier = number - 1 - (number - 2) % PARTS  # the nearest earlier radios question
            if earlier % PARTS != 1:
                continue
            x_ui = properties[names[number]].setdefault("x-ui", {})
            x_ui["when"] = {names[earlier]: ["option-1", "option-2"]}
            x_ui["required"] = True
            required.remove(names[number])
    pages = [
        {"id": f"page-{start}", "title": f"Page {start}", "questions": names[start:end]}
        for start in range(0, questions, per_page)
        for end in [min(start + per_page, questions)]
    ]
    return json.dumps(
        {
            "$id": form_id,
            "title": "A measured form",
            "type": "object",
            "required": required,
            "properties": properties,
            "x-form": {
                "version": "1.0.0",
                "reference_prefix": "MEA",
                "audience": ["public", "professional"],
                "pages": pages,
                "facets": ["question_1"],
            },
        },
        indent=1,
    )


def make_answers(questions: int) -> dict[str, Any]:
    """Good answers to every question."""
    return {f"question_{number}": answer(number) for number in range(questions)}


def make_rules(rules: int, *, form_id: str = "measured") -> str:
    """A rule file of that many rules, a tenth of which match the answers above."""
    return json.dumps(
        {
            "form": form_id,
            "version": "1.0.0",
            "rules": [rule(number) for number in range(rules)],
            "fallback": {
                "team": "team-0",
                "urgency": "routine",
                "acknowledge_within": "P2D",
                "why": "Nobody else takes it.",
            },
        }
    )


def rule(number: int) -> dict[str, Any]:
    """A rule with a condition of two comparisons."""
    matches = number % 10 == 0
    return {
        "id": f"rule-{number}",
        "when": {
            "all": [
                {"question_1": "option-2" if matches else f"option-{number % 3 + 3}"},
                {"question_7": {"minimum": number % 30}},
            ]
        },
        "to": [{"team": f"team-{number % 20}"}],
        "urgency": "soon",
        "acknowledge_within": "P2D",
        "why": f"Rule {number} says so.",
    }


def make_directory() -> dict[str, Any]:
    """The teams that the rules name."""
    return {
        "fallback_team": "team-0",
        "teams": [
            {
                "id": f"team-{n}",
                "name": f"Team {n}",
                "organisation": "measured",
                "email": f"team-{n}@example.org",
            }
            for n in range(20)
        ],
    }
