"""The virus scanner: only a clear answer counts."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from intake.files import scanning
from intake.files.scanning import NotScanned, VirusFound, problem, scan
from tests.intake.files.scanner import Scanner

EICAR = b"pieces of the test file that every scanner knows"


@pytest.fixture
def scanner(request: pytest.FixtureRequest) -> Iterator[Callable[..., tuple[Scanner, str]]]:
    listener = socket.create_server(("127.0.0.1", 0))
    begun: list[Scanner] = []

    def start(answer: bytes | None, *, reads: bool = True) -> tuple[Scanner, str]:
        begun.append(Scanner(listener, answer, reads=reads))
        return begun[-1], f"tcp://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for each in begun:
        each.thread.join(10)
    listener.close()


Start = Callable[..., tuple[Scanner, str]]


def test_a_clean_file_was_sent_whole(scanner: Start) -> None:
    fake, address = scanner(b"stream: OK\0")
    scan([EICAR, b"x" * 300_000, b"", EICAR], address)
    fake.thread.join(10)
    assert fake.received == EICAR + b"x" * 300_000 + EICAR


def test_what_is_found_is_refused(scanner: Start) -> None:
    _, address = scanner(b"stream: Eicar-Test-Signature FOUND\0")
    with pytest.raises(VirusFound):
        scan([EICAR], address)


@pytest.mark.parametrize(
    "answer",
    [
        b"INSTREAM size limit exceeded. ERROR\0",
        b"stream: OK",  # cut off
        b"",
        b"\xff\xfe garbage \0",
        b"HTTP/1.1 200 OK\r\n\r\n\0",
        b"stream: OK FOUND OK\0",
        b"x" * 10_000,
    ],
)
def test_any_other_answer_means_that_the_file_was_not_scanned(
    scanner: Start, answer: bytes
) -> None:
    _, address = scanner(answer)
    with pytest.raises(NotScanned):
        scan([EICAR], address)


def test_a_scanner_that_hangs_or_hangs_up_has_not_scanned(
    scanner: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "TIME_LIMIT", 0.1)
    _, address = scanner(None)
    with pytest.raises(NotScanned):
        scan([EICAR], address)
    _, address = scanner(b"", reads=False)
    with pytest.raises(NotScanned):
        scan([b"x" * 100_000] * 100, address)


def test_a_scanner_that_is_not_there_has_not_scanned(tmp_path: Path) -> None:
    for address in ("tcp://127.0.0.1:1", f"unix:{tmp_path / 'none.sock'}"):
        with pytest.raises(NotScanned):
            scan([EICAR], address)
        assert "INTAKE_CLAMD_URL" in problem(address)


def test_a_scanner_is_reached_by_a_socket_of_the_machine(tmp_path: Path) -> None:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "clamd"))
    listener.listen()
    fake = Scanner(listener, b"stream: OK\0")
    scan([EICAR], f"unix:{tmp_path / 'clamd'}")
    fake.thread.join(10)
    listener.close()


def test_whether_the_scanner_answers_can_be_asked(scanner: Start) -> None:
    assert problem(scanner(b"PONG\0")[1]) == ""
    assert "not clamd" in problem(scanner(b"220 mail.example.org\0")[1])
