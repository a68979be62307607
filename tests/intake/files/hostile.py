"""Files for tests: harmless ones with a secret in their metadata, and hostile ones."""

import io
import zlib
from typing import Any

import pikepdf
from PIL import Image

SECRET = b"taken-at-the-refuge-in-Example-Street"
SCRIPT = b"<html><script>alert('read me')</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
ORIENTATION, DESCRIPTION = 0x0112, 0x010E


def image(name: str = "JPEG", size: tuple[int, int] = (60, 40), **more: Any) -> bytes:
    """A picture, red at its left and blue at its right."""
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (size[0] // 2, 0, size[0], size[1]))
    out = io.BytesIO()
    picture.save(out, name, **more)
    return out.getvalue()


def photograph(size: tuple[int, int] = (60, 40)) -> bytes:
    """A JPEG as a phone makes it: lying on its side, with a place and a comment in it."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[DESCRIPTION] = SECRET.decode()
    return image(size=size, exif=exif, comment=SECRET)


def large_photograph() -> bytes:
    """A JPEG of a little over 10 MiB: noise, which does not compress."""
    noise = Image.effect_noise((4000, 3000), 90).convert("RGB")
    out = io.BytesIO()
    exif = Image.Exif()
    exif[DESCRIPTION] = SECRET.decode()
    noise.save(out, "JPEG", quality=93, exif=exif)
    return out.getvalue()


def gif_that_is_html() -> bytes:
    """A GIF that a browser may take for a page."""
    return image("GIF", comment=SCRIPT)


def picture_bomb() -> bytes:
    """A PNG of 62 kB with 64 million pixels."""
    out = io.BytesIO()
    Image.new("L", (8_000, 8_000)).save(out, "PNG")
    return out.getvalue()


def zip_bomb() -> bytes:
    """An archive of 10 kB that unpacks to 10 MB."""
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("letter.pdf", bytes(10_000_000))
    return out.getvalue()


def pdf(**encryption: Any) -> bytes:
    """A PDF with one page, who wrote it, and everything in it that acts."""
    with pikepdf.new() as document:
        document.add_blank_page()
        document.docinfo["/Author"] = SECRET.decode()
        document.Root.OpenAction = action("JavaScript", JS="app.alert('read me')")
        document.Root.AA = pikepdf.Dictionary(WC=action("JavaScript", JS="app.alert(1)"))
        document.Root.Names = pikepdf.Dictionary(
            JavaScript=pikepdf.Dictionary(
                Names=pikepdf.Array(["a", action("JavaScript", JS="app.alert(2)")])
            )
        )
        document.Root.AcroForm = pikepdf.Dictionary(
            Fields=pikepdf.Array(), XFA=pikepdf.String("<script>app.alert(3)</script>")
        )
        document.attachments["setup.exe"] = b"MZ" + SECRET
        document.pages[0].Annots = pikepdf.Array(
            [
                link(action("Launch", F="setup.exe")),
                link(action("URI", URI="https://tracker.example.org/" + SECRET.decode())),
                link(action("GoToR", F="other.pdf")),
                link(action("SubmitForm", F="https://tracker.example.org/")),
                remark(SECRET.decode()),
            ]
        )
        document.Root.Hidden = pikepdf.Dictionary(
            Deep=pikepdf.Array([pikepdf.Dictionary(A=action("JavaScript", JS="app.alert(4)"))])
        )
        out = io.BytesIO()
        document.save(out, **encryption)
        return out.getvalue()


def album(photo: bytes, *packed: str) -> bytes:
    """A PDF that shows a photograph, as programs make one of it: with all that is in its file."""
    with pikepdf.new() as document:
        page = document.add_blank_page()
        shown = document.make_stream(b"")
        shown.write(photo, filter=pikepdf.Array([pikepdf.Name("/" + name) for name in packed]))
        shown.Subtype = pikepdf.Name.Image
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=shown))
        out = io.BytesIO()
        document.save(out, stream_decode_level=pikepdf.StreamDecodeLevel.none)
        return out.getvalue()


def pdf_bomb() -> bytes:
    """A PDF of 130 kB whose page unpacks to 130 MB."""
    packing = zlib.compressobj(9)
    beginning = packing.compress(b"") + packing.flush(zlib.Z_FULL_FLUSH)
    part = packing.compress(bytes(1024 * 1024)) + packing.flush(zlib.Z_FULL_FLUSH)
    with pikepdf.new() as document:
        page = document.make_stream(b"")
        page.write(beginning + 130 * part + packing.flush(), filter=pikepdf.Name.FlateDecode)
        document.add_blank_page().obj.Contents = page
        out = io.BytesIO()
        document.save(out)
        return out.getvalue()


def action(kind: str, **more: str) -> pikepdf.Dictionary:
    """A PDF action."""
    return pikepdf.Dictionary(S=pikepdf.Name("/" + kind), **more)


def remark(author: str) -> pikepdf.Dictionary:
    """A remark on a page, with the name of whoever made it."""
    return pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Text,
        Rect=pikepdf.Array([0, 0, 10, 10]),
        Contents="See page 2",
        T=author,
    )


def link(does: pikepdf.Dictionary) -> pikepdf.Dictionary:
    """A link on a page that does something."""
    return pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Link,
        Rect=pikepdf.Array([0, 0, 10, 10]),
        A=does,
    )
