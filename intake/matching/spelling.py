"""One spelling for names: letters without accents, words without titles, and how a word sounds."""

import re
import unicodedata
from functools import lru_cache

import jellyfish
from rapidfuzz.distance import OSA, JaroWinkler

REMEMBERED = 1 << 17  # words or pairs: a town's names, in a few MiB

#: Letters that have no accent to take off: Unicode keeps them whole.
PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ə": "a"}
)
APOSTROPHES = re.compile(r"['’‘ʼ`´ʿʾ]")
WORD = re.compile(r"[^\W\d_]+")


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


TITLES = _set(
    "mr mrs ms miss mx master dr doctor prof professor sir dame lady lord rev revd reverend imam "
    "sheikh hajji haji"
)
#: What is written where a name is not known, or a child has none yet.
PLACEHOLDERS = _set("baby infant unborn newborn boy girl twin unknown unnamed nk tbc")
#: Small words before a name that one form has and the other leaves out.
PARTICLES = _set(
    "al el ul ad as bin ibn bint ben ap ab ferch verch van von der den de da do dos das du di la "
    "le bte binte abu umm"
)
JOINED = frozenset(("o", "mc", "mac", "fitz", "st"))  # "O Brien", "Mc Donald" are one word

# How letters sound, in this order. Written for names that come to English from Polish, Arabic,
# Urdu, Bengali, Chinese, Yoruba …: what differs between two ways to write them becomes one.
SOUNDS = (
    ("sch", "s"), ("tch", "C"), ("tsch", "C"), ("szcz", "s"), ("sz", "s"), ("cz", "C"),
    ("rz", "s"), ("ts", "s"), ("sh", "s"), ("zh", "s"), ("kh", "h"), ("gh", "g"), ("ph", "f"),
    ("th", "t"), ("dh", "d"), ("bh", "b"), ("ck", "k"), ("dj", "j"), ("dz", "s"), ("ch", "C"),
    ("ce", "se"), ("ci", "si"), ("cy", "si"), ("c", "k"), ("q", "k"), ("x", "s"), ("z", "s"),
    ("w", "v"), ("C", "s"),
)  # fmt: skip
VOWELS = frozenset("aeiouy")
LEAST_ALIKE = 0.75  # Jaro-Winkler: "john" and "jane" have one skeleton, and are not alike


def words(text: str) -> tuple[str, ...]:
    """The words of a name: lower case, without accents, apostrophes, titles and small words.

    A hyphen parts a double name. Titles and small words stay where nothing else would be left:
    somebody's surname is Lord, or Le.
    """
    plain = unicodedata.normalize("NFKD", text.casefold().translate(PLAIN))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    found = _joined(WORD.findall(APOSTROPHES.sub("", plain)))
    found = [word for word in found if word not in PLACEHOLDERS]
    kept = [word for word in found if word not in TITLES and word not in PARTICLES]
    return tuple(kept or found)


def _joined(found: list[str]) -> list[str]:
    joined: list[str] = []
    for word in found:
        if joined and joined[-1] in JOINED:
            joined[-1] += word
        else:
            joined.append(word)
    return joined


@lru_cache(REMEMBERED)
def sound(word: str) -> str:
    """How a word sounds, roughly: its consonants. Muhammad, Mohammed and Mohamad are one."""
    text = _heard(word)
    first = "a" if text[0] in VOWELS else text[0]
    rest = [letter for letter in text[1:] if letter not in VOWELS]
    while rest and rest[-1] == "h":  # Sarah, Shah
        rest.pop()
    heard = first
    for letter in rest:
        if letter != heard[-1]:
            heard += letter
    return heard


@lru_cache(REMEMBERED)
def _heard(word: str) -> str:
    text = "j" + word[1:] if word.startswith("y") else word
    for written, heard in SOUNDS:
        text = text.replace(written, heard)
    return text


@lru_cache(REMEMBERED)
def alikeness(one: str, two: str) -> str:
    """ "same", "spelled" (a slip of the finger apart), "sounds" (written by ear), or ""."""
    if one == two:
        return "same"
    shortest = min(len(one), len(two))
    if OSA.distance(one, two) <= _slips(shortest):
        return "spelled"
    if shortest < 3 or JaroWinkler.similarity(_heard(one), _heard(two)) < LEAST_ALIKE:
        return ""
    is_heard = sound(one) == sound(two) or _english(one) == _english(two) != ""
    return "sounds" if is_heard else ""


@lru_cache(REMEMBERED)
def _english(word: str) -> str:
    """How an English reader would say it: "knight" and "night". Empty for other scripts."""
    return jellyfish.metaphone(word)


def _slips(length: int) -> int:
    """How many slips of the finger leave a word of this length recognisable."""
    return 0 if length < 4 else 1 if length < 8 else 2
