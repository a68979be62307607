"""What an edit of a form changed: frozen values, each with words, a verdict and a reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from form_definitions.definition import Question

#: Why a change is breaking for which a comparison has no rule.
UNKNOWN = "What it means for answers is not known, so nothing is risked"


class Safety(StrEnum):
    """What a change means for answers under way: nothing, all of them fit, or some may not."""

    SAME = "same"
    SAFE = "safe"
    BREAKING = "breaking"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that an edit changed.

    ``where`` is a question's dotted path, ``page <id>`` or ``form``; ``words`` say it with the
    form's words, ``why`` says why it is safe or not.
    """

    kind: str
    where: str
    words: str
    safety: Safety
    why: str


def safe(kind: str, where: Question | str, words: str, why: str) -> Change:
    """A change after which every answer still fits."""
    return Change(kind, _place(where), words, Safety.SAFE, why)


def breaking(kind: str, where: Question | str, words: str, why: str) -> Change:
    """A change after which an answer may not fit, or not be shown."""
    return Change(kind, _place(where), words, Safety.BREAKING, why)


def named(question: Question) -> str:
    """A question by its title, with its path, because titles are not always enough."""
    return f"‘{question.title}’ ({question.path})"


def _place(where: Question | str) -> str:
    return where if isinstance(where, str) else where.path
