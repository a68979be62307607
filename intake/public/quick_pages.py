"""A page of a form that somebody looks at, answered without Flask in between.

It is the request that comes most often, and Flask around it takes as long as all that is in it.
Only the plain case is answered here, from the same functions as in ``form_runner``: whatever is
unusual, and whatever goes wrong, is left to Flask, which begins from the start.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from time import perf_counter
from typing import TYPE_CHECKING

from flask import Flask

from form_definitions import FormDefinition
from intake.observability import request_id, write_line
from intake.public.drafting import way_of
from intake.public.framing import origins_of
from intake.public.saving import COME_BACK
from intake.public.showing import page_html
from intake.services.reading_drafts import DraftReader
from intake.services.sealed_drafts import Draft
from intake.visitor_cookie import key_among
from intake.web import POLICY, Header, framed, page_headers

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ADDRESS = re.compile("/form/([0-9a-f]{32})/([a-z0-9-]+)")
ROUTE = "/form/<draft_id>/<page_id>"
# with routes of their own
OTHER_PAGES = frozenset(("start", "task-list", "check-answers", "done", "stay", COME_BACK))
TYPE = ("Content-Type", "text/html; charset=utf-8")


def init_app(app: Flask) -> None:
    """Stand before Flask."""
    app.wsgi_app = QuickPages(app, app.wsgi_app)  # type: ignore[method-assign]


class QuickPages:
    """Answers a page of a form if nothing about it is unusual; else Flask does."""

    def __init__(self, app: Flask, application: WSGIApplication) -> None:
        self._drafts = DraftReader(app)
        self._application = application
        settings = app.extensions["intake"].settings
        self._is_https = settings.is_https
        self._headers = [TYPE, *page_headers(is_https=settings.is_https), POLICY]
        self._staff = app.config["SESSION_COOKIE_NAME"]
        self._notices_proxies = not settings.trusted_proxies

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        started = perf_counter()
        found = ADDRESS.fullmatch(environ["PATH_INFO"])
        if found is None or not self._is_plain(environ):
            return self._application(environ, start_response)
        answer = self._answer(environ, found[1], found[2])
        if answer is None:
            return self._application(environ, start_response)
        headers, body = answer
        named = request_id(environ.get("HTTP_X_REQUEST_ID", ""))
        about = [("Content-Length", str(len(body))), ("X-Request-ID", named)]
        start_response("200 OK", about + headers)
        write_line("GET", ROUTE, 200, started, named)
        return [body]

    def _is_plain(self, environ: WSGIEnvironment) -> bool:
        """Whether it is a look at a page, of which nothing else is to be noticed."""
        is_look = environ["REQUEST_METHOD"] == "GET" and not environ.get("QUERY_STRING")
        return is_look and not (self._notices_proxies and "HTTP_X_FORWARDED_FOR" in environ)

    def _answer(
        self, environ: WSGIEnvironment, draft_id: str, page_id: str
    ) -> tuple[list[Header], bytes] | None:
        """The page, if it is one of a form that the public fills in; None leaves it to Flask."""
        cookies = environ.get("HTTP_COOKIE", "")
        if page_id in OTHER_PAGES or self._staff in cookies:
            return None  # a staff session may have to be renewed or ended
        pairs = dict(pair.strip().split("=", 1) for pair in cookies.split(";") if "=" in pair)
        key = key_among(pairs, draft_id, is_https=self._is_https)
        if key is None:
            return None
        try:
            draft = self._drafts.load(draft_id, key)
            body = _page_of(draft, page_id)
            return (self._headers_of(draft.form.definition), body) if body else None
        except Exception:  # noqa: BLE001 - Flask meets it again, logs it and answers it
            return None

    def _headers_of(self, definition: FormDefinition) -> list[Header]:
        """The headers of a form's pages, which other websites may frame if it says so."""
        if not definition.embed:
            return self._headers
        return framed(self._headers, origins_of(definition, is_https=self._is_https))


def _page_of(draft: Draft, page_id: str) -> bytes | None:
    has_files = page_id in draft.form.definition.pages_with_files
    if draft.staff_id or draft.is_stopped or draft.is_behind or draft.receipt or has_files:
        return None
    way = way_of(draft)
    return page_html(draft, way, page_id) if way.is_reachable(page_id) else None
