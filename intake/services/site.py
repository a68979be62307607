"""Name and assets of this installation's pages."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import current_app

from renderers import Site


def site() -> Site:
    """Name and assets of this installation's pages."""
    return Site(name="Intake", static_url="/static", version=_assets_version(_static_folder()))


def _static_folder() -> Path:
    return Path(current_app.static_folder or "")


@cache
def _assets_version(folder: Path) -> str:
    """A digest of the static files: browsers keep each for a year under its address."""
    digest = sha256()
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        digest.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return digest.hexdigest()[:10]
