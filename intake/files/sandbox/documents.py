"""PDFs without anything that acts, fetches, plays, hides or tells who wrote it."""

import io
from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import sanitize

#: Keys that make something happen, or bring something along.
ACTIVE = (
    *("/AA", "/AF", "/Collection", "/EF", "/EmbeddedFiles", "/GoToE", "/GoToR", "/JavaScript"),
    *("/JS", "/Launch", "/Movie", "/OpenAction", "/RichMediaContent", "/RichMediaSettings"),
    *("/Rendition", "/Renditions", "/Sound", "/SubmitForm", "/URI", "/XFA", "/3DD"),
)
#: Keys by which a stream says that its data lie in another file, perhaps on another machine.
ELSEWHERE = ("/F", "/FDecodeParms", "/FFilter", "/OPI", "/Ref")
TELLING = ("/LastModified", "/Metadata", "/PieceInfo", "/SpiderInfo", "/Thumb")
#: Kinds of action that are taken out. ``/GoTo``, a jump within the document, is left.
ACTIONS = frozenset(
    (
        *("/GoTo3DView", "/GoToE", "/GoToR", "/Hide", "/ImportData", "/JavaScript", "/Launch"),
        *("/Movie", "/Named", "/Rendition", "/ResetForm", "/RichMediaExecute", "/SetOCGState"),
        *("/Sound", "/SubmitForm", "/Thread", "/Trans", "/URI"),
    )
)


class NotTaken(Exception):  # noqa: N818
    """Raised for a PDF that is encrypted, has no page, or still acts after it was cleaned."""


def clean(content: bytes, _media_type: str = "") -> bytes:
    """The pages, their text and their form fields. Raises NotTaken, and what pikepdf raises."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        if pdf.is_encrypted or not len(pdf.pages):
            raise NotTaken
        _sanitizer().apply(pdf)
        if "/Info" in pdf.trailer:
            del pdf.trailer["/Info"]
        for thing in pdf.objects:
            _scrub(thing)
        # no id of the moment: who sends a page twice is to have each file once
        pdf.save(out, fix_metadata_version=False, deterministic_id=True)
    with pikepdf.open(io.BytesIO(out.getvalue())) as again:
        if any(_is_active(thing) for thing in again.objects):
            raise NotTaken
    return out.getvalue()


def rehearse() -> None:
    """Clean an empty page: that loads what the library loads only when it comes to it."""
    sample = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(sample)
    clean(sample.getvalue())


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
