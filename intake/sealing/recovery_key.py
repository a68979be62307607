"""The recovery key on paper: eight numbered lines that can be printed, typed and checked."""

import hashlib
import re
from base64 import b32decode, b32encode
from binascii import Error as Base32Error

from intake.sealing.keypairs import MLKEM_SEED_SIZE, X25519_SIZE, PrivateKey, pair_from_private

LINES = 8
LINE_SIZE = (MLKEM_SEED_SIZE + X25519_SIZE) // LINES
CHECK_SIZE = 3  # bytes a line: a slip of the pen passes once in 16 million times
GROUP = 4
COMMENT = "#"


class BadRecoveryKey(Exception):  # noqa: N818
    """Raised if a recovery key was mistyped; ``line`` says where, 0 if it is not a key at all."""

    def __init__(self, line: int = 0) -> None:
        where = f"line {line} of the recovery key is mistyped" if line else "not a recovery key"
        super().__init__(f"{where}: it has {LINES} numbered lines, each of six groups of letters")
        self.line = line


def to_paper(key: PrivateKey) -> str:
    """A private key as eight lines of six groups of four; each line carries its own check."""
    lines = [f"{COMMENT} Intake recovery key {key.key_id}"]
    for number in range(1, LINES + 1):
        part = key.raw[(number - 1) * LINE_SIZE : number * LINE_SIZE]
        text = b32encode(part + _check(number, part)).decode()
        groups = [text[start : start + GROUP] for start in range(0, len(text), GROUP)]
        lines.append(f"{number}  {' '.join(groups)}")
    return "\n".join(lines) + "\n"


def from_paper(text: str) -> PrivateKey:
    """The private key that was typed: in any case and spacing, 0 for O and 8 for B allowed.

    Raises BadRecoveryKey with the number of the line that is wrong.
    """
    typed = [line for line in text.splitlines() if line.strip() and line.strip()[0] != COMMENT]
    if len(typed) != LINES:
        raise BadRecoveryKey
    raw = b"".join(_line(number, line) for number, line in enumerate(typed, start=1))
    return pair_from_private(raw)[1]


def _line(number: int, typed: str) -> bytes:
    text = re.sub(rf"^\s*{number}[\s.:)]+", "", typed)
    text = re.sub(r"[\s-]", "", text).upper().replace("0", "O").replace("8", "B")
    try:
        decoded = b32decode(text)
    except Base32Error as error:
        raise BadRecoveryKey(number) from error
    part, check = decoded[:LINE_SIZE], decoded[LINE_SIZE:]
    if len(decoded) != LINE_SIZE + CHECK_SIZE or check != _check(number, part):
        raise BadRecoveryKey(number)
    return part


def _check(number: int, part: bytes) -> bytes:
    return hashlib.sha256(b"intake-recovery-key" + bytes([number]) + part).digest()[:CHECK_SIZE]
