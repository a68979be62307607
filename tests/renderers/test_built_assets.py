"""The browser assets: nothing that only gov.uk may use, and nothing that is not there."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

STATIC = Path("intake/static")
VENDOR = STATIC / "vendor"

needs_assets = pytest.mark.skipif(
    not (VENDOR / "version.txt").is_file(), reason="the assets are not built: run make assets"
)


def build_assets() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_assets", "tools/build_assets.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_fonts_and_crest_of_gov_uk_are_taken_out() -> None:
    css = (
        "/*! Copyright (c) 2011 by Margaret Calvert */@font-face{font-family:GDS Transport;"
        "src:url(/assets/fonts/a.woff2)}a{font-family:GDS Transport,arial,sans-serif;color:red}"
        "b:before{background-image:url(/assets/images/govuk-crest.svg);top:0}"
        "\n/*# sourceMappingURL=x.css.map */"
    )
    clean = build_assets().unbranded(css)
    assert re.sub("font-family:[^;]*;", "", clean).strip() == "a{color:red}b:before{top:0}"
    assert "system-ui" in clean


def test_a_style_sheet_that_still_has_them_stops_the_build() -> None:
    with pytest.raises(SystemExit):
        build_assets().unbranded("a{font-family:GDS Transport}")


@needs_assets
def test_every_address_in_a_style_sheet_leads_to_a_file() -> None:
    for sheet in (*VENDOR.glob("*.css"), STATIC / "intake.css"):
        for address in re.findall(r"url\(([^)]*)\)", sheet.read_text("utf-8")):
            assert (sheet.parent / address.strip("\"'")).is_file(), f"{sheet.name}: {address}"


@needs_assets
def test_nothing_of_gov_uks_brand_is_served() -> None:
    for sheet in VENDOR.glob("*.css"):
        css = sheet.read_text("utf-8")
        assert "GDS Transport" not in css
        assert "@font-face" not in css
    names = [file.name for file in VENDOR.rglob("*")]
    assert not [name for name in names if re.search("crest|crown|woff|govuk-icon", name)]


@needs_assets
def test_every_script_that_ours_imports_is_there() -> None:
    script = (STATIC / "intake.js").read_text("utf-8")
    imported = re.findall(r"import\(`\./([^$`]+)", script)
    assert imported
    assert all((STATIC / path).is_file() for path in imported)


@needs_assets
def test_a_second_build_finds_everything_in_place(capsys: pytest.CaptureFixture[str]) -> None:
    builder = build_assets()
    if builder.STAMP.read_text("utf-8") != builder.version_of_everything():
        pytest.skip("the assets are older than their sources: run make assets")
    before = (VENDOR / "version.txt").stat().st_mtime_ns
    builder.main()
    assert capsys.readouterr().out == "The browser assets are up to date.\n"
    assert (VENDOR / "version.txt").stat().st_mtime_ns == before
