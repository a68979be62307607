"""Renders each kind of message with a word for whatever its template asks for."""

from pathlib import Path
from typing import Any

from flask import Flask, render_template
from jinja2 import meta

from intake.services import messages

FOLDER = Path(messages.__file__).parents[1] / "templates/email"
MESSAGES = sorted(path.stem for path in FOLDER.glob("*.txt"))
URL = "https://intake.example.org/l/" + "x" * 133


class Words(dict[str, Any]):
    """A word for whatever a template asks for: ``word-name``."""

    def __missing__(self, name: str) -> Any:
        return URL if name.endswith("url") else f"word-{name} <b>&"


def words_of(app: Flask, template: str) -> dict[str, Any]:
    """A word for each name that a template uses."""
    loader = app.jinja_env.loader
    assert loader is not None
    source, _, _ = loader.get_source(app.jinja_env, template)
    names = meta.find_undeclared_variables(app.jinja_env.parse(source)) - set(app.jinja_env.globals)
    some = Words()
    return {name: some[name] for name in names} | {"contact": contact(), "has_link": True}


def contact() -> dict[str, str]:
    return {"name": "word-name", "telephone": "word-telephone", "email": "a@example.org"}


def both_parts(app: Flask, name: str, lang: str = "en") -> tuple[str, str]:
    words = {**words_of(app, f"email/{name}.txt"), **words_of(app, f"email/{name}.html")}
    words |= {"lang": lang}
    return (
        render_template(f"email/{name}.txt", **words),
        render_template(f"email/{name}.html", **words | {"subject": "word-subject"}),
    )
