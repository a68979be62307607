"""The pages of `intake forms preview`: a form file in every state, read anew when it is saved."""

import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, redirect, render_template, request, url_for
from jinja2 import ChainableUndefined, ChoiceLoader
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from form_definitions import (
    FormDefinition,
    FormFileError,
    Page,
    PageType,
    check_file,
    describe_condition,
    has_errors,
    load_form,
    starting_answers,
    visible,
)
from form_definitions.catalogue_checking import check_catalogues
from form_definitions.catalogues import catalogue_paths, load_catalogue
from form_definitions.file_reading import read_bytes
from form_definitions.languages import ENGLISH, LANGUAGES
from form_definitions.sampling import can_be_wrong, sample_answers, sample_for, without_page
from intake.cli.preview_routing import where_it_goes
from intake.cli.preview_views import PREFILLED, View
from intake.cli.rendering import STATIC
from intake.cli.sample_prefill import is_prefilled, sample_prefill
from intake.files.receiving import Request
from renderers import FormRenderer, Site, add_languages, compile_form, loader

SITE = Site(name="Preview", static_url="/static")
STATES = {
    "sample": "Answered",
    "empty": "Empty",
    "missing": "Left empty",
    "wrong": "Typed wrongly",
}
ONLY_PREFILLED = {PREFILLED: "Filled in beforehand"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'self'"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """The file as it was last read. ``definition`` is None if it is wrong.

    ``languages`` holds the form as it is shown, English first.
    """

    stamp: str
    problems: tuple[Any, ...]
    definition: FormDefinition | None = None
    languages: Mapping[str, FormRenderer] = field(default_factory=dict)
    sample: Mapping[str, Any] = field(default_factory=dict)


class FormOnDisk:
    """A form file, read and compiled again when its content has changed."""

    def __init__(self, path: Path, rules: Path | None = None, directory: Path | None = None):
        self.path = path
        self.rules = rules
        self.directory = directory
        self._shown: Shown | None = None
        self._lock = threading.Lock()

    def stamp(self) -> str:
        """What changes when the form, its rules or a catalogue of it are saved."""
        digest = hashlib.sha256()
        catalogues = sorted(self.path.parent.glob("locale/*/*.po"))
        for path in (self.path, self.rules, *catalogues):
            try:
                digest.update(read_bytes(path) if path else b"")
            except OSError:
                digest.update(b"not there")  # editors remove a file for a moment as they save
        return digest.hexdigest()[:16]

    def shown(self) -> Shown:
        """The file as it is now."""
        stamp = self.stamp()
        with self._lock:
            if self._shown is None or self._shown.stamp != stamp:
                self._shown = self._read(stamp)
            return self._shown

    def _read(self, stamp: str) -> Shown:
        problems = check_file(self.path)
        if has_errors(problems):
            return Shown(stamp, problems)
        try:
            definition = load_form(self.path)
            problems += check_catalogues(self.path)
        except FormFileError as error:  # saved again in between
            return Shown(stamp, error.problems)
        forms = {ENGLISH: definition, **dict(self._translated(definition))}
        languages = {name: compile_form(form, SITE, list(forms)) for name, form in forms.items()}
        return Shown(stamp, problems, definition, languages, sample_answers(definition))

    def _translated(self, definition: FormDefinition) -> Iterator[tuple[str, FormDefinition]]:
        """The form in each language that it has a catalogue for which can be read."""
        for language, path in catalogue_paths(self.path, definition.id).items():
            if language in LANGUAGES:
                with suppress(FormFileError):  # which is among the problems
                    words = load_catalogue(path).translation
                    yield language, load_form(self.path, translation=words)


def preview_app(form: FormOnDisk) -> Flask:
    """The application that shows one form file. It keeps nothing but the answers last tried."""
    app = Flask("intake", static_folder=str(STATIC), template_folder=str(_TEMPLATES))
    app.request_class = Request  # which throws away the files that somebody chooses
    app.jinja_options = {"undefined": ChainableUndefined}
    app.jinja_env.loader = ChoiceLoader([app.create_global_jinja_loader(), loader()])
    add_languages(app.jinja_env)
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 0
    app.config["TRUSTED_HOSTS"] = ["127.0.0.1", "localhost"]  # no site that renames itself to us
    pages = _Pages(form)
    app.add_url_rule("/", "overview", pages.overview)
    app.add_url_rule("/stamp", "stamp", lambda: Response(form.stamp(), mimetype="text/plain"))
    for start, given in (("", {"language": ENGLISH}), ("/<language>", None)):
        rule = f"{start}/<state>/<page_id>"
        app.add_url_rule(
            f"{start}/frames/<state>/<page_id>", "frames", pages.frames, defaults=given
        )
        app.add_url_rule(rule, "page", pages.page, methods=["GET", "POST"], defaults=given)
    app.register_error_handler(404, pages.not_there)
    app.after_request(_with_headers)
    return app


_TEMPLATES = Path(__file__).parent.parent / "templates"


def _with_headers(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "no-store"
    return response


class _Pages:
    def __init__(self, form: FormOnDisk) -> None:
        self._form = form
        self._tried: dict[str, Any] = {}

    def overview(self) -> str:
        shown = self._form.shown()
        definition = shown.definition
        routing = []
        if definition:
            routing = where_it_goes(
                definition,
                self._form.rules,
                self._form.directory,
                {"With the sample answers": shown.sample, "With what you tried": self._tried},
            )
        return render_template(
            "preview/overview.html",
            site=SITE,
            path=self._form.path,
            title=definition.title if definition else "This form does not load yet",
            stamp=shown.stamp,
            problems=shown.problems,
            form_file=str(self._form.path),
            languages=_languages(shown),
            definition=definition,
            pages=list(_entries(definition)) if definition else [],
            routing=routing,
        )

    def not_there(self, _error: NotFound) -> AnyResponse:
        """A page that was renamed or removed as the file was saved."""
        return redirect(url_for("overview"))

    def frames(self, state: str, page_id: str, language: str) -> str | AnyResponse:
        shown = self._form.shown()
        if shown.definition is None:
            return self.overview()  # here, so that the page is back once the mistake is put right
        if language not in shown.languages:
            return redirect(url_for("overview"))
        entries = list(_entries(shown.definition))
        at = next((n for n, entry in enumerate(entries) if entry["id"] == page_id), None)
        if at is None or state not in STATES | ONLY_PREFILLED:
            abort(404)
        return render_template(
            "preview/frames.html",
            site=SITE,
            title=entries[at]["title"],
            stamp=shown.stamp,
            page=entries[at],
            shown=state,
            language=language,
            languages=_languages(shown),
            before=_in_state(entries[at - 1], state) if at else None,
            after=_in_state(entries[at + 1], state) if entries[at + 1 :] else None,
        )

    def page(self, state: str, page_id: str, language: str) -> str | AnyResponse:
        shown = self._form.shown()
        if shown.definition is None:
            return self.overview()
        renderer = shown.languages.get(language)
        if renderer is None:
            return redirect(url_for("overview"))
        if state not in STATES | ONLY_PREFILLED and state != "try":
            abort(404)
        answers = self._answers(state, shown, page_id)
        view = View(renderer.definition, renderer, state, answers, language)
        if request.method == "POST":
            answered = view.post(page_id)
            if state == "try":
                self._tried = view.answers
        else:
            answered = view.get(page_id)
        return answered if isinstance(answered, AnyResponse) else _reloading(answered, shown.stamp)

    def _answers(self, state: str, shown: Shown, page_id: str) -> dict[str, Any]:
        if state == "try":
            # a draft begins with the usual answers, and keeps those that cannot be changed
            return self._tried or (starting_answers(shown.definition) if shown.definition else {})
        pages = shown.definition.pages if shown.definition else ()
        page = next((page for page in pages if page.id == page_id), None)
        if shown.definition is None or page is None:
            return {} if state == "empty" else dict(shown.sample)
        answers = shown.sample
        if page not in visible(shown.definition, answers).pages:
            answers = sample_for(shown.definition, page)
        if state not in {"empty", PREFILLED}:
            return dict(answers)
        begun = without_page(page, dict(answers))
        if state == PREFILLED:
            begun |= sample_prefill(shown.definition, page)
        return starting_answers(shown.definition, begun)


def _reloading(html: str, stamp: str) -> str:
    script = f'<script type="module" src="/static/preview.js?stamp={stamp}"></script></head>'
    return html.replace("</head>", script, 1)


def _languages(shown: Shown) -> list[tuple[str, str, int]]:
    """Each language with its own name, and how many texts it has no words for."""
    return [
        (language, LANGUAGES[language], len(renderer.definition.untranslated))
        for language, renderer in shown.languages.items()
    ]


def _entries(definition: FormDefinition) -> Iterator[dict[str, Any]]:
    """Each page with the states that it can be looked at in."""
    only = [("sample", STATES["sample"])]
    yield {"id": "start", "title": "Start", "states": only}
    if definition.has_tasks:
        yield {"id": "task-list", "title": "Task list", "states": list(STATES.items())[:2]}
    for page in definition.pages:
        when = describe_condition(page.when, definition) if page.when else ""
        states = list(_states(page)) if page.type is PageType.QUESTIONS else only
        yield {"id": page.id, "title": page.title or page.id, "when": when, "states": states}
    yield {"id": "check-answers", "title": "Check your answers", "states": only}
    yield {"id": "done", "title": "Confirmation", "states": only}


def _in_state(entry: dict[str, Any], state: str) -> tuple[str, str]:
    """A page with the state to go to it in: this one if it has it."""
    return entry["id"], state if state in dict(entry["states"]) else "sample"


def _states(page: Page) -> Iterator[tuple[str, str]]:
    for state, words in STATES.items():
        if state != "wrong" or can_be_wrong(page):  # nobody mistypes a radio button
            yield state, words
    if is_prefilled(page):
        yield from ONLY_PREFILLED.items()
