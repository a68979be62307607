"""HTML compared as trees: white space and the order of attributes mean nothing."""

from typing import Any

from bs4 import BeautifulSoup, NavigableString, Tag


def tree(html: str, *, loose: bool = False) -> Any:
    """The markup as nested lists that compare equal when a browser would see the same.

    White space inside a text area counts, unless the comparison is ``loose``.
    """
    return [node for child in soup(html).children for node in _node(child, loose)]


def soup(html: str) -> BeautifulSoup:
    """The parsed document."""
    return BeautifulSoup(html, "html.parser")


def _node(node: Any, loose: bool) -> list[Any]:
    if isinstance(node, Tag):
        if node.name == "textarea" and not loose:
            return [[node.name, _attributes(node), node.get_text()]]
        inner = [one for child in node.children for one in _node(child, loose)]
        return [[node.name, _attributes(node), inner]]
    if type(node) is NavigableString:
        text = " ".join(node.split())
        return [text] if text else []
    return []


def _attributes(node: Tag) -> dict[str, str]:
    return {
        name: " ".join(value if isinstance(value, list) else value.split())
        for name, value in node.attrs.items()
    }
