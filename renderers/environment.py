"""The Jinja environment with GOV.UK Frontend's macros and our own templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from jinja2 import (
    BaseLoader,
    ChainableUndefined,
    Environment,
    PackageLoader,
    PrefixLoader,
    pass_context,
)
from jinja2.runtime import Context
from markupsafe import Markup

from form_definitions.languages import ENGLISH, words

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
    made = Environment(
        loader=loader(), autoescape=True, undefined=ChainableUndefined, auto_reload=False
    )
    add_languages(made)
    return made


def add_languages(made: Environment) -> None:
    """Let templates translate: ``_("…")`` and ``{% trans %}``, into the language in ``lang``."""
    made.add_extension("jinja2.ext.i18n")
    made.policies["ext.i18n.trimmed"] = True  # as the texts are extracted
    install = made.install_gettext_callables  # type: ignore[attr-defined]
    install(_gettext, _ngettext, newstyle=True, pgettext=_pgettext)


def _language(context: Context) -> str:
    return context.get("lang") or ENGLISH


@pass_context
def _gettext(context: Context, text: str) -> str:
    return words(_language(context)).gettext(text)


@pass_context
def _ngettext(context: Context, one: str, many: str, number: int) -> str:
    return words(_language(context)).ngettext(one, many, number)


@pass_context
def _pgettext(context: Context, place: str, text: str) -> str:
    return words(_language(context)).pgettext(place, text)


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
