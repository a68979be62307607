"""How the application faces the web: limits, cookies and security headers."""

from typing import Any

from flask import Flask, Response, request
from jinja2 import ChainableUndefined, ChoiceLoader

from intake.app_state import settings
from intake.config import Settings
from intake.sealing import derive
from renderers import add_languages, loader

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
TWO_YEARS_OF_HTTPS = "max-age=63072000; includeSubDomains"
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
    app.after_request(add_security_headers)
    app.jinja_options = {"undefined": ChainableUndefined}  # as GOV.UK's macros need it
    app.jinja_env.loader = ChoiceLoader([app.create_global_jinja_loader(), loader()])
    add_languages(app.jinja_env)


def add_security_headers(response: Response) -> Response:
    """Headers of every answer; only static files may be kept by a browser or proxy."""
    headers = response.headers
    if "Content-Security-Policy" not in headers:
        headers.add("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers.extend(SECURITY_HEADERS)
    if request.endpoint != "static":
        headers["Cache-Control"] = "no-store"
    if settings().is_https:
        headers.add("Strict-Transport-Security", TWO_YEARS_OF_HTTPS)
    return response
