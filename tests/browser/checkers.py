"""The Nu HTML checker and axe, as functions that answer with sentences."""

import hashlib
import json
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.browser.page_parts import PARTS, SeenParts

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# govuk-frontend writes it for older screen readers, and its markup is kept as it is
OF_GOVUK = ("The “group” role is unnecessary for element “fieldset”.",)

# it lives for seconds: less compiling and no second thread for tidying up are worth more
JAVA_OPTIONS = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xss2m")

MADE_ANEW = re.compile(r"[0-9a-f]{16,}")  # ids and tokens: nothing else differs between two visits


@dataclass
class HtmlCollection:
    """Pages collected for one call of the checker: it takes seconds to start."""

    java: Path
    jar: Path
    folder: Path
    urls: dict[str, str] = field(default_factory=dict)
    known: set[bytes] = field(default_factory=set)
    added: int = 0
    calls: int = 0

    def add(self, url: str, html: str) -> None:
        """Keep a page for checking, unless the same one was kept already."""
        self.added += 1
        digest = hashlib.sha256(MADE_ANEW.sub("0", html).encode()).digest()
        if digest in self.known:
            return
        self.known.add(digest)
        name = f"{len(self.urls):04d}.html"
        self.waiting.mkdir(exist_ok=True)
        (self.waiting / name).write_text(html, "utf-8")
        self.urls[name] = url

    @property
    def waiting(self) -> Path:
        """The folder of the pages that no call has checked yet."""
        return self.folder / str(self.calls)

    def problems(self) -> list[str]:
        """One sentence for each kind of error and warning on pages added since the last call."""
        if not self.waiting.exists():
            return []
        folder = self.waiting
        self.calls += 1
        answer = subprocess.run(
            [self.java, *JAVA_OPTIONS, "-jar", self.jar, "--format", "json", "--stdout", folder],
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


seen_parts = SeenParts()


def axe_problems(page: Any, axe_source: str) -> list[str]:
    """What axe finds on the page that a Playwright window shows, one sentence each.

    Axe takes a second for a page, so it looks only at a page with a part that it has not seen yet:
    see ``tests.browser.page_parts``. The script goes in through the debugging protocol, so the
    page's CSP stays as it is, and directly: Playwright's own ``evaluate`` takes twice as long.
    """
    parts = page.evaluate(PARTS)
    if seen_parts.has_all(parts):
        return []
    session = page.context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": f"{axe_source}\n;0"})
    session.detach()
    violations = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags},"
        " resultTypes: ['violations'], preload: false}).then(found => found.violations)",
        AXE_TAGS,
    )
    if not violations:
        seen_parts.add(parts)
    return [
        f"{page.url}: {violation['id']}: {violation['help']} … {node['html'][:160]}"
        for violation in violations
        for node in violation["nodes"]
    ]
