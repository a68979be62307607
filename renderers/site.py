"""What every page of one installation has in common."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Site:
    """The product's name and where its static files are; ``version`` busts the browser's cache."""

    name: str = "Intake"
    static_url: str = "/static"
    version: str = ""

    def asset(self, path: str) -> str:
        """The address of a static file: ``/static/intake.css?v=1a2b3c``."""
        address = f"{self.static_url.rstrip('/')}/{path}"
        return f"{address}?v={self.version}" if self.version else address
