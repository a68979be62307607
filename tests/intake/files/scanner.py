"""A virus scanner for tests, which speaks clamd's protocol."""

import socket
from threading import Thread


class Scanner:
    """A clamd that answers as it is told."""

    def __init__(
        self, listener: socket.socket, answer: bytes | None, *, reads: bool = True
    ) -> None:
        self.listener, self.answer, self.reads = listener, answer, reads
        self.received = b""
        self.thread = Thread(target=self.serve)
        self.thread.start()

    def serve(self) -> None:
        connection, _ = self.listener.accept()
        with connection:
            connection.settimeout(5)
            if self.reads:
                self.read_stream(connection)
            if self.answer is None:  # it hangs until the other side gives up
                while connection.recv(65536):
                    pass
            else:
                connection.sendall(self.answer)

    def read_stream(self, connection: socket.socket) -> None:
        stream = connection.makefile("rb")
        command = b""
        while not command.endswith(b"\0"):
            command += stream.read(1)
        assert command in (b"zINSTREAM\0", b"zPING\0")
        while command == b"zINSTREAM\0" and (size := int.from_bytes(stream.read(4), "big")):
            self.received += stream.read(size)
