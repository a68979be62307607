"""Pages of a form inside another website's page, where the form says whose (``x-form.embed``)."""

from flask import request

from form_definitions import FormDefinition
from intake.app_state import settings
from intake.web import FRAMED_BY

IN_A_FRAME = ("iframe", "frame", "embed", "object")


def let_frame(definition: FormDefinition) -> None:
    """Let the answer to this request be framed by the websites that the form names."""
    request.environ[FRAMED_BY] = origins_of(definition, is_https=settings().is_https)


def origins_of(definition: FormDefinition, *, is_https: bool) -> tuple[str, ...]:
    """The websites that may frame the form; on https, only such ones too."""
    if not is_https or not definition.embed:
        return definition.embed
    return tuple(origin for origin in definition.embed if origin.startswith("https://"))


def is_framed() -> bool:
    """Whether the browser says that the page is shown inside another one."""
    return request.headers.get("Sec-Fetch-Dest") in IN_A_FRAME
