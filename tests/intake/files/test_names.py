"""Names of files as people see them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.files.names import LONGEST, shown_name


@pytest.mark.parametrize(
    ("claimed", "shown"),
    [
        ("letter.pdf", "letter.pdf"),
        ("holiday photo.JPEG", "holiday photo.pdf"),
        ("C:\\Users\\Someone\\letter.pdf", "letter.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("evil\u202egpj.exe", "evilgpj.pdf"),
        ("a\u200bb\x00c\r\nd.pdf", "abc d.pdf"),
        ('<img src="x">.pdf', "_img src=_x__.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("", "file.pdf"),
        ("...", "file.pdf"),
        ("llythyr ysgol ŵyŷ.pdf", "llythyr ysgol ŵyŷ.pdf"),
        ("Zoe\u0308.pdf", "Zoë.pdf"),
    ],
)
def test_a_name_keeps_its_words_and_loses_its_tricks(claimed: str, shown: str) -> None:
    assert shown_name(claimed, "pdf") == shown


@given(st.text(max_size=150))
def test_any_name_becomes_one_that_can_be_seen(claimed: str) -> None:
    shown = shown_name(claimed, "jpg")
    assert shown.endswith(".jpg")
    assert 5 <= len(shown) <= LONGEST + 4
    assert not any(unicodedata.category(letter).startswith("C") for letter in shown)
    assert not set(shown) & set('<>:"/\\|?*\n')
    assert shown.isprintable()
