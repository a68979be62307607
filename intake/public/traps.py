"""Two small traps for machines on the page of an open form: a hidden field, and a moment's time.

Whoever trips one loses nothing: the page comes once more, says why, and its button works.
"""

from flask import request

from intake.app_state import clock, settings
from intake.marks import make_mark, read_mark

BAIT = "website"  # machines fill in every field; people do not see this one
SEEN, SURE = "seen", "sure"


def marks(form_id: str, *, is_sure: bool = False) -> dict[str, str]:
    """The hidden fields of a form's page: when it was seen, and whether it is the second one."""
    names = (SEEN, SURE) if is_sure else (SEEN,)
    return {name: make_mark(name, form_id, clock()) for name in names}


def is_machine(form_id: str) -> bool:
    """Whether what was posted tripped a trap, and was not confirmed on the second page.

    A second page confirms once: what it holds is of no use to whoever sends it again.
    """
    sure = read_mark(SURE, form_id, request.form.get(SURE, ""), clock())
    if sure and sure.spend(clock()):
        return False
    return bool(request.form.get(BAIT)) or _is_too_quick(form_id, settings().quickest_start)


def _is_too_quick(form_id: str, quickest: int) -> bool:
    if not quickest:
        return False
    seen = read_mark(SEEN, form_id, request.form.get(SEEN, ""), clock())
    return seen is None or seen.age(clock()) < quickest
