"""The documentation is complete: settings, commands, links; and every shipped form renders."""

import re
from pathlib import Path

import click
import pytest

from form_definitions import PageType, load_form, shipped_forms
from intake.cli.commands import cli
from referral_router import load_rules, shipped_rules
from renderers import Site, compile_form
from tools import write_command_reference

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def text_of(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


def test_every_setting_is_in_the_readme_and_no_other() -> None:
    settings = set(re.findall(r"INTAKE_[A-Z_]+[A-Z]", text_of("intake/config.py")))
    table = set(re.findall(r"^\| `(INTAKE_[A-Z_]+)`", text_of("README.md"), re.MULTILINE))
    assert table == settings


def test_only_the_configuration_reads_the_environment() -> None:
    # the factory hands it over; the demonstration and the tests have their own
    allowed = {"intake/application.py", "intake/config.py"}
    readers = {
        str(path.relative_to(ROOT))
        for package in ("form_definitions", "renderers", "referral_router", "intake")
        for path in (ROOT / package).rglob("*.py")
        if re.search(r"os\.environ|getenv", path.read_text("utf-8"))
    }
    assert readers <= allowed


def test_the_command_reference_is_up_to_date() -> None:
    # if not: python tools/write_command_reference.py
    assert write_command_reference.reference() == text_of("docs/commands.md")


@pytest.mark.parametrize(
    ("name", "command"),
    list(write_command_reference.commands(cli, "intake")),
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_command_has_help_with_an_example(name: str, command: click.Command) -> None:
    assert command.help, f"{name} says nothing about itself"
    assert "Example:" in command.help, f"{name} has no example"
    assert name.rsplit(" ", 1)[-1] in command.help.split("Example:")[1]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_the_documentation_leads_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    for link in LINK.findall(text):
        if re.match(r"(https?|tel|mailto):", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.relative_to(ROOT)} links to {link}"
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), f"{page.relative_to(ROOT)} links to {link}"


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("form_id", sorted(shipped_forms()))
def test_every_shipped_form_loads_renders_and_has_rules(form_id: str) -> None:
    definition = load_form(shipped_forms()[form_id])
    assert definition.id == form_id
    renderer = compile_form(definition, Site())
    for page in definition.pages:
        if page.type is not PageType.END:
            assert "</html>" in renderer.page(page.id, {}, csrf="token")
    assert load_rules(shipped_rules()[form_id], definition).form == form_id


def test_the_readme_names_every_shipped_form() -> None:
    named = set(re.findall(r"^\| `([a-z0-9-]+)`", text_of("README.md"), re.MULTILINE))
    assert named == set(shipped_forms())


def test_no_module_is_named_after_nothing() -> None:
    vague = {"utils", "helpers", "common", "core", "manager"}
    named = {
        path
        for package in ("form_definitions", "renderers", "referral_router", "intake")
        for path in (ROOT / package).rglob("*")
        if path.stem in vague
    }
    assert named == set()


def test_the_readme_leads_to_every_page_of_the_documentation() -> None:
    pages = {str(page.relative_to(ROOT)) for page in PAGES if page.is_relative_to(ROOT / "docs")}
    led_to = set(LINK.findall(text_of("README.md")))
    assert {page for page in pages if "/decisions/" not in page} <= led_to


def test_each_decision_has_a_number_of_its_own_which_its_title_names() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [int(page.name[:4]) for page in pages]
    assert numbers == list(range(1, len(pages) + 1))
    for number, page in zip(numbers, pages, strict=True):
        assert page.read_text("utf-8").startswith(f"# {number}. "), page.name
