"""Which pages and questions are shown for a set of answers: one forward pass."""

from __future__ import annotations


class AnswerPlan: ...
