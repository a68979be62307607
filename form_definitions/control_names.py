"""What the HTML controls of questions are called: as the property, wherever a page allows that.

In our own dialect a name is always allowed. A plain JSON Schema may call a property ``action``, as
our buttons are called, or ``born-day`` beside a date ``born``: those few get another name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from form_definitions.definition import FormDefinition

#: What a page itself posts, and two names that HTML keeps for itself.
TAKEN = frozenset({"action", "csrf_token", "intake:asked", "intake:item", "_charset_", "isindex"})

_CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f-\x9f]")
#: What an id may hold in any link; private-use characters mark the holes of skeletons.
_NOT_FOR_IDS = re.compile("[^A-Za-z0-9_.:\ue000-\uf8ff-]")


def control_names(names: Iterable[str], *, is_root: bool) -> dict[str, str]:
    """The last part of the control's name for each property of one object."""
    names = tuple(names)
    beside = frozenset(names)
    used = set(TAKEN) if is_root else set()
    plain = [name for name in names if _stands(name, beside) and name not in used]
    used.update(plain)
    controls = dict.fromkeys(names, "")
    for name in names:
        control = name
        if name not in plain:
            control = _CONTROL_CHARACTER.sub("_", name).replace("-", "_") or "_"
            while control in used:
                control += "_"
            used.add(control)
        controls[name] = control
    return controls


def _stands(name: str, beside: frozenset[str]) -> bool:
    """Whether nothing keeps the name from being a control's: ``a-b`` beside ``a`` cannot be."""
    if not name or _CONTROL_CHARACTER.search(name):
        return False
    parts = name.split("-")
    return not any("-".join(parts[:upto]) in beside for upto in range(1, len(parts)))


def control_id(name: str) -> str:
    """The id of a control: its name, without spaces and what a link would have to escape."""
    return _NOT_FOR_IDS.sub(lambda found: f"_{ord(found[0]):x}_", name)


def control_at(definition: FormDefinition, steps: Sequence[str]) -> str:
    """The name of the control at a path of property names and indexes."""
    controls: list[str] = []
    beside = tuple(definition.questions.values())
    for step in steps:
        question = next((one for one in beside if one.name == step), None)
        controls.append(question.control if question else step)
        beside = question.questions if question else beside
    return "-".join(controls)
