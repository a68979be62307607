"""The Jinja environment with GOV.UK Frontend's macros and our own templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from jinja2 import BaseLoader, ChainableUndefined, Environment, PackageLoader, PrefixLoader
from markupsafe import Markup

Macro = Callable[..., Markup]


def loader() -> BaseLoader:
    """Templates ``govuk_frontend_jinja/…`` and ``renderers/…``, for any environment to add."""
    return PrefixLoader(
        {
            "govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja"),
            "renderers": PackageLoader("renderers", "templates/renderers"),
        }
    )


@cache
def environment() -> Environment:
    """The environment that pages are rendered in. The macros need ``ChainableUndefined``."""
    # installed templates do not change while we run: looking whether they have takes half the time
    return Environment(
        loader=loader(), autoescape=True, undefined=ChainableUndefined, auto_reload=False
    )


@cache
def macro(component: str) -> Macro:
    """The macro of a GOV.UK component: ``macro("date-input")`` is ``govukDateInput``."""
    template = environment().get_template(f"govuk_frontend_jinja/components/{component}/macro.html")
    name = "govuk" + "".join(word.capitalize() for word in component.split("-"))
    found: Macro = getattr(template.module, name)
    return found


def run_macro(name: str, params: Mapping[str, Any]) -> str:
    """The HTML of one GOV.UK component, straight from its macro."""
    return str(macro(name)(params)).strip()
