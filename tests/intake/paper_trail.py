"""A form that asks for files, and a browser without JavaScript that sends them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.intake import food_parcel as fp
from tests.journeys.html_contract import Page, read_page

FILE: dict[str, Any] = {"type": "string", "format": "file"}
FORM: dict[str, Any] = {
    "$id": "paper-trail",
    "title": "Send us your papers",
    "type": "object",
    "required": ["photo"],
    "properties": {
        "photo": {**FILE, "title": "A photo of you", "x-ui": {"accept": ["image"]}},
        "letters": {
            "type": "array",
            "items": FILE,
            "maxItems": 2,
            "title": "Letters from the school",
            "x-ui": {"max_size": "100KB"},
        },
        "note": {"type": "string", "title": "Anything else?", "maxLength": 9},
        "more": {"type": "string", "title": "Is that all?"},
    },
    "x-form": {
        "version": "1.0.0",
        "reference_prefix": "PT",
        "audience": ["public"],
        "pages": [
            {"id": "papers", "title": "Your papers", "questions": ["photo", "letters", "note"]},
            {"id": "more", "questions": ["more"]},
        ],
        "link": {"expires": "P14D", "uses": 1, "verify": "none"},
        "retention": {"draft": "P7D", "submission": "P1Y"},
    },
}
RULES = {**fp.RULES, "form": "paper-trail", "rules": []}

Sent = tuple[str, bytes]  # the name and the content of a file


def part(sent: Sent) -> FileStorage:
    """A file as a part of what is posted."""
    return FileStorage(io.BytesIO(sent[1]), filename=sent[0])


def picture(colour: str = "red", size: tuple[int, int] = (40, 30)) -> bytes:
    """A small PNG."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


@dataclass
class Sender:
    """Somebody who fills in the form on a page that stands open."""

    client: FlaskClient
    page: Page

    def send(self, action: str = "continue", **fields: str | Sent | list[Sent]) -> Page:
        """Press a button of the page, with what was typed and chosen."""
        return self.arrive(self.post(action, **fields))

    def post(self, action: str = "continue", **fields: str | Sent | list[Sent]) -> TestResponse:
        """The same, without following where it leads."""
        data: dict[str, Any] = {**dict(self.page.hidden), "action": action}
        for name, value in fields.items():
            chosen = value if isinstance(value, list) else [value]
            data[name] = [one if isinstance(one, str) else part(one) for one in chosen]
        return self.post_parts(data)

    def post_parts(self, data: dict[str, Any]) -> TestResponse:
        """Post these fields and files, in parts as a browser does."""
        boundary, body = encode_multipart(data)  # the client itself would use a temporary file
        kind = f"multipart/form-data; boundary={boundary}"
        return self.client.post(self.page.url, data=body, content_type=kind)

    def arrive(self, answer: TestResponse) -> Page:
        """Follow the answer, and look at the page that it leads to."""
        url = answer.request.path
        while answer.status_code in (302, 303):
            url = answer.location
            answer = self.client.get(url)
        self.page = read_page(f"http://localhost{url}", answer.status_code, answer.text)
        return self.page

    def open(self, page_id: str) -> Page:
        """Another page of the same draft."""
        return self.arrive(self.client.get(f"{self.draft}/{page_id}"))

    @property
    def draft(self) -> str:
        """The address that the draft's pages begin with."""
        return self.page.url.removeprefix("http://localhost").rpartition("/")[0]

    @property
    def files(self) -> list[str]:
        """The names of the files on the page, with their sizes."""
        rows = BeautifulSoup(self.page.html, "html.parser").select(".intake-files__file > span")
        return [" ".join(row.text.split()) for row in rows]

    @property
    def removals(self) -> list[str]:
        """The buttons that take a file away."""
        return [one for one in self.page.buttons if one.startswith("remove-")]


def begin(app: Flask) -> Sender:
    """Publish the form, and come to its page of files."""
    with app.app_context():
        fp.publish(FORM, RULES)
        link = fp.a_link("paper-trail")
    client = app.test_client()
    page = read_page("", 200, client.get(link.url).text)
    sender = Sender(client, page)
    sender.arrive(client.post(link.url, data=dict(page.hidden)))
    return sender if sender.page.url.endswith("/papers") else _start(sender)


def _start(sender: Sender) -> Sender:
    sender.send("continue")
    return sender
