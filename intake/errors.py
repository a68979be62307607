"""Every error that reaches a visitor, as one plain page that says what to do."""

import errno
from dataclasses import dataclass

import sqlalchemy.exc
import structlog
from flask import Flask, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError

from form_definitions import Contact
from form_definitions.languages import N_
from intake.files.blobs import BlobsUnavailable
from intake.observability import request_id_of_request
from intake.request_language import gettext
from intake.sealing import KeyNotFound
from intake.services.directory import NoDirectory
from intake.services.site import site
from referral_router import NoFallbackTeamError

BUSY_SECONDS = 5  # the database gives a lock up after as long
NOT_READY_SECONDS = 600  # somebody has to act first
READS = frozenset(("locked", "full", "readonly"))  # a database that can still be read
FULL_DISK = frozenset((errno.ENOSPC, errno.EDQUOT))

log = structlog.get_logger("intake.errors")


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What an error page says."""

    title: str
    paragraphs: tuple[str, ...]


NOT_FOUND = ErrorPage(
    N_("Page not found"),
    (
        N_("If you typed the web address, check that it is correct."),
        N_("If you pasted the web address, check that you copied all of it."),
        N_("If you followed a link in an email, open the email and use the link again."),
    ),
)
NOT_READY = ErrorPage(
    N_("This form cannot be sent at the moment"),
    (
        N_(
            "Nothing that you have entered was lost. "
            "The people who run this service have been told."
        ),
        N_(
            "Come back later and press the button again. If it cannot wait, call the number that "
            "the form or its message gives, or 999 if someone is in danger."
        ),
    ),
)
UNAVAILABLE = ErrorPage(
    N_("The service is busy at the moment"),
    (
        N_("Nothing that you have sent was lost."),
        N_(
            "Wait a few seconds, go back to the page before this one and press the button again. "
            "If you did send it twice, it is stored only once."
        ),
    ),
)
PAGES = {
    400: ErrorPage(
        N_("There is a problem with what was sent"),
        (
            N_("The page was open for too long, or part of it did not arrive."),
            N_("Go back, reload the page and press the button again."),
        ),
    ),
    404: NOT_FOUND,
    405: ErrorPage(
        N_("This page cannot be used like that"),
        (N_("Go back to the page before this one and use its button."),),
    ),
    413: ErrorPage(
        N_("What you sent is too large"),
        (N_("Go back, shorten your longest answers and press the button again."),),
    ),
    429: ErrorPage(
        N_("Too many attempts"),
        (N_("To keep accounts and forms safe, we ask you to wait a while before you try again."),),
    ),
    500: ErrorPage(
        N_("There is a problem with the service"),
        (
            N_("Something went wrong that is our fault. It has been recorded."),
            N_(
                "Your earlier answers are kept. Go back and press the button again, or come back "
                "later."
            ),
        ),
    ),
    503: UNAVAILABLE,
}


def init_app(app: Flask) -> None:
    """Answer every error with its page."""
    app.register_error_handler(HTTPException, show_http_error)
    for broken in (
        sqlalchemy.exc.OperationalError,
        sqlalchemy.exc.InterfaceError,
        sqlalchemy.exc.TimeoutError,
    ):
        app.register_error_handler(broken, show_unavailable)
    app.register_error_handler(BlobsUnavailable, show_unavailable)
    for unset in (KeyNotFound, NoDirectory, NoFallbackTeamError):
        app.register_error_handler(unset, show_not_ready)
    app.register_error_handler(sqlalchemy.exc.DataError, show_bad_value)
    app.register_error_handler(OSError, show_os_error)


def show_http_error(error: HTTPException) -> Response | HTTPException:
    """The page of an HTTP error. What is forbidden answers exactly as what does not exist."""
    status = error.code or 500
    if error.response is not None or status < 400:
        return error
    if status == 403:
        status = 404
    response = error_page(status)
    kept = error.get_response().headers
    for name in ("Allow", "Retry-After"):
        if name in kept and status != 404:
            response.headers[name] = kept[name]
    return response


def show_unavailable(error: Exception) -> Response:
    """The database is locked, full or away: say that nothing was lost, and when to come back."""
    log.error("the database cannot be used", problem=problem_of(error), exc_info=True)
    is_away = isinstance(error, sqlalchemy.exc.SQLAlchemyError) and problem_of(error) not in READS
    response = error_page(503, contact=None if is_away else contact_of_form())
    response.headers["Retry-After"] = str(BUSY_SECONDS)
    return response


def show_not_ready(error: Exception) -> Response:
    """A team without a key, or no directory: nothing is stored, and an operator must act."""
    log.error("the installation is not complete", problem=str(error))
    response = error_page(503, NOT_READY, contact=contact_of_form())
    response.headers["Retry-After"] = str(NOT_READY_SECONDS)
    return response


def show_bad_value(error: sqlalchemy.exc.DataError) -> Response:
    """A value that no database column holds, such as a NUL in a web address."""
    log.info("a value was refused by the database", problem=type(error.orig).__name__)
    return error_page(400)


def show_os_error(error: OSError) -> Response:
    """A full disk is a passing state; any other such error is a fault."""
    if error.errno in FULL_DISK:
        return show_unavailable(error)
    log.error("fault", problem=type(error).__name__, exc_info=True)
    return error_page(InternalServerError.code)


def problem_of(error: Exception) -> str:
    """What is the matter, in a word: the driver's own text could quote values."""
    text = str(getattr(error, "orig", None) or error).lower()
    known = ("locked", "full", "readonly", "unable to open", "no such table", "timeout", "connect")
    return next((word for word in known if word in text), type(error).__name__)


def contact_of_form() -> Contact | None:
    """Whom the form of the request names, if it is one of the public's."""
    from intake.public.form_here import contact_here  # its views import this module

    return contact_here() if request.blueprint == "public" else None


def error_page(
    status: int, page: ErrorPage | None = None, contact: Contact | None = None
) -> Response:
    """The page of a status; an unusual one has the page of a bad request or of a fault."""
    page = page or PAGES.get(status) or PAGES[400 if status < 500 else 500]
    html = render_template(
        "errors/error.html",
        site=site(),
        title=gettext(page.title),
        page=page,
        contact=contact,
        fault=request_id_of_request() if status >= 500 else "",
    )
    return make_response(html, status)
