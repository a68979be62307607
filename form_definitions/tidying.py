"""Tidy what people type: spaces round it, line ends, and characters that nobody sees."""

from __future__ import annotations

import re

_NOT_PRINTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_PUNCTUATION = re.compile(r"[\W_]+")


def tidy_line(text: str) -> str:
    """One line: no control characters, no lone surrogates, nothing round it."""
    if text.isprintable():
        return text.strip()
    return " ".join(storable(text).split("\n")).replace("\t", " ").strip()


def tidy_lines(text: str) -> str:
    """Several lines: the same, with every line end as ``\\n``."""
    return text.strip() if text.isprintable() else storable(text).strip()


def tidy_spaces(text: str) -> str:
    """One line with single spaces."""
    return " ".join((text if text.isprintable() else storable(text)).split())


def storable(text: str) -> str:
    """The text without what could be neither sealed nor shown again."""
    # a lone surrogate has no UTF-8
    text = _SURROGATES.sub("\ufffd", text)
    return _NOT_PRINTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def letters_and_digits(text: str) -> str:
    """``ab-12 c`` → ``AB12C``; "" if there are any letters but those of English."""
    left = _PUNCTUATION.sub("", text)
    return left.upper() if left.isascii() else ""


def is_digits(text: str) -> bool:
    """Whether the text is made of 0 to 9 only."""
    return text.isascii() and text.isdigit()
