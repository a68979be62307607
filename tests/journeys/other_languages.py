"""Finds the platform's English on a page that is in another language.

``english_left(html)`` is empty for a page on which nothing was forgotten; with ``form_texts``, the
English texts of its form are looked for too.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from bs4 import BeautifulSoup, NavigableString, Tag

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import extract_platform_texts

#: What a screen reader says besides the text of a page.
SPOKEN = ("aria-label", "title", "alt", "placeholder", "value")
#: What holds one text, perhaps with links or hidden words in it.
ONE_TEXT = "title, h1, h2, h3, p, li, a, button, label, legend, dt, dd, span, strong, div, option"
PLACE = re.compile(r"%\([a-z_]+\)s|\{[A-Za-z_]*\}")


def english_left(html: str, *, form_texts: Iterable[str] = ()) -> set[str]:
    """The English texts that are still on a page."""
    whole, filled_in = platform_english()
    looked_for = whole | {plain(text) for text in form_texts}
    said = set(texts_of(html))
    return {text for text in said if text in looked_for or filled_in.fullmatch(text)}


def same_in_both(html: str, english_html: str) -> set[str]:
    """What a page says just as its English one: names and figures, or what nobody translated."""
    both = set(texts_of(html)) & set(texts_of(english_html))
    return {text for text in both if re.search(r"[A-Za-z]{3}", text)}


@cache
def platform_english() -> tuple[frozenset[str], re.Pattern[str]]:
    """Each English text that Welsh says otherwise, as it stands on a page.

    Those that something is filled in to are one pattern.
    """
    found = set()
    for message in extract_platform_texts.stored("cy"):
        english = extract_platform_texts.texts(message.id) if message.id else []
        welsh = extract_platform_texts.texts(message.string)
        found |= {text for text in english if text not in welsh and is_telling(text)}
    filled_in = {text for text in found if PLACE.search(text)}
    whole = frozenset(plain(text).replace("%%", "%") for text in found - filled_in)
    return whole, re.compile("|".join(map(pattern_of, sorted(filled_in))))


def is_telling(text: str) -> bool:
    """Whether a text is more than a word that could stand there for another reason."""
    return len(PLACE.sub("", plain(text)).strip(" :,.()")) > 2


def pattern_of(text: str) -> str:
    """A text with anything where something is filled in."""
    parts = PLACE.split(plain(text).replace("%%", "%"))
    return ".+".join(map(re.escape, parts))


def plain(text: str) -> str:
    """A text without its markup, on one line."""
    return on_one_line(BeautifulSoup(text, "html.parser").get_text(" ")) if "<" in text else text


def on_one_line(text: str) -> str:
    return re.sub(r" ([.,:;)])", r"\1", " ".join(text.split()))


def texts_of(html: str) -> Iterator[str]:
    """Everything that is read or spoken on a page, but for what is marked as English."""
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.select('[lang="en"]:not(html), script, style'):
        tag.decompose()
    for tag in soup.select(ONE_TEXT):
        yield on_one_line(tag.get_text(" "))
    for node in soup.find_all(string=True):
        if type(node) is NavigableString:  # no comment, no doctype
            yield on_one_line(node)
    for tag in soup.find_all(True):
        yield from spoken(tag)


def spoken(tag: Tag) -> Iterator[str]:
    for name, value in tag.attrs.items():
        is_said = name in SPOKEN and not (name == "value" and tag.name == "button")
        if isinstance(value, str) and (is_said or name.startswith("data-i18n")):
            yield on_one_line(value)
