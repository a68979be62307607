"""Posters and letters with a link as a QR code."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pikepdf
import pytest
from PIL import Image

from renderers import notices
from renderers.notices import Notice, notice_pdf
from renderers.qr_codes import qr_png, qr_svg

TOKEN_URL = f"https://intake.example.org/l/{'k' * 8}.{'A' * 80}.{'B' * 43}"
CODE = '#panic("run") \\ $x$ `raw` <b> #sys *bold* @ref'


def notice(**changes: Any) -> Notice:
    values: dict[str, Any] = {
        "sender": "Belfast pumps",
        "title": "Borrow a breast pump",
        "introduction": "You can fill in this form on your phone.",
        "url": TOKEN_URL,
        "expires_at": datetime(2026, 12, 1, 12, 0, tzinfo=UTC),
        "contact": ("Pump loans", "01632 960123"),
        "language": "en",
    }
    return Notice(**values | changes)


def said(monkeypatch: pytest.MonkeyPatch, made: Notice, layout: str = "poster") -> dict[str, Any]:
    kept: dict[str, Any] = {}
    monkeypatch.setattr(notices, "set_pdf", lambda _template, data: kept.update(data) or b"")
    notice_pdf(made, layout)
    return kept


@pytest.mark.parametrize("layout", notices.LAYOUTS)
def test_a_notice_is_one_tagged_page_whatever_its_words_are(layout: str) -> None:
    made = notice_pdf(notice(sender=CODE, title=CODE, introduction=f"{CODE} " * 5), layout)
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert len(pdf.pages) == 1
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "en-GB"
        assert CODE in str(pdf.docinfo["/Title"])


def test_the_code_of_a_notice_can_be_pressed_on_a_screen() -> None:
    with pikepdf.open(io.BytesIO(notice_pdf(notice(), "letter"))) as pdf:
        links = [str(one.A.URI) for one in pdf.pages[0].Annots]
    assert set(links) == {TOKEN_URL}


def test_nobody_is_asked_to_type_the_address_of_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    long = said(monkeypatch, notice())
    assert not long["typed"]
    assert not long["address"]
    assert long["steps"][1].endswith("intake.example.org")
    short = said(monkeypatch, notice(url="https://intake.example.org/forms/pump", expires_at=None))
    assert short["address"] == "intake.example.org/forms/pump"
    assert not short["until"]
    welsh = said(monkeypatch, notice(url="https://intake.example.org/forms/pump?language=cy"))
    assert welsh["address"] == short["address"], "the language is for the camera"
    assert welsh["qr"] != short["qr"]


def test_a_notice_is_in_its_language(monkeypatch: pytest.MonkeyPatch) -> None:
    english, welsh = (said(monkeypatch, notice(language=each)) for each in ("en", "cy"))
    assert english["until"] == "You can use it until 1 December 2026."
    assert "1 Rhagfyr 2026" in welsh["until"]
    assert not {*english["steps"]} & {*welsh["steps"]}


def test_the_code_as_svg_scales_and_says_what_it_is() -> None:
    svg = ElementTree.fromstring(qr_svg(TOKEN_URL, title="A <form>"))
    assert svg.get("viewBox")
    assert svg.get("width") is None
    assert "A <form>" in "".join(svg.itertext())
    assert not any(name == "style" for each in svg.iter() for name in each.attrib)


def test_the_code_as_png_is_sharp_on_paper() -> None:
    image = Image.open(io.BytesIO(qr_png(TOKEN_URL)))
    assert image.width == image.height >= 600
