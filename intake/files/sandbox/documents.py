"""PDFs without anything that acts, fetches, plays, hides or tells who wrote it, or where."""

import io
import re
import zlib
from collections.abc import Iterator
from typing import Any, cast

import pikepdf
from pikepdf import sanitize

#: Keys that make something happen, or bring something along.
ACTIVE = (
    *("/AA", "/AF", "/Collection", "/EF", "/EmbeddedFiles", "/GoToE", "/GoToR", "/JavaScript"),
    *("/JS", "/Launch", "/Movie", "/OpenAction", "/RichMediaContent", "/RichMediaSettings"),
    *("/Rendition", "/Renditions", "/Requirements", "/Sound", "/SubmitForm", "/URI", "/XFA"),
    "/3DD",
)
#: Keys by which a stream says that its data lie in another file, perhaps on another machine.
ELSEWHERE = ("/F", "/FDecodeParms", "/FFilter", "/OPI", "/Ref")
TELLING = ("/CreatorInfo", "/LastModified", "/Metadata", "/PieceInfo", "/SpiderInfo", "/Thumb")
#: Kinds of action that are taken out. ``/GoTo``, a jump within the document, is left.
ACTIONS = frozenset(
    (
        *("/GoTo3DView", "/GoToE", "/GoToR", "/Hide", "/ImportData", "/JavaScript", "/Launch"),
        *("/Movie", "/Named", "/Rendition", "/ResetForm", "/RichMediaExecute", "/SetOCGState"),
        *("/Sound", "/SubmitForm", "/Thread", "/Trans", "/URI"),
    )
)

MOST_UNPACKED = 1024 * 1024 * 1024  # bytes of all streams together: a hundred scanned pages
MOST_IN_ONE = 128 * 1024 * 1024  # bytes of a stream that is no picture
MOST_PIXELS = 250_000_000  # as of a photograph that comes by itself
BLOCK = 1024 * 1024

#: Segments of a JPEG: Exif with the place, XMP, previews, the comment. Not JFIF (0xE0) and Adobe
#: (0xEE), which say how the colours are meant. Source: ISO/IEC 10918-1, annex B.
_TELLING = frozenset(range(0xE1, 0xF0)) - {0xEE} | {0xFE}
_BEGINS, _END, _SCAN, _LENGTH_SIZE = 0xFF, 0xD9, 0xDA, 2
_MARKER_IN_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


class NotTaken(Exception):  # noqa: N818
    """Raised for a PDF that is cut off, empty, too large unpacked, or still active."""


def clean(content: bytes, _media_type: str = "") -> bytes:
    """The pages, their text and their form fields. Raises NotTaken, and what pikepdf raises.

    Many official letters are locked against printing or copying and open without a password: they
    come out unlocked. Raises PasswordError for one that has to be opened with a password.
    """
    if _is_cut_off(content):
        raise NotTaken
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        if not len(pdf.pages):
            raise NotTaken
        _sanitizer().apply(pdf)
        if "/Info" in pdf.trailer:
            del pdf.trailer["/Info"]
        for thing in pdf.objects:
            _scrub(thing)
        _take_out_metadata(pdf)
        # no id of the moment: who sends a page twice is to have each file once
        pdf.save(out, encryption=False, fix_metadata_version=False, deterministic_id=True)
    with pikepdf.open(io.BytesIO(out.getvalue())) as again:
        if any(_is_active(thing) for thing in again.objects):
            raise NotTaken
        _check_size(again)
    return out.getvalue()


def rehearse() -> None:
    """Clean an empty page: that loads what the library loads only when it comes to it.

    It is locked, with RC4 and with AES: a crypto library looks for its parts when they are needed.
    """
    for revision in (3, 4):
        sample = io.BytesIO()
        with pikepdf.new() as pdf:
            pdf.add_blank_page()
            locked = pikepdf.Encryption(
                owner="rehearsal", R=revision, metadata=False, aes=revision > 3
            )
            pdf.save(sample, encryption=locked)
        clean(sample.getvalue())


def _is_cut_off(content: bytes) -> bool:
    """Whether objects come after the last end of a file: some are missing then, perhaps pages.

    The library would put together what is left, and nobody would know of the rest.
    """
    return content.rfind(b"%%EOF") < content.rfind(b" obj")


def _sanitizer() -> sanitize.Sanitizer:
    return (
        sanitize.Sanitizer()
        .remove_javascript()
        .remove_external_access()
        .remove_attachments()
        .remove_multimedia()
        .remove_collection()
        .remove_private_app_data()
        .remove_web_capture()
        .remove_thumbnails()
    )


def _scrub(thing: Any) -> None:
    """Take out what acts or tells, wherever it hangs: the library knows the usual places."""
    for part in _dictionaries(thing):
        for key in (*ACTIVE, *TELLING, *_elsewhere(part)):
            if key in part:
                del part[key]
        if _is_action(part):
            del part["/S"]
        if _is_remark(part) and "/T" in part:
            del part["/T"]


def _is_remark(part: Any) -> bool:
    """Of a remark or mark on a page, ``/T`` is who made it; of a field, it is the field's name."""
    return "/Rect" in part and "/FT" not in part and part.get("/Subtype") != "/Widget"


def _is_active(thing: Any) -> bool:
    return any(
        _is_action(part) or any(key in part for key in (*ACTIVE, *_elsewhere(part)))
        for part in _dictionaries(thing)
    )


def _elsewhere(part: Any) -> tuple[str, ...]:
    """``/F`` of an annotation is a number of flags: only of a stream does it lead elsewhere."""
    return ELSEWHERE if isinstance(part, pikepdf.Stream) else ()


def _is_action(part: Any) -> bool:
    return "/S" in part and str(part["/S"]) in ACTIONS


def _dictionaries(thing: Any) -> Iterator[Any]:
    """The dictionaries in an object; what it only refers to is an object of its own."""
    waiting = [thing]
    while waiting:
        part = waiting.pop()
        inside: list[Any] = []
        if isinstance(part, pikepdf.Dictionary | pikepdf.Stream):
            yield part
            inside = [part.get(key) for key in part.keys()]  # noqa: SIM118 — not a mapping
        elif isinstance(part, pikepdf.Array):
            inside = list(part)
        waiting += [
            each for each in inside if isinstance(each, pikepdf.Object) and not each.is_indirect
        ]


# -- what is packed in streams ---------------------------------------------------------------------


def _check_size(pdf: pikepdf.Pdf) -> None:
    """Raises NotTaken if a stream, or all of them, would fill the memory of whoever looks at it."""
    left = MOST_UNPACKED
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Stream):
            is_picture = thing.get("/Subtype") == "/Image"
            if is_picture and _pixels(thing) > MOST_PIXELS:
                raise NotTaken
            left -= _unpacked(thing, left if is_picture else min(left, MOST_IN_ONE))


def _take_out_metadata(pdf: pikepdf.Pdf) -> None:
    """Of each JPEG in a PDF, take out what the camera and the programs wrote beside the picture."""
    for thing in pdf.objects:
        if not isinstance(thing, pikepdf.Stream):
            continue
        *outer, last = _filters(thing) or [""]
        if last != "/DCTDecode":
            continue
        content, how = thing.read_raw_bytes(), cast("Any", thing.get("/DecodeParms"))
        if outer:  # packed once more
            packed = pikepdf.Stream(pdf, content)
            packed.Filter = pikepdf.Array([pikepdf.Name(one) for one in outer])
            content = packed.read_bytes()
        if isinstance(how, pikepdf.Array):  # of each filter
            how = how[-1] if len(how) > len(outer) else None
        thing.write(b"".join(_bare(content)), filter=pikepdf.Name.DCTDecode, decode_parms=how)


def _bare(content: bytes) -> Iterator[bytes]:
    """The segments of a JPEG that make up the picture; from where it is damaged, all the rest."""
    yield content[:2]
    at = 2
    while at + 3 < len(content) and content[at] == _BEGINS and content[at + 1] != _END:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4])
        end = at + 2 + length
        if marker == _BEGINS:  # it fills up
            end = at + 1
        elif length < _LENGTH_SIZE:
            break
        elif marker == _SCAN:
            found = _MARKER_IN_SCAN.search(content, end)
            end = found.start() if found else len(content)
        if marker not in _TELLING:
            yield content[at:end]
        at = end
    is_whole = content[at : at + 2] == bytes((_BEGINS, _END))
    yield content[at : at + 2] if is_whole else content[at:]  # what follows the end is no picture


def _unpacked(stream: pikepdf.Stream, most: int) -> int:
    """The bytes of a stream when it is unpacked. Saving leaves one filter, or none, to each."""
    filters = _filters(stream)
    if "/LZWDecode" in filters:
        size = len(stream.read_bytes())
    elif "/FlateDecode" in filters:
        size = _inflated(stream.read_raw_bytes(), most)
    else:
        size = 0
    if size > most:
        raise NotTaken
    return size


def _inflated(content: bytes, most: int) -> int:
    """How large deflated bytes become; counted no further than ``most``."""
    inflating, size = zlib.decompressobj(), 0
    try:
        while content and size <= most and not inflating.eof:
            size += len(inflating.decompress(content, BLOCK))
            content = inflating.unconsumed_tail
    except zlib.error:
        pass  # programs show what came before the damage
    return size


def _pixels(picture: pikepdf.Stream) -> int:
    return int(picture.get("/Width", 0)) * int(picture.get("/Height", 0))


def _filters(stream: pikepdf.Stream) -> list[Any]:
    named = stream.get("/Filter")
    if named is None:
        return []
    return [str(one) for one in named] if isinstance(named, pikepdf.Array) else [str(named)]
