"""Catalogues that are published with a form version, and put right while people use it."""

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.cli import ScriptInfo

from form_definitions.catalogues import Catalogue, CatalogueError, Entry, write_catalogue
from form_definitions.loading import read_document, texts_in
from intake import audit
from intake.app_state import clock
from intake.cli.forms import forms
from intake.database import db
from intake.models import AuditEntry, FormTranslation
from intake.services.drafts import load_draft, start_draft
from intake.services.form_translations import Catalogues
from intake.services.forms import in_language, languages_of, runnable
from intake.services.publishing import PublishedVersion, publish_form
from tests.intake import food_parcel as fp

FORM = json.dumps(fp.FORM)
FORM_ID = fp.FORM["$id"]
VERSION = fp.FORM["x-form"]["version"]


def catalogue(words: str = "⟦{}⟧", form: str = FORM, but: int = 0) -> str:
    """A catalogue of every text of a form but the last few."""
    texts = [text for text, _line in texts_in(read_document(form, "f"), "f")]
    entries = {
        (text.context, text.text): Entry(text.text, words.format(text.text), text.context)
        for text in texts[: len(texts) - but]
    }
    return write_catalogue(Catalogue("cy", tuple(entries.values())))


def publish(catalogues: dict[str, str] | None = None, **options: Any) -> PublishedVersion:
    given = None if catalogues is None else Catalogues(catalogues, **options)
    return publish_form(FORM, "form.json", rules_text=json.dumps(fp.RULES), catalogues=given)


def form(language: str = "cy") -> Any:
    return in_language(runnable(FORM_ID, VERSION), language)


def test_a_form_is_there_in_the_languages_that_were_published_with_it(context: Flask) -> None:
    published = publish({"cy": catalogue()})
    assert published.languages.offered == ("cy",)
    assert languages_of(runnable(FORM_ID, VERSION)) == ("en", "cy")
    welsh = form()
    assert welsh.definition.title == f"⟦{runnable(FORM_ID, VERSION).definition.title}⟧"
    assert welsh.definition.content_hash == published.content_hash
    assert welsh.rules == runnable(FORM_ID, VERSION).rules


def test_it_is_compiled_once_for_a_process(context: Flask) -> None:
    publish({"cy": catalogue()})
    assert form() is form()


def test_a_form_in_a_language_that_it_does_not_have_is_in_english(context: Flask) -> None:
    publish({"cy": catalogue()})
    english = runnable(FORM_ID, VERSION)
    assert form("pl") is english
    assert in_language(form("cy"), "en").definition == english.definition


def test_corrected_words_are_published_under_the_same_version(context: Flask) -> None:
    publish({"cy": catalogue()})
    before = form()
    published = publish({"cy": catalogue("‹{}›")})
    assert (published.is_new, published.languages.changed) == (False, ("cy",))
    assert form().definition.title.startswith("‹")
    assert form().definition.content_hash == before.definition.content_hash


def test_the_same_words_again_change_nothing(context: Flask) -> None:
    publish({"cy": catalogue()})
    entries = audit.head()
    assert publish({"cy": catalogue()}).languages.changed == ()
    assert publish().languages.offered == ("cy",)
    assert audit.head() == entries


def test_whoever_changes_the_words_of_a_version_is_in_the_audit(context: Flask) -> None:
    publish({"cy": catalogue()})
    publish({"cy": catalogue("‹{}›")})
    query = sa.select(AuditEntry.why).where(AuditEntry.action == "form.translate")
    assert db.session.scalars(query).all() == [f"{VERSION}: cy"] * 2


def test_a_catalogue_that_is_not_complete_is_not_offered_unless_asked_for(context: Flask) -> None:
    left = {"cy": catalogue(but=2)}
    published = publish(left)
    assert published.languages.offered == ()
    assert published.languages.left_out == {"cy": "2 texts have no translation"}
    assert publish(left, with_incomplete=True).languages.offered == ("cy",)
    assert len(form().definition.untranslated) == 2


def test_words_that_were_complete_stay_while_better_ones_are_unfinished(context: Flask) -> None:
    publish({"cy": catalogue()})
    published = publish({"cy": catalogue("‹{}›", but=1)})
    assert (published.languages.offered, published.languages.changed) == (("cy",), ())
    assert form().definition.title.startswith("⟦")


def test_a_language_whose_catalogue_is_gone_is_taken_from_the_version(context: Flask) -> None:
    publish({"cy": catalogue()})
    assert publish({}).languages.changed == ("cy",)
    assert languages_of(runnable(FORM_ID, VERSION)) == ("en",)
    assert db.session.scalars(sa.select(FormTranslation)).all() == []


def test_a_language_that_the_platform_does_not_know_is_left_out(context: Flask) -> None:
    published = publish({"xx": catalogue()})
    assert published.languages.left_out == {"xx": "Intake has no words of its own in ‘xx’"}


def test_a_catalogue_that_cannot_be_read_publishes_nothing(context: Flask) -> None:
    with pytest.raises(CatalogueError):
        publish({"cy": 'msgid "Title\nmsgstr ""\n'})
    assert db.session.scalars(sa.select(FormTranslation)).all() == []


def test_a_draft_under_way_is_shown_in_the_corrected_words(context: Flask) -> None:
    publish({"cy": catalogue()})
    opened = start_draft(FORM_ID, now=clock())
    publish({"cy": catalogue("‹{}›")})
    draft = load_draft(opened.draft_id, opened.key, clock())
    assert in_language(draft.form, "cy").definition.title.startswith("‹")


def test_intake_forms_publish_takes_the_catalogues_beside_the_file(
    context: Flask, tmp_path: Path
) -> None:
    path = tmp_path / f"{FORM_ID}.json"
    path.write_text(FORM, "utf-8")
    words = tmp_path / "locale" / "cy" / path.with_suffix(".po").name
    words.parent.mkdir(parents=True)
    words.write_text(catalogue(but=1), "utf-8")
    run = context.test_cli_runner().invoke
    assert (
        "cy: left out, because 1 text has no translation"
        in run(forms, ["publish", str(path)]).output
    )
    assert (
        "cy: its words are published" in run(forms, ["publish", str(path), "--incomplete"]).output
    )
    words.write_text(catalogue("‹{}›"), "utf-8")
    result = run(forms, ["publish", str(path), "--json"])
    (published,) = json.loads(result.stdout)
    assert published["languages"] == {"offered": ["cy"], "changed": ["cy"], "left_out": {}}
    assert form().definition.title.startswith("‹")
    words.write_text('msgid "', "utf-8")
    refused = run(forms, ["publish", str(path)])
    assert refused.exit_code == 2
    assert f"{words}:1:1: " in refused.output


def test_intake_forms_diff_says_which_words_changed(context: Flask, tmp_path: Path) -> None:
    publish({"cy": catalogue()})
    path = tmp_path / f"{FORM_ID}.json"
    path.write_text(FORM, "utf-8")
    words = tmp_path / "locale" / "cy" / path.with_suffix(".po").name
    words.parent.mkdir(parents=True)
    words.write_text(catalogue("‹{}›"), "utf-8")
    asked = ["diff", f"{FORM_ID}@{VERSION}", str(path)]
    info = ScriptInfo(create_app=lambda: context)
    result = context.test_cli_runner().invoke(forms, asked, obj=info)
    assert "same      The words in ‘cy’ are others." in result.output
    told = context.test_cli_runner().invoke(forms, [*asked, "--json"], obj=info)
    assert json.loads(told.stdout)["languages"] == {"cy": "others"}
