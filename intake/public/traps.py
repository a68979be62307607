"""Two small traps for machines on the page of an open form: a hidden field, and a moment's time.

Whoever trips one loses nothing: the page comes once more, says why, and its button works.
"""

from hmac import compare_digest
from hmac import digest as hmac_digest

from flask import request

from intake.app_state import clock, settings
from intake.sealing import derive

BAIT = "website"  # machines fill in every field; people do not see this one
SEEN, SURE = "seen", "sure"
LONGEST_SEEN = 24 * 3600  # seconds that a page may lie open; afterwards it is as one without a time


def marks(*, is_sure: bool = False) -> dict[str, str]:
    """The hidden fields of the page: when it was seen, and whether it is the second one."""
    moment = str(int(clock().timestamp()))
    return {SEEN: f"{moment}.{_signed(moment)}", **({SURE: _signed(SURE)} if is_sure else {})}


def is_machine() -> bool:
    """Whether what was posted tripped a trap, and was not confirmed on the second page."""
    if compare_digest(request.form.get(SURE, "").encode(), _signed(SURE).encode()):
        return False
    return bool(request.form.get(BAIT)) or _is_too_quick(settings().quickest_start)


def _is_too_quick(quickest: int) -> bool:
    if not quickest:
        return False
    moment, _, signature = request.form.get(SEEN, "").partition(".")
    if not moment.isdecimal() or not compare_digest(signature.encode(), _signed(moment).encode()):
        return True
    passed = clock().timestamp() - int(moment)
    return not quickest <= passed <= LONGEST_SEEN


def _signed(words: str) -> str:
    key = derive(settings().secret_keys[0].encode(), "open-form-traps")
    return hmac_digest(key, words.encode(), "sha256").hex()[:32]
