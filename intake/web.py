"""How the application faces the web: limits, cookies and security headers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flask import Flask
from jinja2 import ChainableUndefined, ChoiceLoader

from intake.config import Settings
from intake.sealing import derive
from renderers import add_languages, loader

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LARGEST_BODY = 1024 * 1024  # bytes; the longest form with every text full is under 300 kB
MOST_FORM_PARTS = 2000  # fields; 200 questions with ten-fold repeating groups
STATIC_FOR = 24 * 3600  # seconds; addresses carry a version, so a release is seen at once

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",  # a large file is sent by a script, which shows how far it is
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
Header = tuple[str, str]
POLICY = ("Content-Security-Policy", CONTENT_SECURITY_POLICY)
FRAMED_BY = "intake.framed_by"  # in the WSGI environment: the websites that may frame the answer
STAY_ON_HTTPS = ("Strict-Transport-Security", "max-age=63072000; includeSubDomains")  # two years
OF_KEPT = {"Cache-Control", "Vary"}  # what an answer that nobody may keep says better, or not
SECURITY_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def flask_config(settings: Settings) -> dict[str, Any]:
    """Flask's own configuration, from our settings."""
    newest, *older = [
        derive(secret.encode(), "flask-session").hex() for secret in settings.secret_keys
    ]
    return {
        "SECRET_KEY": newest,
        "SECRET_KEY_FALLBACKS": older,
        "SESSION_COOKIE_NAME": "__Host-intake-staff" if settings.is_https else "intake-staff",
        "SESSION_COOKIE_SECURE": settings.is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "MAX_CONTENT_LENGTH": LARGEST_BODY,
        "MAX_FORM_MEMORY_SIZE": LARGEST_BODY,
        "MAX_FORM_PARTS": MOST_FORM_PARTS,
        "SEND_FILE_MAX_AGE_DEFAULT": 0 if settings.environment == "development" else STATIC_FOR,
        "PREFERRED_URL_SCHEME": "https" if settings.is_https else "http",
        "TEMPLATES_AUTO_RELOAD": settings.environment == "development",
    }


def init_app(app: Flask) -> None:
    """Send the security headers with every answer; find the templates."""
    is_https = app.extensions["intake"].settings.is_https
    app.wsgi_app = SecureAnswers(app.wsgi_app, is_https=is_https)  # type: ignore[method-assign]
    app.ensure_sync = _as_it_is  # type: ignore[method-assign, assignment]
    app.jinja_options = {"undefined": ChainableUndefined}  # as GOV.UK's macros need it
    app.jinja_env.loader = ChoiceLoader([app.create_global_jinja_loader(), loader()])
    add_languages(app.jinja_env)


def _as_it_is(function: Callable[..., Any]) -> Callable[..., Any]:
    """No view of ours is a coroutine: Flask need not look at each function in each request."""
    return function


@lru_cache(maxsize=64)
def policy_for(origins: tuple[str, ...]) -> tuple[str, str]:
    """The policy of a page that some websites may frame."""
    name, policy = POLICY
    return name, policy.replace("frame-ancestors 'none'", f"frame-ancestors {' '.join(origins)}")


def page_headers(*, is_https: bool) -> list[Header]:
    """The security headers of every page, but for its policy."""
    on_https = [STAY_ON_HTTPS] if is_https else []
    return [*SECURITY_HEADERS.items(), *on_https, ("Cache-Control", "no-store")]


def framed(headers: list[Header], origins: tuple[str, ...]) -> list[Header]:
    """The same headers for an answer that these websites, if any, may frame.

    A stricter policy of its own stays beside that.
    """
    if not origins:
        return headers
    others = [one for one in headers if one[0] != "X-Frame-Options" and one != POLICY]
    return [*others, policy_for(origins)]


class SecureAnswers:
    """Gives every answer its security headers, the last thing before it leaves.

    They are the same tuples each time: adding them to Flask's own response took a tenth of the
    time of a page. Only static files may be kept by a browser or proxy.
    """

    def __init__(self, application: WSGIApplication, *, is_https: bool) -> None:
        self._application = application
        self._of_pages = page_headers(is_https=is_https)
        self._of_files = [one for one in self._of_pages if one[0] not in OF_KEPT]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        is_file = environ.get("PATH_INFO", "").startswith("/static/")

        def start(status: str, headers: list[Header], *more: Any) -> Any:
            names = {name for name, _ in headers}
            if not is_file and names & OF_KEPT:
                headers = [one for one in headers if one[0] not in OF_KEPT]
            headers = headers + (self._of_files if is_file else self._of_pages)
            if "Content-Security-Policy" not in names:
                headers.append(POLICY)
            return start_response(status, framed(headers, environ.get(FRAMED_BY, ())), *more)

        return self._application(environ, start)
