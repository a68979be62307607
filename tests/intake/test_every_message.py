"""Every message: both parts say the same, nothing is fetched, nothing is given away."""

import inspect
import re
from dataclasses import replace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from form_definitions import FormDefinition, load_form, shipped_forms
from form_definitions.languages import LANGUAGES
from intake.services import messages
from intake.services.campaign_texts import CampaignText, Delivery, render
from tests.intake.conftest import START
from tests.intake.message_rendering import FOLDER, MESSAGES, URL, both_parts

pytestmark = pytest.mark.database("sqlite")

FORMS = [load_form(path) for path in shipped_forms().values()]
SHOWN = re.compile(r"word-[a-z_]+|https://\S+")
COMMON_WORDS = frozenset({"form", "your", "fill", "with", "about", "this", "have", "tell"})


@pytest.mark.parametrize("name", MESSAGES)
def test_the_plain_part_says_whatever_the_html_part_does(context: Flask, name: str) -> None:
    text, html = both_parts(context, name)
    body = BeautifulSoup(html, "html.parser").body
    assert body is not None
    links = {str(link["href"]) for link in body.find_all("a") if link["href"].startswith("http")}
    shown = set(SHOWN.findall(body.get_text(" "))) | links
    assert {word.rstrip(".,") for word in shown} <= {w.rstrip(".,") for w in SHOWN.findall(text)}
    assert "<" not in text.replace("<b>&", "")


@pytest.mark.parametrize("name", MESSAGES)
def test_opening_a_message_fetches_nothing_and_tells_nobody(context: Flask, name: str) -> None:
    _, html = both_parts(context, name)
    page = BeautifulSoup(html, "html.parser")
    assert page.find_all(["img", "script", "link", "iframe", "object", "form", "style"]) == []
    assert "url(" not in html
    assert all(tag.name == "a" for tag in page.find_all(href=True))
    assert page.find_all(src=True) == []


@pytest.mark.parametrize("name", MESSAGES)
@pytest.mark.parametrize("lang", list(LANGUAGES))
def test_a_message_names_its_language(context: Flask, name: str, lang: str) -> None:
    _, html = both_parts(context, name, lang)
    root = BeautifulSoup(html, "html.parser").html
    assert root is not None
    assert root["lang"] in (lang, "en")


def test_no_message_is_made_of_answers_a_case_or_a_submission() -> None:
    """What is never given cannot be told: a message is made of links, times and references."""
    for name, function in inspect.getmembers(messages, inspect.isfunction):
        if name.endswith("_message"):
            given = set(inspect.signature(function).parameters)
            assert given & {"answers", "draft", "submission", "case", "facets", "person"} == set()


@pytest.mark.parametrize(
    "form", [one for one in FORMS if one.sensitive], ids=lambda form: str(form.id)
)
def test_the_message_of_a_sensitive_form_tells_neither_service_nor_team(
    context: Flask, form: FormDefinition
) -> None:
    sent = messages.weblink_message(
        form,
        "parent@example.org",
        link_id="ab" * 16,
        url=URL,
        expires_at=START,
        team_name="Domestic abuse team",
    )
    told = telling(form)
    assert not told & words_in(sent["subject"])
    assert "Domestic" not in sent["text"] + sent["html"]
    assert form.title not in sent["text"] + sent["html"]


LANGUAGES_OF = [(form, lang) for form in FORMS for lang in LANGUAGES if form.sensitive]


@pytest.mark.parametrize(
    ("form", "lang"), LANGUAGES_OF, ids=[f"{form.id}-{lang}" for form, lang in LANGUAGES_OF]
)
def test_no_subject_tells_what_a_sensitive_form_is_about(
    context: Flask, monkeypatch: pytest.MonkeyPatch, form: FormDefinition, lang: str
) -> None:
    """Every message that there is, given the form's title wherever it takes words."""
    rendered: set[str] = set()
    render = messages._rendered

    def render_and_note(name: str, **words: Any) -> str:
        rendered.add(name.removeprefix("email/").rpartition(".")[0])
        return render(name, **words)

    monkeypatch.setattr(messages, "_rendered", render_and_note)
    for name, function in MESSAGE_MAKERS:
        sent = function(**made_up(function, form, lang))
        assert not telling(form) & words_in(sent["subject"]), name
        if "form_title" not in inspect.signature(function).parameters:
            assert not telling(form) & words_in(sent["text"]), name
    assert rendered | {"campaign"} == set(MESSAGES), "the campaign's has a test of its own"


MESSAGE_MAKERS = [
    (name, function)
    for name, function in inspect.getmembers(messages, inspect.isfunction)
    if name.endswith("_message") and not name.startswith("_")
]


def made_up(function: Any, form: FormDefinition, lang: str) -> dict[str, Any]:
    """Something for each argument of a function that makes a message."""
    kinds = {
        "FormDefinition": replace(form, language=lang),
        "datetime": START,
        "bool": True,
    }
    special = {"url": URL, "language": lang, "form_title": form.title, "team_name": form.title}
    some: dict[str, Any] = {}
    for name, parameter in inspect.signature(function).parameters.items():
        kind = str(getattr(parameter.annotation, "__name__", parameter.annotation))
        kind = kind.removesuffix(" | None").rpartition(".")[2]
        some[name] = special.get(name, kinds.get(kind, "a@example.org"))
    return some


def test_every_template_of_a_message_has_both_parts() -> None:
    """But for what several HTML parts have in common."""
    html = {path.stem for path in FOLDER.glob("*.html")}
    assert html - {"link"} == set(MESSAGES)
    assert {path.suffix for path in FOLDER.iterdir()} == {".html", ".txt"}


def telling(form: FormDefinition) -> set[str]:
    """The words that would give the form away."""
    return words_in(form.title) - COMMON_WORDS


def words_in(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{4,}", text.lower()))


def test_there_are_sensitive_forms_to_test() -> None:
    assert any(form.sensitive for form in FORMS)


def test_the_words_around_a_campaigns_text_are_in_its_language(context: Flask) -> None:
    delivery = Delivery(
        words={},
        url=URL,
        expires="27 Mawrth 2026",
        unsubscribe_url=URL,
        reminds_of="3 Mawrth 2026",
        lang="cy",
    )
    text, html = render(CampaignText("S", "Annwyl bawb,\n\n{link}"), delivery)
    assert "Gwnaethom ysgrifennu atoch ar 3 Mawrth 2026" in " ".join(text.split())
    assert "Stopio negeseuon fel hon" in html
    assert '<html lang="cy">' in html


@pytest.mark.parametrize("name", ["Siân Ŵyn", "Małgorzata", "فاطمة", "<script>alert(1)</script>"])
def test_a_campaigns_words_are_isolated_and_escaped(context: Flask, name: str) -> None:
    delivery = Delivery(
        words={"greeting": name}, url=URL, expires="27 March 2026", unsubscribe_url=URL
    )
    text, html = render(CampaignText("S", "Hello **{greeting}**,\n\n{link}"), delivery)
    assert f"Hello **{name}**," in text
    page = BeautifulSoup(html, "html.parser")
    found = page.find("bdi")
    assert found is not None
    assert found.get_text() == name
    assert page.find("script") is None
