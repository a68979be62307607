"""The demonstration's web server and worker, as threads of one process, stopped by a signal."""

import signal
import socket
import threading
from types import FrameType

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from intake.worker import run_forever


class QuietHandler(WSGIRequestHandler):
    """Werkzeug would log each address, and a weblink's address is its key."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: the application's own log has the request without its secrets."""


def listening_socket(port: int) -> socket.socket:
    """A listening socket on this machine; port 0 takes a free one. Raises OSError if taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(128)
    return listener


class DemoServer:
    """Serves an application and works off its outbox until it is told to stop."""

    def __init__(self, app: Flask, listener: socket.socket) -> None:
        self.app = app
        self.stopping = threading.Event()
        self.server: BaseWSGIServer = make_server(
            "127.0.0.1",
            listener.getsockname()[1],
            app,
            threaded=True,
            request_handler=QuietHandler,
            fd=listener.fileno(),
        )
        self.threads = (
            threading.Thread(target=self.server.serve_forever, name="server", daemon=True),
            threading.Thread(
                target=run_forever, args=(app, self.stopping), name="worker", daemon=True
            ),
        )

    def start(self) -> None:
        """Start both threads, and stop them on SIGTERM and SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        for thread in self.threads:
            thread.start()

    def wait(self) -> None:
        """Serve until a signal comes, then let what is under way finish."""
        self.stopping.wait()
        self.server.shutdown()
        for thread in self.threads:
            thread.join(timeout=5)
        self.server.server_close()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping.set()
