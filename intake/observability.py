"""Logs: one JSON line for each event, with nothing about anybody in it.

A request is logged by its route, never by its path, because a weblink's path is its key. An
exception is logged by its type and place, never by its message, because messages quote values.
"""

import json
import logging
import os
import re
import secrets
import sys
import traceback
from datetime import UTC, datetime
from functools import cache
from time import perf_counter
from types import TracebackType
from typing import Any, TextIO

import structlog
from flask import Flask, Response, g, has_request_context, request
from structlog.typing import EventDict, WrappedLogger

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
# a client's own id could hold anything; these shapes are what proxies make
REQUEST_ID = re.compile(r"[0-9a-f]{16,32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SECRET_PATHS = re.compile(
    r"/(l|o|r|s|form|confirm|status|demo/mail|staff/cases|staff/links)/[^\s\"'?]+"
)
QUERY = re.compile(r"\?[^\s\"']+")
FRAMES = 6  # innermost frames of an exception: enough to find the place

# The commonest line, written as it is: no part of it needs quoting but the route.
LINE = (
    '{"method": "%s", "route": %s, "status": %d, "ms": %.1f, "event": "request", '
    '"request_id": "%s", "level": "info", "at": "%s"}\n'
)


class Lines:
    """Writes lines to whatever standard error is now."""

    def msg(self, line: str) -> None:
        """Write one line."""
        sys.stderr.write(line + "\n")

    debug = info = warning = error = critical = msg


class StandardError(logging.StreamHandler[TextIO]):
    """A handler of the standard library's logging that writes our lines."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)
        self.setFormatter(JsonLines())

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        """Whatever standard error is now."""
        return sys.stderr


class JsonLines(logging.Formatter):
    """A library's log record as one of our lines: addresses redacted, exceptions without words."""

    def format(self, record: logging.LogRecord) -> str:
        """One JSON line."""
        line = {
            "event": redact(record.getMessage()),
            "level": record.levelname.lower(),
            "logger": record.name,
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
        }
        if record.exc_info and record.exc_info[0]:
            line |= described(*record.exc_info)
        return json.dumps(line)


class RedactAddresses(logging.Filter):
    """Takes secrets out of a web server's own log lines, as gunicorn's access log."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, with its message redacted and without its exception's words."""
        record.msg, record.args = redact(record.getMessage()), ()
        if record.exc_info and record.exc_info[0]:
            record.msg += " " + json.dumps(described(*record.exc_info))
            record.exc_info = record.exc_text = None
        return True


def redact(text: str) -> str:
    """The text with what follows a secret address taken out, and every query string."""
    return QUERY.sub("?…", SECRET_PATHS.sub(r"/\1/…", text))


def described(
    kind: type[BaseException] | None,
    _error: BaseException | None,
    place: TracebackType | None,
) -> dict[str, Any]:
    """An exception's type and the innermost places; its words may quote what somebody typed."""
    frames = traceback.extract_tb(place)[-FRAMES:]
    return {
        "exception": f"{kind.__module__}.{kind.__qualname__}" if kind else "",
        "places": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }


def configure() -> None:
    """Send every log line of this process to standard error as JSON. May be called again."""
    structlog.configure(
        processors=[
            _name_request,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            _describe_exception,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=_make_lines,
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    for handler in [one for one in root.handlers if isinstance(one, StandardError)]:
        root.removeHandler(handler)
    root.addHandler(StandardError())
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # its access lines hold the raw path
    for name in ("gunicorn.access", "gunicorn.error", "werkzeug"):
        logger = logging.getLogger(name)
        logger.filters = [one for one in logger.filters if not isinstance(one, RedactAddresses)]
        logger.addFilter(RedactAddresses())


def init_app(app: Flask) -> None:
    """Log every request when it is answered."""
    configure()
    app.before_request(begin_request)
    app.after_request(log_request)


def begin_request() -> None:
    """Note the time, and give the request an id, which the error page and the log show."""
    g.started = perf_counter()
    g.request_id = request_id(request.headers.get("X-Request-ID", ""))


def request_id(given: str) -> str:
    """The id that a proxy gave a request, if it has the shape of one; else a new one."""
    return given if given and REQUEST_ID.fullmatch(given) else os.urandom(8).hex()


def log_request(response: Response) -> Response:
    """One line for each answer: the route, the status and the time. No address, no name."""
    named = request_id_of_request()
    response.headers["X-Request-ID"] = named
    if request.endpoint != "static":
        method = request.method if request.method in METHODS else "other"
        route = request.url_rule.rule if request.url_rule else "none"
        write_line(method, route, response.status_code, g.get("started", perf_counter()), named)
    return response


def write_line(method: str, route: str, status: int, started: float, named: str) -> None:
    """The line of an answer that was begun at ``started``, by ``perf_counter``."""
    ms = (perf_counter() - started) * 1000
    at = datetime.now(UTC).isoformat(timespec="microseconds")[: -len("+00:00")] + "Z"
    sys.stderr.write(LINE % (method, _quoted(route), status, ms, named, at))


@cache
def _quoted(route: str) -> str:
    """A route, of which there are some sixty, as JSON."""
    return json.dumps(route)


def request_id_of_request() -> str:
    """The id of the current request; whoever reports a fault can quote it."""
    found: str = g.get("request_id") or secrets.token_hex(8)
    return found


def _name_request(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    if has_request_context() and "request_id" in g:
        event["request_id"] = g.request_id
    return event


def _describe_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    if event.pop("exc_info", None):
        event.update(described(*sys.exc_info()))
    return event


def _make_lines(*_names: str) -> Lines:
    return Lines()
