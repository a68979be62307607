"""In which language a request is answered.

In this order: that of the draft, which has its own; the one that was just chosen with the language
switch (``?language=cy``); the one chosen before, which a cookie keeps; that of the link, if whoever
sent it said one; English. It is never guessed from what the browser says: two people who look at
the same address see the same page.
"""

from typing import Any
from urllib.parse import urlencode

from flask import Flask, g, has_request_context, request
from werkzeug.wrappers import Response

from form_definitions.languages import ENGLISH, LANGUAGES, known_language, words
from intake.app_state import settings

COOKIE = "intake-language"  # no secret and no identifier: only ``cy`` or ``en``
CHOICE = "language"  # the name in the address

#: Where only staff go, who read and write English.
ENGLISH_PATHS = ("/staff", "/demo", "/api")


def init_app(app: Flask) -> None:
    """Tell every template its language, and remember what was chosen."""
    app.context_processor(words_of_request)
    app.after_request(remember_choice)


def request_language() -> str:
    """The language that this request is answered in; English outside of any."""
    if not has_request_context() or is_for_staff():
        return ENGLISH
    found = g.get("language") or choice() or _chosen() or g.get("link_language")
    return known_language(found)


def is_for_staff() -> bool:
    """Whether the page is one that the public never sees."""
    return request.path.startswith(ENGLISH_PATHS)


def _chosen() -> str | None:
    """The language of the cookie; most visitors have none, and `get` is slow where that is so."""
    return request.cookies[COOKIE] if COOKIE in request.cookies else None  # noqa: SIM401


def answer_in(language: str) -> None:
    """Let this request be answered in the language of a draft, whatever was chosen before."""
    g.language = language


def prefer(language: str) -> None:
    """Let this request be answered in the language of a link, unless another was chosen."""
    g.link_language = language


def choice() -> str:
    """The language that the address asks for; "" for none that there is."""
    language = request.args.get(CHOICE, "")
    return language if language in LANGUAGES else ""


def remember_choice(response: Response) -> Response:
    """Keep what was chosen in the address for the pages to come."""
    language = choice()
    return keep_choice(response, language) if language and not is_for_staff() else response


def keep_choice(response: Response, language: str) -> Response:
    """Let the browser remember a language until it is closed."""
    is_https = settings().is_https
    response.set_cookie(COOKIE, language, path="/", secure=is_https, httponly=True, samesite="Lax")
    return response


def go_on_in(response: Response, language: str) -> Response:
    """From here on, let this browser have the pages around a draft in the draft's language too."""
    return response if language == known_language(_chosen()) else keep_choice(response, language)


def words_of_request() -> dict[str, Any]:
    """The language of a template, and what a public page needs for its language switch."""
    return {"lang": request_language(), "languages": other_addresses()}


def other_addresses() -> dict[str, tuple[str, str]]:
    """Each language with its name and the address of this page in it; none for staff.

    The address is only a query, which keeps to this page: no address leads anywhere else.
    """
    if not has_request_context() or is_for_staff():
        return {}
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != CHOICE]
    return {
        language: (name, "?" + urlencode([*kept, (CHOICE, language)]))
        for language, name in LANGUAGES.items()
    }


def address_in(url: str, language: str) -> str:
    """The address of a page for whoever reads that language, in whatever browser it is opened."""
    return url if language == ENGLISH else f"{url}?{CHOICE}={language}"


def gettext(text: str) -> str:
    """The text in the language of the request."""
    return words(request_language()).gettext(text)


def ngettext(one: str, many: str, number: int) -> str:
    """The text for a number of things in the language of the request."""
    return words(request_language()).ngettext(one, many, number)
