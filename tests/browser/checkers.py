"""The Nu HTML checker and axe, as functions that answer with sentences."""

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# govuk-frontend writes it for older screen readers, and its markup is kept as it is
OF_GOVUK = ("The “group” role is unnecessary for element “fieldset”.",)


@dataclass
class HtmlCollection:
    """Pages collected for one call of the checker: it takes seconds to start."""

    java: Path
    jar: Path
    folder: Path
    urls: dict[str, str] = field(default_factory=dict)

    def add(self, url: str, html: str) -> None:
        """Keep a page for checking."""
        name = f"{len(self.urls):04d}.html"
        (self.folder / name).write_text(html, "utf-8")
        self.urls[name] = url

    def problems(self) -> list[str]:
        """One sentence for every kind of error and warning on the collected pages."""
        if not self.urls:
            return []
        answer = subprocess.run(
            [self.java, "-jar", self.jar, "--format", "json", "--stdout", self.folder],
            capture_output=True,
            text=True,
            check=False,
        )
        found: dict[str, list[str]] = {}
        for message in json.loads(answer.stdout)["messages"]:
            if is_error(message):
                found.setdefault(message["message"], []).append(self._place(message))
        return [f"{what} ({len(places)} times) {places[0]}" for what, places in found.items()]

    def _place(self, message: dict[str, Any]) -> str:
        url = self.urls.get(Path(urlsplit(message.get("url", "")).path).name, "?")
        extract = " ".join(str(message.get("extract", "")).split())
        return f"{url} … {extract[:160]}"


def is_error(message: dict[str, Any]) -> bool:
    """Errors count, and warnings but for one; not remarks, such as on trailing slashes."""
    if message["message"] in OF_GOVUK:
        return False
    return message["type"] in ("error", "non-document-error") or message.get("subType") == "warning"


def axe_problems(page: Any, axe_source: str) -> list[str]:
    """What axe finds on the page that a Playwright window shows, one sentence each.

    The script goes in through the debugging protocol, so the page's CSP stays as it is.
    """
    page.evaluate(axe_source)
    result = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags},"
        " resultTypes: ['violations'], preload: false})",
        AXE_TAGS,
    )
    return [
        f"{page.url}: {violation['id']}: {violation['help']} … {node['html'][:160]}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]
