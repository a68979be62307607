"""Mistakes that are planted into a form without any, in a test or in a JSON file beside it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mistake:
    """Replace ``old`` by ``new``; a line with ``at`` must be told ``words``."""

    old: str
    new: str
    at: str
    words: str
    severity: str = "error"

    def planted_in(self, form: str) -> str:
        """The form with the mistake."""
        assert self.old in form
        return form.replace(self.old, self.new, 1)


def written_mistakes(name: str) -> tuple[str, dict[str, Mistake]]:
    """The form and the mistakes, by what they are, of a JSON file."""
    written = json.loads(Path(__file__).with_name(name).read_text("utf-8"))
    mistakes = {each.pop("mistake"): Mistake(**each) for each in written["mistakes"]}
    return "\n".join(written["form"]) + "\n", mistakes
