"""A small form with file questions, and uploads to it."""

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from flask import Flask

from intake.app_state import clock
from intake.files.receiving import Received
from intake.files.sanitising import sanitise
from intake.services.drafts import load_draft, save_answers, start_draft
from intake.services.files import receive_file
from intake.services.publishing import publish_form
from intake.services.sealed_drafts import Draft
from intake.services.stored_files import StoredFile
from tests.intake.files import hostile

MOST = 12 * 1024 * 1024
FORM: dict[str, Any] = {
    "$id": "photo-album",
    "title": "Show us the damage",
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "title": "Your name"},
        "photos": {
            "type": "array",
            "items": {"type": "string", "format": "file"},
            "title": "Photographs",
            "x-ui": {"max_size": "12MB"},
        },
        "letter": {"type": "string", "format": "file", "title": "A letter"},
    },
    "x-form": {
        "version": "1.0.0",
        "reference_prefix": "PA",
        "audience": ["public"],
        "pages": [
            {"id": "name", "questions": ["name"]},
            {"id": "files", "title": "Files", "questions": ["photos", "letter"]},
        ],
        "link": {"expires": "P14D", "uses": 1, "verify": "none"},
        "retention": {"draft": "P7D", "submission": "P1Y"},
    },
}
RULES: dict[str, Any] = {
    "form": "photo-album",
    "version": "1.0.0",
    "rules": [],
    "fallback": {
        "team": "duty-desk",
        "urgency": "routine",
        "acknowledge_within": "1 working day",
        "why": "All for the duty desk.",
    },
}
ALL_DONE = frozenset({"name", "files"})


def publish() -> None:
    """Publish the form."""
    publish_form(json.dumps(FORM), "photo-album.json", rules_text=json.dumps(RULES))


def a_draft() -> Draft:
    """A fresh draft of the form."""
    opened = start_draft("photo-album", now=clock())
    return load_draft(opened.draft_id, opened.key, clock())


def answered(draft: Draft, answers: Mapping[str, Any]) -> Draft:
    """The draft, complete, with these answers."""
    return save_answers(draft, {"name": "Made Up", **answers}, done=ALL_DONE, now=clock())


@contextmanager
def uploaded(content: bytes, name: str = "photo.jpg", largest: int = MOST) -> Iterator[Received]:
    """A file as it comes off a request."""
    received = Received(name, largest)
    stream = io.BytesIO(content)
    while part := stream.read(65536):
        received.write(part)
    received.seek(0)
    try:
        yield received
    finally:
        received.discard()


def send(
    draft: Draft, content: bytes | None = None, name: str = "photo.jpg", **limits: Any
) -> StoredFile:
    """Send one file into a draft."""
    limits = {"kinds": ("image", "pdf"), "max_size": MOST} | limits
    with uploaded(hostile.photograph() if content is None else content, name) as received:
        return receive_file(draft, received, now=clock(), **limits)


def blobs(app: Flask) -> list[str]:
    """Everything that lies in the blob store, half-written things included."""
    folder = app.extensions["intake"].blobs.folder
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def clean_once(
    pieces: Iterable[bytes], media_type: str, write: Callable[[bytes], None], *, at_once: int
) -> None:
    """In place of ``sanitise``, where cleaning is not what is tested: it starts a process for each
    file, and the same photograph comes out the same."""
    write(_cleaned(b"".join(pieces), media_type, at_once))


@cache
def _cleaned(content: bytes, media_type: str, at_once: int) -> bytes:
    clean: list[bytes] = []
    sanitise([content], media_type, clean.append, at_once=at_once)
    return b"".join(clean)
