"""In which language a request is answered.

A draft has its own language, a link that of whoever sent it; otherwise it is the one that was
chosen with the language switch, and English where nobody chose. It is never guessed from what the
browser says: two people who look at the same address see the same page.
"""

from flask import Flask, g, has_request_context, request

from form_definitions.languages import ENGLISH, known_language, words

COOKIE = "intake-language"  # no secret and no identifier: only ``cy`` or ``en``

#: Where only staff go, who read and write English.
ENGLISH_PATHS = ("/staff", "/demo", "/api")


def init_app(app: Flask) -> None:
    """Tell every template its language."""
    app.context_processor(lambda: {"lang": request_language()})


def request_language() -> str:
    """The language that this request is answered in; English outside of any."""
    if not has_request_context() or request.path.startswith(ENGLISH_PATHS):
        return ENGLISH
    return known_language(g.get("language") or request.cookies.get(COOKIE))


def answer_in(language: str) -> None:
    """Let this request be answered in a language, whatever was chosen before."""
    g.language = language


def gettext(text: str) -> str:
    """The text in the language of the request."""
    return words(request_language()).gettext(text)


def ngettext(one: str, many: str, number: int) -> str:
    """The text for a number of things in the language of the request."""
    return words(request_language()).ngettext(one, many, number)
