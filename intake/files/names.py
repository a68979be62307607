"""A file's name as people may see it: no path, nothing invisible, and the right ending."""

import re
import unicodedata

LONGEST = 100  # characters, the ending aside
FORBIDDEN = re.compile(r'[<>:"|?*/\\]')


def shown_name(claimed: str, extension: str) -> str:
    """The name of a file of this type, from what the sender called it.

    Control characters, marks that turn the direction of writing, and other invisible ones go: with
    them ``evil<U+202E>gpj.exe`` looks like a picture. The ending is that of what the file is now.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", claimed))[-1]
    seen = "".join(" " if letter.isspace() else letter for letter in last if is_shown(letter))
    name = FORBIDDEN.sub("_", seen)
    stem = name.rpartition(".")[0] or name
    stem = " ".join(stem.split()).strip(". ")[:LONGEST].rstrip(". ")
    return f"{stem or 'file'}.{extension}"


def is_shown(letter: str) -> bool:
    """Whether a character can be seen, or is a space."""
    return letter.isspace() or not unicodedata.category(letter).startswith("C")
