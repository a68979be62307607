"""A stored file as an answer: to be saved, never to run or to be shown as a page of ours."""

import unicodedata
from collections.abc import Iterator
from urllib.parse import quote

from flask import Response, stream_with_context

from intake.services.stored_files import StoredFile

#: Were it opened in a browser all the same, nothing in it could run or load anything.
SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"


def download(file: StoredFile, pieces: Iterator[bytes]) -> Response:
    """The file under its own name, piece by piece."""
    response = Response(stream_with_context(pieces), mimetype=file.media_type)
    response.headers.set("Content-Disposition", "attachment", **_names(file.name))
    response.headers["Content-Security-Policy"] = SANDBOX
    response.content_length = file.size
    return response


def _names(name: str) -> dict[str, str]:
    """The name as a header can carry it: servers refuse one with other than Western letters.

    Source: RFC 6266, appendix D: a plain name for all, and the real one where it is another.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    if plain == name:
        return {"filename": name}
    stem, _, extension = plain.rpartition(".")
    return {
        "filename": f"{stem.strip() or 'file'}.{extension}",
        "filename*": f"UTF-8''{quote(name, safe='')}",
    }
