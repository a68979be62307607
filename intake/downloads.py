"""A stored file as an answer: to be saved, never to run or to be shown as a page of ours."""

from collections.abc import Iterator

from flask import Response, stream_with_context

from intake.services.stored_files import StoredFile

#: Were it opened in a browser all the same, nothing in it could run or load anything.
SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"


def download(file: StoredFile, pieces: Iterator[bytes]) -> Response:
    """The file under its own name, piece by piece."""
    response = Response(stream_with_context(pieces), mimetype=file.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=file.name)
    response.headers["Content-Security-Policy"] = SANDBOX
    response.content_length = file.size
    return response
