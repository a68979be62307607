"""Numbers that a page posts or an address names: digits, and no more of them than anything has."""

from flask import request

LONGEST = 9  # digits of a revision, a place or a page; a longer number was made up


def whole(text: str) -> int | None:
    """The number; None if it is none. Python itself refuses to read thousands of digits."""
    return int(text) if text.isdecimal() and len(text) <= LONGEST else None


def posted_number(name: str) -> int:
    """A number of the form that was posted; -1, which nothing has, if it is none."""
    number = whole(request.form.get(name, ""))
    return -1 if number is None else number
