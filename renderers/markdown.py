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


def to_blocks(text: str) -> list[dict[str, Any]]:
    """The same words for paper: paragraphs and lists, a link with its address behind it."""
    blocks: list[dict[str, Any]] = []
    items: list[str] | None = None
    for token in _parser().parse(text) if text else ():
        if token.type.endswith("list_open") and items is None:
            items = []
        elif token.type.endswith("list_close") and items is not None and token.level == 0:
            blocks.append({"kind": "list", "items": items})
            items = None
        elif token.type == "inline":
            words = _as_words(token.children or [])
            if items is None:
                blocks.append({"kind": "text", "text": words})
            else:
                items.append(words)
    return blocks


def _as_words(tokens: Sequence[Token]) -> str:
    """The text of a line; behind a link the address that it leads to, if it says another."""
    said: list[str] = []
    address, before = "", 0
    for token in tokens:
        if token.type == "link_open":
            address, before = str(token.attrs.get("href", "")), len(said)
        elif token.type == "link_close":
            shown = address.removeprefix("tel:").removeprefix("mailto:")
            if shown.replace(" ", "") not in "".join(said[before:]).replace(" ", ""):
                said.append(f" ({shown})")
        elif token.type in ("softbreak", "hardbreak"):
            said.append(" ")
        else:
            said.append(token.content)
    return "".join(said)
