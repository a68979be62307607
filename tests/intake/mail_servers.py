"""Mail servers that misbehave as told: SMTP by hand, and GOV.UK Notify over HTTP."""

import base64
import hashlib
import hmac
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

SERVICE = "26785a09-ab16-4eb0-8407-a37497a57506"
SECRET = "3d844edf-8d35-48ac-975b-e847b4f122b0"
API_KEY = f"a-key-{SERVICE}-{SECRET}"
TEMPLATE = "f33517ff-2a88-4f6e-b855-c550268ce08a"
PER_PAGE = 2  # of Notify's list; it has 250


@dataclass
class Mailbox:
    """What arrived, and what to do at the next conversations: one word each, then all is well."""

    moods: list[str] = field(default_factory=list)
    arrived: list[Any] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    failed: list[dict[str, str]] = field(default_factory=list)  # at Notify, newest first
    list_moods: list[str] = field(default_factory=list)

    def mood(self) -> str:
        return self.moods.pop(0) if self.moods else "good"


class SmtpLines(socketserver.StreamRequestHandler):
    """Lines said and read."""

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())

    def message(self) -> bytes:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        return b"".join(lines)


def until_given_up(conversation: socketserver.StreamRequestHandler) -> None:
    """Say nothing until the other side has waited long enough and hangs up."""
    conversation.rfile.read()


def smtp_conversation(mailbox: Mailbox) -> type[socketserver.BaseRequestHandler]:
    class Conversation(SmtpLines):
        def handle(self) -> None:
            mood = mailbox.mood()
            if mood == "silent":
                until_given_up(self)
                return
            self.say("220 here")
            while line := self.rfile.readline():
                command = line.split()[0].upper() if line.split() else b""
                if command == b"DATA":
                    self.say("354 go on")
                    mailbox.arrived.append(self.message())
                    if mood == "slow after data":
                        until_given_up(self)
                    if mood.endswith("after data"):
                        return
                    self.say("250 accepted")
                elif command == b"QUIT":
                    self.say("421 leaving early" if mood == "odd goodbye" else "221 bye")
                    return
                else:
                    self.say("250 fine")

    return Conversation


@contextmanager
def smtp_server(mailbox: Mailbox) -> Iterator[str]:
    """An SMTP server; its mail URL."""
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), smtp_conversation(mailbox))
    server.daemon_threads = True
    with serving(server):
        yield f"smtp://127.0.0.1:{server.server_address[1]}"


def notify_conversation(mailbox: Mailbox) -> type[BaseHTTPRequestHandler]:  # noqa: C901
    class Conversation(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            mailbox.asked.append(self.path)
            mailbox.tokens.append(self.headers["Authorization"])
            asked = parse_qs(urlsplit(self.path).query)
            if "status" in asked:
                self.list_failed(asked)
                return
            (reference,) = asked["reference"]
            found = [
                {"reference": reference, "status": status}
                for one, status in mailbox.arrived
                if one["reference"] == reference
            ]
            self.answer(200, {"notifications": found, "links": {}})

        def list_failed(self, asked: dict[str, list[str]]) -> None:
            assert asked["status"] == ["failed"]
            mood = mailbox.list_moods.pop(0) if mailbox.list_moods else "good"
            if mood in ERRORS:
                status, error, message = ERRORS[mood]
                self.answer(status, {"errors": [{"error": error, "message": message}]})
                return
            if mood == "slow":
                until_given_up(self)
                self.connection.close()
                return
            ids = [one["id"] for one in mailbox.failed]
            last = asked.get("older_than", [""])[0] if mood != "repeats" else ""
            begin = ids.index(last) + 1 if last in ids else 0
            page = mailbox.failed[begin : begin + PER_PAGE]
            self.answer(200, {"notifications": page, "links": {}}, is_cut=mood == "half")

        def do_POST(self) -> None:
            mood = mailbox.mood()
            mailbox.tokens.append(self.headers["Authorization"])
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if mood in ERRORS:
                status, error, message = ERRORS[mood]
                self.answer(status, {"errors": [{"error": error, "message": message}]})
                return
            if mood == "moved":
                self.send_response(302)
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.end_headers()
                return
            mailbox.arrived.append((asked, "sending"))
            if mood == "slow":
                until_given_up(self)
            if mood in ("cut before answer", "slow"):
                self.connection.close()
                return
            if mood == "cut after headers":
                self.send_response(201)
                self.send_header("Content-Length", "1000")
                self.end_headers()
                return
            self.answer(201, {"id": "740e5834-3a29-46b4-9a6f-16142fde533a"})

        def answer(self, status: int, body: Any, *, is_cut: bool = False) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if is_cut else content)

        def log_message(self, *_words: Any) -> None:
            """Say nothing."""

    return Conversation


ERRORS = {
    "wrong address": (400, "ValidationError", "email_address Not a valid email address"),
    "no template": (400, "BadRequestError", "Template not found"),
    "bad key": (403, "AuthError", "Invalid token: API key not found"),
    "too many": (429, "RateLimitError", "Exceeded rate limit"),
    "broken": (500, "Exception", "Internal server error"),
}


@contextmanager
def notify_server(mailbox: Mailbox) -> Iterator[str]:
    """A stand-in for GOV.UK Notify; its mail URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), notify_conversation(mailbox))
    with serving(server):
        yield f"notify+http://127.0.0.1:{server.server_address[1]}?template={TEMPLATE}"


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def claims_of(header: str) -> dict[str, Any]:
    """The claims of a Bearer token, after its signature was checked."""
    head, claims, signature = header.removeprefix("Bearer ").split(".")
    expected = hmac.new(SECRET.encode(), f"{head}.{claims}".encode(), hashlib.sha256).digest()
    assert hmac.compare_digest(decoded(signature), expected)
    assert json.loads(decoded(head)) == {"typ": "JWT", "alg": "HS256"}
    found: dict[str, Any] = json.loads(decoded(claims))
    return found


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
