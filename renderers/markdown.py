"""The form author's Markdown as GOV.UK markup: paragraphs, lists, bold, links."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup

CLASSES = {
    "paragraph_open": "govuk-body",
    "bullet_list_open": "govuk-list govuk-list--bullet",
    "ordered_list_open": "govuk-list govuk-list--number",
    "link_open": "govuk-link",
}
SCHEMES = ("https:", "tel:", "mailto:")


class _GovukRenderer(RendererHTML):
    """Adds the class of GOV.UK's typography to each element that has one."""

    def renderToken(  # noqa: N802, the library's name
        self,
        tokens: Sequence[Token],
        idx: int,
        options: OptionsDict,
        env: MutableMapping[str, Any],
    ) -> str:
        css_class = CLASSES.get(tokens[idx].type)
        if css_class:
            tokens[idx].attrJoin("class", css_class)
        return super().renderToken(tokens, idx, options, env)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": False}, renderer_cls=_GovukRenderer)
    parser.enable(["list", "emphasis", "link", "newline", "escape", "entity"])
    parser.validateLink = _is_safe  # type: ignore[method-assign]
    return parser


def _is_safe(url: str) -> bool:
    """Whether a link may be followed from a page: nothing runs and nothing is unencrypted."""
    return url.strip().lower().startswith(SCHEMES)


def to_html(text: str) -> Markup:
    """The HTML of an author's Markdown; raw HTML in it is shown as text."""
    return Markup(_parser().render(text)) if text else Markup("")  # noqa: S704, html is disabled
