"""Files made harmless, in a process that can do nothing else."""

import io
import subprocess
import sys
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Literal

import pikepdf
import pytest
from PIL import Image

from intake.files import sanitising
from intake.files.inspecting import file_type
from intake.files.sanitising import Busy, Unreadable, sanitise
from tests.intake.files import hostile
from tests.intake.files.hostile import SECRET

PHOTO = hostile.photograph()


def sanitised(content: bytes) -> bytes:
    """A file after it was cleaned as what its content says that it is."""
    found = file_type(content)
    assert found
    out: list[bytes] = []
    sanitise([content], found.media_type, out.append, at_once=2)
    return b"".join(out)


def test_a_photograph_is_turned_upright_and_tells_no_place() -> None:
    cleaned = sanitised(hostile.photograph((600, 400)))
    with Image.open(io.BytesIO(cleaned)) as picture:
        assert picture.size == (400, 600)  # the orientation was applied
        assert not picture.getexif()
        assert "comment" not in picture.info
        red, _, blue = picture.getpixel((200, 30))
        assert red > 200 > 50 > blue
    assert SECRET not in cleaned


@pytest.mark.parametrize(
    ("name", "becomes"), [("JPEG", "JPEG"), ("PNG", "PNG"), ("GIF", "PNG"), ("WEBP", "WEBP")]
)
def test_an_image_is_painted_anew(name: str, becomes: str) -> None:
    cleaned = sanitised(hostile.image(name) + b"PK\x03\x04 something behind it")
    with Image.open(io.BytesIO(cleaned)) as picture:
        assert picture.format == becomes
        assert picture.size == (60, 40)
    assert b"something behind" not in cleaned


def test_a_gif_that_is_html_becomes_a_picture_and_nothing_else() -> None:
    content = hostile.gif_that_is_html()
    assert hostile.SCRIPT in content
    assert b"script" not in sanitised(content)


def test_what_can_be_seen_through_stays_so() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (10, 10), (255, 0, 0, 40)).save(out, "PNG")
    with Image.open(io.BytesIO(sanitised(out.getvalue()))) as picture:
        assert picture.getpixel((5, 5)) == (255, 0, 0, 40)


def test_a_very_large_photograph_is_made_smaller() -> None:
    with Image.open(io.BytesIO(sanitised(hostile.image(size=(9000, 3000))))) as picture:
        assert picture.size == (4096, 1365)


def test_a_panorama_of_a_phone_is_no_bomb() -> None:
    out = io.BytesIO()
    Image.new("L", (65_000, 800)).save(out, "JPEG")  # 52 million pixels
    with Image.open(io.BytesIO(sanitised(out.getvalue()))) as picture:
        assert picture.size == (4096, 50)


def test_a_png_that_moves_is_a_png() -> None:
    out = io.BytesIO()
    first, second = Image.new("1", (4, 4)), Image.new("1", (4, 4), 1)
    first.save(out, "PNG", save_all=True, append_images=[second])
    found = file_type(out.getvalue())
    assert found
    assert (found.media_type, found.becomes) == ("image/png", "image/png")


def test_a_pdf_keeps_its_pages_and_loses_what_acts_and_tells() -> None:
    cleaned = sanitised(hostile.pdf())
    with pikepdf.open(io.BytesIO(cleaned)) as document:
        assert len(document.pages) == 1
        assert len(document.pages[0].Annots) == 5
        assert document.pages[0].Annots[-1].Contents == "See page 2"
        assert not document.attachments
        assert "/OpenAction" not in document.Root
        assert document.trailer.get("/Info") is None
    for word in (b"alert", b"JavaScript", b"Launch", b"tracker", b"XFA", b"setup", SECRET):
        assert word not in cleaned
        assert word not in unpacked(cleaned)


def unpacked(content: bytes) -> bytes:
    """A PDF with nothing compressed in it."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as document:
        document.save(
            out,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.all,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
    return out.getvalue()


def test_a_pdf_fetches_nothing_for_what_it_draws() -> None:
    elsewhere = pikepdf.Dictionary(Type=pikepdf.Name.Filespec, F=pikepdf.String("//far/away.pdf"))
    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        drawn = document.make_stream(b"q Q", F=elsewhere, FFilter=pikepdf.Name.FlateDecode)
        form = document.make_stream(b"", Ref=pikepdf.Dictionary(F=elsewhere, Page=0), OPI=elsewhere)
        page = document.pages[0].obj
        page.Contents = drawn
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=form))
        document.save(out)
    assert b"away" not in unpacked(sanitised(out.getvalue()))


@pytest.mark.parametrize("is_packed", [False, True])
def test_a_photograph_in_a_pdf_tells_no_place_and_looks_the_same(is_packed: bool) -> None:
    photo = hostile.photograph() + SECRET
    content = hostile.album(photo, "DCTDecode")
    if is_packed:
        content = hostile.album(zlib.compress(photo), "FlateDecode", "DCTDecode")
    else:
        assert SECRET in content
    with pikepdf.open(io.BytesIO(sanitised(content))) as document:
        cleaned = document.pages[0].Resources.XObject.X.read_raw_bytes()
    assert SECRET not in cleaned
    assert b"Exif" not in cleaned
    with Image.open(io.BytesIO(photo)) as before, Image.open(io.BytesIO(cleaned)) as after:
        assert after.tobytes() == before.tobytes()


@pytest.mark.parametrize("revision", [3, 4, 6])
@pytest.mark.parametrize("make", [hostile.pdf, partial(hostile.album, PHOTO, "DCTDecode")])
def test_a_letter_that_is_locked_against_changes_is_cleaned_like_any_other(
    make: Callable[[], bytes], revision: Literal[3, 4, 6]
) -> None:
    locked = pikepdf.Encryption(owner="one", R=revision, aes=revision > 3, metadata=revision > 3)
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(make())) as document:
        document.save(out, encryption=locked)
    cleaned = sanitised(out.getvalue())
    assert SECRET not in unpacked(cleaned)
    assert b"alert" not in unpacked(cleaned)
    with pikepdf.open(io.BytesIO(cleaned)) as document:
        assert not document.is_encrypted
        assert len(document.pages) == 1


def locked_pdf() -> bytes:
    return hostile.pdf(encryption=pikepdf.Encryption(owner="one", user="two"))


@pytest.mark.parametrize(
    "content",
    [
        hostile.photograph()[:300],
        b"\xff\xd8\xff\xe0" + b"not a photograph at all" * 10,
        b"%PDF-1.7\n" + hostile.SCRIPT,
        hostile.pdf()[:200],
        hostile.pdf()[:-300],
        locked_pdf(),
        hostile.picture_bomb(),
        hostile.pdf_bomb(),
    ],
    ids=[
        *("cut", "only a beginning", "pdf in name", "cut pdf", "pdf without its end", "locked pdf"),
        *("bomb", "pdf bomb"),
    ],
)
def test_what_cannot_be_read_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        sanitised(content)


@pytest.mark.parametrize(
    "content",
    [
        hostile.SVG,
        hostile.SCRIPT,
        hostile.zip_bomb(),
        b"MZ\x90\x00",
        b"words",
        b"%!PS",
        b"",
        b"II*",
    ],
)
def test_a_type_that_is_not_on_the_list_is_not_taken(content: bytes) -> None:
    assert file_type(content) is None


def test_a_file_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sanitising, "TIME_LIMIT", 0)
    with pytest.raises(Unreadable):
        sanitised(hostile.photograph())


def test_no_more_files_are_cleaned_at_once_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sanitising, "LONGEST_WAIT", 0.01)
    begun, go_on = Event(), Event()

    def slow() -> object:
        begun.set()
        go_on.wait(10)
        yield hostile.photograph()

    def clean(pieces: object) -> None:
        sanitise(pieces, "image/jpeg", lambda _block: None, at_once=1)  # type: ignore[arg-type]

    first = Thread(target=clean, args=(slow(),))
    first.start()
    begun.wait(10)
    with pytest.raises(Busy):
        clean([hostile.photograph()])
    go_on.set()
    first.join()
    clean([hostile.photograph()])


PROBE = """
import os, resource, socket, sys
sys.path.insert(0, sys.argv[1])
from importlib import import_module
main = import_module("runpy").run_path(sys.argv[1] + "/__main__.py")
main["give_up_rights"]()
for name, attempt in (
    ("file", lambda: open("/etc/hostname")),
    ("socket", lambda: socket.socket()),
    ("fork", lambda: os.fork()),
    ("memory", lambda: bytearray(2 * 1024**3)),
):
    try:
        attempt()
    except (OSError, MemoryError):
        continue
    print(name)
"""


def test_the_process_can_open_nothing_and_has_no_secrets() -> None:
    sandbox = Path(sanitising.CHILD)
    done = subprocess.run(
        [sys.executable, "-I", "-c", PROBE, str(sandbox)], capture_output=True, check=True, env={}
    )
    allowed = set(done.stdout.decode().split())
    assert allowed <= {"fork"}  # the superuser may always fork
